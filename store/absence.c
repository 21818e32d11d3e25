#include "store/absence.h"

#include <inttypes.h>

#include "store/list.h"
#include "store/record.h"
#include "store/sql.h"
#include "store/work.h"

enum { USER, STAND_IN, FROM, UNTIL, STATE, FIELD_COUNT };
static const struct record_field fields[] = {
	[USER] = {"user_id", RECORD_INTEGER, false},
	[STAND_IN] = {"stand_in_id", RECORD_INTEGER, false},
	[FROM] = {"from_date", RECORD_TEXT, false},
	[UNTIL] = {"until_date", RECORD_TEXT, false},
	[STATE] = {"state", RECORD_TEXT, false},
};
static const struct record_reference references[] = {
	{"absence_work", "absence_id", RECORD_REFUSES}};
const struct noun absence_noun = {
	.name = "absence",
	.table = "absence",
	.fields = fields,
	.field_count = FIELD_COUNT,
	.references = references,
	.reference_count = ARRAY_COUNT(references),
	.has_created = true,
	.has_changed = true,
};

enum { ABSENCE, NOUN, ROW, WORK_FIELD_COUNT };
static const struct record_field work_fields[] = {
	[ABSENCE] = {"absence_id", RECORD_INTEGER, false},
	[NOUN] = {"noun", RECORD_TEXT, false},
	[ROW] = {"row_id", RECORD_INTEGER, false},
};
const struct noun absence_work_noun = {
	.name = "absence_work",
	.table = "absence_work",
	.fields = work_fields,
	.field_count = WORK_FIELD_COUNT,
};

bool absence_list(struct db *db, bool over_too, struct arena *arena, struct absence **rows,
	size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct absence, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT a.id, a.user_id, a.stand_in_id, a.from_date, a.until_date, a.state, "
		    "u.name, s.name FROM absence a JOIN app_user u ON u.id = a.user_id "
		    "JOIN app_user s ON s.id = a.stand_in_id "
		    "WHERE a.state <> 'over' OR ?1 = 1 ORDER BY a.from_date, a.id",
		    &q, err))
		return false;
	sql_bind_bool(q, 1, over_too);
	while ((ok = sql_row(q, &found, err)) && found)
		*(struct absence *)list_add(&list) = (struct absence){
			.id = sql_i64(q, 0),
			.user_id = sql_i64(q, 1),
			.stand_in_id = sql_i64(q, 2),
			.from = sql_date(q, 3),
			.until = sql_date(q, 4),
			.state = sql_text(q, 5, arena),
			.user_name = sql_text(q, 6, arena),
			.stand_in_name = sql_text(q, 7, arena),
		};
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}

/* ---------------------------------------------------------------- planning */

static bool refuse_overlap(
	const struct absence *wanted, const struct absence *other, struct error *err)
{
	char from[DATE_TEXT_SIZE], until[DATE_TEXT_SIZE];

	if (date_compare(wanted->from, other->until) > 0 ||
		date_compare(wanted->until, other->from) < 0)
		return true;
	/* He is away, he stands in for somebody then, or his stand-in is away himself. */
	if (other->user_id == wanted->user_id || other->user_id == wanted->stand_in_id)
		return error_set(err, ERROR_CONFLICT,
			"%.*s is away from %s to %s already; see: postroom user absences",
			SPAN_ARG(other->user_name), date_text(other->from, from),
			date_text(other->until, until));
	if (other->stand_in_id == wanted->user_id)
		return error_set(err, ERROR_CONFLICT,
			"he stands in for %.*s from %s to %s; see: postroom user absences",
			SPAN_ARG(other->user_name), date_text(other->from, from),
			date_text(other->until, until));
	return true;
}

bool absence_add(
	struct operation *operation, const struct absence *absence, int64_t *id, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct value values[FIELD_COUNT] = {
		[USER] = value_integer(absence->user_id),
		[STAND_IN] = value_integer(absence->stand_in_id),
		[FROM] = value_date(&arena, absence->from),
		[UNTIL] = value_date(&arena, absence->until),
		[STATE] = value_text(SPAN("planned")),
	};
	struct absence *rows;
	size_t count;

	if (date_compare(absence->from, absence->until) > 0)
		return error_set(err, ERROR_INPUT, "the last day comes before the first");
	if (absence->user_id == absence->stand_in_id)
		return error_set(err, ERROR_INPUT, "nobody stands in for himself");
	if (!absence_list(operation->db, false, &arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!refuse_overlap(absence, &rows[i], err))
			return false;
	return record_make(operation, &absence_noun, values, id, err);
}

/* ---------------------------------------------------------------- giving and giving back */

static bool set_state(struct operation *operation, int64_t id, struct span state, struct error *err)
{
	return record_change_field(operation, &absence_noun, id, STATE, value_text(state), err);
}

/* All open work that the user has: at the beginning what there is, later what came in. */
static bool give(struct operation *operation, const struct absence *absence, int64_t *moved,
	struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct work *rows;
	size_t count;

	if (!work_of(operation->db, absence->user_id, WORK_OPEN, &arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct value values[WORK_FIELD_COUNT] = {
			[ABSENCE] = value_integer(absence->id),
			[NOUN] = value_text(rows[i].noun),
			[ROW] = value_integer(rows[i].row_id),
		};
		int64_t id;

		if (!record_make(operation, &absence_work_noun, values, &id, err) ||
			!work_give(operation, &rows[i], absence->stand_in_id, err))
			return false;
	}
	*moved += (int64_t)count;
	return true;
}

static bool was_given(struct db *db, int64_t absence_id, struct arena *arena, struct work **rows,
	size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct work, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT DISTINCT noun, row_id FROM absence_work WHERE absence_id = ?1 "
		    "ORDER BY noun, row_id",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, absence_id);
	while ((ok = sql_row(q, &found, err)) && found)
		*(struct work *)list_add(&list) =
			(struct work){sql_text(q, 0, arena), sql_i64(q, 1)};
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}

static bool has(const struct work *rows, size_t count, const struct work *one)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].row_id == one->row_id && span_equal(rows[i].noun, one->noun))
			return true;
	return false;
}

