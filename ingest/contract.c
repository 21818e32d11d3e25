#include "ingest/contract.h"

/* Parts that mail programs add by themselves. */
static const char *const never_contracts[] = {"text/calendar", "application/ics", "text/vcard",
	"text/x-vcard", "application/pgp-signature", "application/pgp-keys",
	"application/pkcs7-signature", "application/x-pkcs7-signature", "application/ms-tnef",
	"message/rfc822"};

static bool can_be_contract(const struct facts_attachment *attachment)
{
	if (attachment->decorative || !attachment->size_bytes)
		return false;
	for (size_t i = 0; i < ARRAY_COUNT(never_contracts); i++) {
		if (span_equal(attachment->content_type, span_from(never_contracts[i])))
			return false;
	}
	return true;
}

static bool is_pdf(const struct facts_attachment *attachment)
{
	return span_equal(attachment->content_type, SPAN("application/pdf")) ||
	       span_ends_fold(attachment->filename, SPAN(".pdf"));
}

/* Two attachments of the same bytes are one document. */
static void count(const struct facts_attachment *attachment, const struct facts_attachment **only,
	size_t *found)
{
	if (*only && digest_equal(&(*only)->sha256, &attachment->sha256))
		return;
	*only = attachment;
	(*found)++;
}

struct span contract_plan(struct plan *plan, const struct deal *deal)
{
	const struct facts *facts = plan->mail->facts;
	const struct facts_attachment *any = NULL, *pdf = NULL;
	size_t any_count = 0, pdf_count = 0;

	for (size_t i = 0; i < facts->attachment_count; i++) {
		const struct facts_attachment *attachment = &facts->attachments[i];

		if (!can_be_contract(attachment))
			continue;
		count(attachment, &any, &any_count);
		if (is_pdf(attachment))
			count(attachment, &pdf, &pdf_count);
	}
	if (!any_count)
		return SPAN("nothing is attached that could be the contract");
	if (any_count > 1 && pdf_count != 1)
		return arena_format(plan->mail->arena,
			"%zu files are attached: send the contract alone, or as the only PDF",
			any_count);
	if (any_count > 1)
		any = pdf;
	struct effect *effect = plan_add(plan, EFFECT_DOCUMENT,
		arena_format(plan->mail->arena, "the signed contract of deal #%lld",
			(long long)deal->id));
	effect->document = (struct document){
		.kind = SPAN("contract"),
		.title = any->filename.size ? any->filename : any->content_type,
		.content_type = any->content_type,
		.is_signed = true,
		.deal_id = deal->id,
		.message_id = plan->mail->message_id,
		.sha256 = any->sha256,
	};
	return (struct span){0};
}
