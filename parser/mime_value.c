/* Values of header fields: words and addresses. */
#include <gmime/gmime.h>

#include "base/text.h"
#include "parser/address.h"
#include "parser/charset.h"
#include "parser/limits.h"
#include "parser/mime.h"
#include "parser/scan.h"
#include "parser/word.h"

static struct span from_gmime(struct arena *arena, const char *text)
{
	struct span copy = arena_copy(arena, span_from(text));

	return text_clean(arena, copy);
}

static bool is_plain(struct span text)
{
	for (size_t i = 0; i < text.size; i++)
		if ((unsigned char)text.data[i] > 126 || (unsigned char)text.data[i] < ' ' ||
			(text.data[i] == '=' && i + 1 < text.size && text.data[i + 1] == '?'))
			return false;
	return true;
}

/* One line of UTF-8; its encoded words are decoded, or kept as words in UTF-8. */
static struct span header_line(struct arena *arena, struct span raw, bool keep_encoded)
{
	bool bad = false;
	struct span line = field_unfold(arena, raw);

	if (is_plain(line))
		return line;
	line = charset_to_utf8(arena, (struct span){0}, line, HEADER_BYTES_MAX, &bad);
	if (span_find(line, SPAN("=?")) < 0)
		return line;
	return words_decode(arena, line, keep_encoded);
}

struct span mime_text(struct arena *arena, struct span raw)
{
	struct span line = header_line(arena, raw, false);

	return is_plain(line) ? line : span_trim(text_clean(arena, field_unfold(arena, line)));
}

static void add_gmime_list(
	struct arena *arena, InternetAddressList *from, struct facts_addresses *list, int depth)
{
	int count = internet_address_list_length(from);

	for (int i = 0; i < count; i++) {
		InternetAddress *item = internet_address_list_get_address(from, i);

		if (INTERNET_ADDRESS_IS_GROUP(item) && depth < 3) {
			InternetAddressList *members =
				internet_address_group_get_members(INTERNET_ADDRESS_GROUP(item));

			if (members)
				add_gmime_list(arena, members, list, depth + 1);
		} else if (INTERNET_ADDRESS_IS_MAILBOX(item)) {
			InternetAddressMailbox *mailbox = INTERNET_ADDRESS_MAILBOX(item);
			struct facts_address address = {
				from_gmime(arena, internet_address_get_name(item)),
				from_gmime(arena, internet_address_mailbox_get_addr(mailbox)),
			};

			address.name = span_trim(text_cut(address.name, NAME_BYTES_MAX));
			if (address.address.size <= ADDRESS_BYTES_MAX &&
				!address_list_add(arena, list, address))
				return;
		}
	}
}

static size_t count_with_at(const struct facts_addresses *list)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++)
		count += span_find_byte(list->items[i].address, '@') > 0;
	return count;
}

/* Names of the lenient reader are as written. */
static void decode_names(struct arena *arena, struct facts_addresses *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct facts_address *item = &list->items[i];

		item->name = span_trim(text_cut(mime_text(arena, item->name), NAME_BYTES_MAX));
		item->address = text_clean(arena, item->address);
	}
}

static void append_all(
	struct arena *arena, struct facts_addresses *list, const struct facts_addresses *more)
{
	for (size_t i = 0; i < more->count; i++)
		if (!address_list_add(arena, list, more->items[i]))
			return;
}

void mime_addresses(
	struct arena *arena, struct span raw, struct defects *defects, struct facts_addresses *list)
{
	struct facts_addresses strict = {0}, lenient = {0};
	struct facts_address plain;
	struct span line = header_line(arena, span_part(raw, 0, ADDRESS_FIELD_BYTES_MAX), true);

	if (raw.size > ADDRESS_FIELD_BYTES_MAX)
		defect_add(defects, "address-list-too-long");
	if (line.size == 0)
		return;
	if (address_read_plain(line, &plain)) {
		plain.name = text_clean(arena, plain.name);
		address_list_add(arena, list, plain);
		return;
	}
	if (scan_count(line, '(') > PARENTHESES_MAX) {
		defect_add(defects, "too-many-parentheses");
		line = scan_without_parentheses(arena, line);
	}
	/* GMime reads groups in groups by recursion */
	InternetAddressList *parsed =
		scan_count(line, ':') > GROUPS_MAX
			? NULL
			: internet_address_list_parse(NULL, arena_string(arena, line));
	if (parsed) {
		add_gmime_list(arena, parsed, &strict, 0);
		g_object_unref(parsed);
	}
	address_list_read(arena, line, &lenient);
	size_t seen = count_with_at(&strict), there = count_with_at(&lenient);
	/* "<a@b.example> Anna" is no second address "Anna" */
	bool split = seen > 0 && there == seen && strict.count > seen;
	if (there <= seen && !split) {
		append_all(arena, list, &strict);
	} else {
		defect_add(defects, "invalid-address-list");
		decode_names(arena, &lenient);
		append_all(arena, list, &lenient);
	}
	if (strict.count >= ADDRESSES_MAX || lenient.count >= ADDRESSES_MAX)
		defect_add(defects, "address-list-too-long");
}
