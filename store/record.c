#include "store/record.h"

#include <inttypes.h>

#include "base/buffer.h"
#include "store/audit.h"
#include "store/sql.h"

/* ---------------------------------------------------------------- reading */

static struct value read_value(
	struct sql *q, int column, enum record_type type, struct arena *arena)
{
	if (sql_is_null(q, column))
		return value_null();
	if (type == RECORD_INTEGER)
		return value_integer(sql_i64(q, column));
	return value_text(sql_bytes(q, column, arena));
}

/* A statement is put together for each row: printf would take longer than SQLite for it. */
static void append_column(struct buffer *text, const char *before, const char *column)
{
	buffer_append_string(text, before);
	buffer_append_string(text, column);
}

static void append_parameter(struct buffer *text, const char *before, size_t number)
{
	buffer_append_string(text, before);
	if (number >= 10)
		buffer_append_byte(text, (char)('0' + number / 10 % 10));
	buffer_append_byte(text, (char)('0' + number % 10));
}

bool record_read(struct db *db, const struct noun *noun, int64_t id, struct arena *arena,
	struct value *values, bool *found, struct error *err)
{
	struct buffer text CLEANUP(buffer_done) = {0};
	struct sql *q;
	bool ok;

	buffer_append_string(&text, "SELECT ");
	for (size_t i = 0; i < noun->field_count; i++)
		append_column(&text, i ? ", " : "", noun->fields[i].column);
	buffer_format(&text, " FROM %s WHERE id = ?1", noun->table);
	if (!sql_start_built(db, buffer_string(&text), &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	ok = sql_row(q, found, err);
	for (size_t i = 0; ok && *found && i < noun->field_count; i++)
		values[i] = read_value(q, (int)i, noun->fields[i].type, arena);
	sql_end(q);
	return ok;
}

static void bind_value(struct sql *q, int number, const struct value *value, enum record_type type)
{
	if (value->is_null)
		sql_bind_null(q, number);
	else if (type == RECORD_INTEGER)
		sql_bind_i64(q, number, value->integer);
	else if (type == RECORD_TEXT)
		sql_bind_text(q, number, value->text);
	else
		sql_bind_bytes(q, number, value->text);
}

static void bind_fold(struct sql *q, int number, const struct record_fold *fold,
	const struct value *of, struct arena *arena)
{
	if (of->is_null)
		sql_bind_null(q, number);
	else
		sql_bind_text(q, number, fold->fold(arena, of->text));
}

/* ---------------------------------------------------------------- making */

/* ?1… are the fields, then the folds, then created_ms, changed_ms, calendar_ms, then id and
 * sequence of one that is put back. */
static void insert_text(const struct noun *noun, bool with_id, struct buffer *text)
{
	size_t parameters = noun->field_count + noun->fold_count + noun->has_created +
			    noun->has_changed + noun->has_sequence + with_id +
			    (with_id && noun->has_sequence);

	buffer_format(text, "INSERT INTO %s (", noun->table);
	for (size_t i = 0; i < noun->field_count; i++)
		append_column(text, i ? ", " : "", noun->fields[i].column);
	for (size_t i = 0; i < noun->fold_count; i++)
		append_column(text, ", ", noun->folds[i].column);
	buffer_append_string(text, noun->has_created ? ", created_ms" : "");
	buffer_append_string(text, noun->has_changed ? ", changed_ms" : "");
	buffer_append_string(text, noun->has_sequence ? ", calendar_ms" : "");
	buffer_append_string(text, with_id ? ", id" : "");
	buffer_append_string(text, noun->has_sequence ? ", sequence" : "");
	buffer_append_string(text, ") VALUES (");
	for (size_t i = 1; i <= parameters; i++)
		append_parameter(text, i > 1 ? ", ?" : "?", i);
	buffer_append_string(text, noun->has_sequence && !with_id ? ", 0)" : ")");
}

static bool insert(struct operation *operation, const struct noun *noun, int64_t given_id,
	const struct value *values, int64_t *id, struct error *err)
{
	struct buffer text CLEANUP(buffer_done) = {0};
	struct arena arena CLEANUP(arena_done) = {0};
	int number = 0;
	struct sql *q;

	insert_text(noun, given_id != 0, &text);
	if (!sql_start_built(operation->db, buffer_string(&text), &q, err))
		return false;
	for (size_t i = 0; i < noun->field_count; i++)
		bind_value(q, ++number, &values[i], noun->fields[i].type);
	for (size_t i = 0; i < noun->fold_count; i++)
		bind_fold(q, ++number, &noun->folds[i], &values[noun->folds[i].of], &arena);
	if (noun->has_created)
		sql_bind_i64(q, ++number, operation->at_ms);
	if (noun->has_changed)
		sql_bind_i64(q, ++number, operation->at_ms);
	if (noun->has_sequence)
		sql_bind_i64(q, ++number, operation->at_ms);
	if (given_id)
		sql_bind_i64(q, ++number, given_id);
	/* every operation raises it once: never less than it was when the row was removed */
	if (given_id && noun->has_sequence)
		sql_bind_i64(q, ++number, operation->id);
	return sql_run_new(q, id, err) && audit_made(operation, noun, *id, err);
}

bool record_make(struct operation *operation, const struct noun *noun, const struct value *values,
	int64_t *id, struct error *err)
{
	return insert(operation, noun, 0, values, id, err);
}

bool record_restore(struct operation *operation, const struct noun *noun, int64_t id,
	const struct value *values, struct error *err)
{
	int64_t same;

	return insert(operation, noun, id, values, &same, err) &&
	       (!noun->changed || noun->changed(operation->db, id, err));
}

/* ---------------------------------------------------------------- changing */

/* Some field that differs is shown so; RECORD_NOT_SHOWN: in any way. */
static bool is_shown(const struct noun *noun, unsigned differs, enum record_shown how)
{
	for (unsigned i = 0; i < noun->field_count; i++) {
		enum record_shown shown = noun->fields[i].shown;

		if ((differs & 1U << i) && shown != RECORD_NOT_SHOWN &&
			(shown == how || how == RECORD_NOT_SHOWN))
			return true;
	}
	return false;
}

static void update_text(const struct noun *noun, unsigned differs, struct buffer *text)
{
	size_t number = 1;

	buffer_format(text, "UPDATE %s SET ", noun->table);
	for (unsigned i = 0; i < noun->field_count; i++)
		if (differs & 1U << i) {
			number++;
			append_column(text, number > 2 ? ", " : "", noun->fields[i].column);
			append_parameter(text, " = ?", number);
		}
	for (size_t i = 0; i < noun->fold_count; i++)
		if (differs & 1U << noun->folds[i].of) {
			append_column(text, ", ", noun->folds[i].column);
			append_parameter(text, " = ?", ++number);
		}
	if (noun->has_changed)
		append_parameter(text, ", changed_ms = ?", ++number);
	if (noun->has_sequence && is_shown(noun, differs, RECORD_NOT_SHOWN))
		append_parameter(text, ", calendar_ms = ?", ++number);
	if (noun->has_sequence && is_shown(noun, differs, RECORD_SHOWN_TITLE))
		buffer_append_string(text, ", sequence = sequence + 1");
	buffer_append_string(text, " WHERE id = ?1");
}

static bool update(struct operation *operation, const struct noun *noun, int64_t id,
	const struct value *values, unsigned differs, struct error *err)
{
	struct buffer text CLEANUP(buffer_done) = {0};
	struct arena arena CLEANUP(arena_done) = {0};
	int number = 1;
	struct sql *q;

	update_text(noun, differs, &text);
	if (!sql_start_built(operation->db, buffer_string(&text), &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	for (unsigned i = 0; i < noun->field_count; i++)
		if (differs & 1U << i)
			bind_value(q, ++number, &values[i], noun->fields[i].type);
	for (size_t i = 0; i < noun->fold_count; i++)
		if (differs & 1U << noun->folds[i].of)
			bind_fold(q, ++number, &noun->folds[i], &values[noun->folds[i].of], &arena);
	if (noun->has_changed)
		sql_bind_i64(q, ++number, operation->at_ms);
	if (noun->has_sequence && is_shown(noun, differs, RECORD_NOT_SHOWN))
		sql_bind_i64(q, ++number, operation->at_ms);
	return sql_run(q, err);
}

bool record_show_again(struct db *db, const struct noun *noun, int64_t id, bool title,
	int64_t at_ms, struct error *err)
{
	struct buffer text CLEANUP(buffer_done) = {0};
	struct sql *q;

	buffer_format(&text, "UPDATE %s SET calendar_ms = ?2%s WHERE %s = ?1", noun->shown_in.table,
		title ? ", sequence = sequence + 1" : "", noun->shown_in.column);
	if (!sql_start_built(db, buffer_string(&text), &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	sql_bind_i64(q, 2, at_ms);
	return sql_run(q, err);
}

static bool show_elsewhere(struct operation *operation, const struct noun *noun, int64_t id,
	unsigned differs, struct error *err)
{
	return !noun->shown_in.table || !is_shown(noun, differs, RECORD_NOT_SHOWN) ||
	       record_show_again(operation->db, noun, id,
		       is_shown(noun, differs, RECORD_SHOWN_TITLE), operation->at_ms, err);
}

static bool read_existing(struct db *db, const struct noun *noun, int64_t id, struct arena *arena,
	struct value *values, struct error *err)
{
	bool found;

	if (!record_read(db, noun, id, arena, values, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_INPUT, "there is no %s %" PRId64, noun->name, id);
	return true;
}

bool record_change(struct operation *operation, const struct noun *noun, int64_t id,
	const struct value *values, unsigned mask, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct value old[RECORD_MAX_FIELDS];
	unsigned differs = 0;

	if (!read_existing(operation->db, noun, id, &arena, old, err))
		return false;
	for (unsigned i = 0; i < noun->field_count; i++)
		if ((mask & 1U << i) && !value_equal(&old[i], &values[i], noun->fields[i].type)) {
			differs |= 1U << i;
			if (!audit_changed(operation, noun, id, i, &old[i], &values[i], err))
				return false;
		}
	if (!differs)
		return true;
	return update(operation, noun, id, values, differs, err) &&
	       show_elsewhere(operation, noun, id, differs, err) &&
	       (!noun->changed || noun->changed(operation->db, id, err));
}

bool record_change_field(struct operation *operation, const struct noun *noun, int64_t id,
	unsigned field, struct value value, struct error *err)
{
	struct value values[RECORD_MAX_FIELDS] = {0};

	values[field] = value;
	return record_change(operation, noun, id, values, 1U << field, err);
}

/* ---------------------------------------------------------------- removing */

static bool run_for_id(struct db *db, const char *text, int64_t id, struct error *err)
{
	struct sql *q;

	if (!sql_start_built(db, text, &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	return sql_run(q, err);
}

static bool refuse_reference(struct db *db, const struct noun *noun, int64_t id,
	const struct record_reference *reference, struct error *err)
{
	struct buffer text CLEANUP(buffer_done) = {0};
	struct sql *q;
	bool found, ok;

	buffer_format(&text, "SELECT id FROM %s WHERE %s = ?1 ORDER BY id LIMIT 1",
		reference->table, reference->column);
	if (!sql_start_built(db, buffer_string(&text), &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	ok = sql_row(q, &found, err);
	if (ok && found)
		ok = error_set(err, ERROR_CONFLICT,
			"%s %" PRId64 " cannot go: %s %" PRId64 " refers to it", noun->name, id,
			reference->table, sql_i64(q, 0));
	sql_end(q);
	return ok;
}

static bool settle_reference(struct db *db, const struct noun *noun, int64_t id,
	const struct record_reference *reference, struct error *err)
{
	struct buffer text CLEANUP(buffer_done) = {0};

	switch (reference->when_removed) {
	case RECORD_REFUSES:
		return refuse_reference(db, noun, id, reference, err);
	case RECORD_GOES_TOO:
		buffer_format(
			&text, "DELETE FROM %s WHERE %s = ?1", reference->table, reference->column);
		break;
	case RECORD_IS_CLEARED:
		buffer_format(&text, "UPDATE %s SET %s = NULL WHERE %s = ?1", reference->table,
			reference->column, reference->column);
		break;
	}
	return run_for_id(db, buffer_string(&text), id, err);
}

bool record_remove(
	struct operation *operation, const struct noun *noun, int64_t id, struct error *err)
{
	struct buffer text CLEANUP(buffer_done) = {0};
	struct arena arena CLEANUP(arena_done) = {0};
	struct value old[RECORD_MAX_FIELDS];
	struct value gone = value_null();

	if (!read_existing(operation->db, noun, id, &arena, old, err))
		return false;
	for (size_t i = 0; i < noun->reference_count; i++)
		if (!settle_reference(operation->db, noun, id, &noun->references[i], err))
			return false;
	/* One row a field, then the mark: undo reads them back in this order. */
	for (unsigned i = 0; i < noun->field_count; i++)
		if (!audit_changed(operation, noun, id, i, &old[i], &gone, err))
			return false;
	if (!audit_removed(operation, noun, id, err))
		return false;
	buffer_format(&text, "DELETE FROM %s WHERE id = ?1", noun->table);
	return run_for_id(operation->db, buffer_string(&text), id, err) &&
	       (!noun->changed || noun->changed(operation->db, id, err));
}
