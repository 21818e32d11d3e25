#include "base/compress.h"
#include "base/pack.h"
#include "base/text.h"
#include "store/count.h"
#include "store/list.h"
#include "store/message_state.h"
#include "store/search.h"
#include "store/search_text.h"
#include "store/sql.h"

/* Words beyond this find nothing: one mail may not fill the index. */
#define BODY_MAX_BYTES ((size_t)64 << 10)
/* Of a packed and unpacked row: body and three header fields of at most what a mail can hold. */
#define TEXT_MAX_BYTES	((size_t)4 << 20)
#define FIELD_MAX_BYTES ((size_t)64 << 10)

static void pack_columns(const struct search_columns *columns, struct buffer *packed)
{
	pack_span(packed, text_cut(columns->subject, FIELD_MAX_BYTES));
	pack_span(packed, text_cut(columns->sender, FIELD_MAX_BYTES));
	pack_span(packed, text_cut(columns->recipients, FIELD_MAX_BYTES));
	pack_span(packed, text_cut(columns->body, BODY_MAX_BYTES));
}

/*
 * Packed columns begin with the length of the subject, a zstd frame with a number that is none:
 * that tells text that waits from text that is kept.
 */
static bool is_packed(struct span text)
{
	struct unpack in = {.rest = text};

	return unpack_u32(&in) <= FIELD_MAX_BYTES;
}

static bool unpack_columns(
	struct span text, struct buffer *storage, struct search_columns *columns, struct error *err)
{
	struct unpack in;

	buffer_clear(storage);
	if (is_packed(text))
		buffer_append(storage, text);
	else if (!compress_unpack(storage, text, TEXT_MAX_BYTES, err))
		return error_context(err, "search text");
	in = (struct unpack){.rest = buffer_span(storage)};
	columns->subject = unpack_span(&in);
	columns->sender = unpack_span(&in);
	columns->recipients = unpack_span(&in);
	columns->body = unpack_span(&in);
	return unpack_done(&in) || error_set(err, ERROR_STORAGE, "search text is damaged");
}

static void bind_columns(struct sql *q, int64_t message_id, const struct search_columns *columns)
{
	sql_bind_i64(q, 1, message_id);
	sql_bind_text(q, 2, columns->subject);
	sql_bind_text(q, 3, columns->sender);
	sql_bind_text(q, 4, columns->recipients);
	sql_bind_text(q, 5, columns->body);
}

static bool index_add(
	struct db *db, int64_t message_id, const struct search_columns *columns, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "INSERT INTO message_index (rowid, subject, sender, recipients, body) "
		    "VALUES (?1, ?2, ?3, ?4, ?5)",
		    &q, err))
		return false;
	bind_columns(q, message_id, columns);
	return sql_run(q, err);
}

/* The index holds no text: what goes has to be told word by word (FTS5, section 6.1). */
static bool index_remove(
	struct db *db, int64_t message_id, const struct search_columns *columns, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "INSERT INTO message_index (message_index, rowid, subject, sender, recipients, "
		    "body) VALUES ('delete', ?1, ?2, ?3, ?4, ?5)",
		    &q, err))
		return false;
	bind_columns(q, message_id, columns);
	return sql_run(q, err);
}

static bool read_text(struct db *db, int64_t message_id, struct arena *arena, bool *indexed,
	struct span *frame, bool *found, struct error *err)
{
	struct sql *q;
	bool ok;

