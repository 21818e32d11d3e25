#include <string.h>

#include "cli/deal.h"
#include "cli/due.h"
#include "cli/project.h"
#include "store/task.h"
#include "store/user.h"

enum exit_code project_template(
	struct cli *cli, const char *name, const struct config_project **template)
{
	*template = config_project(cli->config, span_from(name));
	if (*template)
		return EXIT_DONE;
	message_print(
		"there is no template `%s` under `projects`; %s has:", name, cli->config->path);
	for (size_t i = 0; i < cli->config->project_count; i++)
		message_print("  %s", cli->config->projects[i].name);
	return EXIT_NOT_FOUND;
}

enum exit_code project_start_of_deal(
	struct cli *cli, const struct deal *deal, struct project_start *start)
{
	const struct config_deal_type *type = config_deal_type(cli->config, deal->type);
	const char *name = cli_option(cli, "template");
	struct project_filter filter = {.deal_id = deal->id, .page = {.limit = 1}};
	struct project *rows;
	struct error err;
	size_t count;

	*start = (struct project_start){.deal = deal, .name = deal->name, .begins = cli_today(cli)};
	if (!deal_worker(cli, deal, &start->owner_id, &err) ||
		!project_list(cli->db, &filter, &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	if (name)
		return project_template(cli, name, &start->template);
	if (type && type->project && count == 0)
		start->template = config_project(cli->config, span_from(type->project));
	return EXIT_DONE;
}

static bool owner_find(struct cli *cli, const struct project_start *start, const char *name,
	int64_t *user_id, struct error *err)
{
	*user_id = start->owner_id;
	return !name || user_find(cli->db, span_from(name), user_id, err);
}

/* ids: of the tasks of the template that were made until now. */
static bool task_begin(struct cli *cli, struct operation *operation,
	const struct project_start *start, int64_t project_id, size_t index, int64_t *ids,
	struct error *err)
{
	const struct config_project_task *step = &start->template->tasks[index];
	struct task task = {.kind = SPAN("task"),
		.state = SPAN("open"),
		.title = span_from(step->title),
		.project_id = project_id};
	struct due due = {0};
	bool added;

	if (start->deal) {
		task.deal_id = start->deal->id;
		task.contact_id = start->deal->contact_id;
		task.company_id = start->deal->company_id;
	}
	if (step->due && !due_read_from(cli, step->due, start->begins, &due, err))
		return false;
	task.due_date = due.date;
	if (!owner_find(cli, start, step->owner, &task.assignee_id, err) ||
		!task_add(operation, &task, &ids[index], &added, err))
		return false;
	for (size_t i = 0; i < step->after.count; i++)
		for (size_t j = 0; j < index; j++)
			if (strcmp(start->template->tasks[j].title, step->after.items[i]) == 0 &&
				!task_needs(operation, ids[index], ids[j], err))
				return false;
	return true;
}

bool project_start(struct cli *cli, struct operation *operation, const struct project_start *start,
	struct error *err)
{
	const struct config_project *template = start->template;
	struct project project = {.name = start->name,
		.deal_id = start->deal ? start->deal->id : 0,
		.owner_id = start->owner_id,
		.begins = start->begins};
	int64_t *ids, id;

	if (!template && !start->empty)
		return true;
	project.template = span_from(template ? template->name : NULL);
	if (!project_add(operation, &project, &id, err))
		return false;
	if (!template)
		return true;
	ids = arena_array(&cli->arena, int64_t, template->task_count + 1);
	for (size_t i = 0; i < template->task_count; i++)
		if (!task_begin(cli, operation, start, id, i, ids, err))
			return false;
	return true;
}
