/*
 * note.c - `postroom note` and `postroom call`: what was said to whom, written down by a person.
 */
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "base/zone.h"
#include "cli/change.h"
#include "cli/due.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "cli/pick.h"
#include "store/activity.h"
#include "store/task.h"

/* The noun of the command is the kind of the activity. */
static struct span kind_of(const struct cli *cli)
{
	return span_from(cli->invocation.command->noun);
}

static json_t *note_json(struct cli *cli, const struct activity *note, struct span contact_name)
{
	json_t *object = json_object();

	json_object_set_new(object, "id", json_integer(note->id));
	json_object_set_new(object, "kind", json_span(note->kind));
	json_object_set_new(object, "spoken", cli_time(cli, note->at_ms));
	json_object_set_new(object, "logged", cli_time(cli, note->logged_ms));
	json_object_set_new(object, "contact", json_reference(note->contact_id, contact_name));
	json_object_set_new(object, "deal", json_id(note->deal_id));
	json_object_set_new(object, "direction", json_span_or_null(note->direction));
	json_object_set_new(object, "voicemail", json_boolean(note->voicemail));
	json_object_set_new(object, "text", json_span(note->body));
	json_object_set_new(object, "result", json_span_or_null(note->outcome));
	json_object_set_new(object, "next_step", json_span_or_null(note->next_step));
	json_object_set_new(object, "responsible",
		json_reference(note->responsible_id, note->responsible_name));
	json_object_set_new(object, "user", json_reference(note->user_id, note->user_name));
	return object;
}

/* ---------------------------------------------------------------- list */

static const struct column list_columns[] = {
	{"id", "id", COLUMN_ID},
	{"spoken", "spoken", COLUMN_TIME},
	{"contact.name", "contact", COLUMN_TEXT},
	{"voicemail", "voicemail", COLUMN_FLAG},
	{"text", "text", COLUMN_TEXT},
	{"result", "result", COLUMN_TEXT},
	{"next_step", "next step", COLUMN_TEXT},
	{"responsible.name", "who", COLUMN_TEXT},
};

static struct span name_of(struct cli *cli, int64_t contact_id)
{
	struct contact contact;
	struct error err;
	bool found;

	if (!contact_id || !contact_get(cli->db, contact_id, &cli->arena, &contact, &found, &err) ||
		!found)
		return (struct span){0};
	return contact.name;
}

static enum exit_code run_list(struct cli *cli)
{
	struct activity_filter filter = {.kind = kind_of(cli), .page = cli_page(cli)};
	enum exit_code code = cli_open_db(cli, DB_READ);
	const char *word = cli_argument(cli, 0);
	struct contact contact = {0};
	struct activity *rows;
	struct error err;
	json_t *array;
	size_t count;

