#include "base/compress.h"
#include "base/pack.h"
#include "base/text.h"
#include "store/count.h"
#include "store/list.h"
#include "store/message_state.h"
#include "store/note_index.h"
#include "store/search.h"
#include "store/search_text.h"
#include "store/sql.h"

/* Words beyond this find nothing: one mail may not fill the index. */
#define BODY_MAX_BYTES	((size_t)64 << 10)
#define FIELD_MAX_BYTES ((size_t)64 << 10)
#define FACTS_MAX_BYTES ((size_t)64 << 20)

struct search_row {
	int64_t message_id;
	bool indexed;
	struct span frame;	 /* packed columns */
	struct span facts_frame; /* in which the body lies */
};

/* The body, or its place among the facts, and what is found as if it stood behind it. */
static void pack_columns(const struct search_columns *columns, struct buffer *packed)
{
	struct span body = text_cut(columns->body, BODY_MAX_BYTES);
	ptrdiff_t place = span_place(columns->facts, body);

	pack_span(packed, text_cut(columns->subject, FIELD_MAX_BYTES));
	pack_span(packed, text_cut(columns->sender, FIELD_MAX_BYTES));
	pack_span(packed, text_cut(columns->recipients, FIELD_MAX_BYTES));
	pack_span(packed, place >= 0 ? (struct span){0} : body);
	pack_u32(packed, place >= 0 ? (uint32_t)place : 0);
	pack_u32(packed, place >= 0 ? (uint32_t)body.size : 0);
	pack_span(packed, text_cut(columns->filenames, FIELD_MAX_BYTES));
}

static bool damaged(struct error *err)
{
	return error_set(err, ERROR_STORAGE, "search text is damaged");
}

static bool unpack_body(struct unpack *in, struct span facts_frame, struct buffer *storage,
	struct search_columns *columns, struct error *err)
{
	struct buffer facts CLEANUP(buffer_done) = {0};
	struct span body = unpack_span(in);
	size_t place = unpack_u32(in), size = unpack_u32(in);
	struct span filenames = unpack_span(in);

	if (!unpack_done(in))
		return damaged(err);
	if (size > 0) {
		if (!compress_unpack(&facts, facts_frame, FACTS_MAX_BYTES, err))
			return false;
		body = span_part(buffer_span(&facts), place, size);
		if (body.size != size)
			return damaged(err);
	}
	buffer_append(storage, body);
	if (body.size > 0 && filenames.size > 0)
		buffer_append_byte(storage, ' ');
	buffer_append(storage, filenames);
	columns->body = buffer_span(storage);
	return true;
}

/* The columns as they were or will be indexed: always the same for the same row. */
static bool unpack_columns(const struct search_row *row, struct buffer *storage,
	struct search_columns *columns, struct error *err)
{
	struct unpack in = {.rest = row->frame};

	buffer_clear(storage);
	*columns = (struct search_columns){
		.subject = unpack_span(&in),
		.sender = unpack_span(&in),
		.recipients = unpack_span(&in),
	};
	return unpack_body(&in, row->facts_frame, storage, columns, err) ||
	       error_context(err, "message %lld", (long long)row->message_id);
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

#define SELECT_ROW                                               \
	"SELECT t.message_id, t.indexed, t.frame, f.frame FROM " \
	"search_text t LEFT JOIN message_facts f ON f.message_id = t.message_id "

static struct search_row read_row(struct sql *q, struct arena *arena)
{
	return (struct search_row){
		.message_id = sql_i64(q, 0),
		.indexed = sql_bool(q, 1),
		.frame = sql_bytes(q, 2, arena),
		.facts_frame = sql_bytes(q, 3, arena),
	};
}

static bool find_row(struct db *db, int64_t message_id, struct arena *arena, struct search_row *row,
	bool *found, struct error *err)
{
	struct sql *q;
	bool ok;

	if (!sql_start(db, SELECT_ROW "WHERE t.message_id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	ok = sql_row(q, found, err);
	if (ok && *found)
		*row = read_row(q, arena);
	sql_end(q);
	return ok;
}

bool search_put(
	struct db *db, int64_t message_id, const struct search_columns *columns, struct error *err)
{
	struct buffer packed CLEANUP(buffer_done) = {0};
	struct sql *q;

	pack_columns(columns, &packed);
	if (!sql_start(db,
		    "INSERT INTO search_text (message_id, indexed, frame) VALUES (?1, 0, ?2)", &q,
		    err))
		return false;
	sql_bind_i64(q, 1, message_id);
	sql_bind_bytes(q, 2, buffer_span(&packed));
	return sql_run(q, err) && count_add(db, SPAN("unindexed"), 1, err);
}

/* Takes the words of the message out of the index, if they are in it. */
static bool unindex(struct db *db, const struct search_row *row, struct error *err)
{
	struct buffer storage CLEANUP(buffer_done) = {0};
	struct search_columns columns;

	return !row->indexed || (unpack_columns(row, &storage, &columns, err) &&
					index_remove(db, row->message_id, &columns, err));
}

bool search_forget(struct db *db, int64_t message_id, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct search_row row;
	struct sql *q;
	bool found;

	if (!find_row(db, message_id, &arena, &row, &found, err))
		return false;
	if (!found)
		return true;
	if (!unindex(db, &row, err))
		return false;
	if (!sql_start(db, "DELETE FROM search_text WHERE message_id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	return sql_run(q, err) && (row.indexed || count_add(db, SPAN("unindexed"), -1, err));
}

bool search_optimize(struct db *db, struct error *err)
{
	return sql_script(
		       db, "INSERT INTO message_index (message_index) VALUES ('optimize')", err) &&
	       note_index_rebuild(db, err);
}

/* ---------------------------------------------------------------- what waits */

static bool load_waiting(struct db *db, int limit, struct arena *arena, struct search_row **rows,
	size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct search_row, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(
		    db, SELECT_ROW "WHERE t.indexed = 0 ORDER BY t.message_id LIMIT ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, limit);
	while ((ok = sql_row(q, &found, err)) && found)
		*(struct search_row *)list_add(&list) = read_row(q, arena);
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}

static bool mark_indexed(struct db *db, int64_t message_id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db, "UPDATE search_text SET indexed = 1 WHERE message_id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	return sql_run(q, err);
}

static bool index_one(
	struct db *db, const struct search_row *row, struct buffer *storage, struct error *err)
{
	struct search_columns columns;

	return unpack_columns(row, storage, &columns, err) &&
	       index_add(db, row->message_id, &columns, err) &&
	       mark_indexed(db, row->message_id, err);
}

static bool index_waiting(struct db *db, int limit, struct error *err)
{
	struct buffer storage CLEANUP(buffer_done) = {0};
	struct arena arena CLEANUP(arena_done) = {0};
	struct search_row *rows;
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
