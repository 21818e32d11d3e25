#include "store/user.h"

#include "store/list.h"
#include "store/sql.h"

bool user_ensure(
	struct db *db, struct span name, struct span full_name, int64_t *id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "INSERT INTO app_user (name, full_name, active) VALUES (?1, ?2, 1) "
		    "ON CONFLICT (name) DO UPDATE SET full_name = excluded.full_name, active = 1 "
		    "RETURNING id",
		    &q, err))
		return false;
	sql_bind_text(q, 1, name);
	sql_bind_text(q, 2, full_name);
	return sql_run_id(q, id, err);
}

bool user_retain(struct db *db, const int64_t *ids, size_t count, struct error *err)
{
	struct sql *q;

	if (!sql_script(db, "UPDATE app_user SET active = 0", err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!sql_start(db, "UPDATE app_user SET active = 1 WHERE id = ?1", &q, err))
			return false;
		sql_bind_i64(q, 1, ids[i]);
		if (!sql_run(q, err))
			return false;
	}
	return true;
}

bool user_find(struct db *db, struct span name, int64_t *id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db, "SELECT id FROM app_user WHERE name = ?1", &q, err))
		return false;
	sql_bind_text(q, 1, name);
	return sql_run_id(q, id, err);
}

bool user_list(struct db *db, struct arena *arena, struct user_row **rows, size_t *count,
	struct error *err)
{
	struct list list = LIST_OF(struct user_row, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(
		    db, "SELECT id, name, full_name, active FROM app_user ORDER BY name", &q, err))
		return false;
	while ((ok = sql_row(q, &found, err)) && found)
		*(struct user_row *)list_add(&list) = (struct user_row){
			.id = sql_i64(q, 0),
			.name = sql_text(q, 1, arena),
			.full_name = sql_text(q, 2, arena),
			.active = sql_bool(q, 3),
		};
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}
