/*
 * statistics.h - how much came, was done and was decided in a stretch of time.
 */
#ifndef STORE_STATISTICS_H
#define STORE_STATISTICS_H

#include "base/arena.h"
#include "base/span.h"
#include "store/db.h"

struct statistic {
	const char *key;  /* for JSON: "mails_in" */
	const char *what; /* in words */
	int64_t count;
};

/* From begin_ms up to before end_ms, in the order in which they are shown. */
MUST_CHECK bool statistics_read(struct db *db, int64_t begin_ms, int64_t end_ms,
	struct arena *arena, struct statistic **rows, size_t *count, struct error *err);

#endif
