/*
 * deal_table.c - the command table of `postroom deal`.
 */
#include "cli/deal.h"
#include "cli/nouns.h"

static const struct command_argument one_argument[] = {
	{.name = "DEAL", .type = VALUE_DEAL},
	{0},
};
static const struct command_argument add_arguments[] = {
	{.name = "NAME", .type = VALUE_TEXT},
	{0},
};
static const struct command_argument assign_arguments[] = {
	{.name = "DEAL", .type = VALUE_DEAL},
	{.name = "USER", .type = VALUE_USER},
	{0},
};
static const struct command_argument move_arguments[] = {
	{.name = "DEAL", .type = VALUE_DEAL},
	{.name = "PHASE", .type = VALUE_TEXT},
	{0},
};
static const struct command_argument quote_arguments[] = {
	{.name = "DEAL", .type = VALUE_DEAL},
	{.name = "NUMBER", .type = VALUE_TEXT},
	{0},
};
static const struct command_option list_options[] = {
	{"state", "STATE", VALUE_CHOICE, "in which state; open unless given",
		"open|won|lost|closed|all"},
	{"leads", NULL, VALUE_NONE, "only leads", NULL},
	{"user", "USER", VALUE_USER, "whose, or in which this colleague is", NULL},
	{"contact", "CONTACT", VALUE_CONTACT, "with whom", NULL},
	{"company", "COMPANY", VALUE_COMPANY, "with which company", NULL},
	{0},
};
#define FIELD_OPTIONS                                                                        \
	{"contact", "CONTACT", VALUE_CONTACT, "with whom", NULL},                            \
		{"company", "COMPANY", VALUE_COMPANY,                                        \
			"with which company; the contact's unless "                          \
			"given",                                                             \
			NULL},                                                               \
		{"owner", "USER", VALUE_USER, "whose it is; \"\" for nobody", NULL},         \
		{"value", "AMOUNT", VALUE_AMOUNT, "what it is worth", NULL},                 \
		{"currency", "CODE", VALUE_TEXT, "EUR, GBP, …; deals.currency unless given", \
			NULL},                                                               \
		{"expected", "DATE", VALUE_DATE, "when it is expected to be won", NULL},     \
		{"pipeline", "NAME", VALUE_TEXT, "one of deals.pipelines", NULL},            \
		{"phase", "PHASE", VALUE_TEXT, "a phase of the pipeline", NULL},             \
		{"type", "TYPE", VALUE_TEXT, "one of deals.types", NULL},                    \
		{"subject", "LABEL", VALUE_TEXT, "one of deals.subjects", NULL},             \
		{"weight", "LABEL", VALUE_TEXT, "one of deals.weights", NULL},               \
		{"source", "TEXT", VALUE_TEXT, "where it comes from", NULL},                 \
	{                                                                                    \
		"lead", NULL, VALUE_NONE, "it is a lead as yet", NULL                        \
	}

static const struct command_option add_options[] = {FIELD_OPTIONS, {0}};
static const struct command_option edit_options[] = {
	{"name", "NAME", VALUE_TEXT, "the new name", NULL},
	FIELD_OPTIONS,
	{0},
};
static const struct command_option link_options[] = {
	{"contact", "CONTACT", VALUE_CONTACT, "a further person", NULL},
	{"company", "COMPANY", VALUE_COMPANY, "a further company, of a split deal", NULL},
	{"user", "USER", VALUE_USER, "a colleague, whose calendar then has its tasks, too", NULL},
	{"role", "TEXT", VALUE_TEXT, "as what", NULL},
	{"share", "AMOUNT", VALUE_AMOUNT, "how much of the value is the company's", NULL},
	{0},
};
static const struct command_option unlink_options[] = {
	{"contact", "CONTACT", VALUE_CONTACT, "this person", NULL},
	{"company", "COMPANY", VALUE_COMPANY, "this company", NULL},
	{"user", "USER", VALUE_USER, "this colleague", NULL},
	{0},
};
#define CONTRACT_OPTIONS                                                                 \
	{"message", "MESSAGE", VALUE_MESSAGE, "an attachment of this mail", NULL},       \
		{"attachment", "NAME", VALUE_TEXT, "which, where it has several", NULL}, \
		{"file", "FILE", VALUE_FILE, "a file, kept in the database", NULL},      \
	{                                                                                \
		"link", "URL", VALUE_TEXT, "where the signed contract lies", NULL        \
	}

