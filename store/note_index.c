#include "store/note_index.h"

#include "store/sql.h"

#define ACTIVITY_TEXT                                                                       \
	"SELECT 2 * id, subject, body || ' ' || outcome || ' ' || next_step FROM activity " \
	"WHERE message_id IS NULL"
#define ARTICLE_TEXT "SELECT 2 * id + 1, title, body FROM article"

static bool run_for(struct db *db, const char *literal, int64_t id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db, literal, &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	return sql_run(q, err);
}

bool note_index_activity(struct db *db, int64_t id, struct error *err)
{
	return run_for(db, "DELETE FROM note_index WHERE rowid = 2 * ?1", id, err) &&
	       run_for(db,
		       "INSERT INTO note_index (rowid, title, body) " ACTIVITY_TEXT " AND id = ?1",
		       id, err);
}

bool note_index_article(struct db *db, int64_t id, struct error *err)
{
	return run_for(db, "DELETE FROM note_index WHERE rowid = 2 * ?1 + 1", id, err) &&
	       run_for(db,
		       "INSERT INTO note_index (rowid, title, body) " ARTICLE_TEXT " WHERE id = ?1",
		       id, err);
}

bool note_index_rebuild(struct db *db, struct error *err)
{
	return sql_script(db,
		"DELETE FROM note_index;"
		"INSERT INTO note_index (rowid, title, body) " ACTIVITY_TEXT ";"
		"INSERT INTO note_index (rowid, title, body) " ARTICLE_TEXT ";"
		"INSERT INTO note_index (note_index) VALUES ('optimize')",
		err);
}
