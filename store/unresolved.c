#include "store/unresolved.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/text.h"
#include "store/list.h"
#include "store/message.h"
#include "store/record.h"
#include "store/sql.h"

enum { STATE, OUTCOME, OPERATION, FIELD_COUNT };
static const struct record_field fields[] = {
	[STATE] = {"state", RECORD_TEXT, false},
	[OUTCOME] = {"outcome", RECORD_TEXT, false},
	[OPERATION] = {"operation_id", RECORD_INTEGER, false},
};

static bool refresh_message(struct db *db, int64_t id, struct error *err);

/* Items are made by the daemon alone; settling them is what a person does, and undoes. */
const struct noun unresolved_noun = {
	.name = "unresolved",
	.table = "unresolved",
	.fields = fields,
	.field_count = FIELD_COUNT,
	.has_changed = true,
	.changed = refresh_message,
};

static bool find_same(struct db *db, const struct unresolved *item, int64_t *id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "SELECT id FROM unresolved WHERE route_id = ?1 AND reason = ?2 "
		    "AND address_folded = ?3",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, item->route_id);
	sql_bind_text(q, 2, item->reason);
	sql_bind_text(q, 3, item->address_folded);
	return sql_run_id(q, id, err);
}

/* *id 0: it is there. */
static bool insert(struct db *db, const struct unresolved *item, struct span state,
	struct span outcome, int64_t *id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "INSERT INTO unresolved (message_id, route_id, reason, address, "
		    "address_folded, "
		    "name, role, detail, candidates, state, outcome, created_ms, changed_ms) "
		    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12) "
		    "ON CONFLICT (route_id, reason, address_folded) DO NOTHING",
		    &q, err))
		return false;
	sql_bind_id(q, 1, item->message_id);
	sql_bind_id(q, 2, item->route_id);
	sql_bind_text(q, 3, item->reason);
	sql_bind_text(q, 4, item->address);
	sql_bind_text(q, 5, item->address_folded);
	sql_bind_text(q, 6, item->name);
	sql_bind_text(q, 7, item->role);
	sql_bind_text(q, 8, item->detail);
	sql_bind_text(q, 9, item->candidates.size ? item->candidates : SPAN("[]"));
	sql_bind_text(q, 10, state);
	sql_bind_text(q, 11, outcome);
	sql_bind_i64(q, 12, item->created_ms ? item->created_ms : clock_now_ms());
	return sql_run_new(q, id, err);
}

bool unresolved_add(struct db *db, const struct unresolved *item, int64_t *id, struct error *err)
{
	if (!insert(db, item, SPAN("waiting"), (struct span){0}, id, err))
		return false;
	if (!*id)
		return find_same(db, item, id, err);
	return !item->message_id || message_refresh_state(db, item->message_id, err);
}

#define UNDONE SPAN("undone") /* the outcome of what an undone operation had asked */

static bool ask_again(struct operation *operation, int64_t id, struct error *err)
{
	return record_change(operation, &unresolved_noun, id,
		(struct value[FIELD_COUNT]){
			[STATE] = value_text(SPAN("waiting")),
			[OUTCOME] = value_text((struct span){0}),
			[OPERATION] = value_id(0),
		},
		~0U, err);
}

bool unresolved_open(struct operation *operation, const struct unresolved *item, struct error *err)
{
	int64_t id;

	if (!insert(operation->db, item, SPAN("settled"), UNDONE, &id, err) ||
		(!id && !find_same(operation->db, item, &id, err)))
		return false;
	return ask_again(operation, id, err);
}

