/*
 * import.c - `postroom import` and `postroom replay`: mail through the same path as the daemon's.
 */
#include "ingest/import.h"

#include <inttypes.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "cli/pick.h"
#include "cli/progress.h"
#include "ingest/replay.h"
#include "store/absence.h"
#include "store/search.h"

/* Mails in one transaction of the search index: other writers wait that long. */
#define INDEX_SLICE 512

/* ---------------------------------------------------------------- import */

static void import_progress(void *context, const struct import_progress *now)
{
	progress_draw(context, now->mails_seen, "mails", now->bytes_done, now->bytes_total);
}

static void import_complain(
	void *context, const char *path, int64_t offset, const struct error *err)
{
	struct progress *progress = context;

	progress_end(progress);
	if (offset > 0)
		message_print("%s, byte %" PRId64 ": %s", path, offset, err->text);
	else
		message_print("%s: %s", path, err->text);
}

/*
 * The daemon would do it within a minute; without one `postroom search` finds the mail too. Also
 * what an import left that was killed after its last commit.
 */
static bool index_all(struct cli *cli, struct progress *progress, struct error *err)
{
	int64_t done = 0, left;

	if (!search_pending(cli->db, &left, err))
		return false;
	while (left > 0) {
		if (!search_index(cli->db, INDEX_SLICE, &left, err))
			return false;
		done += INDEX_SLICE;
		if (left > 0)
			progress_draw(progress, done, "mails indexed", done, done + left);
	}
	return true;
}

static void import_print(struct cli *cli, const struct import_progress *total)
{
	json_t *object = json_object();

	if (!cli->output.json) {
		json_decref(object);
		message_print("%" PRId64 " mail%s: %" PRId64 " new, %" PRId64 " known already, "
			      "%" PRId64 " dead, %" PRId64 " not taken",
			total->mails_seen, total->mails_seen == 1 ? "" : "s", total->mails_new,
			total->mails_known, total->mails_dead, total->mails_failed);
		if (total->mails_dead > 0)
			message_print("see: postroom message list --state dead");
		return;
	}
	json_object_set_new(object, "seen", json_integer(total->mails_seen));
	json_object_set_new(object, "new", json_integer(total->mails_new));
	json_object_set_new(object, "known", json_integer(total->mails_known));
	json_object_set_new(object, "dead", json_integer(total->mails_dead));
	json_object_set_new(object, "failed", json_integer(total->mails_failed));
	json_object_set_new(object, "bytes", json_integer(total->bytes_done));
	output_json(&cli->output, object, false);
}

static enum exit_code run_import(struct cli *cli)
{
	struct progress progress;
	struct import_options options = {
		.actor = cli->actor,
		.progress = import_progress,
		.complain = import_complain,
		.context = &progress,
	};
	struct import_progress total = {0};
	enum exit_code code = cli_open_intake(cli);
	int64_t moved;
	struct error err;
	bool good;

	if (code == EXIT_DONE && cli_option(cli, "mailbox"))
		code = pick_mailbox(cli, cli_option(cli, "mailbox"), &options.mailbox);
	if (code == EXIT_DONE)
		code = cli_start_parser(cli);
	if (code != EXIT_DONE)
		return code;
	progress_begin(&progress);
	good = import_paths(cli->intake, cli->db, cli->parser,
		(char *const *)cli->invocation.arguments, cli->invocation.argument_count, &options,
		&total, &err);
	if (good)
		good = index_all(cli, &progress, &err);
	/* As the daemon does each minute: what came in for who is away. */
	if (good)
		good = absence_run(cli->db, cli_today(cli), cli->actor, cli->now_ms, &moved, &err);
	progress_end(&progress);
	if (!good)
		return cli_fail(&err);
	import_print(cli, &total);
	return total.mails_failed > 0 ? EXIT_INPUT : EXIT_DONE;
}

/* ---------------------------------------------------------------- replay */

/* Of a replay: the line on the terminal, and what came out otherwise. */
struct replay_report {
	struct progress progress;
	json_t *changes;
};

static void replay_progress(void *context, int64_t done, int64_t total)
{
	struct replay_report *report = context;

	progress_draw(&report->progress, done, "mails", done, total);
}

