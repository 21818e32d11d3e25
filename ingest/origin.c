#include "ingest/origin.h"

#include "base/text.h"
#include "ingest/form.h"

/* A document of a machine's format, or a number and a total that were found in it. */
static bool brings_invoice(const struct facts *facts)
{
	for (size_t i = 0; i < facts->invoice_count; i++) {
		const struct facts_invoice *invoice = &facts->invoices[i];
		if (invoice->source != INVOICE_TEXT)
			return true;
		if (invoice->number.text.size &&
			(invoice->total.present || invoice->payable.present))
			return true;
	}
	return false;
}

bool origin_suppresses(const struct plan *plan)
{
	const struct mail *mail = plan->mail;
	if (mail->facts->origin == ORIGIN_PERSON || brings_invoice(mail->facts))
		return false;
	return !(plan->route.kind == KIND_LEADS && form_matches(mail));
}

static void bounced_mark(struct plan *plan, const struct facts_bounced *bounced)
{
	struct arena *arena = plan->mail->arena;
	struct span folded = text_fold_address(arena, bounced->address);
	if (span_is_empty(folded))
		return;
	struct span failing =
		span_trim(arena_format(arena, "%.*s %.*s %.*s", SPAN_ARG(bounced->status),
			SPAN_ARG(bounced->reply_code), SPAN_ARG(text_cut(bounced->reason, 200))));
	if (span_is_empty(failing))
		failing = SPAN("bounced");
	struct effect *effect = plan_add(plan, EFFECT_CONTACT,
		arena_format(arena, "a mail to %.*s came back", SPAN_ARG(folded)));
	effect->contact.address = folded;
	effect->contact.failing = failing;
}

void origin_ignore(struct plan *plan)
{
	const struct facts *facts = plan->mail->facts;
	plan_ignore(plan,
		arena_format(plan->mail->arena, "origin:%s", facts_origin_name(facts->origin)));
	if (facts->origin != ORIGIN_BOUNCE || plan->mail->again)
		return;
	for (size_t i = 0; i < facts->bounced_count; i++)
		bounced_mark(plan, &facts->bounced[i]);
}
