#include "store/deal.h"

#include "store/list.h"
#include "store/record.h"
#include "store/sql.h"

enum {
	NAME,
	CONTACT,
	COMPANY,
	PHASE,
	STATE,
	OWNER,
	SOURCE,
	SCORE,
	VALUE,
	CURRENCY,
	IS_LEAD,
	CURRENT,
	FIELD_COUNT
};
static const struct record_field fields[] = {
	[NAME] = {"name", RECORD_TEXT, false},
	[CONTACT] = {"contact_id", RECORD_INTEGER, false},
	[COMPANY] = {"company_id", RECORD_INTEGER, false},
	[PHASE] = {"phase", RECORD_TEXT, false},
	[STATE] = {"state", RECORD_TEXT, false},
	[OWNER] = {"owner_id", RECORD_INTEGER, false},
	[SOURCE] = {"source", RECORD_TEXT, false},
	[SCORE] = {"score", RECORD_INTEGER, false},
	[VALUE] = {"value_cents", RECORD_INTEGER, false},
	[CURRENCY] = {"currency", RECORD_TEXT, false},
	[IS_LEAD] = {"is_lead", RECORD_INTEGER, false},
	[CURRENT] = {"current", RECORD_INTEGER, false},
};
static const struct record_reference references[] = {
	{"activity", "deal_id", RECORD_REFUSES},
	{"task", "deal_id", RECORD_REFUSES},
	{"document", "deal_id", RECORD_REFUSES},
};
const struct noun deal_noun = {
	.name = "deal",
	.table = "deal",
	.fields = fields,
	.field_count = FIELD_COUNT,
	.references = references,
	.reference_count = ARRAY_COUNT(references),
	.has_created = true,
	.has_changed = true,
};

static void to_values(const struct deal *deal, struct value *values)
{
	values[NAME] = value_text(deal->name);
	values[CONTACT] = value_id(deal->contact_id);
	values[COMPANY] = value_id(deal->company_id);
	values[PHASE] = value_text(deal->phase);
	values[STATE] = value_text(deal->state.size ? deal->state : SPAN("open"));
	values[OWNER] = value_id(deal->owner_id);
	values[SOURCE] = value_text(deal->source);
	values[SCORE] = value_integer(deal->score);
	values[VALUE] = value_integer_if(deal->has_value, deal->value_cents);
	values[CURRENCY] = value_text_or_null(deal->currency);
	values[IS_LEAD] = value_integer(deal->is_lead);
	values[CURRENT] = value_integer(deal->current);
}

bool deal_add(struct operation *operation, const struct deal *deal, int64_t *id, struct error *err)
{
	struct value values[FIELD_COUNT];

	to_values(deal, values);
	return record_make(operation, &deal_noun, values, id, err);
}

bool deal_edit(struct operation *operation, const struct deal *deal, struct error *err)
{
	struct value values[FIELD_COUNT];

	to_values(deal, values);
	return record_change(operation, &deal_noun, deal->id, values, ~0U, err);
}

#define SELECT_DEAL                                                                                \
	"SELECT d.id, d.name, d.phase, d.state, d.source, d.currency, d.contact_id, "              \
	"d.company_id, "                                                                           \
	"d.owner_id, c.name, u.name, d.score, d.value_cents, d.is_lead, d.current, d.created_ms, " \
	"d.changed_ms FROM deal d LEFT JOIN contact c ON c.id = d.contact_id "                     \
	"LEFT JOIN app_user u ON u.id = d.owner_id "

static void read_deal(struct sql *q, struct arena *arena, struct deal *deal)
{
	*deal = (struct deal){
		.id = sql_i64(q, 0),
		.name = sql_text(q, 1, arena),
		.phase = sql_text(q, 2, arena),
		.state = sql_text(q, 3, arena),
		.source = sql_text(q, 4, arena),
		.currency = sql_text(q, 5, arena),
		.contact_id = sql_i64(q, 6),
		.company_id = sql_i64(q, 7),
		.owner_id = sql_i64(q, 8),
		.contact_name = sql_text(q, 9, arena),
		.owner_name = sql_text(q, 10, arena),
		.score = (int)sql_i64(q, 11),
		.value_cents = sql_i64(q, 12),
		.has_value = !sql_is_null(q, 12),
		.is_lead = sql_bool(q, 13),
		.current = sql_bool(q, 14),
		.created_ms = sql_i64(q, 15),
		.changed_ms = sql_i64(q, 16),
	};
}

