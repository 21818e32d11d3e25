#include "store/message_state.h"

#include "store/count.h"
#include "store/list.h"
#include "store/sql.h"
#include "store/unresolved.h"

bool message_change_state(struct db *db, int64_t message_id, struct span old_state,
	struct span new_state, struct error *err)
{
	struct sql *q;

	if (span_equal(old_state, new_state))
		return true;
	if (!sql_start(db, "UPDATE message SET state = ?2 WHERE id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	sql_bind_text(q, 2, new_state);
	return sql_run(q, err) && count_add(db, old_state, -1, err) &&
	       count_add(db, new_state, 1, err);
}

/* ---------------------------------------------------------------- what the state follows from */

struct route_state {
	int64_t id;
	struct span state, rule;
	bool changed;
};

struct item_state {
	int64_t route_id;
	struct span address_folded;
	bool waiting, ignored;
};

struct parts {
	struct span state;
	bool dead, waiting;
	struct route_state *routes;
	size_t route_count;
	struct item_state *items;
	size_t item_count;
};

/* Its own state, and its routes. */
static bool read_message(
	struct db *db, int64_t id, struct arena *arena, struct parts *parts, struct error *err)
{
	struct list list = LIST_OF(struct route_state, arena);
	struct sql *q;
	bool found, any = false, ok;

	if (!sql_start(db,
		    "SELECT m.state, m.dead_stage IS NOT NULL, r.id, r.state, r.rule "
		    "FROM message m LEFT JOIN route r ON r.message_id = m.id WHERE m.id = ?1",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	while ((ok = sql_row(q, &found, err)) && found) {
		if (!any) {
			parts->state = sql_text(q, 0, arena);
			parts->dead = sql_bool(q, 1);
		}
		any = true;
		if (!sql_is_null(q, 2))
			*(struct route_state *)list_add(&list) = (struct route_state){
				.id = sql_i64(q, 2),
				.state = sql_text(q, 3, arena),
				.rule = sql_text(q, 4, arena),
			};
	}
	sql_end(q);
	parts->routes = list.items;
	parts->route_count = list.count;
	if (ok && !any)
		ok = error_set(err, ERROR_INPUT, "there is no message %lld", (long long)id);
	return ok;
}

static bool read_items(
	struct db *db, int64_t id, struct arena *arena, struct parts *parts, struct error *err)
{
	struct list list = LIST_OF(struct item_state, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT route_id, address_folded, state, outcome FROM unresolved "
		    "WHERE message_id = ?1",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	while ((ok = sql_row(q, &found, err)) && found) {
		struct item_state *item = list_add(&list);

		*item = (struct item_state){
			.route_id = sql_i64(q, 0),
			.address_folded = sql_text(q, 1, arena),
			.waiting = span_equal(sql_peek(q, 2), SPAN("waiting")),
			.ignored = span_equal(sql_peek(q, 3), SPAN("ignored")),
		};
		parts->waiting |= item->waiting;
	}
	sql_end(q);
	parts->items = list.items;
	parts->item_count = list.count;
	return ok;
}

/* Something of the record came of this route, so that it is not ignored. */
static bool has_effects(
	struct db *db, int64_t message_id, int64_t route_id, bool *has, struct error *err)
{
	struct sql *q;
	int64_t one;

	if (!sql_start(db,
		    "SELECT 1 WHERE EXISTS (SELECT 1 FROM activity WHERE route_id = ?2) "
		    "OR EXISTS (SELECT 1 FROM ticket_message WHERE message_id = ?1) "
		    "OR EXISTS (SELECT 1 FROM case_message WHERE message_id = ?1) "
		    "OR EXISTS (SELECT 1 FROM task WHERE message_id = ?1)",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	sql_bind_i64(q, 2, route_id);
	if (!sql_run_id(q, &one, err))
		return false;
	*has = one == 1;
	return true;
}

static void set_route(struct route_state *route, struct span state, struct span rule)
{
	route->changed |= !span_equal(route->state, state) || !span_equal(route->rule, rule);
	route->state = state;
	route->rule = rule;
}

/* The last item of the route was settled: filed, or ignored when a person ignored all of it. */
static bool settle_route(struct db *db, int64_t message_id, const struct parts *parts,
	struct route_state *route, struct arena *arena, struct error *err)
{
	struct span rule = SPAN("person"), address = {0};
	bool all_ignored = true, effects;
	size_t items = 0;

	for (size_t i = 0; i < parts->item_count; i++)
		if (parts->items[i].route_id == route->id) {
			all_ignored = all_ignored && parts->items[i].ignored;
			address = parts->items[i].address_folded;
			items++;
		}
	if (!has_effects(db, message_id, route->id, &effects, err))
		return false;
	if (effects || !items || !all_ignored) {
		set_route(route, SPAN("filed"), route->rule);
		return true;
	}
	if (address.size && !ignore_find(db, address, arena, &rule, err))
		return false;
	set_route(route, SPAN("ignored"), rule.size ? rule : SPAN("person"));
	return true;
}

/* The rule that ignored a route goes when one of its items waits again. */
static bool is_item_rule(struct span rule)
{
	return span_equal(rule, SPAN("person")) || span_starts(rule, SPAN("address:")) ||
	       span_starts(rule, SPAN("domain:"));
}

static bool follow_items(struct db *db, int64_t message_id, const struct parts *parts,
	struct route_state *route, struct arena *arena, struct error *err)
{
	bool waits = false;

	for (size_t i = 0; i < parts->item_count; i++)
		waits |= parts->items[i].route_id == route->id && parts->items[i].waiting;
	if (!waits)
		return !span_equal(route->state, SPAN("waiting")) ||
		       settle_route(db, message_id, parts, route, arena, err);
	if (span_equal(route->state, SPAN("filed")))
		set_route(route, SPAN("waiting"), route->rule);
	else if (span_equal(route->state, SPAN("ignored")))
		set_route(
			route, SPAN("waiting"), is_item_rule(route->rule) ? SPAN("") : route->rule);
	return true;
}

static bool write_route(struct db *db, const struct route_state *route, struct error *err)
{
	struct sql *q;

	if (!sql_start(db, "UPDATE route SET state = ?2, rule = ?3 WHERE id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, route->id);
	sql_bind_text(q, 2, route->state);
	sql_bind_text(q, 3, route->rule);
	return sql_run(q, err);
}

static struct span first_that_applies(const struct parts *parts)
{
	static const char *const order[] = {
		"received", "quarantined", "waiting", "filed", "ignored", "erased"};

	/* Nothing was decided, and nothing will be: that is what dead means. */
	if (parts->dead)
		return SPAN("dead");
	if (!parts->route_count)
		return span_equal(parts->state, SPAN("erased")) ? parts->state : SPAN("received");
	for (size_t i = 0; i < ARRAY_COUNT(order); i++) {
		struct span state = span_from(order[i]);

		if (parts->waiting && span_equal(state, SPAN("waiting")))
			return state;
		for (size_t j = 0; j < parts->route_count; j++)
			if (span_equal(parts->routes[j].state, state))
				return state;
	}
	return SPAN("received");
}

/* In the middle of being decided: whatever else happens, it stays that until its route says more.
 */
static bool is_being_decided(const struct parts *parts)
{
	return parts->route_count == 1 && !parts->dead &&
	       span_equal(parts->routes[0].state, SPAN("received")) &&
	       span_equal(parts->state, SPAN("received"));
}

bool message_refresh_state(struct db *db, int64_t message_id, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct parts parts = {0};

	if (!read_message(db, message_id, &arena, &parts, err))
		return false;
	if (is_being_decided(&parts))
		return true;
	if (!read_items(db, message_id, &arena, &parts, err))
		return false;
	for (size_t i = 0; i < parts.route_count; i++) {
		if (!follow_items(db, message_id, &parts, &parts.routes[i], &arena, err))
			return false;
		if (parts.routes[i].changed && !write_route(db, &parts.routes[i], err))
			return false;
	}
	return message_change_state(db, message_id, parts.state, first_that_applies(&parts), err);
}

/* ---------------------------------------------------------------- the sum */

bool message_sum(struct db *db, struct ledger_sum *sum, struct error *err)
{
	const struct {
		struct span name;
		int64_t *rows;
	} parts[] = {
		{SPAN("fetched"), &sum->fetched},
		{SPAN("received"), &sum->received},
		{SPAN("filed"), &sum->filed},
		{SPAN("waiting"), &sum->waiting},
		{SPAN("ignored"), &sum->ignored},
		{SPAN("quarantined"), &sum->quarantined},
		{SPAN("dead"), &sum->dead},
		{SPAN("erased"), &sum->erased},
		{SPAN("deliveries"), &sum->deliveries},
		{SPAN("missing"), &sum->missing},
		{SPAN("purged"), &sum->purged},
	};
	struct sql *q;
	bool found, ok;

	*sum = (struct ledger_sum){0};
	if (!counts_write(db, err) ||
		!sql_start(db, "SELECT name, rows FROM message_count", &q, err))
		return false;
	while ((ok = sql_row(q, &found, err)) && found)
		for (size_t i = 0; i < ARRAY_COUNT(parts); i++)
			if (span_equal(sql_peek(q, 0), parts[i].name))
				*parts[i].rows = sql_i64(q, 1);
	sql_end(q);
	return ok;
}

/* What was counted along the way against the rows themselves. */
bool message_check_sum(struct db *db, struct error *err)
{
	struct sql *q;
	bool found, ok;

	if (!counts_write(db, err))
		return false;
	if (!sql_start(db,
		    "SELECT c.name, c.rows, r.rows FROM message_count c JOIN ("
		    "SELECT n.name AS name, (SELECT count(*) FROM message m WHERE "
		    "m.state = n.name) AS rows FROM message_count n "
		    "WHERE n.name NOT IN ('fetched', 'deliveries', 'missing', 'unindexed', "
		    "'purged') "
		    "UNION ALL SELECT 'fetched', count(*) FROM message "
		    "UNION ALL SELECT 'deliveries', count(*) FROM delivery "
		    "WHERE message_id IS NOT NULL "
		    "UNION ALL SELECT 'missing', count(*) FROM delivery WHERE message_id IS NULL "
		    "UNION ALL SELECT 'unindexed', count(*) FROM search_text WHERE indexed = 0 "
		    "UNION ALL SELECT 'purged', count(*) FROM message WHERE removed = 'retention'"
		    ") r ON r.name = c.name WHERE r.rows <> c.rows",
		    &q, err))
		return false;
	ok = sql_row(q, &found, err);
	if (ok && found)
		ok = error_set(err, ERROR_STORAGE,
			"the count of \"%.*s\" is %lld, the rows are %lld",
			SPAN_ARG(sql_peek(q, 0)), (long long)sql_i64(q, 1),
			(long long)sql_i64(q, 2));
	sql_end(q);
	return ok;
}
