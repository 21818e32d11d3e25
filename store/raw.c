#include "store/message_state.h"
#include "store/sql.h"

/* A row that holds a whole large mail would be rewritten as one; a chunk is at most this. */
#define CHUNK_BYTES ((size_t)1 << 20)

bool message_write_raw(struct db *db, int64_t message_id, struct span raw_frame, struct error *err)
{
	struct sql *q;

	for (size_t from = 0; from < raw_frame.size; from += CHUNK_BYTES) {
		if (!sql_start(db,
			    "INSERT INTO message_raw (message_id, chunk, bytes) VALUES (?1, ?2, "
			    "?3)",
			    &q, err))
			return false;
		sql_bind_i64(q, 1, message_id);
		sql_bind_i64(q, 2, (int64_t)(from / CHUNK_BYTES));
		sql_bind_bytes(q, 3, span_part(raw_frame, from, CHUNK_BYTES));
		if (!sql_run(q, err))
			return false;
	}
	return true;
}

bool message_store_raw(struct db *db, int64_t message_id, struct span raw_frame, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "UPDATE message SET raw_size_bytes = ?2 WHERE id = ?1 AND raw_size_bytes = 0",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	sql_bind_i64(q, 2, (int64_t)raw_frame.size);
	if (!sql_run(q, err))
		return false;
	return !sql_changes(db) || message_write_raw(db, message_id, raw_frame, err);
}

bool message_raw_frame(struct db *db, int64_t message_id, struct buffer *frame, struct error *err)
{
	struct sql *q;
	bool found, ok;

	if (!sql_start(db, "SELECT bytes FROM message_raw WHERE message_id = ?1 ORDER BY chunk", &q,
		    err))
		return false;
	sql_bind_i64(q, 1, message_id);
	while ((ok = sql_row(q, &found, err)) && found)
		buffer_append(frame, sql_peek(q, 0));
	sql_end(q);
	return ok;
}
