#include "base/date.h"
#include "store/erase_row.h"
#include "store/list.h"
#include "store/sql.h"

#define DAY_MS INT64_C(86400000)

/* A document counts from its own date, or from the day on which it was booked if that is later. */
static int64_t counts_from(struct date issued, int64_t created_ms)
{
	int64_t issued_ms = date_is_set(issued) ? date_to_days(issued) * DAY_MS : 0;

	return issued_ms > created_ms ? issued_ms : created_ms;
}

/* Rows of date and instant. */
static bool read_hold(struct db *db, const char *literal, int64_t id, int64_t keep_ms, bool *held,
	int64_t *until_ms, struct error *err)
{
	int64_t latest = 0;
	struct sql *q;
	bool found, ok;

	*held = false;
	if (!sql_start(db, literal, &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	while ((ok = sql_row(q, &found, err)) && found) {
		int64_t from = counts_from(sql_date(q, 0), sql_i64(q, 1));

		*held = true;
		latest = from > latest ? from : latest;
	}
	sql_end(q);
	*until_ms = keep_ms ? latest + keep_ms : 0;
	return ok;
}

bool erase_message_hold(struct db *db, int64_t message_id, int64_t keep_ms, bool *held,
	int64_t *until_ms, struct error *err)
{
	return read_hold(db,
		"SELECT t.issue_date, t.created_ms FROM ticket_message j JOIN ticket t "
		"ON t.id = j.ticket_id WHERE j.message_id = ?1 AND t.state <> 'dismissed'",
		message_id, keep_ms, held, until_ms, err);
}

bool erase_ticket_hold(struct db *db, int64_t ticket_id, int64_t keep_ms, bool *held,
	int64_t *until_ms, struct error *err)
{
	return read_hold(db,
		"SELECT issue_date, created_ms FROM ticket WHERE id = ?1 AND state <> 'dismissed'",
		ticket_id, keep_ms, held, until_ms, err);
}

bool erase_hold_ticket(
	struct db *db, int64_t ticket_id, int64_t until_ms, int64_t now_ms, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "INSERT INTO finance_hold (ticket_id, until_ms, held_ms) VALUES (?1, ?2, ?3) "
		    "ON CONFLICT (ticket_id) DO UPDATE SET until_ms = excluded.until_ms "
		    "WHERE finance_hold.until_ms < excluded.until_ms OR excluded.until_ms IS NULL",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, ticket_id);
	sql_bind_id(q, 2, until_ms);
	sql_bind_i64(q, 3, now_ms);
	return sql_run(q, err) &&
	       erase_run(db, "UPDATE ticket SET supplier_contact_id = NULL WHERE id = ?1",
		       ticket_id, err);
}

bool erase_is_held(struct db *db, int64_t message_id, bool *held, struct error *err)
{
	struct sql *q;
	bool ok;

	if (!sql_start(db, "SELECT 1 FROM finance_hold WHERE message_id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	ok = sql_row(q, held, err);
	sql_end(q);
	return ok;
}

bool erase_held_list(struct db *db, struct arena *arena, struct erase_held_row **rows,
	size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct erase_held_row, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT h.message_id, h.ticket_id, h.until_ms, coalesce(t.title, m.subject) "
		    "FROM finance_hold h LEFT JOIN ticket t ON t.id = h.ticket_id "
		    "LEFT JOIN message m ON m.id = h.message_id "
		    "ORDER BY h.ticket_id NULLS LAST, h.id",
		    &q, err))
		return false;
	while ((ok = sql_row(q, &found, err)) && found)
		*(struct erase_held_row *)list_add(&list) = (struct erase_held_row){
			.message_id = sql_i64(q, 0),
			.ticket_id = sql_i64(q, 1),
			.until_ms = sql_i64(q, 2),
			.title = sql_text(q, 3, arena),
		};
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}

struct ended {
	int64_t hold_id, message_id, ticket_id;
};

static bool load_ended(struct db *db, int64_t now_ms, int limit, struct arena *arena,
	struct ended **rows, size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct ended, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT id, message_id, ticket_id FROM finance_hold "
		    "WHERE until_ms IS NOT NULL AND until_ms <= ?1 ORDER BY id LIMIT ?2",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, now_ms);
	sql_bind_i64(q, 2, limit);
	while ((ok = sql_row(q, &found, err)) && found)
		*(struct ended *)list_add(&list) =
			(struct ended){sql_i64(q, 0), sql_i64(q, 1), sql_i64(q, 2)};
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}

static bool end_holds(struct db *db, const struct ended *rows, size_t count, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		if (!erase_run(db, "DELETE FROM finance_hold WHERE id = ?1", rows[i].hold_id, err))
			return false;
		if (!(rows[i].message_id ? erase_message(db, rows[i].message_id, err)
					 : erase_ticket(db, rows[i].ticket_id, err)))
			return false;
	}
	return true;
}

bool erase_held_ended(struct db *db, int64_t now_ms, int limit, int64_t *erased, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct ended *rows;
	size_t count;

	*erased = 0;
	if (!db_begin_write(db, err))
		return false;
	if (load_ended(db, now_ms, limit, &arena, &rows, &count, err) &&
		end_holds(db, rows, count, err)) {
		*erased = (int64_t)count;
		return db_commit(db, err);
	}
	db_rollback(db);
	return false;
}

bool erase_server_copies(struct db *db, const int64_t *message_ids, size_t count,
	struct arena *arena, struct erase_copy **rows, size_t *row_count, struct error *err)
{
	struct list list = LIST_OF(struct erase_copy, arena);
	struct sql *q;
	bool found, ok;

	for (size_t i = 0; i < count; i++) {
		if (!sql_start(db,
			    "SELECT b.name, f.name FROM delivery d JOIN folder f "
			    "ON f.id = d.folder_id JOIN mailbox b ON b.id = f.mailbox_id "
			    "WHERE d.message_id = ?1",
			    &q, err))
			return false;
		sql_bind_i64(q, 1, message_ids[i]);
		while ((ok = sql_row(q, &found, err)) && found) {
			struct erase_copy *known = list.items;
			size_t at = 0;

			while (at < list.count &&
				!(span_equal(known[at].mailbox, sql_peek(q, 0)) &&
					span_equal(known[at].folder, sql_peek(q, 1))))
				at++;
			if (at == list.count)
				*(struct erase_copy *)list_add(&list) =
					(struct erase_copy){.mailbox = sql_text(q, 0, arena),
						.folder = sql_text(q, 1, arena)};
			((struct erase_copy *)list.items)[at].count++;
		}
		sql_end(q);
		if (!ok)
			return false;
	}
	*rows = list.items;
	*row_count = list.count;
	return true;
}
