#include "store/message.h"

#include "base/text.h"
#include "store/list.h"
#include "store/message_state.h"
#include "store/sql.h"

/* Tries of reading a mail before it is dead. */
#define MAX_TRIES 3

#define SELECT_MESSAGE                                                                           \
	"SELECT m.id, m.state, m.message_id, m.from_name, m.from_address, m.subject, m.origin, " \
	"m.language, m.dead_stage, m.dead_error, m.date_ms, m.stored_ms, m.size_bytes, "         \
	"m.raw_size_bytes, m.parse_tries, m.history, m.same_id_differs, m.removed "              \
	"FROM message m "

static void read_row(struct sql *q, struct arena *arena, struct message_row *row)
{
	*row = (struct message_row){
		.id = sql_i64(q, 0),
		.state = sql_text(q, 1, arena),
		.message_id = sql_text(q, 2, arena),
		.from_name = sql_text(q, 3, arena),
		.from_address = sql_text(q, 4, arena),
		.subject = sql_text(q, 5, arena),
		.origin = sql_text(q, 6, arena),
		.language = sql_text(q, 7, arena),
		.dead_stage = sql_text(q, 8, arena),
		.dead_error = sql_text(q, 9, arena),
		.date_ms = sql_i64(q, 10),
		.stored_ms = sql_i64(q, 11),
		.size_bytes = sql_i64(q, 12),
		.raw_size_bytes = sql_i64(q, 13),
		.parse_tries = (int)sql_i64(q, 14),
		.history = sql_bool(q, 15),
		.same_id_differs = sql_bool(q, 16),
		.removed = sql_text(q, 17, arena),
	};
}