	if (code == EXIT_DONE && word)
		code = pick_contact(cli, word, &contact);
	if (code != EXIT_DONE)
		return code;
	filter.contact_id = contact.id;
	if (!activity_list(cli->db, &filter, &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	array = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(
			array, note_json(cli, &rows[i], name_of(cli, rows[i].contact_id)));
	output_rows(
		&cli->output, array, list_columns, ARRAY_COUNT(list_columns), "nothing written");
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- changes */

/* 2026-11-21 or 2026-11-21T15:30 in the organisation's zone. */
static bool spoken_read(struct cli *cli, const char *text, int64_t *at_ms, struct error *err)
{
	struct span day = span_part(span_from(text), 0, DATE_TEXT_SIZE - 1);
	struct span rest = span_after(span_from(text), day.size);
	unsigned long long hour = 12, minute = 0;
	struct date date;
	bool good = date_from_text(day, &date);

	if (rest.size)
		good = good && rest.size == sizeof("T15:30") - 1 &&
		       (rest.data[0] == 'T' || rest.data[0] == ' ') && rest.data[3] == ':' &&
		       span_to_u64(span_part(rest, 1, 2), 23, &hour) &&
		       span_to_u64(span_part(rest, 4, 2), 59, &minute);
	if (!good)
		return error_set(err, ERROR_INPUT,
			"`%s` is no day; write 2026-11-21 or 2026-11-21T15:30", text);
	*at_ms = zone_instant(cli->config->zone, date, (int)hour, (int)minute, 0);
	return *at_ms <= cli->now_ms || date_compare(date, cli_today(cli)) == 0 ||
	       error_set(err, ERROR_INPUT, "%s is still to come: that is a task", text);
}

/* The person at the terminal, where he is a user; 0: he is none. */
static int64_t own_id(struct cli *cli)
{
	struct error err;
	int64_t id;

	return user_find(cli->db, span_from(cli->actor), &id, &err) ? id : 0;
}

static enum exit_code fields_take(struct cli *cli, struct activity *note)
{
	const char *spoken = cli_option(cli, "spoken"), *deal_word = cli_option(cli, "deal");
	const char *responsible = cli_option(cli, "responsible");
	const char *voicemail = cli_option(cli, "voicemail");
	enum exit_code code = EXIT_DONE;
	struct user_row user;
	struct deal deal;
	struct error err;

	if (cli_option(cli, "result"))
		note->outcome = span_from(cli_option(cli, "result"));
	if (cli_option(cli, "next-step"))
		note->next_step = span_from(cli_option(cli, "next-step"));
	if (cli_option(cli, "direction"))
		note->direction = span_from(cli_option(cli, "direction"));
	if (voicemail)
		note->voicemail = strcmp(voicemail, "yes") == 0;
	if (spoken && !spoken_read(cli, spoken, &note->at_ms, &err))
		return cli_fail(&err);
	if (responsible)
		code = pick_user(cli, responsible, &user);
	if (code == EXIT_DONE && responsible)
		note->responsible_id = user.id;
	if (code == EXIT_DONE && deal_word)
		code = pick_deal(cli, deal_word, &deal);
	if (code == EXIT_DONE && deal_word)
		note->deal_id = deal.id;
	return code;
}

/* --follow-up: what is to be done next stands in the calendar of who does it. */
static bool follow_up_add(struct cli *cli, struct operation *operation, const struct activity *note,
	const struct contact *contact, int64_t *task_id, struct error *err)
{
	const char *word = cli_option(cli, "follow-up");
	struct task task = {
		.kind = SPAN("follow-up"),
		.title = note->next_step.size
				 ? note->next_step
				 : arena_format(&cli->arena, "Call %.*s", SPAN_ARG(contact->name)),
		.state = SPAN("open"),
		.assignee_id = note->responsible_id ? note->responsible_id : note->user_id,
		.contact_id = contact->id,
		.deal_id = note->deal_id,
		.length_ms = cli->config->follow_up_length_ms,
	};
	struct due due;
	bool added;

	if (!word)
		return true;
	if (!due_read(cli, word, &due, err))
		return false;
	task.due_ms = due.at_ms;
	if (!due.at_ms)
		task.due_date = due.date;
	return task_add(operation, &task, task_id, &added, err);
}

static json_t *added_json(struct cli *cli, int64_t note_id, int64_t task_id)
{
	json_t *object = json_object();

	json_object_set_new(object, "id", json_id(cli_flag(cli, "dry-run") ? 0 : note_id));
	json_object_set_new(object, "task", json_id(cli_flag(cli, "dry-run") ? 0 : task_id));
	return object;
}

static enum exit_code run_add(struct cli *cli)
{
	struct activity note = {.kind = kind_of(cli),
		.body = span_from(cli_argument(cli, 1)),
		.rule = SPAN("typed")};
	enum exit_code code = cli_open_intake(cli);
	int64_t task_id = 0, note_id = 0;
	struct operation operation;
	struct contact contact;
	struct error err;
	bool good, added;

	if (code == EXIT_DONE)
		code = pick_contact(cli, cli_argument(cli, 0), &contact);
	note.at_ms = note.logged_ms = cli->now_ms;
	if (code == EXIT_DONE)
		code = fields_take(cli, &note);
	if (code != EXIT_DONE)
		return code;
	note.contact_id = contact.id;
	note.user_id = own_id(cli);
	if (!note.deal_id && !deal_current(cli->db, contact.id, &note.deal_id, &err))
		return cli_fail(&err);
	if (!change_begin(cli, contact.name, &operation, &err))
		return cli_fail(&err);
	good = activity_add(&operation, &note, &added, &err) &&
	       activity_latest(cli->db, &note_id, &err) &&
	       follow_up_add(cli, &operation, &note, &contact, &task_id, &err);
	if (!change_end(cli, &operation, good, &err))
		return cli_fail(&err);
	change_report(cli, operation.id, added_json(cli, note_id, task_id),
		"wrote down %s #%" PRId64 " with %.*s%s", cli->invocation.command->noun, note_id,
		SPAN_ARG(contact.name), task_id ? ", and the follow-up" : "");
	return EXIT_DONE;
}

static enum exit_code pick_note(struct cli *cli, const char *word, struct activity *note)
{
	const char *noun = cli->invocation.command->noun;
	struct error err;
	bool found;
	int64_t id;

	if (!pick_id(word, &id))
		return cli_usage("%ss have numbers; see: postroom %s list CONTACT", noun, noun);
	if (!activity_get(cli->db, id, &cli->arena, note, &found, &err))
		return cli_fail(&err);
	if (!found || !span_equal(note->kind, span_from(noun)))
		return cli_not_found(
			"there is no %s `%s`; see: postroom %s list", noun, word, noun);
	return EXIT_DONE;
}

static enum exit_code run_edit(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct operation operation;
	struct activity note;
	struct error err;

	if (code == EXIT_DONE)
		code = pick_note(cli, cli_argument(cli, 0), &note);
	if (code == EXIT_DONE)
		code = fields_take(cli, &note);
	if (code != EXIT_DONE)
		return code;
	if (cli_option(cli, "text"))
		note.body = span_from(cli_option(cli, "text"));
	if (!change_begin(cli, note.kind, &operation, &err))
		return cli_fail(&err);
	if (!change_end(cli, &operation, activity_edit(&operation, &note, &err), &err))
		return cli_fail(&err);
	change_report(cli, operation.id, added_json(cli, note.id, 0), "changed %.*s #%" PRId64,
		SPAN_ARG(note.kind), note.id);
	return EXIT_DONE;
}

static enum exit_code run_remove(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct operation operation;
	struct activity note;
	struct error err;

	if (code == EXIT_DONE)
		code = pick_note(cli, cli_argument(cli, 0), &note);
	if (code != EXIT_DONE)
		return code;
	if (!change_begin(cli, note.kind, &operation, &err))
		return cli_fail(&err);
	if (!change_end(cli, &operation, activity_remove(&operation, note.id, &err), &err))
		return cli_fail(&err);
	change_report(
		cli, operation.id, NULL, "removed %.*s #%" PRId64, SPAN_ARG(note.kind), note.id);
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- the tables */

static const struct command_argument list_arguments[] = {
	{.name = "CONTACT", .type = VALUE_CONTACT, .optional = true},
	{0},
};
static const struct command_argument add_arguments[] = {
	{.name = "CONTACT", .type = VALUE_CONTACT},
	{.name = "TEXT", .type = VALUE_TEXT},
	{0},
};
static const struct command_argument one_argument[] = {
	{.name = "NUMBER", .type = VALUE_NUMBER},
	{0},
};
/* clang-format off */
#define FIELDS                                                                                     \
	{"spoken", "DAY", VALUE_TEXT, "when it was: 2026-11-20 or 2026-11-20T15:30; now unless given", \
		NULL},                                                                             \
	{"voicemail", "yes|no", VALUE_CHOICE, "nobody answered, a message was left", "yes|no"},    \
	{"direction", "in|out", VALUE_CHOICE, "who called", "in|out"},                             \
	{"result", "TEXT", VALUE_TEXT, "what came out of it", NULL},                               \
	{"next-step", "TEXT", VALUE_TEXT, "what is to be done", NULL},                             \
	{"responsible", "USER", VALUE_USER, "who does that", NULL},                                \
	{"deal", "DEAL", VALUE_DEAL, "file it on this deal; the current one unless given", NULL}
/* clang-format on */
static const struct command_option add_options[] = {
	FIELDS,
	{"follow-up", "DUE", VALUE_DUE, "a follow-up for the next step: a date, 2w, fri", NULL},
	{0},
};
static const struct command_option edit_options[] = {
	{"text", "TEXT", VALUE_TEXT, "the new text", NULL},
	FIELDS,
	{0},
};

static const struct command_example note_add_examples[] = {
	{"postroom note add anna \"Prefers mail\" --spoken 2026-11-20",
		"What was said yesterday, on the day it was said"},
	{0},
};
static const struct command_example call_add_examples[] = {
	{"postroom call add anna \"Asked for the offer\" --voicemail yes --follow-up 2w",
		"A message was left; call again in two weeks"},
	{"postroom call add anna Offer --result interested --next-step \"Send the offer\" "
	 "--responsible ben",
		"With its result, and what follows"},
	{0},
};
static const struct command_example note_list_examples[] = {
	{"postroom note list anna", "What was written down about Anna, the newest first"},
	{0},
};
static const struct command_example call_list_examples[] = {
	{"postroom call list --json", "All calls, for a script"},
	{0},
};
static const struct command_example note_edit_examples[] = {
	{"postroom note edit 12 --text \"Prefers letters\"", "By its number in the list"},
	{0},
};
static const struct command_example call_edit_examples[] = {
	{"postroom call edit 13 --result \"no interest\"", "What came out of it later"},
	{0},
};
static const struct command_example note_remove_examples[] = {
	{"postroom note remove 12", "Written on the wrong person; undo brings it back"},
	{0},
};
static const struct command_example call_remove_examples[] = {
	{"postroom call remove 13 --dry-run", "Whether it would go"},
	{0},
};

#define WRITTEN(name, what)                                                                 \
	{                                                                                   \
		.noun = #name,                                                              \
		.verb = "list",                                                             \
		.summary = "List " what "s, all or those with a contact, the newest first", \
		.arguments = list_arguments,                                                \
		.examples = name##_list_examples,                                           \
		.flags = COMMAND_JSON | COMMAND_PAGES,                                      \
		.run = run_list,                                                            \
	},                                                                                  \
		{                                                                           \
			.noun = #name,                                                      \
			.verb = "add",                                                      \
			.summary = "Write down a " what " with a contact",                  \
			.arguments = add_arguments,                                         \
			.options = add_options,                                             \
			.examples = name##_add_examples,                                    \
			.flags = COMMAND_JSON | COMMAND_DRY_RUN,                            \
			.run = run_add,                                                     \
		},                                                                          \
		{                                                                           \
			.noun = #name,                                                      \
			.verb = "edit",                                                     \
			.summary = "Change a " what,                                        \
			.arguments = one_argument,                                          \
			.options = edit_options,                                            \
			.examples = name##_edit_examples,                                   \
			.flags = COMMAND_JSON | COMMAND_DRY_RUN,                            \
			.run = run_edit,                                                    \
		},                                                                          \
	{                                                                                   \
		.noun = #name, .verb = "remove", .summary = "Remove a " what,               \
		.arguments = one_argument, .examples = name##_remove_examples,              \
		.flags = COMMAND_JSON | COMMAND_DRY_RUN, .run = run_remove,                 \
	}

const struct command note_commands[] = {WRITTEN(note, "note"), {0}};
const struct command call_commands[] = {WRITTEN(call, "call"), {0}};
