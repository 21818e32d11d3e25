/*
 * task.c - `postroom task`: tasks, follow-ups and the actions of minutes.
 */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "cli/change.h"
#include "cli/due.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "cli/pick.h"
#include "cli/records.h"

static bool task_is_overdue(const struct cli *cli, const struct task *task)
{
	if (!span_equal(task->state, SPAN("open")))
		return false;
	if (task->due_ms)
		return task->due_ms < cli->now_ms;
	return date_is_set(task->due_date) && date_compare(task->due_date, cli_today(cli)) < 0;
}

json_t *task_json(struct cli *cli, const struct task *task)
{
	json_t *object = json_object();

	json_object_set_new(object, "id", json_integer(task->id));
	json_object_set_new(object, "kind", json_span(task->kind));
	json_object_set_new(object, "title", json_span(task->title));
	json_object_set_new(object, "state", json_span(task->state));
	json_object_set_new(object, "due",
		task->due_ms ? cli_time(cli, task->due_ms) : cli_date_json(task->due_date));
	json_object_set_new(object, "overdue", json_boolean(task_is_overdue(cli, task)));
	json_object_set_new(object, "blocked", json_boolean(task->blocked));
	json_object_set_new(object, "all_day", json_boolean(!task->due_ms));
	json_object_set_new(object, "length_minutes",
		task->length_ms ? json_integer(task->length_ms / 60000) : json_null());
	json_object_set_new(
		object, "assignee", json_reference(task->assignee_id, task->assignee_name));
	json_object_set_new(
		object, "contact", json_reference(task->contact_id, task->contact_name));
	json_object_set_new(object, "do_not_contact", json_boolean(task->contact_do_not_contact));
	json_object_set_new(object, "company", json_id(task->company_id));
	json_object_set_new(object, "deal", json_id(task->deal_id));
	json_object_set_new(object, "ticket", json_id(task->ticket_id));
	json_object_set_new(object, "project", json_id(task->project_id));
	json_object_set_new(object, "case", json_id(task->case_id));
	json_object_set_new(object, "message", json_id(task->message_id));
	json_object_set_new(object, "keep", json_boolean(task->keep));
	json_object_set_new(object, "note", json_span_or_null(task->note));
	json_object_set_new(object, "created", cli_time(cli, task->created_ms));
	json_object_set_new(object, "changed", cli_time(cli, task->changed_ms));
	return object;
}

static const struct column list_columns[] = {
	{"id", "id", COLUMN_ID},
	{"due", "due", COLUMN_TIME},
	{"overdue", "overdue", COLUMN_FLAG},
	{"blocked", "blocked", COLUMN_FLAG},
	{"kind", "kind", COLUMN_TEXT},
	{"title", "title", COLUMN_TEXT},
	{"assignee.name", "who", COLUMN_TEXT},
	{"contact.name", "contact", COLUMN_TEXT},
	{"do_not_contact", "do not contact", COLUMN_FLAG},
	{"state", "state", COLUMN_STATE},
};

static enum exit_code run_list(struct cli *cli)
{
	struct task_filter filter = {.state = SPAN("open"), .page = cli_page(cli)};
	const char *state = cli_option(cli, "state"), *user_word = cli_option(cli, "user");
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct user_row user;
	struct contact contact;
	struct task *rows;
	struct error err;
	json_t *array;
	size_t count;

