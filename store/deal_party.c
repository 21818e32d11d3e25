#include "store/deal.h"
#include "store/list.h"
#include "store/record.h"
#include "store/sql.h"

enum { DEAL, CONTACT, COMPANY, USER, ROLE, SHARE, FIELD_COUNT };
static const struct record_field fields[] = {
	[DEAL] = {"deal_id", RECORD_INTEGER, false},
	[CONTACT] = {"contact_id", RECORD_INTEGER, false},
	[COMPANY] = {"company_id", RECORD_INTEGER, false},
	[USER] = {"user_id", RECORD_INTEGER, false},
	[ROLE] = {"role", RECORD_TEXT, false},
	[SHARE] = {"share_cents", RECORD_INTEGER, false},
};
const struct noun deal_party_noun = {
	.name = "deal_party",
	.table = "deal_party",
	.fields = fields,
	.field_count = FIELD_COUNT,
};

static bool find(struct db *db, const struct deal_party *party, int64_t *id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "SELECT id FROM deal_party WHERE deal_id = ?1 "
		    "AND contact_id IS NOT DISTINCT FROM ?2 "
		    "AND company_id IS NOT DISTINCT FROM ?3 AND user_id IS NOT DISTINCT FROM ?4",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, party->deal_id);
	sql_bind_id(q, 2, party->contact_id);
	sql_bind_id(q, 3, party->company_id);
	sql_bind_id(q, 4, party->user_id);
	return sql_run_id(q, id, err);
}

bool deal_party_add(
	struct operation *operation, const struct deal_party *party, bool *added, struct error *err)
{
	struct value values[FIELD_COUNT] = {
		[DEAL] = value_integer(party->deal_id),
		[CONTACT] = value_id(party->contact_id),
		[COMPANY] = value_id(party->company_id),
		[USER] = value_id(party->user_id),
		[ROLE] = value_text(party->role),
		[SHARE] = value_integer_if(party->has_share, party->share_cents),
	};
	int64_t id;

	if (!find(operation->db, party, &id, err))
		return false;
	*added = id == 0;
	return id ? record_change(operation, &deal_party_noun, id, values, ~0U, err)
		  : record_make(operation, &deal_party_noun, values, &id, err);
}

bool deal_party_remove(
	struct operation *operation, const struct deal_party *party, bool *found, struct error *err)
{
	int64_t id;

	if (!find(operation->db, party, &id, err))
		return false;
	*found = id != 0;
	return !id || record_remove(operation, &deal_party_noun, id, err);
}

bool deal_party_list(struct db *db, int64_t deal_id, struct arena *arena, struct deal_party **rows,
	size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct deal_party, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT p.id, p.deal_id, p.contact_id, p.company_id, p.user_id, "
		    "coalesce(y.name, c.name, u.name), p.role, p.share_cents FROM deal_party p "
		    "LEFT JOIN contact c ON c.id = p.contact_id "
		    "LEFT JOIN company y ON y.id = p.company_id "
		    "LEFT JOIN app_user u ON u.id = p.user_id WHERE p.deal_id = ?1 "
		    "ORDER BY CASE WHEN p.company_id IS NOT NULL THEN 0 "
		    "WHEN p.contact_id IS NOT NULL THEN 1 ELSE 2 END, p.id",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, deal_id);
	while ((ok = sql_row(q, &found, err)) && found)
		*(struct deal_party *)list_add(&list) = (struct deal_party){
			.id = sql_i64(q, 0),
			.deal_id = sql_i64(q, 1),
			.contact_id = sql_i64(q, 2),
			.company_id = sql_i64(q, 3),
			.user_id = sql_i64(q, 4),
			.name = sql_text(q, 5, arena),
			.role = sql_text(q, 6, arena),
			.share_cents = sql_i64(q, 7),
			.has_share = !sql_is_null(q, 7),
		};
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}
