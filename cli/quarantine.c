/*
 * quarantine.c - `postroom quarantine`: mail from somebody who may not write to a mailbox.
 */
#include <inttypes.h>

#include "cli/change.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "cli/pick.h"
#include "cli/records.h"
#include "ingest/quarantine.h"
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

/* What would let the next mail of this sender in: the line that the configuration lacks. */
static json_t *advice_json(const struct quarantine_advice *advice)
{
	if (!advice->option.size)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o}", "option", json_span(advice->option), "name",
		json_span_or_null(advice->name), "line", json_span(advice->line), "why",
		json_span(advice->why));
}

static void advice_print(struct cli *cli, const struct quarantine_advice *advice)
{
	if (!advice->option.size || cli->output.json)
		return;
	message_print("%.*s; to let such mail in from now on, write under %.*s%s%.*s in %s:",
		SPAN_ARG(advice->why), SPAN_ARG(advice->option),
		advice->name.size ? " of " : " of the user that it belongs to",
		SPAN_ARG(advice->name), cli->config->path);
	message_print("    %.*s", SPAN_ARG(advice->line));
}

/* The library's two answers have one shape. */
typedef bool answer(struct intake *intake, struct operation *operation, int64_t message_id,
	const char *actor, struct error *err);

static enum exit_code give(struct cli *cli, answer *give_answer, const char *what, bool with_advice)
{
	enum exit_code code = cli_open_intake(cli);
	struct quarantine_advice advice = {0};
	struct message_row message;
	struct operation operation;
	struct error err;
	bool good, found;

	if (code == EXIT_DONE)
		code = pick_message(cli, cli_argument(cli, 0), &message);
	if (code != EXIT_DONE)
		return code;
	if (!span_equal(message.state, SPAN("quarantined"))) {
		message_print("message #%" PRId64 " is not quarantined but %.*s", message.id,
			SPAN_ARG(message.state));
		return EXIT_CONFLICT;
	}
	if (with_advice && !quarantine_advise(cli->intake, message.id, &cli->arena, &advice, &err))
		return cli_fail(&err);
	if (!change_begin(cli, message.subject, &operation, &err))
		return cli_fail(&err);
	good = give_answer(cli->intake, &operation, message.id, cli->actor, &err) &&
	       message_get(cli->db, message.id, &cli->arena, &message, &found, &err);
	if (!change_end(cli, &operation, good, &err))
		return cli_fail(&err);
	change_report(cli, operation.id,
		json_pack("{s:o, s:o}", "message", message_json(cli, &message), "advice",
			advice_json(&advice)),
		"message #%" PRId64 " is %s: now %.*s", message.id, what, SPAN_ARG(message.state));
	advice_print(cli, &advice);
	return EXIT_DONE;
}

static enum exit_code run_release(struct cli *cli)
{
	return give(cli, quarantine_release, "released", true);
}

static enum exit_code run_drop(struct cli *cli)
{
	return give(cli, quarantine_drop, "dropped", false);
}

static const struct command_argument one_argument[] = {
	{.name = "MESSAGE", .type = VALUE_MESSAGE},
	{0},
};

static const struct command_example release_examples[] = {
	{"postroom quarantine release 17", "Let message #17 in"},
	{"postroom quarantine release 17 --dry-run", "Say what would come of it"},
	{0},
};

const struct command quarantine_commands[] = {
	{
		.noun = "quarantine",
		.verb = "list",
		.summary = "List quarantined mail with the rule that it failed",
		.flags = COMMAND_JSON | COMMAND_PAGES,
		.examples = EXAMPLE("postroom quarantine list", "Who tried, and why he may not"),
		.run = run_list,
	},
	{
		.noun = "quarantine",
		.verb = "release",
		.summary = "Let a quarantined mail in, as if its sender might write",
		.description =
			"It is decided anew, without its mailbox's write policy. One of which only "
			"the header was kept (quarantine.per_sender, quarantine.per_mailbox) is "
			"asked for from its server and decided when it comes. Prints the line that "
			"the configuration lacks for its sender to be let in: an address of a "
			"user, "
			"or a user who may write to that mailbox.",
		.examples = release_examples,
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
		.examples = EXAMPLE("postroom quarantine drop 17", "It was nothing"),
		.run = run_drop,
	},
	{0},
};
