/*
 * unresolved.c - `postroom unresolved`: what the daemon could not decide, and a person's answer,
 * which settles everything that waits for the same.
 */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "cli/change.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "cli/pick.h"
#include "cli/resolution.h"
#include "ingest/resolve.h"

/* Of what a resolution touches, so many are listed for a person; JSON has all. */
#define SHOWN_TOUCHED 20

/* ---------------------------------------------------------------- list, show */

static const struct column list_columns[] = {
	{"id", "id", COLUMN_ID},
	{"since", "since", COLUMN_TIME},
	{"reason", "reason", COLUMN_TEXT},
	{"address", "address", COLUMN_TEXT},
	{"name", "name", COLUMN_TEXT},
	{"subject", "subject", COLUMN_TEXT},
	{"message", "message", COLUMN_ID},
	{"outcome", "outcome", COLUMN_TEXT},
};

static enum exit_code run_list(struct cli *cli)
{
	struct unresolved_filter filter = {.page = cli_page(cli)};
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct message_row message;
	struct unresolved *rows;
	struct error err;
	json_t *array;
	size_t count;

	if (code == EXIT_DONE && cli_option(cli, "message")) {
		code = pick_message(cli, cli_option(cli, "message"), &message);
		if (code == EXIT_DONE)
			filter.message_id = message.id;
	}
	if (code != EXIT_DONE)
		return code;
	filter.reason = span_from(cli_option(cli, "reason"));
	filter.domain = text_fold(&cli->arena, span_from(cli_option(cli, "domain")));
	filter.address_folded =
		text_fold_address(&cli->arena, span_from(cli_option(cli, "address")));
	filter.settled_too = cli_flag(cli, "all");
	if (!unresolved_list(cli->db, &filter, &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	array = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *object;

		if (!resolution_item_json(cli, &rows[i], &object, &err)) {
			json_decref(array);
			return cli_fail(&err);
		}
		json_array_append_new(array, object);
	}
	output_rows(&cli->output, array, list_columns, ARRAY_COUNT(list_columns),
		"nothing is unresolved");
	return EXIT_DONE;
}

static bool suggestions_add(
	struct cli *cli, const struct unresolved *item, json_t *object, struct error *err)
{
	struct resolve_suggestion *rows;
	json_t *array = json_array();
	size_t count;

	json_object_set_new(object, "suggestions", array);
	if (!span_equal(item->state, SPAN("waiting")))
		return true;
	if (!resolve_suggest(cli->intake, item, &cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		json_t *suggestion = json_object();

		json_object_set_new(suggestion, "contact", json_id(rows[i].contact_id));
		json_object_set_new(suggestion, "company", json_id(rows[i].company_id));
		json_object_set_new(suggestion, "name", json_span(rows[i].name));
		json_object_set_new(suggestion, "why", json_span(rows[i].why));
		json_object_set_new(suggestion, "score", json_real(rows[i].score));
		json_array_append_new(array, suggestion);
	}
	return true;
}

static const struct column record_columns[] = {
	{"id", "item", COLUMN_ID},
	{"reason", "reason", COLUMN_TEXT},
	{"detail", "to decide", COLUMN_TEXT},
	{"address", "address", COLUMN_TEXT},
	{"name", "name", COLUMN_TEXT},
	{"role", "role", COLUMN_TEXT},
	{"subject", "subject", COLUMN_TEXT},
	{"message", "message", COLUMN_ID},
	{"since", "since", COLUMN_TIME},
	{"state", "state", COLUMN_STATE},
	{"outcome", "outcome", COLUMN_TEXT},
	{"operation", "operation", COLUMN_ID},
};
static const struct column suggestion_columns[] = {
	{"contact", "contact", COLUMN_ID},
	{"company", "company", COLUMN_ID},
	{"name", "name", COLUMN_TEXT},
	{"why", "why", COLUMN_TEXT},
	{"score", "score", COLUMN_NUMBER},
};

static enum exit_code run_show(struct cli *cli)
{
	enum exit_code code = cli_open_intake_reading(cli);
	struct unresolved item;
	struct error err;
	json_t *object;