static const struct command_option contract_options[] = {
	CONTRACT_OPTIONS,
	{"unsigned", NULL, VALUE_NONE, "it is not signed yet", NULL},
	{0},
};
static const struct command_option quote_options[] = {
	{"sent", "DATE", VALUE_DATE, "when it was sent; today unless given", NULL},
	{"until", "DATE", VALUE_DATE, "until when it is good", NULL},
	{"chase", "WHEN", VALUE_DUE, "when to ask again; on the day of --until unless given", NULL},
	{0},
};
static const struct command_option accept_options[] = {
	{"date", "DATE", VALUE_DATE, "when; today unless given", NULL},
	{"template", "NAME", VALUE_TEXT, "project to begin, one of `projects`", NULL},
	{0},
};
static const struct command_option decline_options[] = {
	{"reason", "TEXT", VALUE_TEXT, "why; needed", NULL},
	{"follow-up", "WHEN", VALUE_DUE, "when to follow up; in two weeks unless given", NULL},
	{0},
};
static const struct command_option win_options[] = {
	CONTRACT_OPTIONS,
	{"date", "DATE", VALUE_DATE, "since when it counts as won; today unless given", NULL},
	{"net", "AMOUNT", VALUE_AMOUNT, "to be billed; the deal's value unless given", NULL},
	{"discount", "AMOUNT", VALUE_AMOUNT, "taken off the net", NULL},
	{"tax-rate", "PERCENT", VALUE_AMOUNT, "finance.tax_rate unless given", NULL},
	{"currency", "CODE", VALUE_TEXT, "of the bill", NULL},
	{"template", "NAME", VALUE_TEXT, "project to begin, one of `projects`", NULL},
	{0},
};
static const struct command_option lose_options[] = {
	{"reason", "TEXT", VALUE_TEXT, "why; needed", NULL},
	{"outcome", "WORD", VALUE_TEXT, "one of the pipeline's outcomes; the first unless given",
		NULL},
	{"date", "DATE", VALUE_DATE, "when; today unless given", NULL},
	{0},
};
static const struct command_option nurture_options[] = {
	{"due", "WHEN", VALUE_DUE, "when to follow up; needed", NULL},
	{0},
};

static const struct command_example add_examples[] = {
	{"postroom deal add \"Support 2027\" --contact anna --value 12000 --expected 2027-01-15",
		"A deal with Anna"},
	{0},
};
static const struct command_example move_examples[] = {
	{"postroom deal move \"Support 2027\" quotation", "It goes on to the next phase"},
	{0},
};
static const struct command_example link_examples[] = {
	{"postroom deal link \"Support 2027\" --user ben --role technician",
		"Its tasks are in Ben's calendar, too"},
	{0},
};
static const struct command_example quote_examples[] = {
	{"postroom deal quote \"Support 2027\" Q-2026-17 --until 2026-12-31 --chase 2w",
		"Sent today; in two weeks a task asks for the answer"},
	{0},
};
static const struct command_example win_examples[] = {
	{"postroom deal win \"Support 2027\" --link https://files.example.org/contract.pdf",
		"Won with the signed contract; its bill is a receivable ticket"},
	{0},
};
static const struct command_example lose_examples[] = {
	{"postroom deal lose \"Support 2027\" --reason \"too expensive\"",
		"It goes to the last phase"},
	{0},
};
static const struct command_example nurture_examples[] = {
	{"postroom deal nurture \"Support 2027\" --due 3m", "It comes back in three months"},
	{0},
};

