/*
 * status.c - `postroom status`: does the ledger balance, do the mailboxes work, what waits.
 */
#include <inttypes.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "cli/records.h"
#include "store/mailbox.h"
#include "store/message.h"
#include "store/unresolved.h"

static json_t *ledger_json(const struct ledger_sum *sum)
{
	const struct {
		const char *key;
		int64_t value;
	} parts[] = {
		{"fetched", sum->fetched},
		{"received", sum->received},
		{"filed", sum->filed},
		{"waiting", sum->waiting},
		{"ignored", sum->ignored},
		{"quarantined", sum->quarantined},
		{"dead", sum->dead},
		{"erased", sum->erased},
		{"deliveries", sum->deliveries},
		{"missing", sum->missing},
	};
	json_t *object = json_object();

	for (size_t i = 0; i < ARRAY_COUNT(parts); i++)
		json_object_set_new(object, parts[i].key, json_integer(parts[i].value));
	return object;
}

static bool cursor_json(struct cli *cli, int64_t mailbox_id, json_t **array, struct error *err)
{
	struct folder_row *rows;
	size_t count;

	*array = json_array();
	if (!mailbox_id)
		return true;
	if (!folder_list(cli->db, mailbox_id, &cli->arena, &rows, &count, err)) {
		json_decref(*array);
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		json_t *folder = json_object();

		json_object_set_new(folder, "folder", json_span(rows[i].name));
		json_object_set_new(folder, "uidvalidity", json_integer(rows[i].uidvalidity));
		json_object_set_new(folder, "last_uid", json_integer(rows[i].last_uid));
		json_array_append_new(*array, folder);
	}
	return true;
}

/* A mailbox that the daemon never touched has an empty row: it shows as not-started. */
static bool mailbox_json(struct cli *cli, const struct config_mailbox *mailbox,
	const struct mailbox_row *row, json_t **object, struct error *err)
{
	json_t *cursor;

	if (!cursor_json(cli, row->id, &cursor, err))
		return false;
	*object = json_object();
	json_object_set_new(*object, "name", json_string(mailbox->name));
	json_object_set_new(*object, "kind", json_string(mailbox_kind_name(mailbox->kind)));
	json_object_set_new(*object, "state",
		row->state.size ? json_span(row->state) : json_string("not-started"));
	json_object_set_new(*object, "last_success", cli_time(cli, row->last_success_ms));
	json_object_set_new(*object, "waits_for", json_span_or_null(row->waits_for));
	json_object_set_new(*object, "last_error", json_span_or_null(row->last_error));
	json_object_set_new(*object, "last_error_at", cli_time(cli, row->last_error_ms));
	json_object_set_new(*object, "cursor", cursor);
	return true;
}

/* In the order of the configuration; mailboxes that it no longer names don't show. */
bool status_mailboxes(struct cli *cli, json_t **array, struct error *err)
{
	struct mailbox_row *rows;
	size_t count;

	if (!mailbox_list(cli->db, &cli->arena, &rows, &count, err))
		return false;
	*array = json_array();
	for (size_t i = 0; i < cli->config->mailbox_count; i++) {
		const struct config_mailbox *mailbox = &cli->config->mailboxes[i];
		struct mailbox_row row = {0};
		json_t *object;

		for (size_t j = 0; j < count; j++) {
			if (span_equal(rows[j].name, span_from(mailbox->name)))
				row = rows[j];
		}
		if (!mailbox_json(cli, mailbox, &row, &object, err)) {
			json_decref(*array);
			return false;
		}
		json_array_append_new(*array, object);
	}
	return true;
}

static bool status_read(struct cli *cli, json_t **status, struct error *err)
{
	struct unresolved_count waiting;
	struct ledger_sum sum;
	json_t *mailboxes, *queue;

	if (!message_sum(cli->db, &sum, err) || !unresolved_waiting(cli->db, &waiting, err) ||
		!status_mailboxes(cli, &mailboxes, err))
		return false;
	queue = json_object();
	json_object_set_new(queue, "waiting", json_integer(waiting.waiting));
	json_object_set_new(queue, "oldest", cli_time(cli, waiting.oldest_ms));
	*status = json_object();
	json_object_set_new(*status, "time", cli_time(cli, cli->now_ms));
	json_object_set_new(*status, "ledger", ledger_json(&sum));
	json_object_set_new(*status, "queue", queue);
	json_object_set_new(*status, "mailboxes", mailboxes);
	return true;
}

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
};

static const struct column queue_columns[] = {
	{"waiting", "waiting", COLUMN_NUMBER},
	{"oldest", "oldest since", COLUMN_TIME},
};

static const struct column mailbox_columns[] = {
	{"name", "mailbox", COLUMN_TEXT},
	{"kind", "kind", COLUMN_TEXT},
	{"state", "state", COLUMN_STATE},
	{"last_success", "last success", COLUMN_TIME},
	{"waits_for", "waits for", COLUMN_TEXT},
	{"last_error", "last error", COLUMN_TEXT},
};

static void status_print(struct cli *cli, const json_t *status)
{
	output_heading(&cli->output, "Messages");
	output_record(&cli->output, json_incref(json_object_get(status, "ledger")), ledger_columns,
		ARRAY_COUNT(ledger_columns));
	output_heading(&cli->output, "Unresolved");
	output_record(&cli->output, json_incref(json_object_get(status, "queue")), queue_columns,
		ARRAY_COUNT(queue_columns));
	output_section(&cli->output, "Mailboxes", json_object_get(status, "mailboxes"),
		mailbox_columns, ARRAY_COUNT(mailbox_columns));
}

static enum exit_code run_status(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct error err;
	json_t *status;
	bool good;

	if (code != EXIT_DONE)
		return code;
	/* One view: the sum must balance while the daemon writes. */
	if (!db_begin_read(cli->db, &err))
		return cli_fail(&err);
	good = status_read(cli, &status, &err);
	db_end_read(cli->db);
	if (!good)
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
			"the server never gave (missing) are counted beside it.\n\n"
			"For each mailbox: when it was last read to its end, what it waits for, "
			"and its last error.",
		.examples = status_examples,
		.flags = COMMAND_JSON,
		.run = run_status,
	},
	{0},
};
