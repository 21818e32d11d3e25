/*
 * route.h - as what a copy of a mail came to us: which kind decides it, by which address.
 */
#ifndef INGEST_ROUTE_H
#define INGEST_ROUTE_H

#include "ingest/state.h"

struct route {
	bool found; /* false: no mailbox of ours is concerned (an import of old mail) */
	enum mailbox_kind kind;
	const struct config_mailbox *mailbox;
	struct span address; /* the envelope address, secret taken out; empty: none was seen */
	bool has_secret;     /* it carried the mailbox's secret tag */
	const char *by;	     /* "envelope", "mailbox" or "recipients" */
	bool trusted;	     /* a colleague put it into this folder */
	bool sent;	     /* …or rather his mail program did: it is where sent mail goes */
	struct span refused; /* trusted folder, but mail from outside reached it: the reason */
};

/*
 * facts: as read, secrets included. Envelope addresses count only above the first Received field
 * (senders can write the rest) and only when the mailbox is configured to have them.
 * mailbox NULL: the envelope decides among all mailboxes, then To and Cc.
 */
struct route route_find(const struct intake *intake, struct arena *arena, const struct facts *facts,
	const struct config_mailbox *mailbox, struct span folder);

#endif
