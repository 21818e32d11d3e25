/*
 * project.c - `postroom project`: the tasks that a won deal begins with.
 */
#include "cli/project.h"

#include <inttypes.h>

#include "cli/change.h"
#include "cli/deal.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "cli/pick.h"
#include "cli/records.h"

static json_t *project_json(struct cli *cli, const struct project *project)
{
	json_t *object = json_object();

	json_object_set_new(object, "id", json_integer(project->id));
	json_object_set_new(object, "name", json_span(project->name));
	json_object_set_new(object, "state",
		json_string(project->open_tasks ? "open"
			    : project->tasks	? "done"
						: "empty"));
	json_object_set_new(object, "template", json_span_or_null(project->template));
	json_object_set_new(object, "deal", json_reference(project->deal_id, project->deal_name));
	json_object_set_new(
		object, "owner", json_reference(project->owner_id, project->owner_name));
	json_object_set_new(object, "begins", cli_date_json(project->begins));
	json_object_set_new(object, "tasks_open", json_integer(project->open_tasks));
	json_object_set_new(object, "tasks_all", json_integer(project->tasks));
	json_object_set_new(object, "created", cli_time(cli, project->created_ms));
	json_object_set_new(object, "changed", cli_time(cli, project->changed_ms));
	return object;
}

static const struct column list_columns[] = {
	{"id", "id", COLUMN_ID},
	{"name", "name", COLUMN_TEXT},
	{"deal.name", "deal", COLUMN_TEXT},
	{"owner.name", "owner", COLUMN_TEXT},
	{"begins", "begins", COLUMN_TEXT},
	{"tasks_open", "to do", COLUMN_NUMBER},
	{"tasks_all", "of", COLUMN_NUMBER},
};

static enum exit_code run_list(struct cli *cli)
{
	struct project_filter filter = {.unfinished = !cli_flag(cli, "all"), .page = cli_page(cli)};
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct user_row user;
	struct project *rows;
	struct error err;
	struct deal deal;
	json_t *array;
	size_t count;