	if (state)
		filter.state = strcmp(state, "all") == 0 ? (struct span){0} : span_from(state);
	filter.kind = span_from(cli_option(cli, "kind"));
	filter.title_part_folded = text_fold(&cli->arena, span_from(cli_argument(cli, 0)));
	if (code == EXIT_DONE && user_word) {
		code = pick_user(cli, user_word, &user);
		filter.assignee_id = user.id;
	}
	if (code == EXIT_DONE && cli_option(cli, "contact")) {
		code = pick_contact(cli, cli_option(cli, "contact"), &contact);
		if (code == EXIT_DONE)
			filter.contact_id = contact.id;
	}
	if (code != EXIT_DONE)
		return code;
	if (!task_list(cli->db, &filter, &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	array = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, task_json(cli, &rows[i]));
	/* The state, which stands last, says something only where all are listed. */
	output_rows(&cli->output, array, list_columns,
		ARRAY_COUNT(list_columns) - (filter.state.size ? 1 : 0), "no tasks");
	return EXIT_DONE;
}

static const struct column record_columns[] = {
	{"id", "task", COLUMN_ID},
	{"title", "title", COLUMN_TEXT},
	{"kind", "kind", COLUMN_TEXT},
	{"state", "state", COLUMN_STATE},
	{"due", "due", COLUMN_TIME},
	{"overdue", "overdue", COLUMN_FLAG},
	{"blocked", "blocked", COLUMN_FLAG},
	{"assignee.name", "who", COLUMN_TEXT},
	{"contact.name", "contact", COLUMN_TEXT},
	{"do_not_contact", "do not contact", COLUMN_FLAG},
	{"message", "message", COLUMN_ID},
	{"deal", "deal", COLUMN_ID},
	{"ticket", "ticket", COLUMN_ID},
	{"project", "project", COLUMN_ID},
	{"case", "case", COLUMN_ID},
	{"note", "note", COLUMN_BLOCK},
	{"created", "since", COLUMN_TIME},
	{"changed", "changed", COLUMN_TIME},
};

static enum exit_code run_show(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct task task;

	if (code == EXIT_DONE)
		code = pick_task(cli, cli_argument(cli, 0), &task);
	if (code == EXIT_DONE)
		output_record(&cli->output, task_json(cli, &task), record_columns,
			ARRAY_COUNT(record_columns));
	return code;
}

/* ---------------------------------------------------------------- changes */

static bool due_take(struct cli *cli, struct task *task, struct error *err)
{
	struct due due;

	if (!cli_option(cli, "due"))
		return true;
	if (!due_read(cli, cli_option(cli, "due"), &due, err))
		return false;
	task->due_date = due.at_ms ? (struct date){0} : due.date;
	task->due_ms = due.at_ms;
	task->length_ms = due.at_ms ? cli->config->follow_up_length_ms : 0;
	return true;
}

/* What the task belongs to; "" takes it out. */
static enum exit_code records_take(struct cli *cli, struct task *task)
{
	const char *deal_word = cli_option(cli, "deal"), *project_word = cli_option(cli, "project");
	enum exit_code code = EXIT_DONE;
	struct project project = {0};
	struct deal deal = {0};

	if (deal_word && *deal_word)
		code = pick_deal(cli, deal_word, &deal);
	if (code == EXIT_DONE && deal_word) {
		task->deal_id = deal.id;
		if (!task->contact_id)
			task->contact_id = deal.contact_id;
	}
	if (code == EXIT_DONE && project_word && *project_word)
		code = pick_project(cli, project_word, &project);
	if (code == EXIT_DONE && project_word) {
		task->project_id = project.id;
		if (!task->deal_id)
			task->deal_id = project.deal_id;
	}
	return code;
}

static enum exit_code fields_take(struct cli *cli, struct task *task)
{
	const char *contact_word = cli_option(cli, "contact"), *who = cli_option(cli, "assignee");
	struct contact contact = {0};
	enum exit_code code = EXIT_DONE;
	struct user_row user;
	struct error err;

	if (cli_option(cli, "title"))
		task->title = span_from(cli_option(cli, "title"));
	if (cli_option(cli, "note"))
		task->note = span_from(cli_option(cli, "note"));
	if (!due_take(cli, task, &err))
		return cli_fail(&err);
	if (contact_word && *contact_word)
		code = pick_contact(cli, contact_word, &contact);
	if (code == EXIT_DONE && contact_word)
		task->contact_id = contact.id;
	if (code == EXIT_DONE && who) {
		code = pick_user(cli, who, &user);
		task->assignee_id = user.id;
	}
	return code == EXIT_DONE ? records_take(cli, task) : code;
}

static json_t *changed_json(struct cli *cli, int64_t task_id)
{
	json_t *object = json_object();
	struct task task;
	struct error err;
	bool found;

	if (task_get(cli->db, task_id, &cli->arena, &task, &found, &err) && found)
		json_object_set_new(object, "task", task_json(cli, &task));
	return object;
}

static enum exit_code run_add(struct cli *cli)
{
	struct task task = {.kind = SPAN("task"),
		.state = SPAN("open"),
		.title = span_from(cli_argument(cli, 0))};
	enum exit_code code = cli_open_intake(cli);
	bool good, added, has_need = cli_option(cli, "after") != NULL;
	struct operation operation;
	struct task need;
	struct error err;
	int64_t id = 0;

	if (code == EXIT_DONE)
		code = fields_take(cli, &task);
	if (code == EXIT_DONE && has_need)
		code = pick_task(cli, cli_option(cli, "after"), &need);
	if (code != EXIT_DONE)
		return code;
	if (!change_begin(cli, task.title, &operation, &err))
		return cli_fail(&err);
	good = task_add(&operation, &task, &id, &added, &err) &&
	       (!has_need || task_needs(&operation, id, need.id, &err));
	if (!change_end(cli, &operation, good, &err))
		return cli_fail(&err);
	change_report(cli, operation.id, changed_json(cli, operation.id ? id : 0),
		"added task #%" PRId64, id);
	return EXIT_DONE;
}

static enum exit_code task_write(struct cli *cli, const struct task *task, const char *what)
{
	struct operation operation;
	struct error err;

