/*
 * supplier.h - who sent a bill: its VAT id, its IBAN, then the address it came from. Where these
 * disagree a person decides.
 */
#ifndef INGEST_SUPPLIER_H
#define INGEST_SUPPLIER_H

#include "ingest/bill.h"
#include "ingest/plan.h"
#include "store/ticket.h"

struct supplier {
	int64_t company_id, contact_id; /* 0: not known */
	struct span name;		/* as the document or the mail says */
	struct match author;		/* the address it came from, matched */
	const char *question;		/* reason of the item to raise, NULL: none */
	struct span why;
	struct match_candidate *candidates;
	size_t candidate_count;
};

MUST_CHECK bool supplier_find(
	struct plan *plan, const struct bill *bill, struct supplier *supplier, struct error *err);

/*
 * Why this ticket must be held for its IBAN: its supplier (the company; without one the contact) is
 * known with another one, or a ticket with this one was held or dismissed. Empty: nothing speaks
 * against it, or it has no supplier or no IBAN.
 */
MUST_CHECK bool supplier_iban_doubt(struct intake *intake, struct arena *arena,
	const struct ticket *ticket, struct span *doubt, struct error *err);

#endif
