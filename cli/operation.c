/*
 * operation.c - `postroom undo` and `postroom log`: who changed what, and taking it back.
 */
#include "store/operation.h"

#include <inttypes.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "cli/pick.h"

static json_t *operation_json(struct cli *cli, const struct operation_row *row)
{
	json_t *object = json_object();

	json_object_set_new(object, "id", json_integer(row->id));
	json_object_set_new(object, "at", cli_time(cli, row->at_ms));
	json_object_set_new(object, "actor", json_span(row->actor));
	json_object_set_new(object, "verb", json_span(row->verb));
	json_object_set_new(object, "summary", json_span_or_null(row->summary));
	json_object_set_new(object, "settled", json_integer(row->settled));
	json_object_set_new(object, "undone", json_boolean(row->undone));
	return object;
}

static enum exit_code run_undo(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	bool dry_run = cli_flag(cli, "dry-run");
	struct operation_row undone;
	bool good, found = false;
	struct error err;
	json_t *object;
	int64_t id;

	if (code != EXIT_DONE)
		return code;
	if (!pick_id(cli_argument(cli, 0), &id))
		return cli_usage("`%s` is no operation's number; see: postroom log list",
			cli_argument(cli, 0));
	if (!operation_get(cli->db, id, &cli->arena, &undone, &found, &err))
		return cli_fail(&err);
	if (!found)
		return cli_not_found(
			"there is no operation %" PRId64 "; see: postroom log list", id);
	if (!db_begin_write(cli->db, &err))
		return cli_fail(&err);
	good = operation_undo(cli->db, id, cli->actor, cli->now_ms, &undone, &cli->arena, &err);
	if (!good || dry_run)
		db_rollback(cli->db);
	else
		good = db_commit(cli->db, &err);
	if (!good)
		return cli_fail(&err);
	if (cli->output.json) {
		object = operation_json(cli, &undone);
		json_object_set_new(object, "dry_run", json_boolean(dry_run));
		output_json(&cli->output, object, false);
	}
	message_print("%s operation %" PRId64 " (%.*s: %.*s, by %.*s)",
		dry_run ? "would undo" : "undid", id, SPAN_ARG(undone.verb),
		SPAN_ARG(undone.summary), SPAN_ARG(undone.actor));
	return EXIT_DONE;
}

static const struct column log_columns[] = {
	{"id", "id", COLUMN_ID},
	{"at", "time", COLUMN_TIME},
	{"actor", "who", COLUMN_TEXT},
	{"verb", "what", COLUMN_TEXT},
	{"summary", "", COLUMN_TEXT},
	{"settled", "settled", COLUMN_NUMBER},
	{"undone", "undone", COLUMN_FLAG},
};

static enum exit_code run_log(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_READ);
	int64_t limit = cli_number(cli, "limit");
	struct operation_row *rows;
	struct error err;
	json_t *array;
	size_t count;

	if (code != EXIT_DONE)
		return code;
	if (!operation_list(cli->db, limit > 0 && limit < 1000000 ? (int)limit : 50, &cli->arena,
		    &rows, &count, &err))
		return cli_fail(&err);
	array = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, operation_json(cli, &rows[i]));
	output_rows(
		&cli->output, array, log_columns, ARRAY_COUNT(log_columns), "nothing was changed");
	return EXIT_DONE;
}

static const struct column history_columns[] = {
	{"at", "time", COLUMN_TIME},
	{"actor", "who", COLUMN_TEXT},
	{"verb", "what", COLUMN_TEXT},
	{"field", "field", COLUMN_TEXT},
	{"old", "before", COLUMN_TEXT},
	{"new", "after", COLUMN_TEXT},
	{"operation", "operation", COLUMN_ID},
};

#define PICKER(noun, type)                                                              \
	static enum exit_code noun##_id(struct cli *cli, const char *word, int64_t *id) \
	{                                                                               \
		struct type row;                                                        \
		enum exit_code code = pick_##noun(cli, word, &row);                     \
                                                                                        \
		*id = code == EXIT_DONE ? row.id : 0;                                   \
		return code;                                                            \
	}
PICKER(contact, contact)
PICKER(company, company)
PICKER(task, task)
PICKER(ticket, ticket)
PICKER(case, support_case)
PICKER(deal, deal)

/* What changes are asked for, and how one of them is named. */
static const struct subject {
	const char *noun;
	enum exit_code (*pick)(struct cli *cli, const char *word, int64_t *id);
} subjects[] = {
	{"contact", contact_id},
	{"company", company_id},
	{"task", task_id},
	{"ticket", ticket_id},
	{"case", case_id},
	{"deal", deal_id},
};

static const struct subject *subject_find(const char *noun)
{
	size_t i = 0;

	while (i + 1 < ARRAY_COUNT(subjects) && strcmp(subjects[i].noun, noun) != 0)
		i++;
	return &subjects[i];
}

static enum exit_code run_history(struct cli *cli)
{
	const struct subject *subject = subject_find(cli_argument(cli, 0));
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct audit_row *rows;
	struct error err;
	json_t *array;
	size_t count;
	int64_t id;

	if (code != EXIT_DONE)
		return code;
	code = subject->pick(cli, cli_argument(cli, 1), &id);
	if (code != EXIT_DONE)
		return code;
	if (!audit_list(cli->db, span_from(subject->noun), id, &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	array = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *object = json_object();

		json_object_set_new(object, "operation", json_integer(rows[i].operation_id));
		json_object_set_new(object, "at", cli_time(cli, rows[i].at_ms));
		json_object_set_new(object, "actor", json_span(rows[i].actor));
		json_object_set_new(object, "verb", json_span(rows[i].verb));
		json_object_set_new(object, "field", json_span(rows[i].field));
		json_object_set_new(object, "old", json_span_or_null(rows[i].old_value));
		json_object_set_new(object, "new", json_span_or_null(rows[i].new_value));
		json_array_append_new(array, object);
	}
	output_rows(&cli->output, array, history_columns, ARRAY_COUNT(history_columns),
		"nothing was changed");
	return EXIT_DONE;
}

static const struct command_argument undo_arguments[] = {
	{.name = "OPERATION", .type = VALUE_TEXT},
	{0},
};
static const struct command_option log_options[] = {
	{"limit", "N", VALUE_NUMBER, "at most N operations (50)", NULL},
	{0},
};
static const struct command_argument history_arguments[] = {
	{.name = "NOUN", .type = VALUE_CHOICE, .choices = "contact|company|task|ticket|case|deal"},
	{.name = "RECORD", .type = VALUE_TEXT},
	{0},
};

const struct command undo_commands[] = {
	{
		.noun = "undo",
		.summary = "Take back an operation, whole",
		.description = "Every value goes back to what it was. If any of them was changed "
			       "since, nothing is undone, the record is named and the exit code "
			       "is 4. An undo is an operation too and can be undone.",
		.arguments = undo_arguments,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE(
			"postroom undo 3", "The number stands in the log, and behind each change"),
		.run = run_undo,
	},
	{0},
};

const struct command log_commands[] = {
	{
		.noun = "log",
		.verb = "list",
		.summary = "List operations, the newest first",
		.options = log_options,
		.flags = COMMAND_JSON,
		.examples = EXAMPLE("postroom log list", "The last operations, the newest first"),
		.run = run_log,
	},
	{
		.noun = "log",
		.verb = "show",
		.summary = "Show every change of one record with old and new value",
		.arguments = history_arguments,
		.flags = COMMAND_JSON,
		.examples =
			EXAMPLE("postroom log show contact anna", "Who changed what about Anna"),
		.run = run_history,
	},
	{0},
};