bool message_get(struct db *db, int64_t message_id, struct arena *arena, struct message_row *row,
	bool *found, struct error *err)
{
	struct sql *q;
	bool ok;

	if (!sql_start(db, SELECT_MESSAGE "WHERE m.id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	ok = sql_row(q, found, err);
	if (ok && *found)
		read_row(q, arena, row);
	sql_end(q);
	return ok;
}

/* ---------------------------------------------------------------- failing */

static bool count_try(
	struct db *db, int64_t message_id, int *tries, bool *decided, struct error *err)
{
	struct sql *q;
	bool found, more, ok;

	if (!sql_start(db,
		    "UPDATE message SET parse_tries = parse_tries + 1 WHERE id = ?1 "
		    "RETURNING parse_tries, state = 'erased' OR EXISTS "
		    "(SELECT 1 FROM route WHERE message_id = ?1)",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	ok = sql_row(q, &found, err);
	if (ok && !found)
		ok = error_set(err, ERROR_INPUT, "there is no message %lld", (long long)message_id);
	if (ok) {
		*tries = (int)sql_i64(q, 0);
		*decided = sql_bool(q, 1);
		ok = sql_row(q, &more, err);
	}
	sql_end(q);
	return ok;
}

bool message_failed(struct db *db, int64_t message_id, struct span stage, struct span error,
	bool final, struct error *err)
{
	bool decided = false;
	struct sql *q;
	int tries = 0;

	if (!count_try(db, message_id, &tries, &decided, err))
		return false;
	if (decided || (!final && tries < MAX_TRIES))
		return true;
	if (!sql_start(db, "UPDATE message SET dead_stage = ?2, dead_error = ?3 WHERE id = ?1", &q,
		    err))
		return false;
	sql_bind_i64(q, 1, message_id);
	sql_bind_text(q, 2, stage);
	sql_bind_text(q, 3, error);
	return sql_run(q, err) && message_refresh_state(db, message_id, err);
}

bool message_revive(struct db *db, int64_t message_id, bool *found, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "UPDATE message SET dead_stage = NULL, dead_error = NULL, parse_tries = 0 "
		    "WHERE id = ?1 AND dead_stage IS NOT NULL",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	if (!sql_run(q, err))
		return false;
	*found = sql_changes(db) == 1;
	return !*found || message_refresh_state(db, message_id, err);
}

/* ---------------------------------------------------------------- reading back */

bool message_facts_frame(struct db *db, int64_t message_id, struct arena *arena, struct span *frame,
	struct error *err)
{
	struct sql *q;
	bool found, ok;

	*frame = (struct span){0};
	if (!sql_start(db, "SELECT frame FROM message_facts WHERE message_id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	ok = sql_row(q, &found, err);
	if (ok && found)
		*frame = sql_bytes(q, 0, arena);
	sql_end(q);
	return ok;
}

bool message_by_message_id(struct db *db, struct span message_id, int64_t *id, struct error *err)
{
	struct sql *q;

	*id = 0;
	if (span_is_empty(message_id))
		return true;
	if (!sql_start(db, "SELECT id FROM message WHERE message_id = ?1 ORDER BY id LIMIT 1", &q,
		    err))
		return false;
	sql_bind_text(q, 1, text_cut(message_id, MESSAGE_ID_MAX_BYTES));
	return sql_run_id(q, id, err);
}

enum { AFTER = 1, STATE, MAILBOX, ADDRESS, KIND, SINCE, UNTIL, LIMIT };

/* From literals alone; a filter that is not asked for would keep its index from being used. */
static void list_text(const struct message_filter *filter, struct buffer *text)
{
	buffer_append_string(text, filter->oldest_first ? SELECT_MESSAGE "WHERE m.id > ?1"
							: SELECT_MESSAGE
					   "WHERE (?1 = 0 OR m.id < ?1)");
	if (filter->state.size)
		buffer_append_string(text, " AND m.state = ?2");
	if (filter->mailbox.size)
		buffer_append_string(text, " AND (EXISTS (SELECT 1 FROM delivery d JOIN folder f "
					   "ON f.id = d.folder_id "
					   "JOIN mailbox b ON b.id = f.mailbox_id "
					   "WHERE d.message_id = m.id AND b.name = ?3) OR EXISTS "
					   "(SELECT 1 FROM route r "
					   "WHERE r.message_id = m.id AND r.mailbox = ?3))");
	if (filter->address_folded.size)
		buffer_append_string(text,
			" AND m.id IN (SELECT a.message_id FROM message_address a "
			"WHERE a.address_folded = ?4 AND a.role <> 'bcc')");
	if (filter->kind.size)
		buffer_append_string(text, " AND EXISTS (SELECT 1 FROM route r "
					   "WHERE r.message_id = m.id AND r.kind = ?5)");
	if (filter->since_ms)
		buffer_append_string(text, " AND coalesce(m.date_ms, m.stored_ms) >= ?6");
	if (filter->until_ms)
		buffer_append_string(text, " AND coalesce(m.date_ms, m.stored_ms) < ?7");
	buffer_append_string(text,
		filter->oldest_first ? " ORDER BY m.id LIMIT ?8" : " ORDER BY m.id DESC LIMIT ?8");
}

static void bind_list(const struct message_filter *filter, struct sql *q)
{
	sql_bind_i64(q, AFTER, filter->page.after_id);
	if (filter->state.size)
		sql_bind_text(q, STATE, filter->state);
	if (filter->mailbox.size)
		sql_bind_text(q, MAILBOX, filter->mailbox);
	if (filter->address_folded.size)
		sql_bind_text(q, ADDRESS, filter->address_folded);
	if (filter->kind.size)
		sql_bind_text(q, KIND, filter->kind);
	if (filter->since_ms)
		sql_bind_i64(q, SINCE, filter->since_ms);
	if (filter->until_ms)
		sql_bind_i64(q, UNTIL, filter->until_ms);
	sql_bind_i64(q, LIMIT, sql_limit(filter->page));
}

bool message_list(struct db *db, const struct message_filter *filter, struct arena *arena,
	struct message_row **rows, size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct message_row, arena);
	struct buffer text CLEANUP(buffer_done) = {0};
	struct sql *q;
	bool found, ok;

	list_text(filter, &text);
	if (!sql_start_built(db, buffer_string(&text), &q, err))
		return false;
	bind_list(filter, q);
	while ((ok = sql_row(q, &found, err)) && found)
		read_row(q, arena, list_add(&list));
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}

bool message_undecided(struct db *db, struct arena *arena, int limit, int64_t after_id,
	int64_t **ids, size_t *count, struct error *err)
{
	struct list list = LIST_OF(int64_t, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT id FROM message WHERE state = 'received' AND id > ?1 "
		    "ORDER BY id LIMIT ?2",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, after_id);
	sql_bind_i64(q, 2, limit);
	while ((ok = sql_row(q, &found, err)) && found)
		*(int64_t *)list_add(&list) = sql_i64(q, 0);
	sql_end(q);
	*ids = list.items;
	*count = list.count;
	return ok;
}

bool message_attachments(struct db *db, int64_t message_id, struct arena *arena,
	struct message_attachment **rows, size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct message_attachment, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT id, position, filename, content_type, size_bytes, sha256, decorative "
		    "FROM attachment WHERE message_id = ?1 ORDER BY position",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	while ((ok = sql_row(q, &found, err)) && found) {
		struct message_attachment *row = list_add(&list);

		*row = (struct message_attachment){
			.id = sql_i64(q, 0),
			.position = (int)sql_i64(q, 1),
			.filename = sql_text(q, 2, arena),
			.content_type = sql_text(q, 3, arena),
			.size_bytes = sql_i64(q, 4),
			.decorative = sql_bool(q, 6),
		};
		sql_digest(q, 5, &row->sha256);
	}
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}