/* What the stand-in finished stays his, and what he gave on is no longer his to give back. */
static bool give_back(struct operation *operation, const struct absence *absence, int64_t *moved,
	struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct work *given, *open;
	size_t given_count, open_count;

	if (!was_given(operation->db, absence->id, &arena, &given, &given_count, err) ||
		!work_of(operation->db, absence->stand_in_id, WORK_OPEN, &arena, &open, &open_count,
			err))
		return false;
	for (size_t i = 0; i < given_count; i++) {
		if (!has(open, open_count, &given[i]))
			continue;
		if (!work_give(operation, &given[i], absence->user_id, err))
			return false;
		++*moved;
	}
	return set_state(operation, absence->id, SPAN("over"), err);
}

bool absence_end(struct operation *operation, int64_t id, int64_t *returned, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct absence *rows;
	size_t count;

	*returned = 0;
	if (!absence_list(operation->db, false, &arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (rows[i].id == id)
			return give_back(operation, &rows[i], returned, err);
	return error_set(err, ERROR_INPUT, "there is no such absence, or it is over");
}

/* ---------------------------------------------------------------- what the day asks for */

static bool is_planned(const struct absence *absence)
{
	return span_equal(absence->state, SPAN("planned"));
}

static bool begins(const struct absence *absence, struct date today)
{
	return is_planned(absence) && date_compare(absence->from, today) <= 0;
}

static bool ends(const struct absence *absence, struct date today)
{
	return date_compare(absence->until, today) < 0;
}

static bool anything_to_do(struct db *db, struct date today, bool *any, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct absence *rows;
	size_t count;

	*any = false;
	if (!absence_list(db, false, &arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count && !*any; i++) {
		struct work *open;
		size_t open_count;

		*any = begins(&rows[i], today) || ends(&rows[i], today);
		if (*any || is_planned(&rows[i]))
			continue;
		if (!work_of(db, rows[i].user_id, WORK_OPEN, &arena, &open, &open_count, err))
			return false;
		*any = open_count > 0;
	}
	return true;
}

bool absence_apply(
	struct operation *operation, struct date today, int64_t *moved, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct absence *rows;
	size_t count;

	if (!absence_list(operation->db, false, &arena, &rows, &count, err))
		return false;
	/* Ends first: who comes back today may stand in from today. */
	for (size_t i = 0; i < count; i++)
		if (ends(&rows[i], today) && !give_back(operation, &rows[i], moved, err))
			return false;
	for (size_t i = 0; i < count; i++) {
		if (ends(&rows[i], today) || (is_planned(&rows[i]) && !begins(&rows[i], today)))
			continue;
		if (!set_state(operation, rows[i].id, SPAN("away"), err) ||
			!give(operation, &rows[i], moved, err))
			return false;
	}
	return true;
}

bool absence_run(struct db *db, struct date today, const char *actor, int64_t now_ms,
	int64_t *moved, struct error *err)
{
	struct operation operation;
	bool any;

	*moved = 0;
	if (!anything_to_do(db, today, &any, err))
		return false;
	if (!any)
		return true;
	if (!db_begin_write(db, err))
		return false;
	if (operation_begin(
		    db, actor, "user away", SPAN("absences of the day"), now_ms, &operation, err) &&
		absence_apply(&operation, today, moved, err))
		return db_commit(db, err);
	db_rollback(db);
	return false;
}

bool absence_stand_in(
	struct db *db, int64_t user_id, struct date today, int64_t *stand_in_id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "SELECT stand_in_id FROM absence WHERE user_id = ?1 AND state <> 'over' "
		    "AND from_date <= ?2 AND until_date >= ?2 ORDER BY id LIMIT 1",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, user_id);
	sql_bind_date(q, 2, today);
	return sql_run_id(q, stand_in_id, err);
}