	if (code == EXIT_DONE)
		code = pick_item(cli, cli_argument(cli, 0), &item);
	if (code != EXIT_DONE)
		return code;
	if (!resolution_item_json(cli, &item, &object, &err))
		return cli_fail(&err);
	if (!suggestions_add(cli, &item, object, &err)) {
		json_decref(object);
		return cli_fail(&err);
	}
	output_record(
		&cli->output, json_incref(object), record_columns, ARRAY_COUNT(record_columns));
	output_section(&cli->output, "Suggestions", json_object_get(object, "suggestions"),
		suggestion_columns, ARRAY_COUNT(suggestion_columns));
	json_decref(object);
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- resolving */

static enum exit_code resolve(struct cli *cli, struct resolve_request *request)
{
	struct resolve_result result;
	struct span made = {0};
	struct error err;
	json_t *object;

	request->actor = cli->actor;
	if (!resolve_run(cli->intake, request, cli_flag(cli, "dry-run"), cli->now_ms, &cli->arena,
		    &result, &err))
		return cli_fail(&err);
	if (result.operation_id && request->verb == RESOLVE_CREATE)
		made = arena_format(&cli->arena, " as contact #%" PRId64, result.contact_id);
	object = resolution_json(&result);
	resolution_print(cli, json_object_get(object, "touched"), SHOWN_TOUCHED);
	change_report(cli, result.operation_id, object, "%s %" PRId64 " item%s%s",
		cli_flag(cli, "dry-run") ? "would settle" : "settled", result.settled,
		result.settled == 1 ? "" : "s", made.data ? made.data : "");
	return EXIT_DONE;
}

/* The item of the first word; one that is settled is a conflict, not a second answer. */
static enum exit_code request_begin(struct cli *cli, enum resolve_verb verb,
	struct resolve_request *request, struct unresolved *item)
{
	enum exit_code code = cli_open_intake(cli);

	if (code == EXIT_DONE)
		code = pick_item(cli, cli_argument(cli, 0), item);
	if (code != EXIT_DONE)
		return code;
	if (!span_equal(item->state, SPAN("waiting"))) {
		message_print("item #%" PRId64 " was settled already (%.*s, operation %" PRId64 ")",
			item->id, SPAN_ARG(item->outcome), item->operation_id);
		return EXIT_CONFLICT;
	}
	*request = (struct resolve_request){
		.verb = verb, .item_id = item->id, .once = cli_flag(cli, "once")};
	return EXIT_DONE;
}

static enum exit_code run_assign(struct cli *cli)
{
	struct resolve_request request;
	struct unresolved item;
	struct contact contact;
	enum exit_code code = request_begin(cli, RESOLVE_ASSIGN, &request, &item);

	if (code == EXIT_DONE)
		code = pick_contact(cli, cli_argument(cli, 1), &contact);
	if (code != EXIT_DONE)
		return code;
	request.contact_id = contact.id;
	return resolve(cli, &request);
}

static enum exit_code run_create(struct cli *cli)
{
	struct resolve_request request;
	struct company company = {0};
	struct unresolved item;
	enum exit_code code = request_begin(cli, RESOLVE_CREATE, &request, &item);

	if (code == EXIT_DONE && cli_option(cli, "company"))
		code = pick_company(cli, cli_option(cli, "company"), &company);
	if (code != EXIT_DONE)
		return code;
	request.company_id = company.id;
	request.name = span_from(cli_option(cli, "name"));
	return resolve(cli, &request);
}

static enum exit_code run_map_domain(struct cli *cli)
{
	const char *name = cli_option(cli, "new"), *word = cli_argument(cli, 1);
	struct resolve_request request;
	struct company company = {0};
	struct unresolved item;
	enum exit_code code;

	if (!word == !name)
		return cli_usage("name the COMPANY, or a new one with --new NAME");
	code = request_begin(cli, RESOLVE_MAP_DOMAIN, &request, &item);
	if (code == EXIT_DONE && word)
		code = pick_company(cli, word, &company);
	if (code != EXIT_DONE)
		return code;
	request.company_id = company.id;
	request.name = span_from(name);
	return resolve(cli, &request);
}

static enum exit_code run_ignore(struct cli *cli)
{
	struct resolve_request request;
	struct unresolved item;
	enum exit_code code = request_begin(cli,
		cli_flag(cli, "domain") ? RESOLVE_IGNORE_DOMAIN : RESOLVE_IGNORE_ADDRESS, &request,
		&item);

	return code == EXIT_DONE ? resolve(cli, &request) : code;
}

static enum exit_code run_dismiss(struct cli *cli)
{
	struct resolve_request request;
	struct unresolved item;
	enum exit_code code = request_begin(cli, RESOLVE_DISMISS, &request, &item);