	if (code == EXIT_DONE && cli_option(cli, "user")) {
		code = pick_user(cli, cli_option(cli, "user"), &user);
		filter.owner_id = user.id;
	}
	if (code == EXIT_DONE && cli_option(cli, "deal")) {
		code = pick_deal(cli, cli_option(cli, "deal"), &deal);
		filter.deal_id = code == EXIT_DONE ? deal.id : 0;
	}
	if (code != EXIT_DONE)
		return code;
	if (!project_list(cli->db, &filter, &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	array = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, project_json(cli, &rows[i]));
	output_rows(&cli->output, array, list_columns, ARRAY_COUNT(list_columns), "no projects");
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- one project */

static const struct column record_columns[] = {
	{"id", "project", COLUMN_ID},
	{"name", "name", COLUMN_TEXT},
	{"state", "state", COLUMN_STATE},
	{"template", "template", COLUMN_TEXT},
	{"deal.name", "deal", COLUMN_TEXT},
	{"owner.name", "owner", COLUMN_TEXT},
	{"begins", "begins", COLUMN_TEXT},
	{"created", "since", COLUMN_TIME},
};
static const struct column task_columns[] = {
	{"id", "id", COLUMN_ID},
	{"title", "title", COLUMN_TEXT},
	{"due", "due", COLUMN_TIME},
	{"overdue", "overdue", COLUMN_FLAG},
	{"assignee.name", "who", COLUMN_TEXT},
	{"state", "state", COLUMN_STATE},
	{"needs_titles", "after", COLUMN_LIST},
};

/* The task with the tasks that it needs. */
static json_t *step_json(struct cli *cli, const struct task *task, struct error *err)
{
	json_t *object, *needs, *titles;
	struct task_need *rows;
	size_t count;

	if (!task_need_list(cli->db, task->id, &cli->arena, &rows, &count, err))
		return NULL;
	object = task_json(cli, task);
	needs = json_array();
	titles = json_array();
	for (size_t i = 0; i < count; i++) {
		json_array_append_new(needs, json_integer(rows[i].needs_id));
		json_array_append_new(titles, json_span(rows[i].title));
	}
	json_object_set_new(object, "needs", needs);
	json_object_set_new(object, "needs_titles", titles);
	return object;
}

static json_t *steps_json(struct cli *cli, int64_t project_id, struct error *err)
{
	struct task_filter filter = {.project_id = project_id};
	json_t *array = json_array();
	struct task *rows;
	size_t count;

	if (!task_list(cli->db, &filter, &cli->arena, &rows, &count, err)) {
		json_decref(array);
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		json_t *step = step_json(cli, &rows[i], err);

		if (!step) {
			json_decref(array);
			return NULL;
		}
		json_array_append_new(array, step);
	}
	return array;
}

static enum exit_code run_show(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct project project;
	json_t *object, *steps;
	struct error err;

	if (code == EXIT_DONE)
		code = pick_project(cli, cli_argument(cli, 0), &project);
	if (code != EXIT_DONE)
		return code;
	steps = steps_json(cli, project.id, &err);
	if (!steps)
		return cli_fail(&err);
	object = project_json(cli, &project);
	json_object_set_new(object, "tasks", steps);
	output_record(
		&cli->output, json_incref(object), record_columns, ARRAY_COUNT(record_columns));
	output_section(&cli->output, "Tasks", steps, task_columns, ARRAY_COUNT(task_columns));
	json_decref(object);
	return EXIT_DONE;
}

static enum exit_code run_add(struct cli *cli)
{
	struct project_start start = {.empty = true};
	enum exit_code code = cli_open_intake(cli);
	struct operation operation;
	struct deal deal = {0};
	struct user_row user;
	struct error err;
	bool good;

	if (code == EXIT_DONE && cli_option(cli, "deal"))
		code = pick_deal(cli, cli_option(cli, "deal"), &deal);
	if (code == EXIT_DONE && !deal_worker(cli, &deal, &start.owner_id, &err))
		code = cli_fail(&err);
	if (code == EXIT_DONE && cli_option(cli, "owner")) {
		code = pick_user(cli, cli_option(cli, "owner"), &user);
		start.owner_id = user.id;
	}
	if (code == EXIT_DONE && cli_option(cli, "template"))
		code = project_template(cli, cli_option(cli, "template"), &start.template);
	if (code != EXIT_DONE)
		return code;
	start.deal = deal.id ? &deal : NULL;
	start.name = span_from(cli_argument(cli, 0));
	start.begins = cli_option(cli, "begins") ? cli_date(cli, "begins") : cli_today(cli);
	if (!change_begin(cli, start.name, &operation, &err))
		return cli_fail(&err);
	good = project_start(cli, &operation, &start, &err);
	if (!change_end(cli, &operation, good, &err))
		return cli_fail(&err);
	change_report(cli, operation.id, NULL, "began project %.*s", SPAN_ARG(start.name));
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- the table */

static const struct command_argument one_argument[] = {
	{.name = "PROJECT", .type = VALUE_PROJECT},
	{0},
};
static const struct command_argument add_arguments[] = {
	{.name = "NAME", .type = VALUE_TEXT},
	{0},
};
static const struct command_option list_options[] = {
	{"all", NULL, VALUE_NONE, "also those with nothing left to do", NULL},
	{"user", "USER", VALUE_USER, "whose", NULL},
	{"deal", "DEAL", VALUE_DEAL, "of which deal", NULL},
	{0},
};
static const struct command_option add_options[] = {
	{"template", "NAME", VALUE_TEXT, "one of `projects`; without it there are no tasks yet",
		NULL},
	{"deal", "DEAL", VALUE_DEAL, "for which deal", NULL},
	{"owner", "USER", VALUE_USER, "whose; the deal's owner unless given", NULL},
	{"begins", "DATE", VALUE_DATE, "from when deadlines count; today unless given", NULL},
	{0},
};
static const struct command_example show_examples[] = {
	{"postroom project show \"Support 2027\"", "Its tasks, and what each waits for"},
	{0},
};

const struct command project_commands[] = {
	{
		.noun = "project",
		.verb = "list",
		.summary = "List projects, those with something to do unless asked",
		.options = list_options,
		.flags = COMMAND_JSON | COMMAND_PAGES,
		.examples = EXAMPLE("postroom project list", "What is being done"),
		.run = run_list,
	},
	{
		.noun = "project",
		.verb = "show",
		.summary = "Show one project with its tasks",
		.arguments = one_argument,
		.examples = show_examples,
		.flags = COMMAND_JSON,
		.run = run_show,
	},
	{
		.noun = "project",
		.verb = "add",
		.summary = "Begin a project",
		.description = "`deal accept` and `deal win` begin the project of the deal's type "
			       "by themselves. Further tasks: `task add --project`.",
		.arguments = add_arguments,
		.options = add_options,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE("postroom project add \"Move to the new office\" --owner ben",
			"Without a template: tasks come one by one"),
		.run = run_add,
	},
	{0},
};
