/*
 * parse.c - `postroom parse`: what the bytes of a mail say, without configuration and database.
 */
#include <string.h>
#include <unistd.h>

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
/* Parsers at work at once, and how often one may die over a mail. */
#define PARSERS_MAX 8
#define TRIES_MAX   3

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
	if (cli->invocation.argument_count > 1) /* tells one file from the next */
		buffer_append_byte(&cli->output.text, '\n');
	json_decref(object);
}

/* One parser process and the file that it is reading. */
struct slot {
	struct parser_client *parser;
	struct buffer mail;
	struct arena arena;
	const char *file; /* NULL: idle */
	bool sent;	  /* an answer is to come; else err says why there is none */
	struct error err;
};

struct parse_run {
	struct cli *cli;
	struct parse_options options;
	struct slot slots[PARSERS_MAX];
	size_t slot_count;
	enum exit_code code;
};

static void slot_begin(struct parse_run *run, struct slot *slot, const char *file)
{
	slot->file = file;
	slot->sent = false;
	buffer_clear(&slot->mail);
	arena_reset(&slot->arena);
	if (!file_read(file, MAIL_MAX_BYTES, &slot->mail, &slot->err))
		return;
	if (!slot->parser && !parser_client_start(&slot->parser, &slot->err))
		return;
	slot->sent = parser_client_send(
		slot->parser, &run->options, buffer_span(&slot->mail), &slot->err);
}

/* A parser that died is tried again with the same mail, as the daemon does. */
static bool slot_answer(struct parse_run *run, struct slot *slot, struct facts *facts)
{
	bool good =
		slot->sent && parser_client_receive(slot->parser, &slot->arena, facts, &slot->err);

	for (int tries = 1; !good && slot->parser && tries < TRIES_MAX; tries++) {
		if (slot->err.kind != ERROR_TEMPORARY)
			break;
		good = parser_client_read(slot->parser, &run->options, buffer_span(&slot->mail),
			&slot->arena, facts, &slot->err);
	}
	return good;
}

static void slot_end(struct parse_run *run, struct slot *slot)
{
	struct facts facts;

	if (!slot->file)
		return;
	if (slot_answer(run, slot, &facts)) {
		print_facts(run->cli, slot->file, &facts);
	} else {
		print_error(run->cli, slot->file, &slot->err);
		run->code = EXIT_INPUT;
	}
	slot->file = NULL;
}

static bool flush_when_full(struct cli *cli, struct error *err)
{
	return cli->output.terminal || cli->output.text.size < FLUSH_BYTES ||
	       output_flush(&cli->output, err);
}

/* Files go round the parsers in turn, so that the answers come in the order of the files. */
static void parse_files(struct parse_run *run)
{
	size_t count = run->cli->invocation.argument_count;
	struct error err;

	for (size_t i = 0; i < count + run->slot_count; i++) {
		struct slot *slot = &run->slots[i % run->slot_count];

		slot_end(run, slot);
		if (!flush_when_full(run->cli, &err)) {
			run->code = cli_fail(&err);
			return;
		}
		if (i < count)
			slot_begin(run, slot, cli_argument(run->cli, i));
	}
}

/* As many parsers as there are processors for them, and files. */
static size_t parsers_wanted(size_t files)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t wanted = processors > 1 ? (size_t)processors : 1;

	if (wanted > PARSERS_MAX)
		wanted = PARSERS_MAX;
	return files < wanted ? files : wanted;
}

static enum exit_code run_parse(struct cli *cli)
{
	struct parse_run run = {
		.cli = cli, .slot_count = parsers_wanted(cli->invocation.argument_count)};

	parser_options(NULL, &cli->arena, &run.options);
	if (cli_flag(cli, "body"))
		run.options.input = PARSE_TEXT;
	if (cli_flag(cli, "html"))
		run.options.input = PARSE_HTML;
	parse_files(&run);
	for (size_t i = 0; i < run.slot_count; i++) {
		parser_client_free(run.slots[i].parser);
		buffer_done(&run.slots[i].mail);
		arena_done(&run.slots[i].arena);
	}
	return run.code;
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
