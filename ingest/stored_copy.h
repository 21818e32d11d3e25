/*
 * stored_copy.h - a copy of a stored mail as it came: its own header block over the body that all
 * copies share.
 */
#ifndef INGEST_STORED_COPY_H
#define INGEST_STORED_COPY_H

#include "base/arena.h"
#include "base/buffer.h"
#include "store/db.h"

/*
 * Appends the copy to `copy`; mail is the whole stored mail. *own false: nothing was appended, the
 * copy's header is the mail's.
 */
MUST_CHECK bool stored_copy_build(struct db *db, int64_t delivery_id, struct span mail,
	struct arena *arena, struct buffer *copy, bool *own, struct error *err);

#endif
