#include <string.h>

#include "config/check.h"
#include "config/suggest.h"

/* Without any in the file. */
static const struct config_phase default_phases[] = {
	{"new", 10},
	{"qualified", 25},
	{"quotation", 50},
	{"decision", 75},
	{"over", 0},
};

static void add_default_pipeline(struct config *config)
{
	static const char *const lost[] = {"lost"};
	size_t count = ARRAY_COUNT(default_phases);
	const char *first = config->leads.first_phase;
	struct config_pipeline *pipeline = arena_array(&config->arena, struct config_pipeline, 1);
	struct config_phase *phases = arena_array(&config->arena, struct config_phase, count + 1);

	*pipeline = (struct config_pipeline){.name = "sales", .phases = phases};
	pipeline->outcomes.items = arena_array(&config->arena, const char *, 1);
	pipeline->outcomes.items[pipeline->outcomes.count++] = lost[0];
	/* A first phase of leads that was given alone is the pipeline's. */
	if (first)
		phases[pipeline->phase_count++] =
			(struct config_phase){first, default_phases[0].probability};
	for (size_t i = 0; i < count; i++)
		if (!first || strcmp(first, default_phases[i].name) != 0)
			phases[pipeline->phase_count++] = default_phases[i];
	config->deals.pipelines = pipeline;
	config->deals.pipeline_count = 1;
}

static bool check_pipeline(
	struct reading *reading, struct config_pipeline *pipeline, struct error *err)
{
	if (pipeline->phase_count == 0)
		return reading_fault_at(reading, &pipeline->name, err,
			"this pipeline needs 'phases': the last one is for deals that are over");
	if (pipeline->outcomes.count == 0)
		return reading_fault_at(reading, &pipeline->outcomes, err,
			"must name at least one way to end, like lost");
	for (size_t i = 0; i < pipeline->phase_count; i++) {
		struct config_phase *phase = &pipeline->phases[i];

		if (config_phase(pipeline, span_from(phase->name)) != phase)
			return reading_fault_at(reading, &phase->name, err,
				"this phase stands in the pipeline twice");
	}
	return true;
}

static bool check_first_phase(struct reading *reading, struct error *err)
{
	struct config_leads *leads = &reading->config->leads;
	const struct config_pipeline *first = &reading->config->deals.pipelines[0];
	const struct config_phase *phase;
	struct suggestion nearest;

	if (!leads->first_phase) {
		leads->first_phase = first->phases[0].name;
		return true;
	}
	phase = config_phase(first, span_from(leads->first_phase));
	if (phase) {
		leads->first_phase = phase->name;
		return true;
	}
	nearest = suggestion_begin(span_from(leads->first_phase));
	for (size_t i = 0; i < first->phase_count; i++)
		suggestion_try(&nearest, first->phases[i].name);
	return reading_fault_at(reading, &leads->first_phase, err,
		"pipeline '%s' has no phase %s%s", first->name,
		reading_quote(reading, span_from(leads->first_phase)),
		reading_hint(reading, nearest.best));
}

static bool check_pipelines(struct reading *reading, struct error *err)
{
	struct config *config = reading->config;
	struct config_deals *deals = &config->deals;

	if (deals->pipeline_count == 0)
		add_default_pipeline(config);
	for (size_t i = 0; i < deals->pipeline_count; i++) {
		struct config_pipeline *pipeline = &deals->pipelines[i];

		if (!check_pipeline(reading, pipeline, err))
			return false;
		if (config_pipeline(config, span_from(pipeline->name)) != pipeline)
			return reading_fault_at(reading, &pipeline->name, err,
				"there are two pipelines with this name");
	}
	return check_first_phase(reading, err);
}

static bool check_types(struct reading *reading, struct error *err)
{
	struct config *config = reading->config;

	for (size_t i = 0; i < config->deals.type_count; i++) {
		struct config_deal_type *type = &config->deals.types[i];

		if (config_deal_type(config, span_from(type->name)) != type)
			return reading_fault_at(
				reading, &type->name, err, "there are two types with this name");
		if (type->project && !config_project(config, span_from(type->project)))
			return reading_fault_at(reading, &type->project, err,
				"there is no template %s under 'projects'",
				reading_quote(reading, span_from(type->project)));
	}
	return true;
}

static bool is_earlier(const struct config_project *project, size_t index, const char *title)
{
	for (size_t i = 0; i < index; i++)
		if (strcmp(project->tasks[i].title, title) == 0)
			return true;
	return false;
}

static bool check_project_task(
	struct reading *reading, struct config_project *project, size_t index, struct error *err)
{
	struct config_project_task *task = &project->tasks[index];

	if (is_earlier(project, index, task->title))
		return reading_fault_at(
			reading, &task->title, err, "this task stands in the template twice");
	for (size_t i = 0; i < task->after.count; i++)
		if (!is_earlier(project, index, task->after.items[i]))
			return reading_fault_at(reading, &task->after.items[i], err,
				"no earlier task of the template has the title %s",
				reading_quote(reading, span_from(task->after.items[i])));
	return check_user_exists(reading, &task->owner, err);
}

static bool check_projects(struct reading *reading, struct error *err)
{
	struct config *config = reading->config;

	for (size_t i = 0; i < config->project_count; i++) {
		struct config_project *project = &config->projects[i];

		if (config_project(config, span_from(project->name)) != project)
			return reading_fault_at(reading, &project->name, err,
				"there are two templates with this name");
		for (size_t j = 0; j < project->task_count; j++)
			if (!check_project_task(reading, project, j, err))
				return false;
	}
	return true;
}

bool check_sales(struct reading *reading, struct error *err)
{
	return check_pipelines(reading, err) && check_projects(reading, err) &&
	       check_types(reading, err);
}
