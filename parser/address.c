#include "parser/address.h"

#include "parser/limits.h"

#define CLOSING_REACH 1000 /* bytes within which a quote, comment or bracket closes */

bool address_list_add(
	struct arena *arena, struct facts_addresses *list, struct facts_address address)
{
	if (list->count >= ADDRESSES_MAX)
		return false;
	/* The capacity is the next power of two: a full one doubles. */
	if ((list->count & (list->count - 1)) == 0) {
		struct facts_address *items =
			arena_array(arena, struct facts_address, list->count ? list->count * 2 : 1);

		if (list->count > 0)
			memcpy(items, list->items, list->count * sizeof(*items));
		list->items = items;
	}
	list->items[list->count++] = address;
	return true;
}

static bool is_name_byte(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == ' ' || byte == '-' || byte == '_' ||
	       byte == '\'' || byte == '&' || byte == '/' || byte == '+';
}

static bool is_local_byte(char byte)
{
	return byte > ' ' && byte < 127 && !memchr("()<>[]:;@\\,\"", byte, 12);
}

static bool is_domain_byte(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_';
}

/* local@domain and nothing odd about it */
static bool is_plain_address(struct span text)
{
	ptrdiff_t at = span_find_byte(text, '@');

	if (at <= 0 || (size_t)at + 1 >= text.size || text.size > ADDRESS_BYTES_MAX)
		return false;
	for (size_t i = 0; i < text.size; i++)
		if (i != (size_t)at && !(i < (size_t)at ? is_local_byte(text.data[i])
							: is_domain_byte(text.data[i])))
			return false;
	return true;
}

bool address_read_plain(struct span value, struct facts_address *address)
{
	struct span text = span_trim(value), name = {0};
	ptrdiff_t open = span_find_byte(text, '<');

	if (open >= 0 && text.data[text.size - 1] == '>') {
		name = span_trim(span_part(text, 0, (size_t)open));
		text = span_part(text, (size_t)open + 1, text.size - (size_t)open - 2);
	}
	if (!is_plain_address(text))
		return false;
	bool quoted = name.size >= 2 && name.data[0] == '"' && name.data[name.size - 1] == '"';
	if (quoted)
		name = span_part(name, 1, name.size - 2);
	for (size_t i = 0; i < name.size; i++)
		if (!is_name_byte(name.data[i]) &&
			!(quoted && memchr(".,()@:;[]!|#*", name.data[i], 13)))
			return false;
	*address = (struct facts_address){name, text};
	return true;
}

/*
 * The index of what closes the quote, comment or bracket at `open`; `open` itself when nothing does
 * within reach: then it is a character like any other. The reach keeps the time linear.
 */
static size_t closing(struct span value, size_t open)
{
	char closer = value.data[open] == '"' ? '"' : value.data[open] == '(' ? ')' : '>';

	for (size_t i = open + 1; i < value.size && i - open <= CLOSING_REACH; i++) {
		if (value.data[i] == '\\' && closer != '>')
			i++;
		else if (value.data[i] == closer)
			return i;
	}
	return open;
}

/* The end of the item at the front: a comma or semicolon outside quotes, comments and brackets. */
static size_t item_end(struct span value)
{
	for (size_t i = 0; i < value.size; i++) {
		char byte = value.data[i];

		if (byte == ',' || byte == ';')
			return i;
		if (byte == '"' || byte == '(' || byte == '<')
			i = closing(value, i);
	}
	return value.size;
}

static struct span without_quotes(struct arena *arena, struct span name)
{
	if (name.size < 2 || name.data[0] != '"')
		return name;
	char *plain = arena_alloc(arena, name.size);
	size_t size = 0;
	for (size_t i = 1; i < name.size; i++) {
		if (name.data[i] == '\\' && i + 1 < name.size)
			i++;
		else if (name.data[i] == '"')
			continue;
		plain[size++] = name.data[i];
	}
	return span_trim((struct span){plain, size});
}

/* "a@b.example (Anna)": the comment is the name. */
static struct span comment_of(struct span item)
{
	ptrdiff_t open = span_find_byte(item, '('), close = span_rfind_byte(item, ')');

	if (open < 0 || close <= open)
		return (struct span){0};
	return span_trim(span_part(item, (size_t)open + 1, (size_t)(close - open) - 1));
}

/* The word around the @, without what it leans on ("mailto:x@y", "(x@y)", "[x@y]"). */
static struct span word_with_at(struct span item)
{
	ptrdiff_t at = span_find_byte(item, '@');

	if (at < 0)
		return (struct span){0};
	size_t begin = (size_t)at, end = (size_t)at;
	while (begin > 0 && !memchr(" \t()[]<>\"':", item.data[begin - 1], 11))
		begin--;
	while (end < item.size && !memchr(" \t()[]<>\"'", item.data[end], 10))
		end++;
	return span_part(item, begin, end - begin);
}

static struct facts_address item_read(struct arena *arena, struct span item)
{
	ptrdiff_t open = span_rfind_byte(item, '<');
	struct facts_address address = {0};

	if (open >= 0) {
		struct span rest = span_after(item, (size_t)open + 1);
		ptrdiff_t close = span_find_byte(rest, '>');

		address.address = span_trim(close < 0 ? rest : span_part(rest, 0, (size_t)close));
		address.name = without_quotes(arena, span_trim(span_part(item, 0, (size_t)open)));
		if (address.name.size == 0 && close >= 0)
			address.name = span_trim(span_after(rest, (size_t)close + 1));
		if (span_starts_fold(address.address, SPAN("mailto:")))
			address.address = span_after(address.address, 7);
	} else {
		address.address = word_with_at(item);
		address.name = without_quotes(arena, comment_of(item));
	}
	if (span_find_byte(address.address, '@') < 0)
		address.address = word_with_at(address.address);
	return address;
}

void address_list_read(struct arena *arena, struct span value, struct facts_addresses *list)
{
	struct span rest = value;

	while (rest.size > 0) {
		size_t end = item_end(rest);
		struct facts_address address = item_read(arena, span_trim(span_part(rest, 0, end)));

		if (address.address.size > 0 && address.address.size <= ADDRESS_BYTES_MAX &&
			!address_list_add(arena, list, address))
			return;
		rest = span_after(rest, end + 1);
	}
}
