#include "store/erase_row.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "store/list.h"
#include "store/sql.h"

bool erase_run(struct db *db, const char *literal, int64_t id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db, literal, &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	return sql_run(q, err);
}

/* The first column of each row; ends the statement. */
static bool collect(
	struct sql *q, struct arena *arena, int64_t **ids, size_t *count, struct error *err)
{
	struct list list = LIST_OF(int64_t, arena);
	bool found, ok;

	while ((ok = sql_row(q, &found, err)) && found)
		*(int64_t *)list_add(&list) = sql_i64(q, 0);
	sql_end(q);
	*ids = list.items;
	*count = list.count;
	return ok;
}

bool erase_ids(struct db *db, const char *literal, int64_t parameter, struct arena *arena,
	int64_t **ids, size_t *count, struct error *err)
{
	struct sql *q;

	if (!sql_start(db, literal, &q, err))
		return false;
	sql_bind_i64(q, 1, parameter);
	return collect(q, arena, ids, count, err);
}

/* Numbers and dates say nothing of anybody, and undo can't read a word where one should be. */
static void text_columns(const struct noun *noun, struct buffer *out)
{
	bool any = false;

	for (size_t i = 0; i < noun->field_count; i++)
		if (noun->fields[i].type == RECORD_TEXT) {
			buffer_format(out, "%s'%s'", any ? ", " : "", noun->fields[i].column);
			any = true;
		}
}

static bool run_built(
	struct db *db, struct buffer *text, const struct noun *noun, int64_t id, struct error *err)
{
	struct sql *q;

	if (!sql_start_built(db, buffer_string(text), &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	if (noun)
		sql_bind_string(q, 2, noun->name);
	return sql_run(q, err);
}

bool erase_audit(struct db *db, const struct noun *noun, int64_t id, struct error *err)
{
	struct buffer text CLEANUP(buffer_done) = {0};
	struct sql *q;

	buffer_append_string(&text,
		"UPDATE audit SET "
		"old_value = CASE WHEN old_value IS NULL THEN NULL ELSE '" ERASED_TEXT "' END, "
		"new_value = CASE WHEN new_value IS NULL THEN NULL ELSE '" ERASED_TEXT "' END "
		"WHERE noun = ?2 AND row_id = ?1 AND field IN (");
	text_columns(noun, &text);
	buffer_append_byte(&text, ')');
	if (!run_built(db, &text, noun, id, err))
		return false;
	if (!sql_start(db,
		    "UPDATE operation SET summary = '" ERASED_TEXT "' WHERE id IN "
		    "(SELECT operation_id FROM audit WHERE noun = ?2 AND row_id = ?1)",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	sql_bind_string(q, 2, noun->name);
	return sql_run(q, err);
}

bool erase_row(struct db *db, const struct noun *noun, int64_t id, struct error *err)
{
	struct buffer text CLEANUP(buffer_done) = {0};

	buffer_format(&text, "DELETE FROM %s WHERE id = ?1", noun->table);
	return erase_audit(db, noun, id, err) && run_built(db, &text, NULL, id, err);
}

bool erase_rows(struct db *db, const struct noun *noun, const char *column, int64_t id,
	int64_t *count, struct error *err)
{
	struct buffer text CLEANUP(buffer_done) = {0};
	struct arena arena CLEANUP(arena_done) = {0};
	int64_t *ids;
	size_t found;
	struct sql *q;

	buffer_format(&text, "SELECT id FROM %s WHERE %s = ?1", noun->table, column);
	if (!sql_start_built(db, buffer_string(&text), &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	if (!collect(q, &arena, &ids, &found, err))
		return false;
	for (size_t i = 0; i < found; i++)
		if (!erase_row(db, noun, ids[i], err))
			return false;
	*count += (int64_t)found;
	return true;
}

bool erase_ticket(struct db *db, int64_t ticket_id, struct error *err)
{
	struct sql *q;

	/* A company's name is nobody's; where there is none it is a person who sent the bill. */
	if (!erase_audit(db, &ticket_noun, ticket_id, err) ||
		!sql_start(db,
			"UPDATE ticket SET title = '" ERASED_TEXT "', supplier_contact_id = NULL, "
			"supplier_name = CASE WHEN supplier_id IS NULL THEN '" ERASED_TEXT "' "
			"ELSE supplier_name END, "
			"iban = CASE WHEN supplier_id IS NULL THEN NULL ELSE iban END, "
			"hold_reason = CASE WHEN hold_reason IS NULL THEN NULL "
			"ELSE '" ERASED_TEXT "' END, sequence = sequence + 1, calendar_ms = ?2 "
			"WHERE id = ?1",
			&q, err))
		return false;
	sql_bind_i64(q, 1, ticket_id);
	sql_bind_i64(q, 2, clock_now_ms());
	return sql_run(q, err);
}
