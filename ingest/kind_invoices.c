/*
 * invoices: a finance ticket a bill, whatever could be read of it. A reminder, a reply or a second
 * copy joins the ticket; nothing that joins ever changes what stands there.
 */
#include <string.h>

#include "base/text.h"
#include "ingest/kind.h"
#include "ingest/match.h"
#include "ingest/own_ticket.h"
#include "ingest/record.h"
#include "ingest/supplier.h"
#include "ingest/suppress.h"
#include "ingest/ticket_doubt.h"

/* The ticket that a bill belongs to, and by what it was found. */
struct known {
	int64_t id;
	const char *how;
	struct span why;
	struct ticket ticket;
};

static bool known_load(struct plan *plan, int64_t id, const char *how, struct span why,
	struct known *known, struct error *err)
{
	bool found = false;
	if (!ticket_get(plan->mail->intake->db, id, plan->mail->arena, &known->ticket, &found, err))
		return false;
	if (found) {
		known->id = id;
		known->how = how;
		known->why = why;
	}
	return true;
}

static struct span subject_key(struct arena *arena, struct span subject)
{
	return text_fold(arena, record_subject_base(subject));
}

/*
 * An unread document says little: terms and conditions are attached everywhere. The same file under
 * the same subject from the same supplier is the second copy.
 */
static bool unread_is_copy(struct plan *plan, const struct bill *bill,
	const struct supplier *supplier, const struct ticket *ticket)
{
	struct arena *arena = plan->mail->arena;
	if (bill->invoice)
		return true;
	bool same_supplier =
		(supplier->company_id && supplier->company_id == ticket->supplier_id) ||
		span_equal(
			text_fold(arena, supplier->name), text_fold(arena, ticket->supplier_name));
	return same_supplier && span_equal(subject_key(arena, record_subject(plan->mail)),
					subject_key(arena, ticket->title));
}

static bool known_by_document(struct plan *plan, const struct bill *bill,
	const struct supplier *supplier, struct known *known, struct error *err)
{
	int64_t id = 0;
	if (!bill->has_document)
		return true;
	if (!ticket_by_document(plan->mail->intake->db, &bill->document, &id, err))
		return false;
	if (!id)
		return true;
	if (!known_load(plan, id, "copy", SPAN("the same document"), known, err))
		return false;
	if (known->id && !unread_is_copy(plan, bill, supplier, &known->ticket))
		*known = (struct known){0};
	return true;
}

static bool known_by_number(struct plan *plan, const struct bill *bill,
	const struct supplier *supplier, struct span kind, struct known *known, struct error *err)
{
	int64_t id = 0;
	if (!bill->number.size)
		return true;
	if (!ticket_by_number(plan->mail->intake->db, bill->number, supplier->company_id,
		    supplier->name, kind, 0, &id, err))
		return false;
	if (!id)
		return true;
	return known_load(plan, id, "copy",
		arena_format(plan->mail->arena, "number %.*s of the same supplier",
			SPAN_ARG(bill->number)),
		known, err);
}

/* A further invoice often is the reply to an earlier one: its own number keeps it apart. */
static bool known_by_thread(
	struct plan *plan, const struct bill *bill, struct known *known, struct error *err)
{
	struct mail *mail = plan->mail;
	if (!mail_thread(mail, err))
		return false;
	for (size_t t = 0; t < mail->thread.count && !known->id; t++) {
		int64_t id = 0;
		if (!ticket_by_message(mail->intake->db, mail->thread.messages[t], &id, err))
			return false;
		if (!id)
			continue;
		if (!known_load(plan, id, "reply",
			    arena_format(mail->arena, "answers message %lld of the ticket",
				    (long long)mail->thread.messages[t]),
			    known, err))
			return false;
		if (bill->number.size && !span_equal_fold(bill->number, known->ticket.number))
			*known = (struct known){0};
	}
	return true;
}

/* ---------------------------------------------------------------- joining */

static void hold(struct ticket *ticket, struct span reason)
{
	/* Paid and closed tickets stay so: the finance run lists what joined them afterwards. */
	if (!span_equal(ticket->state, SPAN("open")) && !span_equal(ticket->state, SPAN("hold")))
		return;
	ticket->state = SPAN("hold");
	if (!ticket->hold_reason.size)
		ticket->hold_reason = reason;
}

/* Nobody looks at it any more: the finance run shows it again. */
static bool is_over(const struct ticket *ticket)
{
	return span_equal(ticket->state, SPAN("paid")) || span_equal(ticket->state, SPAN("closed"));
}

static void join(struct plan *plan, const struct bill *bill, struct known *known)
{
	struct mail *mail = plan->mail;
	struct span contradiction = bill_contradicts(mail->arena, bill, &known->ticket);
	const char *how = bill->reminder ? "reminder" : known->how;
	struct ticket changed = known->ticket;

	if (contradiction.size) {
		how = "version";
		hold(&changed, contradiction);
	}
	if (bill->reminder)
		changed.reminded_ms = mail->at_ms;
	changed.after_close = is_over(&known->ticket);
	struct effect *effect = plan_add(plan, EFFECT_JOIN, known->why);
	effect->join.ticket_id = known->id;
	effect->join.how = span_from(how);
	if (contradiction.size || bill->reminder || changed.after_close) {
		effect = plan_add(plan, EFFECT_TICKET,
			contradiction.size ? contradiction
			: bill->reminder   ? SPAN("a reminder came")
					   : SPAN("mail joined when it was over"));
		effect->ticket = changed;
	}
}

