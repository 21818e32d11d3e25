/*
 * deal.c - `postroom deal`: listing and showing leads and deals. The command table is in
 * deal_table.c.
 */
#include "cli/deal.h"

#include "cli/amount.h"
#include "cli/json.h"
#include "cli/pick.h"
#include "cli/records.h"

static json_t *quotation_json(const struct deal *deal)
{
	if (!deal->quotation_state.size && !deal->quotation.size)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o}", "number", json_span_or_null(deal->quotation),
		"state", json_span_or_null(deal->quotation_state), "sent",
		cli_date_json(deal->quotation_sent), "until", cli_date_json(deal->quotation_until));
}

static json_t *cents_json(struct cli *cli, bool known, int64_t cents)
{
	return known ? json_span(amount_text(&cli->arena, cents)) : json_null();
}

json_t *deal_json(struct cli *cli, const struct deal *deal)
{
	json_t *object = json_object();
	int probability = deal_probability(cli, deal);

	json_object_set_new(object, "id", json_integer(deal->id));
	json_object_set_new(object, "name", json_span(deal->name));
	json_object_set_new(object, "pipeline", json_span_or_null(deal->pipeline));
	json_object_set_new(object, "phase", json_span(deal->phase));
	json_object_set_new(object, "state", json_span(deal->state));
	json_object_set_new(object, "outcome", json_span_or_null(deal->outcome));
	json_object_set_new(object, "reason", json_span_or_null(deal->reason));
	json_object_set_new(object, "ended", cli_date_json(deal->ended));
	json_object_set_new(object, "type", json_span_or_null(deal->type));
	json_object_set_new(object, "subject", json_span_or_null(deal->subject));
	json_object_set_new(object, "weight", json_span_or_null(deal->weight));
	json_object_set_new(object, "is_lead", json_boolean(deal->is_lead));
	json_object_set_new(object, "current", json_boolean(deal->current));
	json_object_set_new(
		object, "contact", json_reference(deal->contact_id, deal->contact_name));
	json_object_set_new(
		object, "company", json_reference(deal->company_id, deal->company_name));
	json_object_set_new(object, "owner", json_reference(deal->owner_id, deal->owner_name));
	json_object_set_new(object, "source", json_span_or_null(deal->source));
	json_object_set_new(object, "score", json_integer(deal->score));
	json_object_set_new(object, "value", cents_json(cli, deal->has_value, deal->value_cents));
	json_object_set_new(object, "currency", json_span_or_null(deal->currency));
	json_object_set_new(object, "probability", json_integer(probability));
	json_object_set_new(object, "weighted",
		cents_json(cli, deal->has_value, deal->value_cents * probability / 100));
	json_object_set_new(object, "expected_close", cli_date_json(deal->expected_close));
	json_object_set_new(object, "quotation", quotation_json(deal));
	json_object_set_new(object, "created", cli_time(cli, deal->created_ms));
	json_object_set_new(object, "changed", cli_time(cli, deal->changed_ms));
	return object;
}

static const struct column list_columns[] = {
	{"id", "id", COLUMN_ID},
	{"name", "name", COLUMN_TEXT},
	{"is_lead", "lead", COLUMN_FLAG},
	{"phase", "phase", COLUMN_TEXT},
	{"contact.name", "contact", COLUMN_TEXT},
	{"owner.name", "owner", COLUMN_TEXT},
	{"source", "source", COLUMN_TEXT},
	{"score", "score", COLUMN_NUMBER},
	{"value", "value", COLUMN_NUMBER},
	{"currency", "", COLUMN_TEXT},
	{"expected_close", "expected", COLUMN_TEXT},
	{"current", "current", COLUMN_FLAG},
	{"state", "state", COLUMN_STATE},
};

static enum exit_code filter_take(struct cli *cli, struct deal_filter *filter)
{
	const char *state = cli_option(cli, "state"), *user_word = cli_option(cli, "user"),
		   *contact_word = cli_option(cli, "contact"),
		   *company_word = cli_option(cli, "company");
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct contact contact;
	struct company company;
	struct user_row user;

