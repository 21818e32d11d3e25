#include "parser/bounce.h"

#include "base/text.h"
#include "parser/body.h"
#include "parser/bounce_code.h"
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
	struct bounce_code said = bounce_code_find(reason), field = bounce_code_find(group->status);
	/* The field is often general, or of the gateway, where the server's own words know better.
	 */
	bool from_words = said.status.size > 0 && (!bounce_code_is_general(said.status) ||
							  bounce_code_is_general(field.status));
	facts->bounced[facts->bounced_count++] =
		(struct facts_bounced){recipient, from_words ? said.status : field.status,
			said.reply, text_cut(reason, REASON_BYTES_MAX)};
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
