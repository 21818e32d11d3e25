#include "store/mailbox.h"

#include "store/list.h"
#include "store/sql.h"

bool mailbox_ensure(struct db *db, struct span name, struct span kind, struct span account,
	int64_t now_ms, int64_t *id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "INSERT INTO mailbox (name, kind, account, state, configured, changed_ms) "
		    "VALUES (?1, ?2, ?3, 'starting', 1, ?4) "
		    "ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, "
		    "account = excluded.account, configured = 1 RETURNING id",
		    &q, err))
		return false;
	sql_bind_text(q, 1, name);
	sql_bind_text(q, 2, kind);
	sql_bind_text(q, 3, account);
	sql_bind_i64(q, 4, now_ms);
	return sql_run_id(q, id, err);
}

bool mailbox_retain(struct db *db, const int64_t *ids, size_t count, struct error *err)
{
	struct sql *q;

	if (!sql_script(db, "UPDATE mailbox SET configured = 0", err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!sql_start(db, "UPDATE mailbox SET configured = 1 WHERE id = ?1", &q, err))
			return false;
		sql_bind_i64(q, 1, ids[i]);
		if (!sql_run(q, err))
			return false;
	}
	return true;
}

/* An error stays in view, with its time, until the mailbox was reached again. */
bool mailbox_report(struct db *db, int64_t id, struct span state, struct span waits_for,
	struct span error, bool success, int64_t now_ms, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "UPDATE mailbox SET state = ?2, waits_for = ?3, changed_ms = ?6, "
		    "last_success_ms = CASE WHEN ?5 = 1 THEN ?6 ELSE last_success_ms END, "
		    "last_error = CASE WHEN ?4 IS NOT NULL THEN ?4 WHEN ?5 = 1 THEN NULL "
		    "ELSE last_error END, "
		    "last_error_ms = CASE WHEN ?4 IS NOT NULL THEN ?6 WHEN ?5 = 1 THEN NULL "
		    "ELSE last_error_ms END WHERE id = ?1",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	sql_bind_text(q, 2, state);
	sql_bind_text_or_null(q, 3, waits_for);
	sql_bind_text_or_null(q, 4, error);
	sql_bind_bool(q, 5, success);
	sql_bind_i64(q, 6, now_ms);
	return sql_run(q, err);
}

bool mailbox_list(struct db *db, struct arena *arena, struct mailbox_row **rows, size_t *count,
	struct error *err)
{
	struct list list = LIST_OF(struct mailbox_row, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT id, name, kind, state, waits_for, last_error, last_success_ms, "
		    "last_error_ms FROM mailbox WHERE configured = 1 ORDER BY name",
		    &q, err))
		return false;
	while ((ok = sql_row(q, &found, err)) && found)
		*(struct mailbox_row *)list_add(&list) = (struct mailbox_row){
			.id = sql_i64(q, 0),
			.name = sql_text(q, 1, arena),
			.kind = sql_text(q, 2, arena),
			.state = sql_text(q, 3, arena),
			.waits_for = sql_text(q, 4, arena),
			.last_error = sql_text(q, 5, arena),
			.last_success_ms = sql_i64(q, 6),
			.last_error_ms = sql_i64(q, 7),
		};
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}

static void read_folder(struct sql *q, struct arena *arena, struct folder_row *folder)
{
	*folder = (struct folder_row){
		.id = sql_i64(q, 0),
		.mailbox_id = sql_i64(q, 1),
		.name = sql_text(q, 2, arena),
		.uidvalidity = (uint32_t)sql_i64(q, 3),
		.last_uid = (uint32_t)sql_i64(q, 4),
	};
}

static bool find_folder(struct db *db, int64_t mailbox_id, struct span name,
	struct folder_row *folder, struct arena *arena, bool *found, struct error *err)
{
	struct sql *q;
	bool ok;

	if (!sql_start(db,
		    "SELECT f.id, f.mailbox_id, f.name, f.uidvalidity, f.last_uid FROM folder f "
		    "JOIN mailbox b ON b.id = f.mailbox_id AND b.account = f.account "
		    "WHERE f.mailbox_id = ?1 AND f.name = ?2",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, mailbox_id);
	sql_bind_text(q, 2, name);
	ok = sql_row(q, found, err);
	if (ok && *found)
		read_folder(q, arena, folder);
	sql_end(q);
	return ok;
}

bool folder_ensure(struct db *db, int64_t mailbox_id, struct span name, struct folder_row *folder,
	struct arena *arena, struct error *err)
{
	struct sql *q;
	bool found = false;

	if (!find_folder(db, mailbox_id, name, folder, arena, &found, err) || found)
		return found;
	if (!sql_start(db,
		    "INSERT INTO folder (mailbox_id, account, name, uidvalidity, last_uid) "
		    "SELECT b.id, b.account, ?2, 0, 0 FROM mailbox b WHERE b.id = ?1 RETURNING id",
		    &q, err))
		return false;
	*folder = (struct folder_row){.mailbox_id = mailbox_id, .name = arena_copy(arena, name)};
	sql_bind_i64(q, 1, mailbox_id);
	sql_bind_text(q, 2, name);
	return sql_run_id(q, &folder->id, err);
}

bool folder_move_cursor(struct db *db, int64_t folder_id, uint32_t uidvalidity, uint32_t last_uid,
	struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "UPDATE folder SET uidvalidity = ?2, last_uid = ?3 "
		    "WHERE id = ?1 AND (uidvalidity <> ?2 OR last_uid < ?3)",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, folder_id);
	sql_bind_i64(q, 2, uidvalidity);
	sql_bind_i64(q, 3, last_uid);
	return sql_run(q, err);
}

bool folder_list(struct db *db, int64_t mailbox_id, struct arena *arena, struct folder_row **rows,
	size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct folder_row, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT f.id, f.mailbox_id, f.name, f.uidvalidity, f.last_uid FROM folder f "
		    "JOIN mailbox b ON b.id = f.mailbox_id AND b.account = f.account "
		    "WHERE f.mailbox_id = ?1 ORDER BY f.id",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, mailbox_id);
	while ((ok = sql_row(q, &found, err)) && found)
		read_folder(q, arena, list_add(&list));
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}