	if (!sql_start(db, "SELECT indexed, frame FROM search_text WHERE message_id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	ok = sql_row(q, found, err);
	if (ok && *found) {
		*indexed = sql_bool(q, 0);
		*frame = sql_bytes(q, 1, arena);
	}
	sql_end(q);
	return ok;
}

enum text_state { TEXT_NONE, TEXT_WAITS, TEXT_INDEXED };

/* Takes the words of the message out of the index, if they are in it; tells how it was before. */
static bool unindex(struct db *db, int64_t message_id, enum text_state *before, struct error *err)
{
	struct buffer storage CLEANUP(buffer_done) = {0};
	struct arena arena CLEANUP(arena_done) = {0};
	struct search_columns columns;
	struct span frame = {0};
	bool indexed = false, found;

	if (!read_text(db, message_id, &arena, &indexed, &frame, &found, err))
		return false;
	*before = !found ? TEXT_NONE : indexed ? TEXT_INDEXED : TEXT_WAITS;
	if (*before != TEXT_INDEXED)
		return true;
	return unpack_columns(frame, &storage, &columns, err) &&
	       index_remove(db, message_id, &columns, err);
}

bool search_put(
	struct db *db, int64_t message_id, const struct search_columns *columns, struct error *err)
{
	struct buffer packed CLEANUP(buffer_done) = {0};
	enum text_state before;
	struct sql *q;

	if (!unindex(db, message_id, &before, err))
		return false;
	pack_columns(columns, &packed);
	if (!sql_start(db,
		    "INSERT INTO search_text (message_id, indexed, frame) VALUES (?1, 0, ?2) "
		    "ON CONFLICT (message_id) DO UPDATE SET indexed = 0, frame = excluded.frame",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	sql_bind_bytes(q, 2, buffer_span(&packed));
	return sql_run(q, err) &&
	       (before == TEXT_WAITS || count_add(db, SPAN("unindexed"), 1, err));
}

bool search_forget(struct db *db, int64_t message_id, struct error *err)
{
	enum text_state before;
	struct sql *q;

	if (!unindex(db, message_id, &before, err))
		return false;
	if (before == TEXT_NONE)
		return true;
	if (!sql_start(db, "DELETE FROM search_text WHERE message_id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	return sql_run(q, err) &&
	       (before == TEXT_INDEXED || count_add(db, SPAN("unindexed"), -1, err));
}

bool search_optimize(struct db *db, struct error *err)
{
	return sql_script(db, "INSERT INTO message_index (message_index) VALUES ('optimize')", err);
}

/* ---------------------------------------------------------------- what waits */

struct waiting {
	int64_t message_id;
	struct span frame;
};

static bool load_waiting(struct db *db, int limit, struct arena *arena, struct waiting **rows,
	size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct waiting, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT message_id, frame FROM search_text WHERE indexed = 0 "
		    "ORDER BY message_id LIMIT ?1",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, limit);
	while ((ok = sql_row(q, &found, err)) && found)
		*(struct waiting *)list_add(&list) =
			(struct waiting){sql_i64(q, 0), sql_bytes(q, 1, arena)};
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}

/* From now on the text is only kept, and takes less room. */
static bool mark_indexed(struct db *db, int64_t message_id, struct span packed, struct error *err)
{
	struct buffer frame CLEANUP(buffer_done) = {0};
	struct sql *q;

	compress_append(&frame, packed);
	if (!sql_start(db, "UPDATE search_text SET indexed = 1, frame = ?2 WHERE message_id = ?1",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	sql_bind_bytes(q, 2, buffer_span(&frame));
	return sql_run(q, err);
}

static bool index_one(
	struct db *db, const struct waiting *waiting, struct buffer *storage, struct error *err)
{
	struct search_columns columns;

	if (!unpack_columns(waiting->frame, storage, &columns, err) ||
		!index_add(db, waiting->message_id, &columns, err))
		return error_context(err, "message %lld", (long long)waiting->message_id);
	return mark_indexed(db, waiting->message_id, buffer_span(storage), err);
}

static bool index_waiting(struct db *db, int limit, struct error *err)
{
	struct buffer storage CLEANUP(buffer_done) = {0};
	struct arena arena CLEANUP(arena_done) = {0};
	struct waiting *rows;
	size_t count;

	if (!load_waiting(db, limit, &arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!index_one(db, &rows[i], &storage, err))
			return false;
	return count_add(db, SPAN("unindexed"), -(int64_t)count, err);
}

bool search_pending(struct db *db, int64_t *pending, struct error *err)
{
	return counts_write(db, err) &&
	       sql_number(
		       db, "SELECT rows FROM message_count WHERE name = 'unindexed'", pending, err);
}

bool search_index(struct db *db, int limit, int64_t *left, struct error *err)
{
	bool own = !db_in_transaction(db);

	if (!search_pending(db, left, err))
		return false;
	if (!*left)
		return true;
	if (own && !db_begin_write(db, err))
		return false;
	if (!index_waiting(db, limit, err)) {
		if (own)
			db_rollback(db);
		return false;
	}
	if (own && !db_commit(db, err))
		return false;
	return search_pending(db, left, err);
}
