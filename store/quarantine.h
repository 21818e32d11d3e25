/*
 * quarantine.h - how much mail is kept whole of those who may not write, and keeping only the
 * header of what comes beyond that.
 */
#ifndef STORE_QUARANTINE_H
#define STORE_QUARANTINE_H

#include "base/span.h"
#include "store/db.h"

/* Quarantined mails of the mailbox whose bytes are kept; counting stops at limit. */
MUST_CHECK bool quarantine_count_mailbox(
	struct db *db, struct span mailbox, int64_t limit, int64_t *count, struct error *err);
/* The same of a From address, among its newest mails: a flood is what came last. */
MUST_CHECK bool quarantine_count_sender(
	struct db *db, struct span from_folded, int64_t limit, int64_t *count, struct error *err);

#endif
