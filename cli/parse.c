/*
 * parse.c - `postroom parse`: what the bytes of a mail say, without configuration and database.
 */
#include <string.h>

#include "cli/cli.h"
#include "cli/file.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "cli/tree.h"
#include "parser/facts_json.h"

/* As the daemon's default for limits.message. */
#define MAIL_MAX_BYTES (100u * 1024 * 1024)
/* What is printed is written out when it reaches this: readers of a pipe see lines early. */
#define FLUSH_BYTES 65536

/* A file that gave nothing: {"file", "error"}; the other files are still done. */
static void print_error(struct cli *cli, const char *file, const struct error *err)
{
	json_t *object;

	if (!cli->output.json) {
		message_print("%s: %s", file, err->text);
		return;
	}
	object = json_object();
	json_object_set_new(object, "file", json_span(span_from(file)));
	json_object_set_new(object, "error", json_span(span_from(err->text)));
	output_json(&cli->output, object, true);
}

static void print_facts(struct cli *cli, const char *file, const struct facts *facts)
{
	json_t *object = facts_json(facts, file);

	if (cli->output.json) {
		output_json(&cli->output, object, true);
		return;
	}
	tree_write(&cli->output, object);
	buffer_append_byte(&cli->output.text, '\n');
	json_decref(object);
}

static bool parse_file(struct cli *cli, const char *file, const struct parse_options *options,
	struct buffer *mail, struct arena *arena, struct error *err)
{
	struct facts facts;

	buffer_clear(mail);
	if (!file_read(file, MAIL_MAX_BYTES, mail, err))
		return false;
	if (!parser_client_read(cli->parser, options, buffer_span(mail), arena, &facts, err))
		return false;
	print_facts(cli, file, &facts);
	return true;
}

static enum exit_code parse_files(struct cli *cli, const struct parse_options *options)
{
	enum exit_code code = EXIT_DONE;
	struct buffer mail = {0};
	struct arena arena = {0};
	struct error err;

	for (size_t i = 0; i < cli->invocation.argument_count; i++) {
		const char *file = cli_argument(cli, i);

		if (!parse_file(cli, file, options, &mail, &arena, &err)) {
			print_error(cli, file, &err);
			code = EXIT_INPUT;
		}
		arena_reset(&arena);
		if (cli->output.text.size >= FLUSH_BYTES && !cli->output.terminal &&
			!output_flush(&cli->output, &err)) {
			code = cli_fail(&err);
			break;
		}
	}
	buffer_done(&mail);
	arena_done(&arena);
	return code;
}

static enum exit_code run_parse(struct cli *cli)
{
	enum exit_code code = cli_start_parser(cli);
	struct parse_options options;

	if (code != EXIT_DONE)
		return code;
	parser_options(NULL, &cli->arena, &options);
	options.input = PARSE_MAIL;
	if (cli_flag(cli, "body"))
		options.input = PARSE_TEXT;
	if (cli_flag(cli, "html"))
		options.input = PARSE_HTML;
	return parse_files(cli, &options);
}

static const struct command_argument parse_arguments[] = {
	{.name = "FILE", .type = VALUE_FILE, .repeats = true},
	{0},
};

static const struct command_option parse_own_options[] = {
	{"body", NULL, VALUE_NONE, "the files are bare text bodies, without header fields", NULL},
	{"html", NULL, VALUE_NONE, "the files are bare HTML bodies", NULL},
	{0},
};

static const struct command_example parse_examples[] = {
	{"postroom parse mail.eml --json | jq .message.subject", "One value of one mail"},
	{"postroom parse --json - < mail.eml", "From standard input"},
	{NULL, NULL},
};

const struct command parse_commands[] = {
	{
		.noun = "parse",
		.summary = "Show what a mail says, without configuration and database",
		.description =
			"With --json one JSON object a line for each file. A file that can't be "
			"read or is no mail gives an object with `file` and `error`; the others "
			"are still done and the exit code is 5. `-` reads standard input.",
		.arguments = parse_arguments,
		.options = parse_own_options,
		.examples = parse_examples,
		.flags = COMMAND_JSON,
		.run = run_parse,
	},
	{0},
};
