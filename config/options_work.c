#include "config/option_rows.h"

/* What becomes of the mail */

static const struct option follow_up_options[] = {
	{
		.name = "length",
		.type = OPTION_DURATION,
		FIELD(struct config, follow_up_length_ms),
		.min = MINUTE,
		.max = DAY,
		.value = "30m",
		.help = "How long a follow-up with a time (crm+fri.t0930@) lasts in the calendar.",
	},
};

const struct option_table option_table_follow_ups = {TABLE(follow_up_options)};

static const char *const action_prefixes[] = {
	"Balean Board Meeting action:",
	"Action:",
	NULL,
};

static const struct option action_options[] = {
	{
		.name = "prefixes",
		.type = OPTION_TEXTS,
		FIELD(struct config, action_prefixes),
		.values = action_prefixes,
		.help = "What a line of minutes begins with to become a task.",
	},
};

const struct option_table option_table_actions = {TABLE(action_options)};

static const struct option score_options[] = {
	{
		.name = "field",
		.type = OPTION_TEXT,
		FIELD(struct config_score_rule, field),
		.required = true,
		.example = "subject",
		.help = "subject, text, from, domain, source, or a label of leads.form_fields.",
	},
	{
		.name = "contains",
		.type = OPTION_TEXT,
		FIELD(struct config_score_rule, contains),
		.required = true,
		.example = "quotation",
		.help = "The words to look for; upper and lower case are the same.",
	},
	{
		.name = "score",
		.type = OPTION_INTEGER,
		FIELD(struct config_score_rule, score),
		.min = -1000,
		.max = 1000,
		.required = true,
		.example = "10",
		.help = "Points that a match adds, or takes off.",
	},
};

static const struct option_table score_table = {
	TABLE(score_options),
	.item_size = sizeof(struct config_score_rule),
};

static const char *const form_targets[] = {
	"name", "company", "email", "phone", "message", "source", NULL};

static const struct option form_options[] = {
	{
		.name = "label",
		.type = OPTION_TEXT,
		FIELD(struct config_form_field, label),
		.required = true,
		.example = "Your name",
		.help = "The label as it stands in the mail of the web form.",
	},
	{
		.name = "field",
		.type = OPTION_TEXT,
		FIELD(struct config_form_field, field),
		.words = form_targets,
		.required = true,
		.example = "name",
		.help = "What stands behind the label.",
	},
};

static const struct option_table form_table = {
	TABLE(form_options),
	.item_size = sizeof(struct config_form_field),
};

static const struct option lead_options[] = {
	{
		.name = "create_contact",
		.type = OPTION_BOOLEAN,
		FIELD(struct config_leads, create_contact),
		.value = "true",
		.help = "Create a contact for an unknown sender; with false a person is asked.",
	},
	{
		.name = "owners",
		.type = OPTION_TEXTS,
		FIELD(struct config_leads, owners),
		.example = "[anna]",
		.help = "Users who own new deals: one always, several in turn, none nobody.",
	},
	{
		.name = "source",
		.type = OPTION_TEXT,
		FIELD(struct config_leads, source),
		.value = "mail",
		.help = "Source of a lead whose form names none.",
	},
	{
		.name = "first_phase",
		.type = OPTION_TEXT,
		FIELD(struct config_leads, first_phase),
		.implied = "the first phase",
		.sample = "new",
		.help = "Phase of the first of deals.pipelines in which a new deal starts.",
	},
	{
		.name = "form_senders",
		.type = OPTION_TEXTS,
		FIELD(struct config_leads, form_senders),
		.format = format_address,
		.sample = "[website@example.org]",
		.help = "Senders of web-form mail; only with them Reply-To is the lead's address.",
	},
	{
		.name = "form_fields",
		.type = OPTION_LIST,
		FIELD(struct config_leads, form_fields),
		COUNT(struct config_leads, form_field_count),
		.table = &form_table,
		.help = "Which label of a web form's mail is what.",
	},
	{
		.name = "score",
		.type = OPTION_LIST,
		FIELD(struct config_leads, score_rules),
		COUNT(struct config_leads, score_rule_count),
		.table = &score_table,
		.help = "Rules whose points add up to the score of a lead.",
	},
};

const struct option_table option_table_leads = {TABLE(lead_options)};

static const struct option invoice_options[] = {
	{
		.name = "assignee",
		.type = OPTION_TEXT,
		FIELD(struct config, invoices_assignee),
		.implied = "nobody",
		.example = "anna",
		.help = "User who gets new finance tickets.",
	},
};

const struct option_table option_table_invoices = {TABLE(invoice_options)};

static const char *const priorities[] = {"low", "normal", "high", "urgent", NULL};

static const struct option support_options[] = {
	{
		.name = "assignee",
		.type = OPTION_TEXT,
		FIELD(struct config, support_assignee),
		.implied = "nobody",
		.example = "anna",
		.help = "User who gets new support cases.",
	},
	{
		.name = "priority",
		.type = OPTION_TEXT,
		FIELD(struct config, support_priority),
		.words = priorities,
		.value = "normal",
		.help = "Priority of a new support case.",
	},
};

const struct option_table option_table_support = {TABLE(support_options)};

static const struct choice weekday_choices[] = {
	{.name = "mon", MONDAY, .help = "Monday"},
	{.name = "tue", TUESDAY, .help = "Tuesday"},
	{.name = "wed", WEDNESDAY, .help = "Wednesday"},
	{.name = "thu", THURSDAY, .help = "Thursday"},
	{.name = "fri", FRIDAY, .help = "Friday"},
	{.name = "sat", SATURDAY, .help = "Saturday"},
	{.name = "sun", SUNDAY, .help = "Sunday"},
	{0},
};

static const struct option finance_run_options[] = {
	{
		.name = "on",
		.type = OPTION_CHOICE,
		FIELD(struct config_finance_run, on),
		.choices = weekday_choices,
		.required = true,
		.example = "thu",
		.help = "Day of the week.",
	},
	{
		.name = "at",
		.type = OPTION_TIME,
		FIELD(struct config_finance_run, hour),
		MINUTE_OF(struct config_finance_run, minute),
		.required = true,
		.example = "'10:00'",
		.help = "When it begins, in the zone of the organisation.",
	},
	{
		.name = "length",
		.type = OPTION_DURATION,
		FIELD(struct config_finance_run, length_ms),
		.min = MINUTE,
		.max = DAY,
		.value = "1h",
		.help = "How long it lasts.",
	},
	{
		.name = "users",
		.type = OPTION_TEXTS,
		FIELD(struct config_finance_run, users),
		.required = true,
		.example = "[anna]",
		.help = "Users in whose calendars it stands.",
	},
};

static const struct option_table finance_run_table = {TABLE(finance_run_options)};

static const struct option finance_options[] = {
	{
		.name = "terms",
		.type = OPTION_DURATION,
		FIELD(struct config, billing.terms_ms),
		.min = DAY,
		.max = YEAR,
		.value = "30d",
		.help = "How long after it was sent a bill of ours is due.",
	},
	{
		.name = "tax_rate",
		.type = OPTION_TEXT,
		FIELD(struct config, billing.tax_rate),
		.format = format_percent,
		.implied = "no tax",
		.example = "'21'",
		.help = "Tax on a bill of ours, in percent.",
	},
	{
		.name = "run",
		.type = OPTION_GROUP,
		FIELD(struct config, finance_run),
		PRESENT(struct config, finance_run.present),
		.table = &finance_run_table,
		.optional_group = true,
		.example = "",
		.help = "The weekly hour in which the open finance tickets are gone through.",
	},
};

const struct option_table option_table_finance = {TABLE(finance_options)};
