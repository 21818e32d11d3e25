#include <inttypes.h>

#include "store/list.h"
#include "store/project.h"
#include "store/record.h"
#include "store/sql.h"

enum { TASK, NEEDS, FIELD_COUNT };
static const struct record_field fields[] = {
	[TASK] = {"task_id", RECORD_INTEGER, false},
	[NEEDS] = {"needs_id", RECORD_INTEGER, false},
};
const struct noun task_dependency_noun = {
	.name = "task_dependency",
	.table = "task_dependency",
	.fields = fields,
	.field_count = FIELD_COUNT,
};

static bool find(struct db *db, int64_t task_id, int64_t needs_id, int64_t *id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db, "SELECT id FROM task_dependency WHERE task_id = ?1 AND needs_id = ?2",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, task_id);
	sql_bind_i64(q, 2, needs_id);
	return sql_run_id(q, id, err);
}

/* *reaches: `from` needs `to`, itself or by way of others. */
static bool reaches(struct db *db, int64_t from, int64_t to, bool *found, struct error *err)
{
	struct sql *q;
	bool ok;

	if (!sql_start(db,
		    "WITH RECURSIVE needed (id) AS (SELECT needs_id FROM task_dependency "
		    "WHERE task_id = ?1 UNION SELECT d.needs_id FROM task_dependency d "
		    "JOIN needed n ON n.id = d.task_id) SELECT id FROM needed WHERE id = ?2",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, from);
	sql_bind_i64(q, 2, to);
	ok = sql_row(q, found, err);
	sql_end(q);
	return ok;
}

bool task_needs(struct operation *operation, int64_t task_id, int64_t needs_id, struct error *err)
{
	bool circle = task_id == needs_id;
	int64_t id;

	if (!circle && !reaches(operation->db, needs_id, task_id, &circle, err))
		return false;
	if (circle)
		return error_set(err, ERROR_CONFLICT,
			"task #%" PRId64 " can't wait for #%" PRId64 ", which waits for it",
			task_id, needs_id);
	if (!find(operation->db, task_id, needs_id, &id, err))
		return false;
	return id || record_make(operation, &task_dependency_noun,
			     (struct value[FIELD_COUNT]){
				     [TASK] = value_integer(task_id),
				     [NEEDS] = value_integer(needs_id),
			     },
			     &id, err);
}

bool task_needs_no_more(struct operation *operation, int64_t task_id, int64_t needs_id, bool *found,
	struct error *err)
{
	int64_t id;

	if (!find(operation->db, task_id, needs_id, &id, err))
		return false;
	*found = id != 0;
	return !id || record_remove(operation, &task_dependency_noun, id, err);
}

bool task_need_list(struct db *db, int64_t task_id, struct arena *arena, struct task_need **rows,
	size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct task_need, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT d.task_id, d.needs_id, t.title, t.state FROM task_dependency d "
		    "JOIN task t ON t.id = d.needs_id WHERE d.task_id = ?1 ORDER BY d.needs_id",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, task_id);
	while ((ok = sql_row(q, &found, err)) && found)
		*(struct task_need *)list_add(&list) = (struct task_need){
			.task_id = sql_i64(q, 0),
			.needs_id = sql_i64(q, 1),
			.title = sql_text(q, 2, arena),
			.state = sql_text(q, 3, arena),
		};
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}