static void replay_changed(void *context, const struct message_row *message, struct span before)
{
	struct replay_report *report = context;
	json_t *object = json_object();

	json_object_set_new(object, "message", json_integer(message->id));
	json_object_set_new(object, "before", json_span(before));
	json_object_set_new(object, "after", json_span(message->state));
	json_object_set_new(object, "subject", json_span_or_null(message->subject));
	json_array_append_new(report->changes, object);
}

static const struct column change_columns[] = {
	{"message", "id", COLUMN_ID},
	{"before", "before", COLUMN_STATE},
	{"after", "after", COLUMN_STATE},
	{"subject", "subject", COLUMN_TEXT},
};

static void replay_print(
	struct cli *cli, const struct replay_result *result, struct replay_report *report)
{
	if (cli->output.json) {
		output_json(&cli->output,
			json_pack("{s:I, s:I, s:I, s:I, s:o}", "read", (json_int_t)result->read,
				"changed", (json_int_t)result->changed, "revived",
				(json_int_t)result->revived, "still_dead",
				(json_int_t)result->still_dead, "changes", report->changes),
			false);
		return;
	}
	output_section(&cli->output, "Changed", report->changes, change_columns,
		ARRAY_COUNT(change_columns));
	json_decref(report->changes);
	message_print("%" PRId64 " mails read, %" PRId64 " read or decided otherwise, %" PRId64
		      " brought back, %" PRId64 " still dead",
		result->read, result->changed, result->revived, result->still_dead);
}

static enum exit_code run_replay(struct cli *cli)
{
	const char *word = cli_argument(cli, 0);
	bool all = cli_flag(cli, "all");
	struct replay_result result;
	struct message_row message = {0};
	struct replay_report report = {0};
	const struct replay_watch watch = {replay_progress, replay_changed, &report};
	enum exit_code code;
	struct error err;
	bool good;

	if (word && all)
		return cli_usage("name a MESSAGE or say --all, not both");
	code = cli_open_intake(cli);
	if (code == EXIT_DONE && word)
		code = pick_message(cli, word, &message);
	if (code == EXIT_DONE && all && !cli_confirm(cli, "Read all stored mail anew?"))
		code = EXIT_FAILED;
	if (code == EXIT_DONE)
		code = cli_start_parser(cli);
	if (code != EXIT_DONE)
		return code;
	report.changes = json_array();
	progress_begin(&report.progress);
	good = replay_run(cli->intake, cli->db, cli->parser, message.id, all, cli->actor, &watch,
		&result, &err);
	if (good)
		good = index_all(cli, &report.progress, &err);
	progress_end(&report.progress);
	if (!good) {
		json_decref(report.changes);
		return cli_fail(&err);
	}
	replay_print(cli, &result, &report);
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- the table */

static const struct command_argument import_arguments[] = {
	{.name = "PATH", .type = VALUE_FILE, .repeats = true},
	{0},
};
static const struct command_option import_own_options[] = {
	{"mailbox", "NAME", VALUE_MAILBOX, "as if it had come by this mailbox", NULL},
	{0},
};
static const struct command_example import_examples[] = {
	{"postroom import --mailbox crm ~/Maildir", "A Maildir"},
	{"postroom import old.mbox letters/*.eml", "An mbox file and single mails"},
	{0},
};
static const struct command_argument replay_arguments[] = {
	{.name = "MESSAGE", .type = VALUE_MESSAGE, .optional = true},
	{0},
};
static const struct command_option replay_options[] = {
	{"all", NULL, VALUE_NONE, "all mail whose raw bytes are kept, after an upgrade", NULL},
	{0},
};

const struct command import_commands[] = {
	{
		.noun = "import",
		.summary = "Take mail from .eml files, mbox files, Maildirs and folders",
		.description = "Through the very same path as the daemon's mail. Killed and "
			       "started again, "
			       "nothing comes twice. Without --mailbox the envelope addresses "
			       "decide; mail "
			       "that names none is kept as history.",
		.arguments = import_arguments,
		.options = import_own_options,
		.examples = import_examples,
		.flags = COMMAND_JSON,
		.run = run_import,
	},
	{0},
};

const struct command replay_commands[] = {
	{
		.noun = "replay",
		.summary = "Run dead mail again, one message, or with --all everything",
		.description = "What a person edited is never overwritten.",
		.arguments = replay_arguments,
		.options = replay_options,
		.flags = COMMAND_JSON | COMMAND_ASKS,
		.examples = EXAMPLE("postroom replay --all --yes",
			"After an upgrade; what a person edited stays"),
		.run = run_replay,
	},
	{0},
};
