#include "config/option_rows.h"

/* Deals and what follows from them: projects, bills */

static const struct option phase_options[] = {
	{
		.name = "name",
		.type = OPTION_TEXT,
		FIELD(struct config_phase, name),
		.required = true,
		.example = "new",
		.help = "Name of the phase, a column of the sales board.",
	},
	{
		.name = "probability",
		.type = OPTION_INTEGER,
		FIELD(struct config_phase, probability),
		.min = 0,
		.max = 100,
		.value = "0",
		.example = "10",
		.help = "How likely a deal in this phase is won, in percent: it weighs the value "
			"on the board.",
	},
};

static const struct option_table phase_table = {
	TABLE(phase_options),
	.item_size = sizeof(struct config_phase),
	.shorthand = "name",
};

static const char *const outcomes[] = {"lost", NULL};

static const struct option pipeline_options[] = {
	{
		.name = "name",
		.type = OPTION_TEXT,
		FIELD(struct config_pipeline, name),
		.format = format_name,
		.required = true,
		.example = "projects",
		.help = "Name of the pipeline.",
	},
	{
		.name = "phases",
		.type = OPTION_LIST,
		FIELD(struct config_pipeline, phases),
		COUNT(struct config_pipeline, phase_count),
		.table = &phase_table,
		.example = "",
		.help = "Its phases in order. A deal that is lost goes to the last one.",
	},
	{
		.name = "outcomes",
		.type = OPTION_TEXTS,
		FIELD(struct config_pipeline, outcomes),
		.values = outcomes,
		.help = "How a deal can end beside being won; the first is taken unless one is "
			"named.",
	},
};

static const struct option_table pipeline_table = {
	TABLE(pipeline_options),
	.item_size = sizeof(struct config_pipeline),
};

static const struct option deal_type_options[] = {
	{
		.name = "name",
		.type = OPTION_TEXT,
		FIELD(struct config_deal_type, name),
		.format = format_name,
		.required = true,
		.example = "consulting",
		.help = "Name of the type.",
	},
	{
		.name = "win_needs",
		.type = OPTION_TEXTS,
		FIELD(struct config_deal_type, win_needs),
		.sample = "[contract, quotation]",
		.format = format_win_need,
		.implied = "deals.win_needs",
		.help = "What deals of this type need to be won.",
	},
	{
		.name = "close_needs",
		.type = OPTION_TEXTS,
		FIELD(struct config_deal_type, close_needs),
		.sample = "[contract, ticket, project]",
		.format = format_close_need,
		.implied = "deals.close_needs",
		.help = "What they need to be closed.",
	},
	{
		.name = "project",
		.type = OPTION_TEXT,
		FIELD(struct config_deal_type, project),
		.sample = "onboarding",
		.implied = "none",
		.help = "Template of the project that begins when a quotation is accepted or the "
			"deal is won.",
	},
};

static void deal_type_inherit(void *item, const struct config *config, int line)
{
	struct config_deal_type *type = item;

	(void)line;
	type->win_needs = config->deals.win_needs;
	type->close_needs = config->deals.close_needs;
}

static const struct option_table deal_type_table = {
	TABLE(deal_type_options),
	.item_size = sizeof(struct config_deal_type),
	.inherit = deal_type_inherit,
};

static const char *const win_needs[] = {"contract", NULL};
static const char *const close_needs[] = {"contract", "ticket", NULL};

