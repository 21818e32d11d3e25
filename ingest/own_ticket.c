#include "ingest/own_ticket.h"

bool own_find(struct plan *plan, const struct bill *bill, int64_t *ids, size_t count,
	struct ticket *own, bool *found, struct error *err)
{
	size_t best = count;
	bool exact = false;
	*found = false;
	for (size_t i = 0; i < count && !exact; i++) {
		struct ticket ticket;
		bool exists = false;
		if (!ids[i])
			continue;
		if (!ticket_get(plan->mail->intake->db, ids[i], plan->mail->arena, &ticket, &exists,
			    err))
			return false;
		exact = exists && span_equal_fold(ticket.number, bill->number);
		if (!exact && (!exists || *found || (ticket.number.size && bill->number.size)))
			continue;
		best = i;
		*own = ticket;
		*found = true;
	}
	if (*found)
		ids[best] = 0;
	return true;
}

bool own_was_opened(struct plan *plan, int64_t ticket_id, bool *opened, struct error *err)
{
	struct ticket_message *rows = NULL;
	size_t count = 0;
	*opened = false;
	if (!ticket_messages(
		    plan->mail->intake->db, ticket_id, plan->mail->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		*opened = *opened || (rows[i].message_id == plan->mail->message_id &&
					     span_equal(rows[i].how, SPAN("opened")));
	return true;
}

static bool text_fill(struct span *to, struct span from)
{
	if (to->size || !from.size)
		return false;
	*to = from;
	return true;
}

static bool date_fill(struct date *to, struct date from)
{
	if (date_is_set(*to) || !date_is_set(from))
		return false;
	*to = from;
	return true;
}

static bool amount_fill(bool *has, int64_t *to, bool has_from, int64_t from)
{
	if (*has || !has_from)
		return false;
	*has = true;
	*to = from;
	return true;
}

bool own_gaps_fill(const struct mail *mail, const struct bill *bill, struct ticket *ticket)
{
	struct ticket read = {0};
	bill_fill(mail, bill, &read);
	bool changed = text_fill(&ticket->number, read.number);
	changed |= text_fill(&ticket->currency, read.currency);
	changed |= text_fill(&ticket->iban, read.iban);
	changed |= text_fill(&ticket->preceding, read.preceding);
	changed |= date_fill(&ticket->issue_date, read.issue_date);
	changed |= date_fill(&ticket->due_date, read.due_date);
	changed |= amount_fill(&ticket->has_net, &ticket->net_cents, read.has_net, read.net_cents);
	changed |= amount_fill(&ticket->has_tax, &ticket->tax_cents, read.has_tax, read.tax_cents);
	changed |= amount_fill(
		&ticket->has_total, &ticket->total_cents, read.has_total, read.total_cents);
	changed |= amount_fill(
		&ticket->has_payable, &ticket->payable_cents, read.has_payable, read.payable_cents);
	return changed;
}
