/*
 * ticket_doubt.h - what speaks against paying a ticket as it stands: asked when one is opened, and
 * again when a person changes its supplier, number, amount or account.
 */
#ifndef INGEST_TICKET_DOUBT_H
#define INGEST_TICKET_DOUBT_H

#include "ingest/state.h"
#include "store/ticket.h"

struct ticket_doubt {
	struct span text; /* in words; empty: nothing */
	bool holds;	  /* it must wait for a person; else it is only shown */
};

/*
 * In this order: a new IBAN for a known supplier and another ticket of the same supplier, kind and
 * number hold; another of the same amount from within a week is a warning. ticket->id 0: not yet
 * in the database.
 */
MUST_CHECK bool ticket_doubt_find(struct intake *intake, struct arena *arena,
	const struct ticket *ticket, struct ticket_doubt *doubt, struct error *err);

#endif
