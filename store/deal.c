#include "store/deal.h"

#include "base/buffer.h"
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
	PIPELINE,
	TYPE,
	SUBJECT,
	WEIGHT,
	EXPECTED_CLOSE,
	QUOTATION,
	QUOTATION_STATE,
	QUOTATION_SENT,
	QUOTATION_UNTIL,
	OUTCOME,
	REASON,
	ENDED,
	FIELD_COUNT
};
static const struct record_field fields[] = {
	[NAME] = {"name", RECORD_TEXT, RECORD_SHOWN_TITLE},
	[CONTACT] = {"contact_id", RECORD_INTEGER, false},
	[COMPANY] = {"company_id", RECORD_INTEGER, false},
	[PHASE] = {"phase", RECORD_TEXT, false},
	[STATE] = {"state", RECORD_TEXT, RECORD_SHOWN_TITLE},
	[OWNER] = {"owner_id", RECORD_INTEGER, RECORD_SHOWN_TEXT},
	[SOURCE] = {"source", RECORD_TEXT, false},
	[SCORE] = {"score", RECORD_INTEGER, false},
	[VALUE] = {"value_cents", RECORD_INTEGER, RECORD_SHOWN_TITLE},
	[CURRENCY] = {"currency", RECORD_TEXT, RECORD_SHOWN_TITLE},
	[IS_LEAD] = {"is_lead", RECORD_INTEGER, false},
	[CURRENT] = {"current", RECORD_INTEGER, false},
	[PIPELINE] = {"pipeline", RECORD_TEXT, false},
	[TYPE] = {"type", RECORD_TEXT, false},
	[SUBJECT] = {"subject", RECORD_TEXT, false},
	[WEIGHT] = {"weight", RECORD_TEXT, false},
	[EXPECTED_CLOSE] = {"expected_close", RECORD_TEXT, RECORD_SHOWN_TITLE},
	[QUOTATION] = {"quotation", RECORD_TEXT, false},
	[QUOTATION_STATE] = {"quotation_state", RECORD_TEXT, false},
	[QUOTATION_SENT] = {"quotation_sent", RECORD_TEXT, false},
	[QUOTATION_UNTIL] = {"quotation_until", RECORD_TEXT, false},
	[OUTCOME] = {"outcome", RECORD_TEXT, false},
	[REASON] = {"reason", RECORD_TEXT, false},
	[ENDED] = {"ended", RECORD_TEXT, false},
};
static const struct record_reference references[] = {
	{"activity", "deal_id", RECORD_REFUSES},
	{"task", "deal_id", RECORD_REFUSES},
	{"document", "deal_id", RECORD_REFUSES},
	{"deal_party", "deal_id", RECORD_REFUSES},
	{"project", "deal_id", RECORD_REFUSES},
	{"ticket", "deal_id", RECORD_REFUSES},
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
	.has_sequence = true,
};

static void to_values(const struct deal *deal, struct arena *arena, struct value *values)
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
	values[PIPELINE] = value_text(deal->pipeline);
	values[TYPE] = value_text(deal->type);
	values[SUBJECT] = value_text(deal->subject);
	values[WEIGHT] = value_text(deal->weight);
	values[EXPECTED_CLOSE] = value_date(arena, deal->expected_close);
	values[QUOTATION] = value_text(deal->quotation);
	values[QUOTATION_STATE] = value_text(deal->quotation_state);
	values[QUOTATION_SENT] = value_date(arena, deal->quotation_sent);
	values[QUOTATION_UNTIL] = value_date(arena, deal->quotation_until);
	values[OUTCOME] = value_text(deal->outcome);
	values[REASON] = value_text(deal->reason);
	values[ENDED] = value_date(arena, deal->ended);
}

bool deal_add(struct operation *operation, const struct deal *deal, int64_t *id, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct value values[FIELD_COUNT];

	to_values(deal, &arena, values);
	return record_make(operation, &deal_noun, values, id, err);
}

