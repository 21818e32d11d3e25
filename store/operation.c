#include "store/operation.h"

#include "store/list.h"
#include "store/sql.h"

bool operation_begin(struct db *db, const char *actor, const char *verb, struct span summary,
	int64_t at_ms, struct operation *operation, struct error *err)
{
	struct sql *q;

	*operation = (struct operation){.db = db, .at_ms = at_ms};
	if (!sql_start(db,
		    "INSERT INTO operation (at_ms, actor, verb, summary, settled) "
		    "VALUES (?1, ?2, ?3, ?4, 0)",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, at_ms);
	sql_bind_string(q, 2, actor);
	sql_bind_string(q, 3, verb);
	sql_bind_text(q, 4, summary);
	return sql_run_new(q, &operation->id, err);
}

bool operation_settled(struct operation *operation, int64_t settled_items, struct error *err)
{
	struct sql *q;

	if (!sql_start(operation->db, "UPDATE operation SET settled = ?2 WHERE id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, operation->id);
	sql_bind_i64(q, 2, settled_items);
	return sql_run(q, err);
}

static void read_row(struct sql *q, struct arena *arena, struct operation_row *row)
{
	*row = (struct operation_row){
		.id = sql_i64(q, 0),
		.at_ms = sql_i64(q, 1),
		.settled = sql_i64(q, 2),
		.undone = !sql_is_null(q, 3),
		.actor = sql_text(q, 4, arena),
		.verb = sql_text(q, 5, arena),
		.summary = sql_text(q, 6, arena),
	};
}

bool operation_get(struct db *db, int64_t id, struct arena *arena, struct operation_row *row,
	bool *found, struct error *err)
{
	struct sql *q;
	bool ok;

	if (!sql_start(db,
		    "SELECT id, at_ms, settled, undone_by, actor, verb, summary FROM operation "
		    "WHERE id = ?1",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	ok = sql_row(q, found, err);
	if (ok && *found)
		read_row(q, arena, row);
	sql_end(q);
	return ok;
}

bool operation_list(struct db *db, int limit, struct arena *arena, struct operation_row **rows,
	size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct operation_row, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT id, at_ms, settled, undone_by, actor, verb, summary FROM operation "
		    "ORDER BY id DESC LIMIT ?1",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, sql_limit((struct db_page){.limit = limit}));
	while ((ok = sql_row(q, &found, err)) && found)
		read_row(q, arena, list_add(&list));
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}
