/*
 * retention.h - the bytes of mail that nobody needs any more go after their time (`retention` in
 * the configuration); that the mail came stays counted.
 */
#ifndef STORE_RETENTION_H
#define STORE_RETENTION_H

#include "base/arena.h"
#include "base/span.h"
#include "store/db.h"

struct retention {
	int64_t ignored_ms, quarantined_ms, dead_ms; /* 0: for ever */
};

/*
 * Takes the bytes of mail that came longer ago than its state is kept, and what was read in it: at
 * most limit mails. Mail that a person dropped from quarantine counts as quarantined. A write
 * transaction of its own; *purged 0: there is no more.
 */
MUST_CHECK bool retention_run(struct db *db, const struct retention *retention, int64_t now_ms,
	int limit, int64_t *purged, struct error *err);

#endif
