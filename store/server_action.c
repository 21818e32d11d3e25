#include "store/server_action.h"

#include "store/list.h"
#include "store/sql.h"

bool server_action_add(struct db *db, int64_t delivery_id, struct span verb, struct span target,
	int64_t not_before_ms, struct error *err)
{
	struct sql *q;

	/* One a delivery: a mail replayed under another configuration asks for the new one. */
	if (!sql_start(db,
		    "INSERT INTO server_action (delivery_id, verb, target, not_before_ms, tries) "
		    "VALUES (?1, ?2, ?3, ?4, 0) ON CONFLICT (delivery_id) DO UPDATE SET "
		    "verb = excluded.verb, target = excluded.target, "
		    "not_before_ms = excluded.not_before_ms, tries = 0, finding = NULL",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, delivery_id);
	sql_bind_text(q, 2, verb);
	sql_bind_text_or_null(q, 3, target);
	sql_bind_i64(q, 4, not_before_ms);
	return sql_run(q, err);
}

#define SELECT_ACTION                                                                    \
	"SELECT a.id, a.delivery_id, d.message_id, a.verb, b.name, f.name, a.target, "   \
	"d.uidvalidity, d.uid, m.identity, a.tries FROM server_action a "                \
	"JOIN delivery d ON d.id = a.delivery_id JOIN message m ON m.id = d.message_id " \
	"JOIN folder f ON f.id = d.folder_id JOIN mailbox b ON b.id = f.mailbox_id "

static void read_action(struct sql *q, struct arena *arena, struct server_action_row *row)
{
	*row = (struct server_action_row){
		.id = sql_i64(q, 0),
		.delivery_id = sql_i64(q, 1),
		.message_id = sql_i64(q, 2),
		.verb = sql_text(q, 3, arena),
		.mailbox = sql_text(q, 4, arena),
		.folder = sql_text(q, 5, arena),
		.target = sql_text(q, 6, arena),
		.uidvalidity = (uint32_t)sql_i64(q, 7),
		.uid = (uint32_t)sql_i64(q, 8),
		.tries = (int)sql_i64(q, 10),
	};
	sql_digest(q, 9, &row->identity);
}

/* The rows of a bound query. */
static bool read_actions(struct sql *q, struct arena *arena, struct server_action_row **rows,
	size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct server_action_row, arena);
	bool found, ok;

	while ((ok = sql_row(q, &found, err)) && found)
		read_action(q, arena, list_add(&list));
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}

bool server_action_due(struct db *db, struct span mailbox, int64_t now_ms, int64_t after_id,
	int limit, struct arena *arena, struct server_action_row **rows, size_t *count,
	struct error *err)
{
	struct sql *q;

	/* +a.id: the index of times decides, not the order of ids; most wait for weeks. */
	if (!sql_start(db,
		    SELECT_ACTION
		    "WHERE a.finding IS NULL AND a.not_before_ms <= ?2 AND +a.id > ?3 "
		    "AND b.name = ?1 AND b.account = f.account AND a.verb <> 'decide' "
		    "AND (a.verb NOT IN ('move', 'delete') "
		    "OR (m.state IN ('filed', 'ignored') AND d.outcome <> 'header-only')) ORDER BY "
		    "+a.id LIMIT ?4",
		    &q, err))
		return false;
	sql_bind_text(q, 1, mailbox);
	sql_bind_i64(q, 2, now_ms);
	sql_bind_i64(q, 3, after_id);
	sql_bind_i64(q, 4, limit);
	return read_actions(q, arena, rows, count, err);
}

bool server_action_undecided(struct db *db, int64_t now_ms, int limit, struct arena *arena,
	struct server_action_row **rows, size_t *count, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    SELECT_ACTION "WHERE a.finding IS NULL AND a.not_before_ms <= ?1 "
				  "AND a.verb = 'decide' ORDER BY a.id LIMIT ?2",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, now_ms);
	sql_bind_i64(q, 2, limit);
	return read_actions(q, arena, rows, count, err);
}

bool server_action_get(struct db *db, int64_t id, struct arena *arena,
	struct server_action_row *row, bool *found, struct error *err)
{
	struct sql *q;
	bool ok;

	if (!sql_start(db, SELECT_ACTION "WHERE a.id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	ok = sql_row(q, found, err);
	if (ok && *found)
		read_action(q, arena, row);
	sql_end(q);
	return ok;
}

bool server_action_count(
	struct db *db, int64_t message_id, struct span verb, int64_t *count, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "SELECT count(*) FROM delivery d JOIN server_action a ON a.delivery_id = d.id "
		    "WHERE d.message_id = ?1 AND a.verb = ?2 AND a.finding IS NULL",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	sql_bind_text(q, 2, verb);
	return sql_run_id(q, count, err);
}

bool server_action_tried(struct db *db, int64_t id, int64_t not_before_ms, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "UPDATE server_action SET tries = tries + 1, not_before_ms = ?2 WHERE id = ?1",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	sql_bind_i64(q, 2, not_before_ms);
	return sql_run(q, err);
}

bool server_action_done(struct db *db, int64_t id, struct span finding, struct error *err)
{
	struct sql *q;

	if (finding.size ? !sql_start(db, "UPDATE server_action SET finding = ?2 WHERE id = ?1", &q,
				   err)
			 : !sql_start(db, "DELETE FROM server_action WHERE id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	if (finding.size)
		sql_bind_text(q, 2, finding);
	return sql_run(q, err);
}

bool server_action_clock_set_back(struct db *db, int64_t now_ms, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "UPDATE server_action SET not_before_ms = ?1 WHERE finding IS NULL AND "
		    "not_before_ms > ?2 AND (tries > 0 OR verb = 'decide')",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, now_ms);
	sql_bind_i64(q, 2, now_ms + SERVER_ACTION_WAIT_MAX_MS);
	return sql_run(q, err);
}

bool server_action_findings(struct db *db, int limit, struct arena *arena,
	struct server_action_finding **rows, size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct server_action_finding, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT a.id, d.message_id, a.verb, b.name, f.name, a.finding "
		    "FROM server_action a JOIN delivery d ON d.id = a.delivery_id "
		    "JOIN folder f ON f.id = d.folder_id JOIN mailbox b ON b.id = f.mailbox_id "
		    "WHERE a.finding IS NOT NULL ORDER BY a.id DESC LIMIT ?1",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, limit);
	while ((ok = sql_row(q, &found, err)) && found)
		*(struct server_action_finding *)list_add(&list) = (struct server_action_finding){
			.id = sql_i64(q, 0),
			.message_id = sql_i64(q, 1),
			.verb = sql_text(q, 2, arena),
			.mailbox = sql_text(q, 3, arena),
			.folder = sql_text(q, 4, arena),
			.finding = sql_text(q, 5, arena),
		};
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}
