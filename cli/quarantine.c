/*
 * quarantine.c - `postroom quarantine`: mail from somebody who may not write to a mailbox.
 */
#include <inttypes.h>

#include "cli/change.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "cli/pick.h"
#include "cli/records.h"
#include "ingest/stored_facts.h"
#include "store/route.h"

static const struct column columns[] = {
	{"id", "id", COLUMN_ID},
	{"date", "date", COLUMN_TIME},
	{"from.address", "from", COLUMN_TEXT},
	{"subject", "subject", COLUMN_TEXT},
	{"mailbox", "mailbox", COLUMN_TEXT},
	{"rule", "rule", COLUMN_TEXT},
};

/* The route that keeps it, and the rule that it failed. */
static bool route_add_to(struct cli *cli, int64_t message_id, json_t *object, struct error *err)
{
	struct route_row *rows;
	size_t count;

	if (!route_list(cli->db, message_id, &cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!span_equal(rows[i].state, SPAN("quarantined")))
			continue;
		json_object_set_new(object, "kind", json_span(rows[i].kind));
		json_object_set_new(object, "mailbox", json_span_or_null(rows[i].mailbox));
		json_object_set_new(object, "rule", json_span_or_null(rows[i].rule));
	}
	return true;
}

static enum exit_code run_list(struct cli *cli)
{
	struct message_filter filter = {.state = SPAN("quarantined"), .page = cli_page(cli)};
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct message_row *rows;
	struct error err;
	json_t *array;
	size_t count;

	if (code != EXIT_DONE)
		return code;
	if (!message_list(cli->db, &filter, &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	array = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *object = message_json(cli, &rows[i]);

		json_array_append_new(array, object);
		if (!route_add_to(cli, rows[i].id, object, &err)) {
			json_decref(array);
			return cli_fail(&err);
		}
	}
	output_rows(&cli->output, array, columns, ARRAY_COUNT(columns), "nothing is quarantined");
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- release, drop */

/* The quarantined route of the message that was named. */
static enum exit_code pick_route(struct cli *cli, struct route_row *route)
{
	struct message_row message;
	enum exit_code code = pick_message(cli, cli_argument(cli, 0), &message);
	struct route_row *rows;
	struct error err;
	size_t count;

	if (code != EXIT_DONE)
		return code;
	if (!route_list(cli->db, message.id, &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	for (size_t i = 0; i < count; i++) {
		if (span_equal(rows[i].state, SPAN("quarantined"))) {
			*route = rows[i];
			return EXIT_DONE;
		}
	}
	message_print("message #%" PRId64 " is not quarantined but %.*s", message.id,
		SPAN_ARG(message.state));
	return EXIT_CONFLICT;
}

/* In which folder of the mailbox it was seen: a folder may have a kind of its own. */
static bool folder_of(
	struct cli *cli, const struct route_row *route, struct span *folder, struct error *err)
{
	struct message_delivery *rows;
	size_t count;

	*folder = (struct span){0};
	if (!message_deliveries(cli->db, route->message_id, &cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (span_equal(rows[i].mailbox, route->mailbox))
			*folder = rows[i].folder;
	}
	return true;
}

/* The rule says that a person overruled the policy; the decision is then made anew. */
static bool release(struct cli *cli, struct operation *operation, const struct route_row *route,
	struct error *err)
{
	struct intake_copy copy = {
		.message_id = route->message_id,
		.mailbox = config_mailbox(cli->config, arena_string(&cli->arena, route->mailbox)),
		.actor = cli->actor,
	};
	struct facts facts;
	bool found;

	if (!route_change(operation, route->id, SPAN("quarantined"),
		    arena_format(&cli->arena, "released by %s", cli->actor), err) ||
		!folder_of(cli, route, &copy.folder, err) ||
		!stored_facts_read(cli->db, route->message_id, &cli->arena, &facts, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_INPUT,
			"message #%" PRId64 " was never read: postroom replay %" PRId64,
			route->message_id, route->message_id);
	return intake_decide(cli->intake, &copy, &facts, cli->now_ms, err);
}

static enum exit_code run_release(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct operation operation;
	struct message_row message;
	struct route_row route;
	struct error err;
	bool good, found = false;

	if (code == EXIT_DONE)
		code = pick_route(cli, &route);
	if (code != EXIT_DONE)
		return code;
	if (!change_begin(cli, route.rule, &operation, &err))
		return cli_fail(&err);
	good = release(cli, &operation, &route, &err) &&
	       message_get(cli->db, route.message_id, &cli->arena, &message, &found, &err);
	if (!change_end(cli, &operation, good, &err))
		return cli_fail(&err);
	/* Not said how to undo: what the mail brought stands in operations of its own. */
	message_print("message #%" PRId64 "%s released: %.*s", route.message_id,
		cli_flag(cli, "dry-run") ? " would be" : " is", SPAN_ARG(message.state));
	if (cli->output.json)
		output_json(&cli->output, message_json(cli, &message), false);
	return EXIT_DONE;
}

static enum exit_code run_drop(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct operation operation;
	struct route_row route;
	struct error err;
	bool good;

	if (code == EXIT_DONE)
		code = pick_route(cli, &route);
	if (code != EXIT_DONE)
		return code;
	if (!change_begin(cli, route.rule, &operation, &err))
		return cli_fail(&err);
	good = route_change(
		&operation, route.id, SPAN("ignored"), SPAN("dropped by a person"), &err);
	if (!change_end(cli, &operation, good, &err))
		return cli_fail(&err);
	change_report(cli, operation.id, NULL,
		"message #%" PRId64 " is dropped: ignored from now on", route.message_id);
	return EXIT_DONE;
}

static const struct command_argument one_argument[] = {
	{.name = "MESSAGE", .type = VALUE_MESSAGE},
	{0},
};

const struct command quarantine_commands[] = {
	{
		.noun = "quarantine",
		.verb = "list",
		.summary = "List quarantined mail with the rule that it failed",
		.flags = COMMAND_JSON | COMMAND_PAGES,
		.run = run_list,
	},
	{
		.noun = "quarantine",
		.verb = "release",
		.summary = "Let a quarantined mail in, as if its sender might write",
		.description = "It is decided anew, without its mailbox's write policy.",
		.arguments = one_argument,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = run_release,
	},
	{
		.noun = "quarantine",
		.verb = "drop",
		.summary = "Ignore a quarantined mail for good",
		.arguments = one_argument,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = run_drop,
	},
	{0},
};
