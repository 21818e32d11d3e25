#include "store/list.h"
#include "store/record.h"
#include "store/route.h"
#include "store/sql.h"

/* Whom it names may change, when two become one; made and removed it is with its route. */
static const struct record_field fields[] = {
	{"contact_id", RECORD_INTEGER, false},
	{"company_id", RECORD_INTEGER, false},
};
const struct noun match_noun = {
	.name = "match",
	.table = "match",
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
};

bool match_add(struct db *db, int64_t route_id, const struct match_row *match, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "INSERT INTO match (route_id, address, role, contact_id, company_id, rule, "
		    "evidence, score, also) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, route_id);
	sql_bind_text(q, 2, match->address);
	sql_bind_text(q, 3, match->role);
	sql_bind_id(q, 4, match->contact_id);
	sql_bind_id(q, 5, match->company_id);
	sql_bind_text(q, 6, match->rule);
	sql_bind_text(q, 7, match->evidence);
	sql_bind_real(q, 8, match->score);
	sql_bind_text(q, 9, match->also);
	return sql_run(q, err);
}

bool match_other_vat_id(struct db *db, struct span address_folded, struct span vat_id, bool *other,
	struct error *err)
{
	struct sql *q;
	int64_t one;

	if (!sql_start(db,
		    "SELECT 1 WHERE EXISTS (SELECT 1 FROM match WHERE address = ?1 "
		    "AND rule = 'vat-id' AND evidence <> ?2)",
		    &q, err))
		return false;
	sql_bind_text(q, 1, address_folded);
	sql_bind_text(q, 2, vat_id);
	if (!sql_run_id(q, &one, err))
		return false;
	*other = one == 1;
	return true;
}

bool match_list(struct db *db, int64_t route_id, struct arena *arena, struct match_row **rows,
	size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct match_row, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT address, role, contact_id, company_id, rule, evidence, score, also "
		    "FROM match WHERE route_id = ?1 ORDER BY id",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, route_id);
	while ((ok = sql_row(q, &found, err)) && found)
		*(struct match_row *)list_add(&list) = (struct match_row){
			.address = sql_text(q, 0, arena),
			.role = sql_text(q, 1, arena),
			.contact_id = sql_i64(q, 2),
			.company_id = sql_i64(q, 3),
			.rule = sql_text(q, 4, arena),
			.evidence = sql_text(q, 5, arena),
			.score = sql_real(q, 6),
			.also = sql_text(q, 7, arena),
		};
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}

bool match_messages(struct db *db, int64_t contact_id, struct span address_folded,
	struct arena *arena, int64_t **message_ids, size_t *count, struct error *err)
{
	struct list list = LIST_OF(int64_t, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT route.message_id FROM match JOIN route ON route.id = match.route_id "
		    "WHERE match.contact_id = ?1 AND match.address = ?2 "
		    "UNION SELECT unresolved.message_id FROM unresolved JOIN activity "
		    "ON activity.message_id = unresolved.message_id "
		    "WHERE unresolved.state = 'settled' AND unresolved.address_folded = ?2 "
		    "AND activity.contact_id = ?1 ORDER BY 1",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, contact_id);
	sql_bind_text(q, 2, address_folded);
	while ((ok = sql_row(q, &found, err)) && found)
		*(int64_t *)list_add(&list) = sql_i64(q, 0);
	sql_end(q);
	*message_ids = list.items;
	*count = list.count;
	return ok;
}
