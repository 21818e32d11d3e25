#include "store/retention.h"

#include "store/erase_row.h"
#include "store/list.h"
#include "store/sql.h"

#define NO_TICKET "NOT EXISTS (SELECT 1 FROM ticket_message t WHERE t.message_id = m.id) "
#define DROPPED                                                    \
	"EXISTS (SELECT 1 FROM route r WHERE r.message_id = m.id " \
	"AND r.rule = 'dropped by a person') "

/* The states stand in the text: each has an index of its own. */
static const char ignored[] = "SELECT m.id FROM message m WHERE m.state = 'ignored' "
			      "AND m.removed IS NULL AND m.stored_ms < ?1 AND " NO_TICKET
			      "AND NOT " DROPPED "ORDER BY m.stored_ms LIMIT ?2";
static const char dropped[] = "SELECT m.id FROM message m WHERE m.state = 'ignored' "
			      "AND m.removed IS NULL AND m.stored_ms < ?1 AND " NO_TICKET
			      "AND " DROPPED "ORDER BY m.stored_ms LIMIT ?2";
static const char quarantined[] =
	"SELECT m.id FROM message m WHERE m.state = 'quarantined' "
	"AND m.removed IS NULL AND m.stored_ms < ?1 AND " NO_TICKET "ORDER BY m.stored_ms LIMIT ?2";
static const char dead[] =
	"SELECT m.id FROM message m WHERE m.state = 'dead' "
	"AND m.removed IS NULL AND m.stored_ms < ?1 AND " NO_TICKET "ORDER BY m.stored_ms LIMIT ?2";

static bool find(struct db *db, const char *literal, int64_t before_ms, int limit, struct list *ids,
	struct error *err)
{
	struct sql *q;
	bool found, ok;

	if (!sql_start(db, literal, &q, err))
		return false;
	sql_bind_i64(q, 1, before_ms);
	sql_bind_i64(q, 2, limit);
	while ((ok = sql_row(q, &found, err)) && found)
		*(int64_t *)list_add(ids) = sql_i64(q, 0);
	sql_end(q);
	return ok;
}

static bool purge(struct db *db, const struct retention *retention, int64_t now_ms, int limit,
	int64_t *purged, struct error *err)
{
	const struct {
		const char *literal;
		int64_t keep_ms;
	} passes[] = {
		{ignored, retention->ignored_ms},
		{dropped, retention->quarantined_ms},
		{quarantined, retention->quarantined_ms},
		{dead, retention->dead_ms},
	};
	struct arena arena CLEANUP(arena_done) = {0};
	struct list ids = LIST_OF(int64_t, &arena);

	for (size_t i = 0; i < ARRAY_COUNT(passes) && (int)ids.count < limit; i++)
		if (passes[i].keep_ms && !find(db, passes[i].literal, now_ms - passes[i].keep_ms,
						 limit - (int)ids.count, &ids, err))
			return false;
	*purged = (int64_t)ids.count;
	for (size_t i = 0; i < ids.count; i++)
		if (!erase_message_bytes(db, ((const int64_t *)ids.items)[i], err))
			return false;
	return true;
}

bool retention_run(struct db *db, const struct retention *retention, int64_t now_ms, int limit,
	int64_t *purged, struct error *err)
{
	*purged = 0;
	if (!retention->ignored_ms && !retention->quarantined_ms && !retention->dead_ms)
		return true;
	if (!db_begin_write(db, err))
		return false;
	if (purge(db, retention, now_ms, limit, purged, err))
		return db_commit(db, err);
	db_rollback(db);
	return false;
}
