#include "parser/bounce.h"

#include "base/text.h"
#include "parser/body.h"
#include "parser/limits.h"

#define REASON_BYTES_MAX 1000

const struct mime_part *bounce_status_part(const struct mime_part *root)
{
	for (const struct mime_part *part = root; part; part = mime_next(part))
		if (span_equal(part->type, SPAN("message/delivery-status")) ||
			span_equal(part->type, SPAN("message/global-delivery-status")))
			return part;
	return NULL;
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* "5.1.1" at the front of text: class.subject.detail of RFC 3463. */
static size_t status_size(struct span text)
{
	size_t at = 0, digits;

	for (int i = 0; i < 3; i++) {
		for (digits = 0; at < text.size && digits < 3 && is_digit(text.data[at]); digits++)
			at++;
		if (digits == 0 || (i == 0 && (digits != 1 || !memchr("245", text.data[0], 3))))
			return 0;
		if (i < 2 && (at >= text.size || text.data[at++] != '.'))
			return 0;
	}
	return at < text.size && (is_digit(text.data[at]) || text.data[at] == '.') ? 0 : at;
}

struct span bounce_find_status(struct span text)
{
	for (size_t i = 0; i < text.size; i++) {
		if (!is_digit(text.data[i]) ||
			(i > 0 && (is_digit(text.data[i - 1]) || text.data[i - 1] == '.')))
			continue;
		size_t size = status_size(span_after(text, i));
		if (size > 0)
			return span_part(text, i, size);
	}
	return (struct span){0};
}

/* An SMTP reply code (RFC 5321 section 4.2): three digits that stand alone, 4xx or 5xx. */
struct span bounce_find_reply_code(struct span text)
{
	for (size_t i = 0; i + 3 <= text.size; i++) {
		bool begins = i == 0 || !(is_digit(text.data[i - 1]) || text.data[i - 1] == '.' ||
						text.data[i - 1] == '-');
		bool ends = i + 3 == text.size ||
			    !(is_digit(text.data[i + 3]) || text.data[i + 3] == '.');

		if (begins && ends && (text.data[i] == '4' || text.data[i] == '5') &&
			text.data[i + 1] >= '0' && text.data[i + 1] <= '5' &&
			is_digit(text.data[i + 2]))
			return span_part(text, i, 3);
	}
	return (struct span){0};
}

/* "rfc822; <a@example.org>" */
static struct span typed_address(struct span value)
{
	ptrdiff_t semicolon = span_find_byte(value, ';');
	struct span address =
		span_trim(semicolon < 0 ? value : span_after(value, (size_t)semicolon + 1));

	while (address.size > 0 && memchr("<\"", address.data[0], 2))
		address = span_after(address, 1);
	while (address.size > 0 && memchr(">\"", address.data[address.size - 1], 2))
		address = span_part(address, 0, address.size - 1);
	return address;
}

struct group {
	struct span recipient, original, action, status, diagnostic;
};

static void group_field(struct group *group, struct span name, struct span value)
{
	const struct {
		const char *name;
		struct span *target;
	} fields[] = {
		{"Final-Recipient", &group->recipient},
		{"Original-Recipient", &group->original},
		{"Action", &group->action},
		{"Status", &group->status},
		{"Diagnostic-Code", &group->diagnostic},
	};

	for (size_t i = 0; i < ARRAY_COUNT(fields); i++)
		if (span_equal_fold(name, span_from(fields[i].name)) && fields[i].target->size == 0)
			*fields[i].target = value;
}

static bool was_delivered(struct span action)
{
	return span_starts_fold(action, SPAN("delivered")) ||
	       span_starts_fold(action, SPAN("relayed")) ||
	       span_starts_fold(action, SPAN("expanded"));
}

static void add_group(struct facts *facts, const struct group *group, bool *failed, bool *any)
{
	struct span recipient = typed_address(group->recipient);

	if (span_find_byte(recipient, '@') < 0 && group->original.size > 0)
		recipient = typed_address(group->original);
	*any |= recipient.size > 0;
	if (recipient.size == 0 || facts->bounced_count >= BOUNCED_MAX ||
		was_delivered(group->action))
		return;
	ptrdiff_t semicolon = span_find_byte(group->diagnostic, ';');
	struct span reason =
		span_trim(semicolon < 0 ? group->diagnostic
					: span_after(group->diagnostic, (size_t)semicolon + 1));
	struct span status = bounce_find_status(reason), field = bounce_find_status(group->status);
	/* The field is often the general 5.0.0 where the server's own words know better. */
	if (status.size == 0 || (field.size > 0 && !span_ends(field, SPAN(".0.0"))))
		status = field;
	facts->bounced[facts->bounced_count++] = (struct facts_bounced){recipient, status,
		bounce_find_reply_code(reason), text_cut(reason, REASON_BYTES_MAX)};
	*failed = true;
}

void bounce_fields_read(
	struct span text, struct arena *arena, struct facts *facts, bool *failed, bool *any)
{
	struct span rest = text, line;
	struct group group = {0};
	struct span name = {0}, value = {0};

	*failed = *any = false;
	facts->bounced = arena_array(arena, struct facts_bounced, BOUNCED_MAX);
	facts->bounced_count = 0;
	while (span_next_line(&rest, &line)) {
		if (line.size > 0 && (line.data[0] == ' ' || line.data[0] == '\t')) {
			/* folded: the value goes on */
			value.size = (size_t)(line.data + line.size - value.data);
			if (value.data && name.size > 0)
				continue;
		}
		if (name.size > 0)
			group_field(&group, name, field_unfold(arena, value));
		name = (struct span){0};
		ptrdiff_t colon = span_find_byte(line, ':');
		if (span_trim(line).size == 0) {
			add_group(facts, &group, failed, any);
			group = (struct group){0};
		} else if (colon > 0) {
			name = span_trim(span_part(line, 0, (size_t)colon));
			value = span_after(line, (size_t)colon + 1);
		}
	}
	if (name.size > 0)
		group_field(&group, name, field_unfold(arena, value));
	add_group(facts, &group, failed, any);
}

void bounce_status_read(const struct mime_part *status, struct arena *arena,
	struct defects *defects, struct facts *facts, bool *failed, bool *any)
{
	bounce_fields_read(body_part_text(status, arena, defects), arena, facts, failed, any);
}
