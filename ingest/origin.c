#include "ingest/origin.h"

#include "base/text.h"
#include "ingest/bill.h"
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

/*
 * Suppliers' programs send their bills as bulk mail or mark them as made by a machine. Where bills
 * are sent to, one that can't be read (a scan) is one as well; what came back to us is none.
 */
static bool brings_unread_bill(const struct plan *plan)
{
	const struct facts *facts = plan->mail->facts;
	return plan->route.kind == KIND_INVOICES && facts->origin != ORIGIN_AUTO_REPLY &&
	       facts->origin != ORIGIN_BOUNCE && bill_may_be_attached(facts);
}

bool origin_suppresses(const struct plan *plan)
{
	const struct mail *mail = plan->mail;
	if (mail->facts->origin == ORIGIN_PERSON || brings_invoice(mail->facts) ||
		brings_unread_bill(plan))
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

/* "back on 2026-12-05; meanwhile: b@example.org"; empty: the note says neither. */
static struct span absence_words(struct arena *arena, const struct facts_absence *absence)
{
	char day[DATE_TEXT_SIZE];
	bool back = date_is_set(absence->returns), other = absence->substitute.size > 0;

	if (!back && !other)
		return (struct span){0};
	return arena_format(arena, "%s%s%s%s%.*s", back ? "away, back on " : "",
		back ? date_text(absence->returns, day) : "", back && other ? "; " : "",
		other ? "write instead to " : "", SPAN_ARG(absence->substitute));
}

static bool absence_note(struct plan *plan, struct error *err)
{
	struct mail *mail = plan->mail;
	struct span words = absence_words(mail->arena, &mail->facts->absence);
	int64_t contact_id = 0;
	bool learnt = false;

	if (span_is_empty(words) || span_is_empty(mail->from) || mail->sender >= 0)
		return true;
	if (!contact_by_address(mail->intake->db, mail->from, &contact_id, &learnt, err))
		return false;
	if (!contact_id)
		return true;
	struct effect *effect = plan_add(plan, EFFECT_ACTIVITY,
		arena_format(mail->arena, "%.*s is away", SPAN_ARG(mail->from)));
	effect->activity = (struct activity){
		.kind = SPAN("note"),
		.direction = SPAN("in"),
		.subject = words,
		.body = mail->facts->subject,
		.rule = SPAN("address"),
		.contact_id = contact_id,
		.message_id = mail->message_id,
		.at_ms = mail->at_ms,
		.logged_ms = mail->now_ms,
	};
	return true;
}

bool origin_ignore(struct plan *plan, struct error *err)
{
	const struct facts *facts = plan->mail->facts;
	plan_ignore(plan,
		arena_format(plan->mail->arena, "origin:%s", facts_origin_name(facts->origin)));
	if (facts->origin == ORIGIN_AUTO_REPLY)
		return absence_note(plan, err);
	/* Read anew: a person may have cleared the mark since. */
	if (facts->origin != ORIGIN_BOUNCE || plan->mail->again)
		return true;
	for (size_t i = 0; i < facts->bounced_count; i++)
		bounced_mark(plan, &facts->bounced[i]);
	return true;
}
