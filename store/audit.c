#include "store/audit.h"

#include "store/list.h"
#include "store/sql.h"

static bool write_row(struct operation *operation, const struct noun *noun, int64_t id,
	const char *field, const struct span *old_value, const struct span *new_value,
	struct error *err)
{
	struct sql *q;

	if (!sql_start(operation->db,
		    "INSERT INTO audit (operation_id, noun, row_id, field, old_value, new_value) "
		    "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, operation->id);
	sql_bind_string(q, 2, noun->name);
	sql_bind_i64(q, 3, id);
	sql_bind_string(q, 4, field);
	if (old_value)
		sql_bind_text(q, 5, *old_value);
	if (new_value)
		sql_bind_text(q, 6, *new_value);
	return sql_run(q, err);
}

bool audit_made(struct operation *operation, const struct noun *noun, int64_t id, struct error *err)
{
	return write_row(operation, noun, id, AUDIT_MADE, NULL, NULL, err);
}

bool audit_removed(
	struct operation *operation, const struct noun *noun, int64_t id, struct error *err)
{
	return write_row(operation, noun, id, AUDIT_REMOVED, NULL, NULL, err);
}

bool audit_changed(struct operation *operation, const struct noun *noun, int64_t id, unsigned field,
	const struct value *old_value, const struct value *new_value, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	enum record_type type = noun->fields[field].type;
	struct span old_text = value_to_audit(&arena, old_value, type);
	struct span new_text = value_to_audit(&arena, new_value, type);

	return write_row(operation, noun, id, noun->fields[field].column,
		old_value->is_null ? NULL : &old_text, new_value->is_null ? NULL : &new_text, err);
}

bool audit_list(struct db *db, struct span noun, int64_t row_id, struct arena *arena,
	struct audit_row **rows, size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct audit_row, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT a.operation_id, o.at_ms, a.row_id, o.actor, o.verb, a.noun, a.field, "
		    "a.old_value, a.new_value "
		    "FROM audit a JOIN operation o ON o.id = a.operation_id "
		    "WHERE a.noun = ?1 AND a.row_id = ?2 ORDER BY a.id",
		    &q, err))
		return false;
	sql_bind_text(q, 1, noun);
	sql_bind_i64(q, 2, row_id);
	while ((ok = sql_row(q, &found, err)) && found)
		*(struct audit_row *)list_add(&list) = (struct audit_row){
			.operation_id = sql_i64(q, 0),
			.at_ms = sql_i64(q, 1),
			.row_id = sql_i64(q, 2),
			.actor = sql_text(q, 3, arena),
			.verb = sql_text(q, 4, arena),
			.noun = sql_text(q, 5, arena),
			.field = sql_text(q, 6, arena),
			.old_value = sql_text(q, 7, arena),
			.new_value = sql_text(q, 8, arena),
		};
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}