	filter->page = cli_page(cli);
	filter->state = state ? span_from(state) : SPAN("open");
	if (span_equal(filter->state, SPAN("all")))
		filter->state = (struct span){0};
	if (code == EXIT_DONE && user_word) {
		code = pick_user(cli, user_word, &user);
		filter->owner_id = user.id;
	}
	if (code == EXIT_DONE && contact_word) {
		code = pick_contact(cli, contact_word, &contact);
		filter->contact_id = code == EXIT_DONE ? contact.id : 0;
	}
	if (code == EXIT_DONE && company_word) {
		code = pick_company(cli, company_word, &company);
		filter->company_id = code == EXIT_DONE ? company.id : 0;
	}
	return code;
}

enum exit_code deal_run_list(struct cli *cli)
{
	struct deal_filter filter = {0};
	enum exit_code code = filter_take(cli, &filter);
	struct deal *rows;
	struct error err;
	json_t *array;
	size_t count;

	if (code != EXIT_DONE)
		return code;
	if (!deal_list(cli->db, &filter, &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	array = json_array();
	for (size_t i = 0; i < count; i++)
		if (!cli_flag(cli, "leads") || rows[i].is_lead)
			json_array_append_new(array, deal_json(cli, &rows[i]));
	output_rows(&cli->output, array, list_columns, ARRAY_COUNT(list_columns), "no deals");
	return EXIT_DONE;
}

static json_t *tickets_json(struct cli *cli, int64_t deal_id, struct error *err)
{
	struct ticket_filter filter = {.deal_id = deal_id};
	struct ticket *rows;
	json_t *array;
	size_t count;

	if (!ticket_list(cli->db, &filter, &cli->arena, &rows, &count, err))
		return NULL;
	array = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, ticket_json(cli, &rows[i]));
	return array;
}

static json_t *tasks_json(struct cli *cli, int64_t deal_id, struct error *err)
{
	struct task_filter filter = {.deal_id = deal_id, .state = SPAN("open")};
	struct task *rows;
	json_t *array;
	size_t count;

	if (!task_list(cli->db, &filter, &cli->arena, &rows, &count, err))
		return NULL;
	array = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, task_json(cli, &rows[i]));
	return array;
}

static const struct column record_columns[] = {
	{"id", "deal", COLUMN_ID},
	{"name", "name", COLUMN_TEXT},
	{"is_lead", "lead", COLUMN_FLAG},
	{"state", "state", COLUMN_STATE},
	{"outcome", "outcome", COLUMN_TEXT},
	{"ended", "since the", COLUMN_TEXT},
	{"reason", "reason", COLUMN_TEXT},
	{"pipeline", "pipeline", COLUMN_TEXT},
	{"phase", "phase", COLUMN_TEXT},
	{"type", "type", COLUMN_TEXT},
	{"subject", "subject", COLUMN_TEXT},
	{"weight", "weight", COLUMN_TEXT},
	{"current", "current", COLUMN_FLAG},
	{"contact.name", "contact", COLUMN_TEXT},
	{"company.name", "company", COLUMN_TEXT},
	{"owner.name", "owner", COLUMN_TEXT},
	{"source", "source", COLUMN_TEXT},
	{"score", "score", COLUMN_TEXT},
	{"value", "value", COLUMN_TEXT},
	{"weighted", "weighted", COLUMN_TEXT},
	{"currency", "currency", COLUMN_TEXT},
	{"expected_close", "expected", COLUMN_TEXT},
	{"quotation.number", "quotation", COLUMN_TEXT},
	{"quotation.state", "it is", COLUMN_STATE},
	{"quotation.sent", "sent", COLUMN_TEXT},
	{"quotation.until", "good until", COLUMN_TEXT},
	{"created", "since", COLUMN_TIME},
	{"changed", "changed", COLUMN_TIME},
};
static const struct column document_columns[] = {
	{"kind", "document", COLUMN_TEXT},
	{"title", "file", COLUMN_TEXT},
	{"signed", "signed", COLUMN_FLAG},
	{"message", "message", COLUMN_ID},
	{"added", "added", COLUMN_TIME},
};
static const struct column party_columns[] = {
	{"kind", "who", COLUMN_TEXT},
	{"name", "name", COLUMN_TEXT},
	{"role", "role", COLUMN_TEXT},
	{"share", "share", COLUMN_NUMBER},
};
static const struct column task_columns[] = {
	{"id", "id", COLUMN_ID},
	{"due", "due", COLUMN_TIME},
	{"overdue", "overdue", COLUMN_FLAG},
	{"blocked", "blocked", COLUMN_FLAG},
	{"title", "title", COLUMN_TEXT},
	{"assignee.name", "who", COLUMN_TEXT},
};
static const struct column ticket_columns[] = {
	{"id", "id", COLUMN_ID},
	{"title", "title", COLUMN_TEXT},
	{"payable", "payable", COLUMN_NUMBER},
	{"currency", "", COLUMN_TEXT},
	{"due_date", "due", COLUMN_TEXT},
	{"state", "state", COLUMN_STATE},
};
static const struct column need_columns[] = {{"what", "what", COLUMN_TEXT}};