static const struct option deal_options[] = {
	{
		.name = "win_needs",
		.type = OPTION_TEXTS,
		FIELD(struct config_deals, win_needs),
		.format = format_win_need,
		.values = win_needs,
		.help = "What a deal needs to be won: contract (a document or link marked as "
			"signed), quotation (accepted), value.",
	},
	{
		.name = "close_needs",
		.type = OPTION_TEXTS,
		FIELD(struct config_deals, close_needs),
		.format = format_close_need,
		.values = close_needs,
		.help = "What a won deal needs to be closed: contract, ticket (each finance ticket "
			"of it is closed), project (each task of its projects is done).",
	},
	{
		.name = "pipelines",
		.type = OPTION_LIST,
		FIELD(struct config_deals, pipelines),
		COUNT(struct config_deals, pipeline_count),
		.table = &pipeline_table,
		.implied = "one named sales: new, qualified, quotation, decision, over",
		.help = "The ways that deals go; the first one is that of new deals.",
	},
	{
		.name = "types",
		.type = OPTION_LIST,
		FIELD(struct config_deals, types),
		COUNT(struct config_deals, type_count),
		.table = &deal_type_table,
		.help = "Types of deals. With none configured a deal has none.",
	},
	{
		.name = "subjects",
		.type = OPTION_TEXTS,
		FIELD(struct config_deals, subjects),
		.sample = "[software, training]",
		.help = "The fixed labels for what a deal is about.",
	},
	{
		.name = "weights",
		.type = OPTION_TEXTS,
		FIELD(struct config_deals, weights),
		.sample = "[small, large]",
		.help = "The fixed labels for how much a deal weighs.",
	},
	{
		.name = "currency",
		.type = OPTION_TEXT,
		FIELD(struct config_deals, currency),
		.format = format_currency,
		.value = "EUR",
		.example = "EUR",
		.help = "Currency of a value that names none.",
	},
};

const struct option_table option_table_deals = {TABLE(deal_options)};

static const struct option project_task_options[] = {
	{
		.name = "title",
		.type = OPTION_TEXT,
		FIELD(struct config_project_task, title),
		.required = true,
		.example = "Kick-off",
		.help = "Title of the task.",
	},
	{
		.name = "due",
		.type = OPTION_TEXT,
		FIELD(struct config_project_task, due),
		.format = format_span_of_days,
		.implied = "no deadline",
		.example = "1w",
		.help = "Its deadline, counted from the day on which the project begins: 3d, 2w, "
			"1m, "
			"10wd (working days).",
	},
	{
		.name = "owner",
		.type = OPTION_TEXT,
		FIELD(struct config_project_task, owner),
		.implied = "the owner of the project",
		.example = "anna",
		.help = "User who is to do it.",
	},
	{
		.name = "after",
		.type = OPTION_TEXTS,
		FIELD(struct config_project_task, after),
		.sample = "[]",
		.help = "Titles of earlier tasks of the list that have to be done before it.",
	},
};

static const struct option_table project_task_table = {
	TABLE(project_task_options),
	.item_size = sizeof(struct config_project_task),
	.shorthand = "title",
};

static const struct option project_options[] = {
	{
		.name = "name",
		.type = OPTION_TEXT,
		FIELD(struct config_project, name),
		.format = format_name,
		.required = true,
		.example = "onboarding",
		.help = "Name of the template.",
	},
	{
		.name = "tasks",
		.type = OPTION_LIST,
		FIELD(struct config_project, tasks),
		COUNT(struct config_project, task_count),
		.table = &project_task_table,
		.example = "",
		.help = "The tasks that a project of it begins with.",
	},
};

const struct option_table option_table_projects = {
	TABLE(project_options),
	.item_size = sizeof(struct config_project),
};

static const char *const contact_fields[] = {"owner", NULL};
static const char *const deal_fields[] = {"owner", "value", "expected", NULL};

static const struct option review_options[] = {
	{
		.name = "silent",
		.type = OPTION_DURATION,
		FIELD(struct config_review, silent_ms),
		.min = DAY,
		.max = 10 * YEAR,
		.value = "90d",
		.help = "A contact without activity for so long is listed.",
	},
	{
		.name = "contact_fields",
		.type = OPTION_TEXTS,
		FIELD(struct config_review, contact_fields),
		.format = format_review_contact,
		.values = contact_fields,
		.help = "What a contact should have: owner, company, phone, source.",
	},
	{
		.name = "deal_fields",
		.type = OPTION_TEXTS,
		FIELD(struct config_review, deal_fields),
		.format = format_review_deal,
		.values = deal_fields,
		.help = "What an open deal should have: owner, contact, value, expected, type, "
			"subject, weight, source.",
	},
};

const struct option_table option_table_review = {TABLE(review_options)};