bool deal_get(struct db *db, int64_t id, struct arena *arena, struct deal *deal, bool *found,
	struct error *err)
{
	struct sql *q;
	bool ok;

	if (!sql_start(db, SELECT_DEAL "WHERE d.id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	ok = sql_row(q, found, err);
	if (ok && *found)
		read_deal(q, arena, deal);
	sql_end(q);
	return ok;
}

static bool collect(
	struct sql *q, struct arena *arena, struct deal **rows, size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct deal, arena);
	bool found, ok;

	while ((ok = sql_row(q, &found, err)) && found)
		read_deal(q, arena, list_add(&list));
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}

bool deal_list(struct db *db, struct span state, struct db_page page, struct arena *arena,
	struct deal **rows, size_t *count, struct error *err)
{
	struct sql *q;

	if (state.size ? !sql_start(db,
				 SELECT_DEAL
				 "WHERE d.id > ?1 AND d.state = ?3 ORDER BY d.id LIMIT ?2",
				 &q, err)
		       : !sql_start(
				 db, SELECT_DEAL "WHERE d.id > ?1 ORDER BY d.id LIMIT ?2", &q, err))
		return false;
	sql_bind_i64(q, 1, page.after_id);
	sql_bind_i64(q, 2, sql_limit(page));
	if (state.size)
		sql_bind_text(q, 3, state);
	return collect(q, arena, rows, count, err);
}

bool deal_by_contact(struct db *db, int64_t contact_id, struct arena *arena, struct deal **rows,
	size_t *count, struct error *err)
{
	struct sql *q;

	if (!sql_start(db, SELECT_DEAL "WHERE d.contact_id = ?1 ORDER BY d.id DESC LIMIT 1000", &q,
		    err))
		return false;
	sql_bind_i64(q, 1, contact_id);
	return collect(q, arena, rows, count, err);
}

bool deal_current(struct db *db, int64_t contact_id, int64_t *id, struct error *err)
{
	struct sql *q;
	bool found, ok, chosen = false;
	int open = 0;

	*id = 0;
	if (!sql_start(db,
		    "SELECT id, current FROM deal WHERE contact_id = ?1 AND state = 'open' "
		    "ORDER BY current DESC, id DESC LIMIT 2",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, contact_id);
	while ((ok = sql_row(q, &found, err)) && found) {
		if (open++ == 0) {
			*id = sql_i64(q, 0);
			chosen = sql_bool(q, 1);
		}
	}
	sql_end(q);
	if (open > 1 && !chosen)
		*id = 0;
	return ok;
}

bool deal_use(struct operation *operation, int64_t id, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct deal *deals, deal;
	size_t count;
	bool found;

	if (!deal_get(operation->db, id, &arena, &deal, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_INPUT, "there is no deal %lld", (long long)id);
	if (!span_equal(deal.state, SPAN("open")))
		return error_set(err, ERROR_CONFLICT, "deal %lld is not open but %.*s",
			(long long)id, SPAN_ARG(deal.state));
	if (!deal_by_contact(operation->db, deal.contact_id, &arena, &deals, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!record_change_field(operation, &deal_noun, deals[i].id, CURRENT,
			    value_integer(deals[i].id == id), err))
			return false;
	return deal.contact_id ||
	       record_change_field(operation, &deal_noun, id, CURRENT, value_integer(true), err);
}

bool deal_open_lead(struct db *db, int64_t contact_id, int64_t *id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "SELECT id FROM deal WHERE contact_id = ?1 AND state = 'open' AND is_lead = 1 "
		    "ORDER BY id LIMIT 1",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, contact_id);
	return sql_run_id(q, id, err);
}

bool deal_latest_lead(struct db *db, int64_t owner_id, int64_t *id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "SELECT id FROM deal WHERE owner_id = ?1 AND is_lead = 1 "
		    "ORDER BY id DESC LIMIT 1",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, owner_id);
	return sql_run_id(q, id, err);
}
