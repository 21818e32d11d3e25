/*
 * ticket.h - finance tickets: what is to be paid (payable) or billed (receivable).
 */
#ifndef STORE_TICKET_H
#define STORE_TICKET_H

#include "base/arena.h"
#include "base/date.h"
#include "base/digest.h"
#include "base/span.h"
#include "store/operation.h"

struct ticket {
	int64_t id;
	struct span direction, kind, state, title;
	int64_t supplier_id, supplier_contact_id, assignee_id; /* 0: none */
	struct span supplier_name, number, currency, iban, hold_reason, assignee_name;
	struct span preceding; /* of a credit note: the number of the invoice that it is for */
	struct date issue_date, due_date;
	/* hundredths; has_*: the amount is known */
	int64_t net_cents, tax_cents, total_cents, payable_cents;
	bool has_net, has_tax, has_total, has_payable;
	bool has_document;
	struct digest document; /* SHA-256 of the document that supplied the fields */
	int64_t deal_id;	/* that it bills, 0: none */
	int64_t tax_rate;	/* hundredths of a percent */
	int64_t discount_cents, paid_cents;
	bool has_tax_rate, has_discount, has_paid;
	struct date sent_date, paid_date;
	bool after_close; /* mail joined when it was paid or closed already */
	int64_t reminded_ms, created_ms, changed_ms;
	int64_t calendar_ms; /* what calendars show changed last */
	int sequence;	     /* how often its title, time or status changed */
};

MUST_CHECK bool ticket_add(
	struct operation *operation, const struct ticket *ticket, int64_t *id, struct error *err);
/* Writes what differs; raises sequence when due date, title or state changed. */
MUST_CHECK bool ticket_edit(
	struct operation *operation, const struct ticket *ticket, struct error *err);
MUST_CHECK bool ticket_get(struct db *db, int64_t id, struct arena *arena, struct ticket *ticket,
	bool *found, struct error *err);
struct ticket_filter {
	struct span state;     /* empty: any; "unfinished": open and hold; "after-close" */
	struct span direction; /* empty: any */
	int64_t assignee_id, supplier_id, deal_id;
	struct db_page page;
};
MUST_CHECK bool ticket_list(struct db *db, const struct ticket_filter *filter, struct arena *arena,
	struct ticket **rows, size_t *count, struct error *err);

/*
 * Tax, total and what is payable of a bill of ours, from its net, discount and rate. Halves of a
 * cent are rounded away from zero. Without a net nothing is known and nothing changes.
 */
void ticket_price(struct ticket *ticket);

/* ASCII letters and digits alone, upper case; leading zeros stay. */
struct span ticket_fold_number(struct arena *arena, struct span number);
/*
 * Finding the ticket that a second mail joins; each gives 0 where there is none. Dismissed ones are
 * not found. Suppliers are the same by id where both have one, else by folded name.
 */
MUST_CHECK bool ticket_by_document(
	struct db *db, const struct digest *document, int64_t *id, struct error *err);
MUST_CHECK bool ticket_by_number(struct db *db, struct span number, int64_t supplier_id,
	struct span supplier_name, struct span kind, int64_t except_id, int64_t *id,
	struct error *err);
/* The credit notes of a supplier for the invoice of that number, oldest first; no dismissed ones.
 */
MUST_CHECK bool ticket_credits_of(struct db *db, struct span number, int64_t supplier_id,
	struct span supplier_name, struct arena *arena, int64_t **ids, size_t *count,
	struct error *err);
/*
 * Another ticket of the same supplier, kind, currency and amount to be paid, issued within so many
 * days; 0 where there is none, or the ticket lacks one of these.
 */
MUST_CHECK bool ticket_by_amount(
	struct db *db, const struct ticket *ticket, int near_days, int64_t *id, struct error *err);
/*
 * What the supplier was paid to before: the company's account, else that of its newest other ticket
 * that is neither held nor dismissed. Empty: nothing is known.
 */
MUST_CHECK bool ticket_known_iban(struct db *db, int64_t supplier_id, int64_t except_id,
	struct arena *arena, struct span *iban, struct error *err);
/*
 * What the other tickets of a ticket's supplier (its company, and those of its contact that have no
 * company) say about its IBAN. Held and dismissed ones accept nothing.
 */
struct ticket_iban_past {
	bool accepted;	    /* one with this IBAN is open, paid or closed */
	int64_t refused_id; /* the newest with this IBAN that is held or dismissed, 0: none */
	struct span other;  /* IBAN of the newest accepted one with another, empty: none */
};
MUST_CHECK bool ticket_iban_past(struct db *db, const struct ticket *ticket, struct arena *arena,
	struct ticket_iban_past *past, struct error *err);
MUST_CHECK bool ticket_by_message(
	struct db *db, int64_t message_id, int64_t *id, struct error *err);

/* All of a message: a collective invoice opens several. */
MUST_CHECK bool ticket_list_by_message(struct db *db, int64_t message_id, struct arena *arena,
	int64_t **ids, size_t *count, struct error *err);

/* how: opened, reminder, reply, copy, version, credit (of a credit note). Twice is no error. */
MUST_CHECK bool ticket_join(struct operation *operation, int64_t ticket_id, int64_t message_id,
	struct span how, bool *added, struct error *err);
MUST_CHECK bool ticket_split(struct operation *operation, int64_t ticket_id, int64_t message_id,
	bool *found, struct error *err);
struct ticket_message {
	int64_t message_id;
	struct span how, subject, from_address;
};
MUST_CHECK bool ticket_messages(struct db *db, int64_t ticket_id, struct arena *arena,
	struct ticket_message **rows, size_t *count, struct error *err);

#endif
