#include "store/work.h"

#include <string.h>

#include "store/list.h"
#include "store/record.h"
#include "store/sql.h"

/* The same nouns in each place: adding one is adding a row. */
static const struct {
	const struct noun *noun;
	const char *column, *select;
	enum work_scope scope;
} places[] = {
	{&task_noun, "assignee_id",
		"SELECT id FROM task WHERE assignee_id = ?1 AND state = 'open' ORDER BY id",
		WORK_OPEN},
	{&ticket_noun, "assignee_id",
		"SELECT id FROM ticket WHERE assignee_id = ?1 AND state IN ('open', 'hold') "
		"ORDER BY id",
		WORK_OPEN},
	{&case_noun, "assignee_id",
		"SELECT id FROM support_case WHERE assignee_id = ?1 AND state <> 'closed' "
		"ORDER BY id",
		WORK_OPEN},
	{&deal_noun, "owner_id",
		"SELECT id FROM deal WHERE owner_id = ?1 AND state IN ('open', 'won') ORDER BY id",
		WORK_ALL},
	{&project_noun, "owner_id", "SELECT id FROM project WHERE owner_id = ?1 ORDER BY id",
		WORK_ALL},
	{&contact_noun, "owner_id", "SELECT id FROM contact WHERE owner_id = ?1 ORDER BY id",
		WORK_ALL},
	{&company_noun, "owner_id", "SELECT id FROM company WHERE owner_id = ?1 ORDER BY id",
		WORK_ALL},
};

bool work_of(struct db *db, int64_t user_id, enum work_scope scope, struct arena *arena,
	struct work **rows, size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct work, arena);
	bool found, ok = true;
	struct sql *q;

	for (size_t i = 0; ok && i < ARRAY_COUNT(places); i++) {
		if (places[i].scope > scope)
			continue;
		if (!sql_start(db, places[i].select, &q, err))
			return false;
		sql_bind_i64(q, 1, user_id);
		while ((ok = sql_row(q, &found, err)) && found)
			*(struct work *)list_add(&list) =
				(struct work){span_from(places[i].noun->name), sql_i64(q, 0)};
		sql_end(q);
	}
	*rows = list.items;
	*count = list.count;
	return ok;
}

bool work_give(struct operation *operation, const struct work *work, int64_t to, struct error *err)
{
	for (size_t i = 0; i < ARRAY_COUNT(places); i++) {
		const struct noun *noun = places[i].noun;

		if (!span_equal(work->noun, span_from(noun->name)))
			continue;
		for (unsigned field = 0; field < noun->field_count; field++)
			if (strcmp(noun->fields[field].column, places[i].column) == 0)
				return record_change_field(
					operation, noun, work->row_id, field, value_id(to), err);
	}
	return error_set(err, ERROR_BUG, "nobody does a %.*s", SPAN_ARG(work->noun));
}

bool work_hand_over(struct operation *operation, int64_t from, int64_t to, enum work_scope scope,
	int64_t *count, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct work *rows;
	size_t found;

	if (!work_of(operation->db, from, scope, &arena, &rows, &found, err))
		return false;
	for (size_t i = 0; i < found; i++)
		if (!work_give(operation, &rows[i], to, err))
			return false;
	*count = (int64_t)found;
	return true;
}
