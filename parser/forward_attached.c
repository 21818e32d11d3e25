#include "parser/forward_attached.h"

#include "parser/header.h"
#include "parser/limits.h"
#include "parser/unpack.h"

bool forward_is_own(struct facts_address address, const struct parse_options *options)
{
	ptrdiff_t at = span_rfind_byte(address.address, '@');

	if (at < 0)
		return false;
	struct span domain = span_after(address.address, (size_t)at + 1);
	for (size_t i = 0; i < options->own_domain_count; i++)
		if (span_equal_fold(domain, options->own_domains[i]))
			return true;
	return false;
}

static struct facts_address first_of(const struct facts_addresses *list)
{
	return list->count > 0 ? list->items[0] : (struct facts_address){0};
}

static bool read_attached(struct span raw, struct arena *arena, struct defects *defects,
	struct facts_forwarded *forwarded, struct mime_part **root, struct body *body)
{
	struct field_block block;
	struct header_summary summary;

	if (raw.size == 0 || !field_block_read(raw, arena, defects, &block))
		return false;
	header_summary_read(&block, arena, defects, &summary);
	*root = unpack_parts(&block, arena, defects);
	body_read(*root, arena, defects, body);
	*forwarded = (struct facts_forwarded){
		.how = FORWARD_ATTACHED,
		.from = first_of(&summary.from),
		.to = summary.to,
		.cc = summary.cc,
		.subject = summary.subject,
		.date_text = summary.date_text,
		.date = summary.date,
		.message_id = summary.message_id,
		.text = body->text,
		.confidence = 1.0,
	};
	return summary.from.count > 0;
}

/* A report's copy of the mail that failed is nobody's forward. */
static const struct mime_part *attached_message(const struct mime_part *root)
{
	if (!root || span_equal(root->type, SPAN("multipart/report")) ||
		span_equal(root->type, SPAN("multipart/digest")))
		return NULL;
	for (const struct mime_part *part = root; part; part = mime_next(part))
		if (part->kind == MIME_MESSAGE && part->raw.size > 0)
			return part;
	return NULL;
}

bool forward_attached(const struct mime_part *root, const struct parse_options *options,
	struct arena *arena, struct facts_forwarded *forwarded, struct body *inside)
{
	const struct mime_part *part = attached_message(root);
	struct facts_forwarded found;
	struct body body;
	struct mime_part *inner = NULL;
	bool any = false;

	/* defects of the mails inside are not those of this one */
	for (unsigned depth = 0; part && depth < NESTING_MAX; depth++) {
		struct defects defects = {0};

		if (!read_attached(part->raw, arena, &defects, &found, &inner, &body))
			break;
		if (!any || !forward_is_own(found.from, options)) {
			*forwarded = found;
			*inside = body;
		}
		any = true;
		part = attached_message(inner);
	}
	return any;
}
