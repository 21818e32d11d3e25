/*
 * explain.c - `postroom explain`: all that the daemon would read out of a mail and do with it; and
 * `postroom why`: why a stored message was decided as it was.
 */
#include "ingest/explain.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/file.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "cli/pick.h"
#include "cli/scratch.h"
#include "cli/tree.h"

static void print(struct cli *cli, json_t *object)
{
	if (cli->output.json) {
		output_json(&cli->output, object, true);
		return;
	}
	tree_write(&cli->output, object);
	if (cli->invocation.argument_count > 1) /* tells one file from the next */
		buffer_append_byte(&cli->output.text, '\n');
	json_decref(object);
}

static void print_error(struct cli *cli, const char *file, const struct error *err)
{
	if (cli->output.json)
		print(cli, json_pack("{s:o, s:o}", "file", json_span(span_from(file)), "error",
				   json_span(span_from(err->text))));
	else
		message_print("%s: %s", file, err->text);
}

static bool explain_file(struct cli *cli, const char *file, const struct config_mailbox *mailbox,
	struct arena *arena, struct error *err)
{
	CLEANUP(buffer_done) struct buffer mail = {0};
	struct parse_options options;
	struct facts facts;
	json_t *object;

	if (!file_read(file, (size_t)cli->config->limit_message_bytes, &mail, err))
		return false;
	parser_options(cli->config, arena, &options);
	options.input = PARSE_MAIL;
	if (!parser_client_read(cli->parser, &options, buffer_span(&mail), arena, &facts, err))
		return false;
	if (!explain_mail(cli->intake, &facts, file, mailbox, span_from(cli_option(cli, "folder")),
		    cli->now_ms, &object, err))
		return false;
	print(cli, object);
	return true;
}

static enum exit_code explain_files(struct cli *cli, const struct config_mailbox *mailbox)
{
	enum exit_code code = EXIT_DONE;
	struct arena arena = {0};
	struct error err;

	for (size_t i = 0; i < cli->invocation.argument_count; i++) {
		const char *file = cli_argument(cli, i);

		if (!explain_file(cli, file, mailbox, &arena, &err)) {
			print_error(cli, file, &err);
			code = EXIT_INPUT;
		}
		arena_reset(&arena);
	}
	arena_done(&arena);
	return code;
}

/* Before the daemon's first start the record is empty, and an empty one is asked. */
static enum exit_code record_open(struct cli *cli, struct scratch *scratch)
{
	struct error err;

	if (cli_database_missing(cli) != ENOENT)
		return cli_open_intake_reading(cli);
	if (!scratch_open(scratch, &cli->db, &err))
		return cli_fail(&err);
	cli->db_mode = DB_WRITE;
	return cli_open_intake_reading(cli);
}

static enum exit_code run_explain(struct cli *cli)
{
	const struct config_mailbox *mailbox = NULL;
	enum exit_code code = cli_load_config(cli);
	struct scratch scratch = {0};

	if (code == EXIT_DONE && cli_option(cli, "mailbox"))
		code = pick_mailbox(cli, cli_option(cli, "mailbox"), &mailbox);
	if (code == EXIT_DONE)
		code = record_open(cli, &scratch);
	if (code == EXIT_DONE)
		code = cli_start_parser(cli);
	if (code == EXIT_DONE)
		code = explain_files(cli, mailbox);
	if (scratch.directory[0]) {
		cli_close_db(cli);
		scratch_remove(&scratch);
	}
	return code;
}

static enum exit_code run_why(struct cli *cli)
{
	enum exit_code code = cli_open_intake_reading(cli);
	struct message_row message;
	struct error err;
	json_t *object;
	bool found;

	if (code == EXIT_DONE)
		code = pick_message(cli, cli_argument(cli, 0), &message);
	if (code != EXIT_DONE)
		return code;
	if (!explain_message(cli->intake, message.id, &object, &found, &err))
		return cli_fail(&err);
	if (!found)
		return cli_not_found("there is no message #%" PRId64, message.id);
	if (cli->output.json) {
		output_json(&cli->output, object, false);
		return EXIT_DONE;
	}
	tree_write(&cli->output, object);
	json_decref(object);
	return EXIT_DONE;
}

static const struct command_argument explain_arguments[] = {
	{.name = "FILE", .type = VALUE_FILE, .repeats = true},
	{0},
};
static const struct command_option explain_options[] = {
	{"mailbox", "NAME", VALUE_MAILBOX, "as if it were read from this mailbox", NULL},
	{"folder", "FOLDER", VALUE_TEXT, "as if it were read from this folder of it", NULL},
	{0},
};
static const struct command_example explain_examples[] = {
	{"postroom explain mail.eml", "What would happen with this mail"},
	{"postroom explain --mailbox invoices --json mail.eml | jq .effects", "For a script"},
	{0},
};
static const struct command_argument why_arguments[] = {
	{.name = "MESSAGE", .type = VALUE_MESSAGE},
	{0},
};

const struct command explain_commands[] = {
	{
		.noun = "explain",
		.summary = "Show what the daemon would read out of a mail and do with it",
		.description =
			"Writes nothing. With --json one JSON object a line: that of `postroom "
			"parse`, with route, matches and effects filled in from the configuration "
			"and the record. `-` reads standard input.",
		.arguments = explain_arguments,
		.options = explain_options,
		.examples = explain_examples,
		.flags = COMMAND_JSON,
		.run = run_explain,
	},
	{0},
};

const struct command why_commands[] = {
	{
		.noun = "why",
		.summary = "Show why a message was decided as it was",
		.description = "The rule, the evidence and the candidates that lost, for each "
			       "route of the message.",
		.arguments = why_arguments,
		.flags = COMMAND_JSON,
		.examples = EXAMPLE("postroom why 12",
			"Which rule filed the mail, and what else it might have been"),
		.run = run_why,
	},
	{0},
};
