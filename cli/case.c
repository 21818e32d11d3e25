/*
 * case.c - `postroom case`: support cases.
 */
#include <inttypes.h>
#include <string.h>

#include "cli/change.h"
#include "cli/deal.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "cli/pick.h"
#include "cli/records.h"

json_t *case_json(struct cli *cli, const struct support_case *item)
{
	json_t *object = json_object();

	json_object_set_new(object, "id", json_integer(item->id));
	json_object_set_new(object, "subject", json_span(item->subject));
	json_object_set_new(object, "state", json_span(item->state));
	json_object_set_new(object, "priority", json_span(item->priority));
	json_object_set_new(
		object, "contact", json_reference(item->contact_id, item->contact_name));
	json_object_set_new(object, "company", json_id(item->company_id));
	json_object_set_new(
		object, "assignee", json_reference(item->assignee_id, item->assignee_name));
	json_object_set_new(object, "created", cli_time(cli, item->created_ms));
	json_object_set_new(object, "changed", cli_time(cli, item->changed_ms));
	return object;
}

static const struct column list_columns[] = {
	{"id", "id", COLUMN_ID},
	{"priority", "priority", COLUMN_STATE},
	{"subject", "subject", COLUMN_TEXT},
	{"contact.name", "contact", COLUMN_TEXT},
	{"assignee.name", "who", COLUMN_TEXT},
	{"changed", "changed", COLUMN_TIME},
	{"state", "state", COLUMN_STATE},
};

static enum exit_code run_list(struct cli *cli)
{
	const char *state = cli_option(cli, "state");
	struct span wanted = state ? span_from(state) : SPAN("open");
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct support_case *rows;
	struct user_row user = {0};
	struct error err;
	json_t *array;
	size_t count;

