#include "store/setting.h"

#include "store/sql.h"

bool setting_get(
	struct db *db, const char *name, struct arena *arena, struct span *value, struct error *err)
{
	struct sql *q;
	bool found, ok;

	*value = (struct span){0};
	if (!sql_start(db, "SELECT value FROM setting WHERE name = ?1", &q, err))
		return false;
	sql_bind_string(q, 1, name);
	ok = sql_row(q, &found, err);
	if (ok && found)
		*value = sql_text(q, 0, arena);
	sql_end(q);
	return ok;
}

bool setting_set(struct db *db, const char *name, struct span value, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "INSERT INTO setting (name, value) VALUES (?1, ?2) "
		    "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
		    &q, err))
		return false;
	sql_bind_string(q, 1, name);
	sql_bind_text(q, 2, value);
	return sql_run(q, err);
}
