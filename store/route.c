#include "store/route.h"

#include "base/clock.h"
#include "store/list.h"
#include "store/message_state.h"
#include "store/record.h"
#include "store/sql.h"

enum { STATE, RULE, FIELD_COUNT };
static const struct record_field fields[] = {
	[STATE] = {"state", RECORD_TEXT, false},
	[RULE] = {"rule", RECORD_TEXT, false},
};

static bool refresh_message(struct db *db, int64_t route_id, struct error *err);

/* Routes are made by the daemon alone; a person changes their state and rule. */
const struct noun route_noun = {
	.name = "route",
	.table = "route",
	.fields = fields,
	.field_count = FIELD_COUNT,
	.changed = refresh_message,
};

#define SELECT_ROUTE                                                                          \
	"SELECT id, message_id, kind, mailbox, address, decided_by, state, rule, decided_ms " \
	"FROM route "

static void read_route(struct sql *q, struct arena *arena, struct route_row *row)
{
	*row = (struct route_row){
		.id = sql_i64(q, 0),
		.message_id = sql_i64(q, 1),
		.kind = sql_text(q, 2, arena),
		.mailbox = sql_text(q, 3, arena),
		.address = sql_text(q, 4, arena),
		.decided_by = sql_text(q, 5, arena),
		.state = sql_text(q, 6, arena),
		.rule = sql_text(q, 7, arena),
		.decided_ms = sql_i64(q, 8),
	};
}

bool route_get(struct db *db, int64_t route_id, struct arena *arena, struct route_row *row,
	bool *found, struct error *err)
{
	struct sql *q;
	bool ok;

	if (!sql_start(db, SELECT_ROUTE "WHERE id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, route_id);
	ok = sql_row(q, found, err);
	if (ok && *found)
		read_route(q, arena, row);
	sql_end(q);
	return ok;
}

bool route_list(struct db *db, int64_t message_id, struct arena *arena, struct route_row **rows,
	size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct route_row, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db, SELECT_ROUTE "WHERE message_id = ?1 ORDER BY id", &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	while ((ok = sql_row(q, &found, err)) && found)
		read_route(q, arena, list_add(&list));
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}

static bool find_route(
	struct db *db, int64_t message_id, struct span kind, int64_t *id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db, "SELECT id FROM route WHERE message_id = ?1 AND kind = ?2", &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	sql_bind_text(q, 2, kind);
	return sql_run_id(q, id, err);
}

static void bind_route(struct sql *q, const struct route_row *route)
{
	sql_bind_i64(q, 1, route->message_id);
	sql_bind_text(q, 2, route->kind);
	sql_bind_text(q, 3, route->mailbox);
	sql_bind_text_or_null(q, 4, route->address);
	sql_bind_text(q, 5, route->decided_by);
	sql_bind_text(q, 6, route->state);
	sql_bind_text(q, 7, route->rule);
	sql_bind_i64(q, 8, route->decided_ms);
}

/* *id 0: the message has a route of this kind. */
static bool insert_route(
	struct db *db, const struct route_row *route, int64_t *id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "INSERT INTO route (message_id, kind, mailbox, address, decided_by, state, "
		    "rule, decided_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) "
		    "ON CONFLICT (message_id, kind) DO NOTHING",
		    &q, err))
		return false;
	bind_route(q, route);
	return sql_run_new(q, id, err);
}

/* One that was not decided yet becomes this one. */
static bool replace_received(
	struct db *db, const struct route_row *route, bool *replaced, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "UPDATE route SET mailbox = ?3, address = ?4, decided_by = ?5, state = ?6, "
		    "rule = ?7, decided_ms = ?8 "
		    "WHERE message_id = ?1 AND kind = ?2 AND state = 'received'",
		    &q, err))
		return false;
	bind_route(q, route);
	if (!sql_run(q, err))
		return false;
	*replaced = sql_changes(db) == 1;
	return true;
}

bool route_add(struct db *db, const struct route_row *route, int64_t *id, bool *existing,
	struct error *err)
{
	bool replaced;

	*existing = false;
	if (!insert_route(db, route, id, err))
		return false;
	if (!*id) {
		if (!find_route(db, route->message_id, route->kind, id, err) ||
			!replace_received(db, route, &replaced, err))
			return false;
		*existing = !replaced;
	}
	return *existing || message_refresh_state(db, route->message_id, err);
}

static bool refresh_message(struct db *db, int64_t route_id, struct error *err)
{
	struct sql *q;
	int64_t message_id;

	if (!sql_start(db, "SELECT message_id FROM route WHERE id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, route_id);
	return sql_run_id(q, &message_id, err) && message_refresh_state(db, message_id, err);
}

bool route_set_state(
	struct db *db, int64_t route_id, struct span state, struct span rule, struct error *err)
{
	struct sql *q;

	if (!sql_start(db, "UPDATE route SET state = ?2, rule = ?3 WHERE id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, route_id);
	sql_bind_text(q, 2, state);
	sql_bind_text(q, 3, rule);
	return sql_run(q, err) && refresh_message(db, route_id, err);
}

bool route_change(struct operation *operation, int64_t route_id, struct span state,
	struct span rule, struct error *err)
{
	struct value values[FIELD_COUNT] = {[STATE] = value_text(state), [RULE] = value_text(rule)};

	return record_change(operation, &route_noun, route_id, values, ~0U, err);
}

/* ---------------------------------------------------------------- deciding anew */

static bool run_for_route(struct db *db, const char *literal, int64_t route_id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db, literal, &q, err))
		return false;
	sql_bind_i64(q, 1, route_id);
	return sql_run(q, err);
}

/* Those that nobody changed after the daemon made them. */
static bool untouched_activities(struct db *db, int64_t route_id, struct arena *arena,
	int64_t **ids, size_t *count, struct error *err)
{
	struct list list = LIST_OF(int64_t, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT a.id FROM activity a WHERE a.route_id = ?1 AND NOT EXISTS "
		    "(SELECT 1 FROM audit x JOIN operation o ON o.id = x.operation_id "
		    "WHERE x.noun = 'activity' AND x.row_id = a.id AND o.actor <> 'postroomd') "
		    "ORDER BY a.id",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, route_id);
	while ((ok = sql_row(q, &found, err)) && found)
		*(int64_t *)list_add(&list) = sql_i64(q, 0);
	sql_end(q);
	*ids = list.items;
	*count = list.count;
	return ok;
}

static bool remove_activities(struct db *db, int64_t route_id, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct operation operation;
	int64_t *ids;
	size_t count;

	if (!untouched_activities(db, route_id, &arena, &ids, &count, err))
		return false;
	if (!count)
		return true;
	if (!operation_begin(db, "postroomd", "route reset", SPAN("decided anew"), clock_now_ms(),
		    &operation, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!record_remove(&operation, &activity_noun, ids[i], err))
			return false;
	return true;
}

bool route_reset(struct db *db, int64_t route_id, struct error *err)
{
	return remove_activities(db, route_id, err) &&
	       run_for_route(db, "DELETE FROM match WHERE route_id = ?1", route_id, err) &&
	       run_for_route(db, "DELETE FROM unresolved WHERE route_id = ?1 AND state = 'waiting'",
		       route_id, err) &&
	       route_set_state(db, route_id, SPAN("received"), SPAN(""), err);
}
