#include <inttypes.h>

#include "store/audit.h"
#include "store/list.h"
#include "store/sql.h"

/* One row of the audit, as undo needs it. */
struct step {
	int64_t id, row_id;
	const struct noun *noun;
	struct span field, old_value, new_value;
	bool old_null, new_null;
};

/* In reverse: what was done last is undone first. */
static bool load_steps(struct db *db, int64_t operation_id, struct arena *arena,
	struct step **steps, size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct step, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT id, row_id, noun, field, old_value, new_value FROM audit "
		    "WHERE operation_id = ?1 ORDER BY id DESC",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, operation_id);
	while ((ok = sql_row(q, &found, err)) && found) {
		struct step *step = list_add(&list);

		*step = (struct step){
			.id = sql_i64(q, 0),
			.row_id = sql_i64(q, 1),
			.noun = noun_find(sql_peek(q, 2)),
			.field = sql_text(q, 3, arena),
			.old_value = sql_text(q, 4, arena),
			.new_value = sql_text(q, 5, arena),
			.old_null = sql_is_null(q, 4),
			.new_null = sql_is_null(q, 5),
		};
		if (!step->noun) {
			ok = error_set(err, ERROR_INPUT,
				"operation %" PRId64 " changed %.*s, which cannot be undone",
				operation_id, SPAN_ARG(sql_peek(q, 2)));
			break;
		}
	}
	sql_end(q);
	*steps = list.items;
	*count = list.count;
	return ok;
}

static bool find_field(
	const struct noun *noun, struct span column, unsigned *field, struct error *err)
{
	for (unsigned i = 0; i < noun->field_count; i++)
		if (span_equal(column, span_from(noun->fields[i].column))) {
			*field = i;
			return true;
		}
	return error_set(
		err, ERROR_INPUT, "%s has no field %.*s any more", noun->name, SPAN_ARG(column));
}

static bool conflict(const struct step *step, const char *column, struct span now, bool now_null,
	struct error *err)
{
	if (now_null)
		return error_set(err, ERROR_CONFLICT,
			"%s %" PRId64 ": %s was changed since and is empty now", step->noun->name,
			step->row_id, column);
	return error_set(err, ERROR_CONFLICT,
		"%s %" PRId64 ": %s was changed since and is now \"%.*s\"", step->noun->name,
		step->row_id, column, SPAN_ARG(span_part(now, 0, 80)));
}