/* The parts of a deal beside its fields, in the order in which they show. */
static const struct part {
	const char *key, *heading;
	json_t *(*read)(struct cli *cli, int64_t deal_id, struct error *err);
	const struct column *columns;
	size_t column_count;
} parts[] = {
	{"documents", "Documents", deal_documents_json, document_columns,
		ARRAY_COUNT(document_columns)},
	{"parties", "In it", deal_parties_json, party_columns, ARRAY_COUNT(party_columns)},
	{"tickets", "Finance tickets", tickets_json, ticket_columns, ARRAY_COUNT(ticket_columns)},
	{"tasks", "To do", tasks_json, task_columns, ARRAY_COUNT(task_columns)},
};

/* What it lacks for its next end: to be won while it is open, to be closed when it is won. */
static json_t *lacks_json(struct cli *cli, const struct deal *deal, struct error *err)
{
	bool open = span_equal(deal->state, SPAN("open"));
	json_t *missing = json_array(), *rows = json_array(), *sentence;
	size_t i;

	if ((open || span_equal(deal->state, SPAN("won"))) &&
		!deal_missing(cli, deal,
			open ? deal_win_needs(cli, deal) : deal_close_needs(cli, deal), false,
			missing, err)) {
		json_decref(missing);
		json_decref(rows);
		return NULL;
	}
	json_array_foreach(missing, i, sentence)
		json_array_append_new(rows, json_pack("{s:O}", "what", sentence));
	json_decref(missing);
	return rows;
}

enum exit_code deal_run_show(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct deal deal;
	struct error err;
	json_t *object, *lacks;

	if (code == EXIT_DONE)
		code = pick_deal(cli, cli_argument(cli, 0), &deal);
	if (code != EXIT_DONE)
		return code;
	object = deal_json(cli, &deal);
	for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
		json_t *part = parts[i].read(cli, deal.id, &err);

		if (!part) {
			json_decref(object);
			return cli_fail(&err);
		}
		json_object_set_new(object, parts[i].key, part);
	}
	lacks = lacks_json(cli, &deal, &err);
	if (!lacks) {
		json_decref(object);
		return cli_fail(&err);
	}
	json_object_set_new(object, "lacks", lacks);
	output_record(
		&cli->output, json_incref(object), record_columns, ARRAY_COUNT(record_columns));
	for (size_t i = 0; i < ARRAY_COUNT(parts); i++)
		output_section(&cli->output, parts[i].heading,
			json_object_get(object, parts[i].key), parts[i].columns,
			parts[i].column_count);
	output_section(&cli->output,
		span_equal(deal.state, SPAN("open")) ? "To be won it lacks"
						     : "To be closed it lacks",
		lacks, need_columns, ARRAY_COUNT(need_columns));
	json_decref(object);
	return EXIT_DONE;
}
