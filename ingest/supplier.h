/*
 * supplier.h - who sent a bill: its VAT id, its IBAN, then the address it came from. Where these
 * disagree a person decides.
 */
#ifndef INGEST_SUPPLIER_H
#define INGEST_SUPPLIER_H

#include "ingest/bill.h"
#include "ingest/plan.h"

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
 * Why a ticket of this supplier with this IBAN must be held: the supplier is known with another
 * one. Empty: nothing speaks against it.
 */
MUST_CHECK bool supplier_iban_doubt(struct intake *intake, struct arena *arena, int64_t company_id,
	struct span iban, int64_t ticket_id, struct span *doubt, struct error *err);

#endif
