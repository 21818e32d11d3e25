/*
 * own_ticket.h - the tickets that a mail has already, when it is decided anew: which bill is which,
 * and what may still be filled in.
 */
#ifndef INGEST_OWN_TICKET_H
#define INGEST_OWN_TICKET_H

#include "ingest/bill.h"
#include "ingest/plan.h"

/*
 * The ticket among ids (0: taken) that the bill was read for before: by its number, else the one
 * without a number. Its id is set to 0, so that no second bill gets it.
 */
MUST_CHECK bool own_find(struct plan *plan, const struct bill *bill, int64_t *ids, size_t count,
	struct ticket *own, bool *found, struct error *err);
/* This mail opened the ticket; what only joined it may not add to it. */
MUST_CHECK bool own_was_opened(
	struct plan *plan, int64_t ticket_id, bool *opened, struct error *err);
/* Fills what the ticket lacks; false when it lacks nothing that the bill has. */
bool own_gaps_fill(const struct mail *mail, const struct bill *bill, struct ticket *ticket);

#endif