bool deal_edit(struct operation *operation, const struct deal *deal, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct value values[FIELD_COUNT];

	to_values(deal, &arena, values);
	return record_change(operation, &deal_noun, deal->id, values, ~0U, err);
}

#define SELECT_DEAL                                                                               \
	"SELECT d.id, d.name, d.phase, d.state, d.source, d.currency, d.contact_id, "             \
	"d.company_id, d.owner_id, c.name, u.name, d.score, d.value_cents, d.is_lead, "           \
	"d.current, d.created_ms, d.changed_ms, d.pipeline, d.type, d.subject, d.weight, "        \
	"d.expected_close, d.quotation, d.quotation_state, d.quotation_sent, d.quotation_until, " \
	"d.outcome, d.reason, d.ended, y.name, d.calendar_ms, d.sequence "                        \
	"FROM deal d LEFT JOIN contact c ON c.id = d.contact_id "                                 \
	"LEFT JOIN company y ON y.id = d.company_id LEFT JOIN app_user u ON u.id = d.owner_id "

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
		.pipeline = sql_text(q, 17, arena),
		.type = sql_text(q, 18, arena),
		.subject = sql_text(q, 19, arena),
		.weight = sql_text(q, 20, arena),
		.expected_close = sql_date(q, 21),
		.quotation = sql_text(q, 22, arena),
		.quotation_state = sql_text(q, 23, arena),
		.quotation_sent = sql_date(q, 24),
		.quotation_until = sql_date(q, 25),
		.outcome = sql_text(q, 26, arena),
		.reason = sql_text(q, 27, arena),
		.ended = sql_date(q, 28),
		.company_name = sql_text(q, 29, arena),
		.calendar_ms = sql_i64(q, 30),
		.sequence = (int)sql_i64(q, 31),
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

enum { AFTER = 1, OF_STATE, OF_PIPELINE, OF_OWNER, OF_CONTACT, OF_COMPANY, LIMIT };

static void list_text(const struct deal_filter *filter, struct buffer *text)
{
	buffer_append_string(text, SELECT_DEAL "WHERE d.id > ?1");
	if (filter->state.size)
		buffer_append_string(text, " AND d.state = ?2");
	if (filter->pipeline.size)
		buffer_append_string(text, " AND d.pipeline IN (?3, '')");
	if (filter->owner_id)
		buffer_append_string(text,
			" AND (d.owner_id = ?4 OR EXISTS (SELECT 1 FROM deal_party p "
			"WHERE p.deal_id = d.id AND p.user_id = ?4))");
	if (filter->contact_id)
		buffer_append_string(text,
			" AND (d.contact_id = ?5 OR EXISTS (SELECT 1 FROM deal_party p "
			"WHERE p.deal_id = d.id AND p.contact_id = ?5))");
	if (filter->company_id)
		buffer_append_string(text,
			" AND (d.company_id = ?6 OR EXISTS (SELECT 1 FROM deal_party p "
			"WHERE p.deal_id = d.id AND p.company_id = ?6))");
	buffer_append_string(text, " ORDER BY d.id LIMIT ?7");
}

bool deal_list(struct db *db, const struct deal_filter *filter, struct arena *arena,
	struct deal **rows, size_t *count, struct error *err)
{
	struct buffer text CLEANUP(buffer_done) = {0};
	struct sql *q;

	list_text(filter, &text);
	if (!sql_start_built(db, buffer_string(&text), &q, err))
		return false;
	sql_bind_i64(q, AFTER, filter->page.after_id);
	if (filter->state.size)
		sql_bind_text(q, OF_STATE, filter->state);
	if (filter->pipeline.size)
		sql_bind_text(q, OF_PIPELINE, filter->pipeline);
	if (filter->owner_id)
		sql_bind_i64(q, OF_OWNER, filter->owner_id);
	if (filter->contact_id)
		sql_bind_i64(q, OF_CONTACT, filter->contact_id);
	if (filter->company_id)
		sql_bind_i64(q, OF_COMPANY, filter->company_id);
	sql_bind_i64(q, LIMIT, sql_limit(filter->page));
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