	if (code == EXIT_DONE && cli_option(cli, "user"))
		code = pick_user(cli, cli_option(cli, "user"), &user);
	if (code != EXIT_DONE)
		return code;
	if (span_equal(wanted, SPAN("all")))
		wanted = (struct span){0};
	if (!case_list(cli->db, wanted, cli_page(cli), &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	array = json_array();
	for (size_t i = 0; i < count; i++) {
		if (!user.id || rows[i].assignee_id == user.id)
			json_array_append_new(array, case_json(cli, &rows[i]));
	}
	output_rows(&cli->output, array, list_columns, ARRAY_COUNT(list_columns), "no cases");
	return EXIT_DONE;
}

static const struct column record_columns[] = {
	{"id", "case", COLUMN_ID},
	{"subject", "subject", COLUMN_TEXT},
	{"state", "state", COLUMN_STATE},
	{"priority", "priority", COLUMN_STATE},
	{"contact.name", "contact", COLUMN_TEXT},
	{"assignee.name", "who", COLUMN_TEXT},
	{"created", "since", COLUMN_TIME},
	{"changed", "changed", COLUMN_TIME},
};

static enum exit_code run_show(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct support_case item;

	if (code == EXIT_DONE)
		code = pick_case(cli, cli_argument(cli, 0), &item);
	if (code == EXIT_DONE)
		output_record(&cli->output, case_json(cli, &item), record_columns,
			ARRAY_COUNT(record_columns));
	return code;
}

/* ---------------------------------------------------------------- changes */

static json_t *changed_json(struct cli *cli, int64_t case_id)
{
	json_t *object = json_object();
	struct support_case item;
	struct error err;
	bool found;

	if (case_get(cli->db, case_id, &cli->arena, &item, &found, &err) && found)
		json_object_set_new(object, "case", case_json(cli, &item));
	return object;
}

static enum exit_code case_write(struct cli *cli, const struct support_case *item, const char *what)
{
	struct operation operation;
	struct error err;

	if (!change_begin(cli, item->subject, &operation, &err))
		return cli_fail(&err);
	if (!change_end(cli, &operation, case_edit(&operation, item, &err), &err))
		return cli_fail(&err);
	change_report(cli, operation.id, changed_json(cli, item->id), "%s case #%" PRId64 " %.*s",
		what, item->id, SPAN_ARG(item->subject));
	return EXIT_DONE;
}

static enum exit_code run_assign(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct support_case item;
	struct user_row user;

	if (code == EXIT_DONE)
		code = pick_case(cli, cli_argument(cli, 0), &item);
	if (code == EXIT_DONE)
		code = pick_user(cli, cli_argument(cli, 1), &user);
	if (code != EXIT_DONE)
		return code;
	item.assignee_id = user.id;
	return case_write(cli, &item, "assigned");
}

static enum exit_code run_priority(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct support_case item;

	if (code == EXIT_DONE)
		code = pick_case(cli, cli_argument(cli, 0), &item);
	if (code != EXIT_DONE)
		return code;
	item.priority = span_from(cli_argument(cli, 1));
	return case_write(cli, &item, "changed");
}

static enum exit_code set_state(struct cli *cli, const char *state, const char *what)
{
	enum exit_code code = cli_open_intake(cli);
	struct support_case item;

	if (code == EXIT_DONE)
		code = pick_case(cli, cli_argument(cli, 0), &item);
	if (code != EXIT_DONE)
		return code;
	item.state = span_from(state);
	return case_write(cli, &item, what);
}

static enum exit_code run_close(struct cli *cli)
{
	return set_state(cli, "closed", "closed");
}

static enum exit_code run_reopen(struct cli *cli)
{
	return set_state(cli, "open", "opened again");
}

/* The customer wants more than help: a deal of his, and the case is over. */
static bool convert(struct operation *operation, struct support_case *item, struct deal *deal,
	struct error *err)
{
	item->state = SPAN("closed");
	return deal_add(operation, deal, &deal->id, err) && case_edit(operation, item, err);
}

static enum exit_code run_convert(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	const struct config_pipeline *pipeline;
	struct operation operation;
	struct support_case item;
	struct deal deal;
	struct error err;

	if (code == EXIT_DONE && !cli_flag(cli, "deal"))
		code = cli_usage("say into what: --deal");
	if (code == EXIT_DONE)
		code = pick_case(cli, cli_argument(cli, 0), &item);
	if (code != EXIT_DONE)
		return code;
	pipeline = &cli->config->deals.pipelines[0];
	deal = (struct deal){.name = item.subject,
		.state = SPAN("open"),
		.pipeline = span_from(pipeline->name),
		.phase = span_from(pipeline->phases[0].name),
		.source = arena_format(&cli->arena, "case #%" PRId64, item.id),
		.contact_id = item.contact_id,
		.company_id = item.company_id,
		.owner_id = item.assignee_id};
	if (!change_begin(cli, item.subject, &operation, &err))
		return cli_fail(&err);
	if (!change_end(cli, &operation, convert(&operation, &item, &deal, &err), &err))
		return cli_fail(&err);
	change_report(cli, operation.id, deal_changed_json(cli, operation.id ? deal.id : 0),
		"case #%" PRId64 " is closed, and deal #%" PRId64 " %.*s", item.id, deal.id,
		SPAN_ARG(deal.name));
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- the table */

#define PRIORITIES "low|normal|high|urgent"

static const struct command_argument one_argument[] = {
	{.name = "CASE", .type = VALUE_CASE},
	{0},
};
static const struct command_argument assign_arguments[] = {
	{.name = "CASE", .type = VALUE_CASE},
	{.name = "USER", .type = VALUE_USER},
	{0},
};
static const struct command_argument priority_arguments[] = {
	{.name = "CASE", .type = VALUE_CASE},
	{.name = "PRIORITY", .type = VALUE_CHOICE, .choices = PRIORITIES},
	{0},
};
static const struct command_option convert_options[] = {
	{"deal", NULL, VALUE_NONE, "into a deal; needed", NULL},
	{0},
};
static const struct command_option list_options[] = {
	{"state", "STATE", VALUE_CHOICE, "in which state; open unless given",
		"open|waiting|closed|all"},
	{"user", "USER", VALUE_USER, "whose", NULL},
	{0},
};
static const struct command_example show_examples[] = {
	{"postroom case show \"printer on fire\"", "By a part of the subject"},
	{0},
};

const struct command case_commands[] = {
	{
		.noun = "case",
		.verb = "list",
		.summary = "List support cases, the open ones unless asked",
		.options = list_options,
		.flags = COMMAND_JSON | COMMAND_PAGES,
		.examples = EXAMPLE("postroom case list --user ben --state all",
			"Ben's cases, closed ones too"),
		.run = run_list,
	},
	{
		.noun = "case",
		.verb = "show",
		.summary = "Show one case",
		.arguments = one_argument,
		.examples = show_examples,
		.flags = COMMAND_JSON,
		.run = run_show,
	},
	{
		.noun = "case",
		.verb = "assign",
		.summary = "Give a case to a user",
		.arguments = assign_arguments,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE(
			"postroom case assign \"printer on fire\" ben", "Ben looks after it"),
		.run = run_assign,
	},
	{
		.noun = "case",
		.verb = "priority",
		.summary = "Change a case's priority",
		.arguments = priority_arguments,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE("postroom case priority \"printer on fire\" urgent",
			"It comes first on the board"),
		.run = run_priority,
	},
	{
		.noun = "case",
		.verb = "convert",
		.summary = "Make a deal of a case, which is closed",
		.arguments = one_argument,
		.options = convert_options,
		.examples =
			EXAMPLE("postroom case convert \"printer\" --deal", "They want a new one"),
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = run_convert,
	},
	{
		.noun = "case",
		.verb = "close",
		.summary = "Close a case",
		.arguments = one_argument,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE("postroom case close \"printer on fire\"", "It is answered"),
		.run = run_close,
	},
	{
		.noun = "case",
		.verb = "reopen",
		.summary = "Open a closed case again",
		.arguments = one_argument,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE("postroom case reopen \"printer on fire\"", "It burns again"),
		.run = run_reopen,
	},
	{0},
};