	if (!change_begin(cli, task->title, &operation, &err))
		return cli_fail(&err);
	if (!change_end(cli, &operation, task_edit(&operation, task, &err), &err))
		return cli_fail(&err);
	change_report(cli, operation.id, changed_json(cli, task->id), "%s task #%" PRId64 " %.*s",
		what, task->id, SPAN_ARG(task->title));
	return EXIT_DONE;
}

static enum exit_code run_edit(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct task task;

	if (code == EXIT_DONE)
		code = pick_task(cli, cli_argument(cli, 0), &task);
	if (code == EXIT_DONE)
		code = fields_take(cli, &task);
	return code == EXIT_DONE ? task_write(cli, &task, "changed") : code;
}

static enum exit_code run_assign(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct user_row user;
	struct task task;

	if (code == EXIT_DONE)
		code = pick_task(cli, cli_argument(cli, 0), &task);
	if (code == EXIT_DONE)
		code = pick_user(cli, cli_argument(cli, 1), &user);
	if (code != EXIT_DONE)
		return code;
	task.assignee_id = user.id;
	return task_write(cli, &task, "assigned");
}

static bool is_among(const struct task *tasks, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (tasks[i].id == id)
			return true;
	return false;
}

/* What a task needs is done, or is one of these. */
static enum exit_code needs_check(struct cli *cli, const struct task *tasks, size_t count)
{
	enum exit_code code = EXIT_DONE;
	struct task_need *needs;
	struct error err;
	size_t found;

	for (size_t i = 0; i < count; i++) {
		if (!tasks[i].blocked)
			continue;
		if (!task_need_list(cli->db, tasks[i].id, &cli->arena, &needs, &found, &err))
			return cli_fail(&err);
		for (size_t j = 0; j < found; j++) {
			if (!span_equal(needs[j].state, SPAN("open")) ||
				is_among(tasks, count, needs[j].needs_id))
				continue;
			message_print("task #%" PRId64 " waits for #%" PRId64 " %.*s", tasks[i].id,
				needs[j].needs_id, SPAN_ARG(needs[j].title));
			code = EXIT_CONFLICT;
		}
	}
	return code;
}

/* Several tasks, one operation. */
static enum exit_code set_state(struct cli *cli, const char *state, const char *what)
{
	size_t count = cli->invocation.argument_count;
	enum exit_code code = cli_open_intake(cli);
	struct operation operation;
	struct task *tasks;
	struct error err;
	bool good = true;