/* What the row holds now must be what the audit says it should. */
static bool expect(struct db *db, const struct step *step, unsigned field, struct span expected,
	bool expected_null, struct arena *arena, struct error *err)
{
	const struct record_field *of = &step->noun->fields[field];
	struct value now[RECORD_MAX_FIELDS], should;
	bool found;

	if (!record_read(db, step->noun, step->row_id, arena, now, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_CONFLICT, "%s %" PRId64 " was removed since",
			step->noun->name, step->row_id);
	if (!value_from_audit(arena, expected, expected_null, of->type, &should, err))
		return false;
	if (value_equal(&now[field], &should, of->type))
		return true;
	return conflict(step, of->column, value_to_audit(arena, &now[field], of->type),
		now[field].is_null, err);
}

static bool undo_change(struct operation *operation, const struct step *step, struct arena *arena,
	struct error *err)
{
	struct value old;
	unsigned field;

	return find_field(step->noun, step->field, &field, err) &&
	       expect(operation->db, step, field, step->new_value, step->new_null, arena, err) &&
	       value_from_audit(arena, step->old_value, step->old_null,
		       step->noun->fields[field].type, &old, err) &&
	       record_change_field(operation, step->noun, step->row_id, field, old, err);
}

/*
 * The first change of a field after the row was made holds, as its old value, what it was made
 * with: later changes conflict, those that were taken back do not.
 */
static bool expect_as_made(struct operation *operation, const struct step *step,
	struct arena *arena, struct error *err)
{
	struct sql *q;
	bool found, ok;

	if (!sql_start(operation->db,
		    "SELECT field, old_value FROM audit a "
		    "WHERE noun = ?1 AND row_id = ?2 AND id > ?3 AND operation_id <> ?4 "
		    "AND NOT EXISTS (SELECT 1 FROM audit b WHERE b.noun = a.noun "
		    "AND b.row_id = a.row_id AND b.field = a.field AND b.id < a.id AND b.id > ?3) "
		    "ORDER BY id",
		    &q, err))
		return false;
	sql_bind_string(q, 1, step->noun->name);
	sql_bind_i64(q, 2, step->row_id);
	sql_bind_i64(q, 3, step->id);
	sql_bind_i64(q, 4, operation->id);
	while ((ok = sql_row(q, &found, err)) && found) {
		unsigned field;

		/* Removed and put back under its id: the values of the row decide. */
		if (sql_peek(q, 0).data[0] == AUDIT_MADE[0] ||
			sql_peek(q, 0).data[0] == AUDIT_REMOVED[0])
			continue;
		ok = find_field(step->noun, sql_peek(q, 0), &field, err) &&
		     expect(operation->db, step, field, sql_text(q, 1, arena), sql_is_null(q, 1),
			     arena, err);
		if (!ok)
			break;
	}
	sql_end(q);
	return ok;
}

static bool undo_made(struct operation *operation, const struct step *step, struct arena *arena,
	struct error *err)
{
	return expect_as_made(operation, step, arena, err) &&
	       record_remove(operation, step->noun, step->row_id, err);
}

/* Behind the mark, in reverse, stand the values of all fields. */
static bool undo_removed(struct operation *operation, const struct step *steps, size_t count,
	struct arena *arena, struct error *err)
{
	const struct noun *noun = steps[0].noun;
	struct value values[RECORD_MAX_FIELDS] = {0};
	bool found;

	if (!record_read(operation->db, noun, steps[0].row_id, arena, values, &found, err))
		return false;
	if (found)
		return error_set(err, ERROR_CONFLICT, "%s %" PRId64 " was made again since",
			noun->name, steps[0].row_id);
	if (count <= noun->field_count)
		return error_set(err, ERROR_BUG, "the audit of %s %" PRId64 " is not whole",
			noun->name, steps[0].row_id);
	for (size_t i = 1; i <= noun->field_count; i++) {
		unsigned field;

		if (!find_field(noun, steps[i].field, &field, err) ||
			!value_from_audit(arena, steps[i].old_value, steps[i].old_null,
				noun->fields[field].type, &values[field], err))
			return false;
	}
	return record_restore(operation, noun, steps[0].row_id, values, err);
}

static bool undo_steps(struct operation *operation, const struct step *steps, size_t count,
	struct arena *arena, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		const struct step *step = &steps[i];
		bool ok;

		if (span_equal(step->field, SPAN(AUDIT_MADE))) {
			ok = undo_made(operation, step, arena, err);
		} else if (span_equal(step->field, SPAN(AUDIT_REMOVED))) {
			ok = undo_removed(operation, step, count - i, arena, err);
			i += step->noun->field_count;
		} else {
			ok = undo_change(operation, step, arena, err);
		}
		if (!ok)
			return false;
	}
	return true;
}

static bool mark_undone(
	struct operation *operation, const struct operation_row *undone, struct error *err)
{
	struct sql *q;

	if (!sql_start(operation->db, "UPDATE operation SET undone_by = ?2 WHERE id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, undone->id);
	sql_bind_i64(q, 2, operation->id);
	return sql_run(q, err) && operation_settled(operation, undone->settled, err);
}

static bool load(struct db *db, int64_t operation_id, struct arena *arena,
	struct operation_row *undone, struct step **steps, size_t *count, struct error *err)
{
	bool found;

	if (!operation_get(db, operation_id, arena, undone, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_INPUT, "there is no operation %" PRId64, operation_id);
	if (undone->undone)
		return error_set(err, ERROR_CONFLICT, "operation %" PRId64 " was undone already",
			operation_id);
	if (!load_steps(db, operation_id, arena, steps, count, err))
		return false;
	if (!*count)
		return error_set(err, ERROR_INPUT,
			"operation %" PRId64 " changed nothing that can be undone", operation_id);
	return true;
}

bool operation_undo(struct db *db, int64_t operation_id, const char *actor, int64_t at_ms,
	struct operation_row *undone, struct arena *arena, struct error *err)
{
	struct operation operation;
	struct step *steps;
	size_t count;

	if (!load(db, operation_id, arena, undone, &steps, &count, err))
		return false;
	if (!db_savepoint(db, err))
		return false;
	if (operation_begin(db, actor, "undo", undone->summary, at_ms, &operation, err) &&
		undo_steps(&operation, steps, count, arena, err) &&
		mark_undone(&operation, undone, err))
		return db_savepoint_keep(db, err);
	db_savepoint_undo(db);
	return error_context(err, "operation %" PRId64 " cannot be undone", operation_id);
}