	return code == EXIT_DONE ? resolve(cli, &request) : code;
}

/* ---------------------------------------------------------------- the table */

static const struct command_argument one_argument[] = {
	{.name = "ITEM", .type = VALUE_ITEM},
	{0},
};
static const struct command_argument assign_arguments[] = {
	{.name = "ITEM", .type = VALUE_ITEM},
	{.name = "CONTACT", .type = VALUE_CONTACT},
	{0},
};
static const struct command_argument map_arguments[] = {
	{.name = "ITEM", .type = VALUE_ITEM},
	{.name = "COMPANY", .type = VALUE_COMPANY, .optional = true},
	{0},
};
static const struct command_option list_options[] = {
	{"reason", "REASON", VALUE_TEXT, "only items of this reason", NULL},
	{"address", "ADDRESS", VALUE_TEXT, "only items of this address", NULL},
	{"domain", "DOMAIN", VALUE_TEXT, "only items of this mail domain", NULL},
	{"message", "MESSAGE", VALUE_MESSAGE, "only items of this message", NULL},
	{"all", NULL, VALUE_NONE, "settled items too", NULL},
	{0},
};
static const struct command_option once_options[] = {
	{"once", NULL, VALUE_NONE, "this item alone, and learn nothing", NULL},
	{0},
};
static const struct command_option create_options[] = {
	{"name", "NAME", VALUE_TEXT, "the contact's name; that of the mail unless given", NULL},
	{"company", "COMPANY", VALUE_COMPANY, "where the person works", NULL},
	{"once", NULL, VALUE_NONE, "this item alone", NULL},
	{0},
};
static const struct command_option map_options[] = {
	{"new", "NAME", VALUE_TEXT, "make the company", NULL},
	{0},
};
static const struct command_option ignore_options[] = {
	{"domain", NULL, VALUE_NONE, "the whole mail domain", NULL},
	{0},
};
static const struct command_example assign_examples[] = {
	{"postroom unresolved assign 7 anna",
		"Item 7 is Anna; so is all that waits for its address"},
	{"postroom unresolved assign a.smit@example.com anna --dry-run",
		"See first what it touches"},
	{0},
};
static const struct command_example create_examples[] = {
	{"postroom unresolved create 7 --company Example", "Under the name that the mail gives"},
	{0},
};
static const struct command_example map_examples[] = {
	{"postroom unresolved map-domain 7 --new \"Example Ltd\"", "Make the company on the way"},
	{0},
};

#define SETTLES                                                                                  \
	"Settles every waiting item that it answers, past mail included, in one operation; the " \
	"last line says how to undo it. An address may stand for its item's number."

const struct command unresolved_commands[] = {
	{
		.noun = "unresolved",
		.verb = "list",
		.summary = "List what waits for a person, the oldest first",
		.options = list_options,
		.flags = COMMAND_JSON | COMMAND_PAGES,
		.examples = EXAMPLE("postroom unresolved list", "What waits, the oldest first"),
		.run = run_list,
	},
	{
		.noun = "unresolved",
		.verb = "show",
		.summary = "Show one item with suggestions",
		.arguments = one_argument,
		.flags = COMMAND_JSON,
		.examples = EXAMPLE("postroom unresolved show 7", "With suggestions, and why"),
		.run = run_show,
	},
	{
		.noun = "unresolved",
		.verb = "assign",
		.summary = "The item is this contact: learn the address",
		.description = SETTLES,
		.arguments = assign_arguments,
		.options = once_options,
		.examples = assign_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = run_assign,
	},
	{
		.noun = "unresolved",
		.verb = "create",
		.summary = "Make a contact of the item",
		.description = SETTLES,
		.arguments = one_argument,
		.options = create_options,
		.examples = create_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = run_create,
	},
	{
		.noun = "unresolved",
		.verb = "map-domain",
		.summary = "Let the item's mail domain mean a company",
		.description = SETTLES,
		.arguments = map_arguments,
		.options = map_options,
		.examples = map_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = run_map_domain,
	},
	{
		.noun = "unresolved",
		.verb = "ignore",
		.summary = "Ignore the item's address, or its whole domain, from now on",
		.description = SETTLES,
		.arguments = one_argument,
		.options = ignore_options,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE(
			"postroom unresolved ignore 7 --dry-run", "What would be ignored with it"),
		.run = run_ignore,
	},
	{
		.noun = "unresolved",
		.verb = "dismiss",
		.summary = "Take this item alone off the queue",
		.arguments = one_argument,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE("postroom unresolved dismiss 7", "This one alone"),
		.run = run_dismiss,
	},
	{0},
};