	if (code != EXIT_DONE)
		return code;
	tasks = arena_array(&cli->arena, struct task, count);
	for (size_t i = 0; i < count && code == EXIT_DONE; i++)
		code = pick_task(cli, cli_argument(cli, i), &tasks[i]);
	if (code == EXIT_DONE && strcmp(state, "done") == 0)
		code = needs_check(cli, tasks, count);
	if (code != EXIT_DONE)
		return code;
	if (!change_begin(cli, tasks[0].title, &operation, &err))
		return cli_fail(&err);
	for (size_t i = 0; i < count && good; i++) {
		tasks[i].state = span_from(state);
		good = task_edit(&operation, &tasks[i], &err);
	}
	if (!change_end(cli, &operation, good, &err))
		return cli_fail(&err);
	change_report(cli, operation.id, count == 1 ? changed_json(cli, tasks[0].id) : NULL,
		"%s %zu task%s", what, count, count == 1 ? "" : "s");
	return EXIT_DONE;
}

static enum exit_code run_done(struct cli *cli)
{
	return set_state(cli, "done", "done with");
}

static enum exit_code run_cancel(struct cli *cli)
{
	return set_state(cli, "cancelled", "cancelled");
}

static enum exit_code run_reopen(struct cli *cli)
{
	return set_state(cli, "open", "opened again");
}

/* ---------------------------------------------------------------- the table */

static const struct command_argument list_arguments[] = {
	{.name = "TEXT", .type = VALUE_TEXT, .optional = true},
	{0},
};
static const struct command_argument one_argument[] = {
	{.name = "TASK", .type = VALUE_TASK},
	{0},
};
static const struct command_argument several_arguments[] = {
	{.name = "TASK", .type = VALUE_TASK, .repeats = true},
	{0},
};
static const struct command_argument add_arguments[] = {
	{.name = "TITLE", .type = VALUE_TEXT},
	{0},
};
static const struct command_argument assign_arguments[] = {
	{.name = "TASK", .type = VALUE_TASK},
	{.name = "USER", .type = VALUE_USER},
	{0},
};
static const struct command_option list_options[] = {
	{"user", "USER", VALUE_USER, "whose", NULL},
	{"contact", "CONTACT", VALUE_CONTACT, "about whom", NULL},
	{"kind", "KIND", VALUE_CHOICE, "what", "task|follow-up|action"},
	{"state", "STATE", VALUE_CHOICE, "in which state; open unless given",
		"open|done|cancelled|all"},
	{0},
};
static const struct command_option add_options[] = {
	{"due", "WHEN", VALUE_DUE, "2026-12-03, 2w, 3wd, fri, 2026-12-03.t0930", NULL},
	{"assignee", "USER", VALUE_USER, "who is to do it", NULL},
	{"contact", "CONTACT", VALUE_CONTACT, "about whom it is", NULL},
	{"deal", "DEAL", VALUE_DEAL, "to which deal it belongs", NULL},
	{"project", "PROJECT", VALUE_PROJECT, "to which project", NULL},
	{"after", "TASK", VALUE_TASK, "what has to be done before it", NULL},
	{"note", "TEXT", VALUE_TEXT, "a note", NULL},
	{0},
};
static const struct command_option edit_options[] = {
	{"title", "TITLE", VALUE_TEXT, "the new title", NULL},
	{"due", "WHEN", VALUE_DUE, "2026-12-03, 2w, 3wd, fri, 2026-12-03.t0930; \"\" for none",
		NULL},
	{"assignee", "USER", VALUE_USER, "who is to do it; \"\" for nobody", NULL},
	{"contact", "CONTACT", VALUE_CONTACT, "about whom it is; \"\" for nobody", NULL},
	{"deal", "DEAL", VALUE_DEAL, "to which deal it belongs; \"\" for none", NULL},
	{"project", "PROJECT", VALUE_PROJECT, "to which project; \"\" for none", NULL},
	{"note", "TEXT", VALUE_TEXT, "a note", NULL},
	{0},
};
static const struct command_example add_examples[] = {
	{"postroom task add \"Call about the offer\" --due 2w --assignee ben --contact anna",
		"In two weeks, in Ben's calendar"},
	{0},
};
static const struct command_example done_examples[] = {
	{"postroom task done 12 15", "Two at once; one undo takes both back"},
	{0},
};

const struct command task_commands[] = {
	{
		.noun = "task",
		.verb = "list",
		.summary = "List tasks, follow-ups and actions, the open ones unless asked",
		.arguments = list_arguments,
		.options = list_options,
		.flags = COMMAND_JSON | COMMAND_PAGES,
		.examples = EXAMPLE("postroom task list --user ben", "What Ben has to do"),
		.run = run_list,
	},
	{
		.noun = "task",
		.verb = "show",
		.summary = "Show one task",
		.arguments = one_argument,
		.flags = COMMAND_JSON,
		.examples = EXAMPLE("postroom task show 12", "One task with what it belongs to"),
		.run = run_show,
	},
	{
		.noun = "task",
		.verb = "add",
		.summary = "Add a task",
		.arguments = add_arguments,
		.options = add_options,
		.examples = add_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = run_add,
	},
	{
		.noun = "task",
		.verb = "edit",
		.summary = "Change a task",
		.arguments = one_argument,
		.options = edit_options,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE("postroom task edit 12 --due fri", "On Friday instead"),
		.run = run_edit,
	},
	{
		.noun = "task",
		.verb = "assign",
		.summary = "Give a task to a user",
		.arguments = assign_arguments,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE("postroom task assign 12 ben", "Ben does it"),
		.run = run_assign,
	},
	{
		.noun = "task",
		.verb = "done",
		.summary = "Mark tasks as done",
		.arguments = several_arguments,
		.examples = done_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = run_done,
	},
	{
		.noun = "task",
		.verb = "cancel",
		.summary = "Cancel tasks",
		.arguments = several_arguments,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE("postroom task cancel 12 15", "They are no longer needed"),
		.run = run_cancel,
	},
	{
		.noun = "task",
		.verb = "reopen",
		.summary = "Open done or cancelled tasks again",
		.arguments = several_arguments,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE("postroom task reopen 12", "It was not done after all"),
		.run = run_reopen,
	},
	{0},
};
