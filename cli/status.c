/*
 * status.c - `postroom status`: does the ledger balance, do the mailboxes work, what waits.
 */
#include "ingest/status.h"
#include "cli/cli.h"
#include "cli/json.h"
#include "cli/nouns.h"

static const struct column ledger_columns[] = {
	{"fetched", "fetched", COLUMN_NUMBER},
	{"received", "received", COLUMN_NUMBER},
	{"filed", "filed", COLUMN_NUMBER},
	{"waiting", "waiting", COLUMN_NUMBER},
	{"ignored", "ignored", COLUMN_NUMBER},
	{"quarantined", "quarantined", COLUMN_NUMBER},
	{"dead", "dead", COLUMN_NUMBER},
	{"erased", "erased", COLUMN_NUMBER},
	{"deliveries", "deliveries", COLUMN_NUMBER},
	{"missing", "missing", COLUMN_NUMBER},
	{"purged", "purged", COLUMN_NUMBER},
};

static const struct column queue_columns[] = {
	{"waiting", "waiting", COLUMN_NUMBER},
	{"oldest", "oldest since", COLUMN_TIME},
};

static const struct column mailbox_columns[] = {
	{"name", "mailbox", COLUMN_TEXT}, {"kind", "kind", COLUMN_TEXT},
	{"state", "state", COLUMN_STATE}, {"last_success", "last success", COLUMN_TIME},
	{"waits_for", "waits for", COLUMN_TEXT}, {"last_error", "last error", COLUMN_TEXT},
	{"login", "login", COLUMN_TEXT}, /* the last: left out where no mailbox has OAuth */
};

static bool has_login(const json_t *mailboxes)
{
	json_t *one;
	size_t i;

	json_array_foreach((json_t *)mailboxes, i, one)
	{
		if (!json_is_null(json_object_get(one, "login")))
			return true;
	}
	return false;
}

static void status_print(struct cli *cli, const json_t *status)
{
	json_t *mailboxes = json_object_get(status, "mailboxes");

	output_heading(&cli->output, "Messages");
	output_record(&cli->output, json_incref(json_object_get(status, "ledger")), ledger_columns,
		ARRAY_COUNT(ledger_columns));
	output_heading(&cli->output, "Unresolved");
	output_record(&cli->output, json_incref(json_object_get(status, "queue")), queue_columns,
		ARRAY_COUNT(queue_columns));
	output_section(&cli->output, "Mailboxes", mailboxes, mailbox_columns,
		ARRAY_COUNT(mailbox_columns) - (has_login(mailboxes) ? 0 : 1));
}

static enum exit_code run_status(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct error err;
	json_t *status;

	if (code != EXIT_DONE)
		return code;
	if (!status_read(cli->db, cli->config, cli->now_ms, &status, &err))
		return cli_fail(&err);
	if (cli->output.json) {
		output_json(&cli->output, status, false);
		return EXIT_DONE;
	}
	status_print(cli, status);
	json_decref(status);
	return EXIT_DONE;
}

static const struct command_example status_examples[] = {
	{"postroom status", "See at a glance whether everything runs"},
	{"postroom status --json | jq .ledger", "The ledger for a script"},
	{NULL, NULL},
};

const struct command status_commands[] = {
	{
		.noun = "status",
		.summary = "Show the ledger's sum, the queue and every mailbox",
		.description =
			"Every distinct message that was fetched is in exactly one state, so that "
			"`fetched` is the sum of received, filed, waiting, ignored, quarantined, "
			"dead and erased. Deliveries (copies seen on a server) and messages that "
			"the server never gave (missing) are counted beside it, and so are those "
			"whose bytes went by `retention` (purged).\n\n"
			"For each mailbox: when it was last read to its end, what it waits for, "
			"and its last error; with OAuth also until when its access token lives "
			"and since when its refresh token is unused.",
		.examples = status_examples,
		.flags = COMMAND_JSON,
		.run = run_status,
	},
	{0},
};