/* ---------------------------------------------------------------- opening */

static struct span title_of(
	struct plan *plan, const struct bill *bill, const struct supplier *supplier)
{
	if (!bill->number.size || !supplier->name.size)
		return record_title(plan->mail);
	return text_cut(arena_format(plan->mail->arena, "%.*s %.*s", SPAN_ARG(supplier->name),
				SPAN_ARG(bill->number)),
		200);
}

static void supplier_ask(struct plan *plan, const struct supplier *supplier)
{
	if (!supplier->question)
		return;
	if (match_is_erased(&supplier->author)) {
		suppress_ask(plan, supplier->author.address, supplier->author.role);
		return;
	}
	struct effect *item = plan_ask(
		plan, supplier->question, supplier->author.address, supplier->name, supplier->why);
	item->unresolved.role = span_from(supplier->author.role);
	item->unresolved.candidates = plan_candidates_text(
		plan->mail->arena, supplier->candidates, supplier->candidate_count);
}

static int assignee_of(const struct intake *intake, const char *name)
{
	return name ? intake_user_index(intake, span_from(name)) : -1;
}

/* The mail of a credit note stands at the invoice that it is for as well: so each shows the other.
 */
static bool credit_link(struct plan *plan, const struct bill *bill, const struct supplier *supplier,
	struct error *err)
{
	struct known known = {0};

	if (!bill->invoice || bill->invoice->kind != INVOICE_CREDIT_NOTE || !bill->preceding.size)
		return true;
	int64_t id = 0;
	if (!ticket_by_number(plan->mail->intake->db, bill->preceding, supplier->company_id,
		    supplier->name, SPAN("invoice"), 0, &id, err))
		return false;
	if (!id)
		return true;
	if (!known_load(plan, id, "credit",
		    arena_format(plan->mail->arena, "a credit note for invoice %.*s",
			    SPAN_ARG(bill->preceding)),
		    &known, err))
		return false;
	struct effect *effect = plan_add(plan, EFFECT_JOIN, known.why);
	effect->join.ticket_id = known.id;
	effect->join.how = span_from(known.how);
	return true;
}