static bool is_undone(struct db *db, int64_t id, bool *undone, struct error *err)
{
	struct sql *q;
	int64_t found;

	if (!sql_start(db, "SELECT id FROM unresolved WHERE id = ?1 AND outcome = ?2", &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	sql_bind_text(q, 2, UNDONE);
	if (!sql_run_id(q, &found, err))
		return false;
	*undone = found != 0;
	return true;
}

bool unresolved_ask(
	struct operation *operation, const struct unresolved *item, int64_t *id, struct error *err)
{
	bool undone = true;

	if (!insert(operation->db, item, SPAN("settled"), UNDONE, id, err))
		return false;
	if (!*id && !(find_same(operation->db, item, id, err) &&
			    is_undone(operation->db, *id, &undone, err)))
		return false;
	return !undone || ask_again(operation, *id, err);
}

#define SELECT_ITEM                                                                      \
	"SELECT id, message_id, route_id, reason, address, address_folded, name, role, " \
	"detail, candidates, state, outcome, created_ms, operation_id FROM unresolved "

static void read_item(struct sql *q, struct arena *arena, struct unresolved *item)
{
	*item = (struct unresolved){
		.id = sql_i64(q, 0),
		.message_id = sql_i64(q, 1),
		.route_id = sql_i64(q, 2),
		.reason = sql_text(q, 3, arena),
		.address = sql_text(q, 4, arena),
		.address_folded = sql_text(q, 5, arena),
		.name = sql_text(q, 6, arena),
		.role = sql_text(q, 7, arena),
		.detail = sql_text(q, 8, arena),
		.candidates = sql_text(q, 9, arena),
		.state = sql_text(q, 10, arena),
		.outcome = sql_text(q, 11, arena),
		.created_ms = sql_i64(q, 12),
		.operation_id = sql_i64(q, 13),
	};
}

bool unresolved_get(struct db *db, int64_t id, struct arena *arena, struct unresolved *item,
	bool *found, struct error *err)
{
	struct sql *q;
	bool ok;

	if (!sql_start(db, SELECT_ITEM "WHERE id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	ok = sql_row(q, found, err);
	if (ok && *found)
		read_item(q, arena, item);
	sql_end(q);
	return ok;
}

enum { AFTER = 1, ADDRESS, REASON, MESSAGE };

static void list_text(const struct unresolved_filter *filter, struct buffer *text)
{
	buffer_append_string(text, SELECT_ITEM "WHERE id > ?1");
	if (!filter->settled_too)
		buffer_append_string(text, " AND state = 'waiting'");
	if (filter->address_folded.size)
		buffer_append_string(text, " AND address_folded = ?2");
	if (filter->reason.size)
		buffer_append_string(text, " AND reason = ?3");
	if (filter->message_id)
		buffer_append_string(text, " AND message_id = ?4");
	buffer_append_string(text, " ORDER BY id");
}

static bool is_of_domain(struct span address_folded, struct span domain)
{
	struct span of = text_address_domain(address_folded);

	if (span_is_empty(domain) || span_equal(of, domain))
		return true;
	return of.size > domain.size && span_ends(of, domain) &&
	       of.data[of.size - domain.size - 1] == '.';
}

bool unresolved_list(struct db *db, const struct unresolved_filter *filter, struct arena *arena,
	struct unresolved **rows, size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct unresolved, arena);
	struct buffer text CLEANUP(buffer_done) = {0};
	struct sql *q;
	bool found, ok;

	list_text(filter, &text);
	if (!sql_start_built(db, buffer_string(&text), &q, err))
		return false;
	sql_bind_i64(q, AFTER, filter->page.after_id);
	if (filter->address_folded.size)
		sql_bind_text(q, ADDRESS, filter->address_folded);
	if (filter->reason.size)
		sql_bind_text(q, REASON, filter->reason);
	if (filter->message_id)
		sql_bind_i64(q, MESSAGE, filter->message_id);
	/* Domains are compared here: no suffix search is the same in all dialects. */
	while ((ok = sql_row(q, &found, err)) && found &&
		list.count < (size_t)sql_limit(filter->page))
		if (is_of_domain(sql_peek(q, 5), filter->domain))
			read_item(q, arena, list_add(&list));
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}

static bool refresh_message(struct db *db, int64_t id, struct error *err)
{
	struct sql *q;
	int64_t message_id;

	if (!sql_start(db, "SELECT coalesce(message_id, 0) FROM unresolved WHERE id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	return sql_run_id(q, &message_id, err) &&
	       (!message_id || message_refresh_state(db, message_id, err));
}

bool unresolved_settle(
	struct operation *operation, int64_t id, struct span outcome, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct unresolved item;
	bool found;

	if (!unresolved_get(operation->db, id, &arena, &item, &found, err))
		return false;
	if (!found)
		return error_set(
			err, ERROR_INPUT, "there is no unresolved item %lld", (long long)id);
	if (!span_equal(item.state, SPAN("waiting")))
		return error_set(err, ERROR_CONFLICT,
			"unresolved item %lld was settled already: %.*s", (long long)id,
			SPAN_ARG(item.outcome));
	return record_change(operation, &unresolved_noun, id,
		(struct value[FIELD_COUNT]){
			[STATE] = value_text(SPAN("settled")),
			[OUTCOME] = value_text(outcome),
			[OPERATION] = value_id(operation->id),
		},
		~0U, err);
}

bool unresolved_waiting(struct db *db, struct unresolved_count *count, struct error *err)
{
	struct sql *q;
	bool found, ok;

	*count = (struct unresolved_count){0};
	if (!sql_start(db,
		    "SELECT count(*), min(created_ms) FROM unresolved WHERE state = 'waiting'", &q,
		    err))
		return false;
	ok = sql_row(q, &found, err);
	if (ok && found)
		*count = (struct unresolved_count){sql_i64(q, 0), sql_i64(q, 1)};
	sql_end(q);
	return ok;
}
