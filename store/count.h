/*
 * count.h - the counters of message_count, changed in memory and written once a transaction: each
 * mail changes half a dozen of them, always the same rows. db.c writes them before it commits and
 * forgets them when it rolls back. For store/ alone.
 */
#ifndef STORE_COUNT_H
#define STORE_COUNT_H

#include <stdint.h>

#include "base/span.h"
#include "store/db.h"

#define COUNT_NAMES	 16 /* message_count has twelve rows */
#define COUNT_NAME_BYTES 16

/* What is added to the rows of the database, and not written yet. */
struct counts {
	struct count {
		char name[COUNT_NAME_BYTES];
		int64_t change;
	} items[COUNT_NAMES];
	size_t used;
};

/* Adds to the counter of that name; outside of a transaction at once. ERROR_BUG: no such name. */
MUST_CHECK bool count_add(struct db *db, struct span name, int64_t rows, struct error *err);
/* Writes what waits, so that it can be read. */
MUST_CHECK bool counts_write(struct db *db, struct error *err);
void counts_forget(struct db *db);

/* db.c: those of this connection. */
struct counts *db_counts(struct db *db);

#endif
