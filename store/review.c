#include "store/review.h"

#include "store/list.h"
#include "store/sql.h"

/* id, name, owner, detail, at_ms, other_ms, count; ends the statement. */
static bool collect(struct sql *q, const char *kind, struct arena *arena, struct review_row **rows,
	size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct review_row, arena);
	bool found, ok;

	while ((ok = sql_row(q, &found, err)) && found)
		*(struct review_row *)list_add(&list) = (struct review_row){
			.kind = kind,
			.id = sql_i64(q, 0),
			.name = sql_text(q, 1, arena),
			.owner = sql_text(q, 2, arena),
			.detail = sql_text(q, 3, arena),
			.at_ms = sql_i64(q, 4),
			.other_ms = sql_i64(q, 5),
			.count = sql_i64(q, 6),
		};
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}

bool review_silent_contacts(struct db *db, int64_t since_ms, struct db_page page,
	struct arena *arena, struct review_row **rows, size_t *count, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "SELECT c.id, c.name, u.name, y.name, (SELECT max(a.at_ms) FROM activity a "
		    "WHERE a.contact_id = c.id), 0, 0 FROM contact c "
		    "LEFT JOIN app_user u ON u.id = c.owner_id "
		    "LEFT JOIN company y ON y.id = c.company_id "
		    "WHERE c.do_not_contact = 0 AND c.created_ms < ?1 AND c.id > ?2 "
		    "AND NOT EXISTS (SELECT 1 FROM activity a WHERE a.contact_id = c.id "
		    "AND a.at_ms >= ?1) ORDER BY c.id LIMIT ?3",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, since_ms);
	sql_bind_i64(q, 2, page.after_id);
	sql_bind_i64(q, 3, sql_limit(page));
	return collect(q, "contact", arena, rows, count, err);
}

bool review_idle_deals(struct db *db, struct db_page page, struct arena *arena,
	struct review_row **rows, size_t *count, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "SELECT d.id, d.name, u.name, d.phase, d.changed_ms, 0, 0 FROM deal d "
		    "LEFT JOIN app_user u ON u.id = d.owner_id "
		    "WHERE d.state = 'open' AND d.id > ?1 AND NOT EXISTS (SELECT 1 FROM task t "
		    "WHERE t.deal_id = d.id AND t.state = 'open') ORDER BY d.id LIMIT ?2",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, page.after_id);
	sql_bind_i64(q, 2, sql_limit(page));
	return collect(q, "deal", arena, rows, count, err);
}

bool review_late_activities(struct db *db, int64_t begin_ms, int64_t end_ms, int64_t min_ms,
	struct db_page page, struct arena *arena, struct review_row **rows, size_t *count,
	struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "SELECT a.id, a.subject, u.name, coalesce(c.name, y.name), a.at_ms, "
		    "a.logged_ms, 0 FROM activity a LEFT JOIN app_user u ON u.id = a.user_id "
		    "LEFT JOIN contact c ON c.id = a.contact_id "
		    "LEFT JOIN company y ON y.id = a.company_id "
		    "LEFT JOIN message m ON m.id = a.message_id "
		    "WHERE a.logged_ms >= ?1 AND a.logged_ms < ?2 AND a.logged_ms - a.at_ms > ?3 "
		    "AND coalesce(m.history, 0) = 0 AND a.id > ?4 ORDER BY a.id LIMIT ?5",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, begin_ms);
	sql_bind_i64(q, 2, end_ms);
	sql_bind_i64(q, 3, min_ms);
	sql_bind_i64(q, 4, page.after_id);
	sql_bind_i64(q, 5, sql_limit(page));
	return collect(q, "activity", arena, rows, count, err);
}

bool review_domain_matches(struct db *db, int64_t begin_ms, int64_t end_ms, struct db_page page,
	struct arena *arena, struct review_row **rows, size_t *count, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "SELECT y.id, y.name, u.name, m.address, max(r.decided_ms), 0, count(*) "
		    "FROM match m JOIN route r ON r.id = m.route_id "
		    "JOIN company y ON y.id = m.company_id "
		    "LEFT JOIN app_user u ON u.id = y.owner_id "
		    "WHERE m.rule = 'domain' AND r.decided_ms >= ?1 AND r.decided_ms < ?2 "
		    "AND y.id > ?3 GROUP BY y.id, y.name, u.name, m.address "
		    "ORDER BY y.id, m.address LIMIT ?4",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, begin_ms);
	sql_bind_i64(q, 2, end_ms);
	sql_bind_i64(q, 3, page.after_id);
	sql_bind_i64(q, 4, sql_limit(page));
	return collect(q, "company", arena, rows, count, err);
}