static bool opening_message(struct plan *plan, int64_t ticket_id, int64_t *id, struct error *err)
{
	struct mail *mail = plan->mail;
	struct ticket_message *rows = NULL;
	size_t count = 0;

	*id = 0;
	if (!ticket_messages(mail->intake->db, ticket_id, mail->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count && !*id; i++)
		if (span_equal(rows[i].how, SPAN("opened")))
			*id = rows[i].message_id;
	return true;
}

/* The other way round: the credit note was here before the invoice that `opened` makes. */
static bool credits_link(struct plan *plan, const struct effect *opened, struct error *err)
{
	const struct ticket *ticket = &opened->ticket;
	struct mail *mail = plan->mail;
	int64_t *ids = NULL;
	size_t count = 0;

	if (!span_equal(ticket->kind, SPAN("invoice")) || !ticket->number.size)
		return true;
	if (!ticket_credits_of(mail->intake->db, ticket->number, ticket->supplier_id,
		    ticket->supplier_name, mail->arena, &ids, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		int64_t message_id = 0;

		if (!opening_message(plan, ids[i], &message_id, err))
			return false;
		if (!message_id)
			continue;
		struct effect *effect = plan_add(plan, EFFECT_JOIN,
			arena_format(mail->arena, "ticket #%lld is a credit note for it",
				(long long)ids[i]));
		effect->ticket_from = opened;
		effect->join.message_id = message_id;
		effect->join.how = SPAN("credit");
	}
	return true;
}

static bool open_ticket(struct plan *plan, const struct bill *bill, const struct supplier *supplier,
	struct error *err)
{
	struct mail *mail = plan->mail;
	struct ticket_doubt doubt;
	struct ticket ticket = {.state = SPAN("open"), .created_ms = mail->now_ms};

	bill_fill(mail, bill, &ticket);
	ticket.title = title_of(plan, bill, supplier);
	ticket.supplier_id = supplier->company_id;
	ticket.supplier_contact_id = supplier->contact_id;
	ticket.supplier_name = supplier->name;
	ticket.assignee_id = intake_user_id(
		mail->intake, assignee_of(mail->intake, mail->intake->config->invoices_assignee));
	if (bill->reminder)
		ticket.reminded_ms = mail->at_ms;
	if (!ticket_doubt_find(mail->intake, mail->arena, &ticket, &doubt, err))
		return false;
	if (doubt.holds && doubt.text.size)
		hold(&ticket, doubt.text);
	else
		ticket.hold_reason = doubt.text;
	struct effect *effect = plan_add(plan, EFFECT_TICKET,
		doubt.text.size ? doubt.text
				: (bill->invoice ? SPAN("an invoice was read")
						 : SPAN("mail to an invoices mailbox")));
	effect->ticket = ticket;
	supplier_ask(plan, supplier);
	return credit_link(plan, bill, supplier, err) && credits_link(plan, effect, err);
}

static bool bill_plan(struct plan *plan, const struct bill *bill, bool only, struct error *err)
{
	struct supplier supplier;
	struct known known = {0};
	struct ticket shape = {0};

	bill_fill(plan->mail, bill, &shape);
	if (!supplier_find(plan, bill, &supplier, err) ||
		!known_by_document(plan, bill, &supplier, &known, err))
		return false;
	if (!known.id && !known_by_number(plan, bill, &supplier, shape.kind, &known, err))
		return false;
	if (!known.id && only && !known_by_thread(plan, bill, &known, err))
		return false;
	if (known.id) {
		join(plan, bill, &known);
		return true;
	}
	/* A person said that nothing from there matters, and the document names nobody either. */
	if (strcmp(supplier.author.rule, "ignored") == 0 && !supplier.company_id && !bill->invoice)
		return true;
	return open_ticket(plan, bill, &supplier, err);
}

/* ---------------------------------------------------------------- deciding anew */

/* The mail's own ticket: only gaps are filled, and an open question is asked again. */
static bool own_fill(
	struct plan *plan, const struct ticket *own, const struct bill *bill, struct error *err)
{
	struct supplier supplier;
	struct ticket ticket = *own;
	struct span doubt = {0};
	bool opened = false;

	if (!own_was_opened(plan, own->id, &opened, err) ||
		!supplier_find(plan, bill, &supplier, err))
		return false;
	if (!opened)
		return true;
	bool changed = own_gaps_fill(plan->mail, bill, &ticket);
	if (!ticket.supplier_id && !ticket.supplier_contact_id) {
		supplier_ask(plan, &supplier);
		ticket.supplier_id = supplier.company_id;
		ticket.supplier_contact_id = supplier.contact_id;
		changed = changed || supplier.company_id || supplier.contact_id;
	}
	if (!changed)
		return true;
	if (!supplier_iban_doubt(plan->mail->intake, plan->mail->arena, &ticket, &doubt, err))
		return false;
	if (doubt.size)
		hold(&ticket, doubt);
	plan_add(plan, EFFECT_TICKET, SPAN("more was read than before"))->ticket = ticket;
	return true;
}

static bool invoices_plan(struct plan *plan, struct error *err)
{
	struct mail *mail = plan->mail;
	struct bill *bills = NULL;
	int64_t *ids = NULL;
	size_t count = 0, own_count = 0;

	bill_list(mail, &bills, &count);
	if (mail->message_id && !ticket_list_by_message(mail->intake->db, mail->message_id,
					mail->arena, &ids, &own_count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct ticket own;
		bool found = false;
		if (!own_find(plan, &bills[i], ids, own_count, &own, &found, err))
			return false;
		if (!(found ? own_fill(plan, &own, &bills[i], err)
			    : bill_plan(plan, &bills[i], count == 1, err)))
			return false;
	}
	return true;
}

/* ---------------------------------------------------------------- a person named the supplier */

static bool supplier_set(struct plan *plan, int64_t ticket_id, int64_t contact_id,
	int64_t company_id, struct error *err)
{
	struct mail *mail = plan->mail;
	struct ticket ticket;
	struct span doubt;
	bool found = false;
	if (!ticket_get(mail->intake->db, ticket_id, mail->arena, &ticket, &found, err))
		return false;
	if (!found || ticket.supplier_id)
		return true;
	ticket.supplier_id = company_id;
	ticket.supplier_contact_id = contact_id;
	if (!supplier_iban_doubt(mail->intake, mail->arena, &ticket, &doubt, err))
		return false;
	if (doubt.size)
		hold(&ticket, doubt);
	plan_add(plan, EFFECT_TICKET, doubt.size ? doubt : SPAN("the supplier is known now"))
		->ticket = ticket;
	return true;
}

static bool invoices_settle(struct plan *plan, const struct unresolved *item UNUSED,
	int64_t contact_id, int64_t company_id, struct error *err)
{
	struct mail *mail = plan->mail;
	int64_t *tickets = NULL;
	size_t count = 0;
	if (contact_id && !company_id) {
		struct contact contact;
		bool found = false;
		if (!contact_get(mail->intake->db, contact_id, mail->arena, &contact, &found, err))
			return false;
		company_id = found ? contact.company_id : 0;
	}
	if (!ticket_list_by_message(
		    mail->intake->db, mail->message_id, mail->arena, &tickets, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!supplier_set(plan, tickets[i], contact_id, company_id, err))
			return false;
	}
	return true;
}

const struct kind kind_invoices = {KIND_INVOICES, invoices_plan, invoices_settle};
