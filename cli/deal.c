/*
 * deal.c - `postroom deal`: leads and deals.
 */
#include <inttypes.h>
#include <string.h>

#include "cli/amount.h"
#include "cli/change.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "cli/pick.h"
#include "cli/records.h"
#include "store/document.h"

json_t *deal_json(struct cli *cli, const struct deal *deal)
{
	json_t *object = json_object();

	json_object_set_new(object, "id", json_integer(deal->id));
	json_object_set_new(object, "name", json_span(deal->name));
	json_object_set_new(object, "phase", json_span(deal->phase));
	json_object_set_new(object, "state", json_span(deal->state));
	json_object_set_new(object, "is_lead", json_boolean(deal->is_lead));
	json_object_set_new(object, "current", json_boolean(deal->current));
	json_object_set_new(
		object, "contact", json_reference(deal->contact_id, deal->contact_name));
	json_object_set_new(object, "company", json_id(deal->company_id));
	json_object_set_new(object, "owner", json_reference(deal->owner_id, deal->owner_name));
	json_object_set_new(object, "source", json_span_or_null(deal->source));
	json_object_set_new(object, "score", json_integer(deal->score));
	json_object_set_new(object, "value",
		deal->has_value ? json_span(amount_text(&cli->arena, deal->value_cents))
				: json_null());
	json_object_set_new(object, "currency", json_span_or_null(deal->currency));
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
	{"state", "state", COLUMN_STATE},
};

static enum exit_code run_list(struct cli *cli)
{
	const char *state = cli_option(cli, "state");
	struct span wanted = state ? span_from(state) : SPAN("open");
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct user_row user = {0};
	struct deal *rows;
	struct error err;
	json_t *array;
	size_t count;

	if (code == EXIT_DONE && cli_option(cli, "user"))
		code = pick_user(cli, cli_option(cli, "user"), &user);
	if (code != EXIT_DONE)
		return code;
	if (span_equal(wanted, SPAN("all")))
		wanted = (struct span){0};
	if (!deal_list(cli->db, wanted, cli_page(cli), &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	array = json_array();
	for (size_t i = 0; i < count; i++) {
		if ((!user.id || rows[i].owner_id == user.id) &&
			(!cli_flag(cli, "leads") || rows[i].is_lead))
			json_array_append_new(array, deal_json(cli, &rows[i]));
	}
	output_rows(&cli->output, array, list_columns, ARRAY_COUNT(list_columns), "no deals");
	return EXIT_DONE;
}

static const struct column record_columns[] = {
	{"id", "deal", COLUMN_ID},
	{"name", "name", COLUMN_TEXT},
	{"is_lead", "lead", COLUMN_FLAG},
	{"state", "state", COLUMN_STATE},
	{"phase", "phase", COLUMN_TEXT},
	{"contact.name", "contact", COLUMN_TEXT},
	{"owner.name", "owner", COLUMN_TEXT},
	{"source", "source", COLUMN_TEXT},
	{"score", "score", COLUMN_TEXT},
	{"value", "value", COLUMN_TEXT},
	{"currency", "currency", COLUMN_TEXT},
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

static json_t *document_json(struct cli *cli, const struct document *document)
{
	char sha256[DIGEST_HEX_SIZE];

	digest_hex(&document->sha256, sha256);
	return json_pack("{s:I, s:o, s:o, s:b, s:o, s:s, s:o}", "id", (json_int_t)document->id,
		"kind", json_span(document->kind), "title", json_span(document->title), "signed",
		document->is_signed, "message", json_id(document->message_id), "sha256", sha256,
		"added", cli_time(cli, document->created_ms));
}

static enum exit_code run_show(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct document *rows;
	struct deal deal;
	struct error err;
	json_t *object, *documents;
	size_t count;

	if (code == EXIT_DONE)
		code = pick_deal(cli, cli_argument(cli, 0), &deal);
	if (code != EXIT_DONE)
		return code;
	if (!document_list(cli->db, deal.id, &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	object = deal_json(cli, &deal);
	documents = json_array();
	json_object_set_new(object, "documents", documents);
	for (size_t i = 0; i < count; i++)
		json_array_append_new(documents, document_json(cli, &rows[i]));
	if (cli->output.json) {
		output_json(&cli->output, object, false);
		return EXIT_DONE;
	}
	json_incref(documents);
	output_record(&cli->output, object, record_columns, ARRAY_COUNT(record_columns));
	if (count > 0)
		output_rows(&cli->output, documents, document_columns,
			ARRAY_COUNT(document_columns), "");
	else
		json_decref(documents);
	return EXIT_DONE;
}

static json_t *changed_json(struct cli *cli, int64_t deal_id)
{
	json_t *object = json_object();
	struct deal deal;
	struct error err;
	bool found;

	if (deal_get(cli->db, deal_id, &cli->arena, &deal, &found, &err) && found)
		json_object_set_new(object, "deal", deal_json(cli, &deal));
	return object;
}

static enum exit_code run_assign(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct operation operation;
	struct user_row user;
	struct deal deal;
	struct error err;

	if (code == EXIT_DONE)
		code = pick_deal(cli, cli_argument(cli, 0), &deal);
	if (code == EXIT_DONE)
		code = pick_user(cli, cli_argument(cli, 1), &user);
	if (code != EXIT_DONE)
		return code;
	deal.owner_id = user.id;
	if (!change_begin(cli, deal.name, &operation, &err))
		return cli_fail(&err);
	if (!change_end(cli, &operation, deal_edit(&operation, &deal, &err), &err))
		return cli_fail(&err);
	change_report(cli, operation.id, changed_json(cli, deal.id),
		"assigned deal #%" PRId64 " %.*s", deal.id, SPAN_ARG(deal.name));
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- the table */

static const struct command_argument one_argument[] = {
	{.name = "DEAL", .type = VALUE_DEAL},
	{0},
};
static const struct command_argument assign_arguments[] = {
	{.name = "DEAL", .type = VALUE_DEAL},
	{.name = "USER", .type = VALUE_USER},
	{0},
};
static const struct command_option list_options[] = {
	{"state", "STATE", VALUE_CHOICE, "in which state; open unless given",
		"open|won|lost|closed|all"},
	{"leads", NULL, VALUE_NONE, "only leads", NULL},
	{"user", "USER", VALUE_USER, "whose", NULL},
	{0},
};

const struct command deal_commands[] = {
	{
		.noun = "deal",
		.verb = "list",
		.summary = "List leads and deals, the open ones unless asked",
		.options = list_options,
		.flags = COMMAND_JSON | COMMAND_PAGES,
		.run = run_list,
	},
	{
		.noun = "deal",
		.verb = "show",
		.summary = "Show one lead or deal",
		.arguments = one_argument,
		.flags = COMMAND_JSON,
		.run = run_show,
	},
	{
		.noun = "deal",
		.verb = "assign",
		.summary = "Give a lead or deal to a user",
		.arguments = assign_arguments,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = run_assign,
	},
	{0},
};