const struct command deal_commands[] = {
	{
		.noun = "deal",
		.verb = "list",
		.summary = "List leads and deals, the open ones unless asked",
		.options = list_options,
		.flags = COMMAND_JSON | COMMAND_PAGES,
		.examples = EXAMPLE("postroom deal list", "What is open"),
		.run = deal_run_list,
	},
	{
		.noun = "deal",
		.verb = "show",
		.summary = "Show one lead or deal, and what it lacks to be won or closed",
		.arguments = one_argument,
		.flags = COMMAND_JSON,
		.examples = EXAMPLE(
			"postroom deal show \"Support 2027\"", "With what it lacks to be won"),
		.run = deal_run_show,
	},
	{
		.noun = "deal",
		.verb = "add",
		.summary = "Add a deal",
		.description = "It begins in the first phase of the first pipeline, and is yours "
			       "where you are a user, unless options say otherwise.",
		.arguments = add_arguments,
		.options = add_options,
		.examples = add_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = deal_run_add,
	},
	{
		.noun = "deal",
		.verb = "edit",
		.summary = "Change a deal's fields",
		.arguments = one_argument,
		.options = edit_options,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE("postroom deal edit \"Support 2027\" --value 15000", "It grew"),
		.run = deal_run_edit,
	},
	{
		.noun = "deal",
		.verb = "assign",
		.summary = "Give a lead or deal to a user",
		.arguments = assign_arguments,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples =
			EXAMPLE("postroom deal assign \"Support 2027\" ben", "Ben goes on with it"),
		.run = deal_run_assign,
	},
	{
		.noun = "deal",
		.verb = "move",
		.summary = "Move an open deal to a phase of its pipeline",
		.arguments = move_arguments,
		.examples = move_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = deal_run_move,
	},
	{
		.noun = "deal",
		.verb = "use",
		.summary = "Make a deal the current one of its contact: mail goes there",
		.arguments = one_argument,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE("postroom deal use \"Support 2027\"", "Anna's mail goes there"),
		.run = deal_run_use,
	},
	{
		.noun = "deal",
		.verb = "link",
		.summary = "Add people, companies or colleagues to a deal",
		.arguments = one_argument,
		.options = link_options,
		.examples = link_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = deal_run_link,
	},
	{
		.noun = "deal",
		.verb = "unlink",
		.summary = "Take people, companies or colleagues out of a deal",
		.arguments = one_argument,
		.options = unlink_options,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE("postroom deal unlink \"Support 2027\" --user ben",
			"It leaves his calendar"),
		.run = deal_run_unlink,
	},
	{
		.noun = "deal",
		.verb = "contract",
		.summary = "Say where the contract of a deal is",
		.arguments = one_argument,
		.options = contract_options,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE("postroom deal contract \"Support 2027\" --file contract.pdf",
			"The signed contract, kept in the database"),
		.run = deal_run_contract,
	},
	{
		.noun = "deal",
		.verb = "document",
		.summary = "Print the file that was kept with `deal contract --file`",
		.arguments = one_argument,
		.examples = EXAMPLE(
			"postroom deal document \"Support 2027\" > contract.pdf", "The file again"),
		.run = deal_run_document,
	},
	{
		.noun = "deal",
		.verb = "quote",
		.summary = "Note the quotation that was sent, and when to ask for the answer",
		.arguments = quote_arguments,
		.options = quote_options,
		.examples = quote_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = deal_run_quote,
	},
	{
		.noun = "deal",
		.verb = "accept",
		.summary = "The quotation was accepted: the project of the deal's type begins",
		.arguments = one_argument,
		.options = accept_options,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE(
			"postroom deal accept \"Support 2027\"", "The answer came, and it is yes"),
		.run = deal_run_accept,
	},
	{
		.noun = "deal",
		.verb = "decline",
		.summary = "The quotation was declined: the deal goes back to follow-up",
		.arguments = one_argument,
		.options = decline_options,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE("postroom deal decline \"Support 2027\" --reason \"too late\"",
			"It goes back to follow-up, with the reason"),
		.run = deal_run_decline,
	},
	{
		.noun = "deal",
		.verb = "win",
		.summary = "The deal is won: its bill is opened as a receivable ticket",
		.description =
			"It needs what deals.win_needs says, a signed contract unless configured "
			"otherwise; the refusal says what is missing. The ticket blocks the deal: "
			"it can be closed when the ticket is.",
		.arguments = one_argument,
		.options = win_options,
		.examples = win_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = deal_run_win,
	},
	{
		.noun = "deal",
		.verb = "lose",
		.summary = "The deal is lost: it goes to the last phase",
		.arguments = one_argument,
		.options = lose_options,
		.examples = lose_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = deal_run_lose,
	},
	{
		.noun = "deal",
		.verb = "nurture",
		.summary = "Bring a lost deal back to follow-up",
		.arguments = one_argument,
		.options = nurture_options,
		.examples = nurture_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = deal_run_nurture,
	},
	{
		.noun = "deal",
		.verb = "close",
		.summary = "Close a won deal whose finance ticket is closed",
		.description = "It needs what deals.close_needs says, or its type; the refusal "
			       "says what is missing.",
		.arguments = one_argument,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE(
			"postroom deal close \"Support 2027\"", "Its bill is paid and closed"),
		.run = deal_run_close,
	},
	{0},
};
