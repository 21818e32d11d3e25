/*
 * stored_facts.h - facts as they lie in the record: one zstd frame of facts_write.
 */
#ifndef INGEST_STORED_FACTS_H
#define INGEST_STORED_FACTS_H

#include "parser/facts.h"
#include "store/db.h"

/* Facts of any mail are smaller than this. */
#define STORED_FACTS_MAX_BYTES ((size_t)64 << 20)

/* *found false: the mail was never read, or by a format that is no longer read (replay it). */
MUST_CHECK bool stored_facts_read(struct db *db, int64_t message_id, struct arena *arena,
	struct facts *facts, bool *found, struct error *err);

#endif
