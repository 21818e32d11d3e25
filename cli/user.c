/*
 * user.c - `postroom user`: colleagues, as the configuration names them.
 */
#include "cli/user.h"
#include "cli/cli.h"
#include "cli/json.h"
#include "cli/nouns.h"

static json_t *strings_json(const struct config_strings *strings)
{
	json_t *array = json_array();

	for (size_t i = 0; i < strings->count; i++)
		json_array_append_new(array, json_span(span_from(strings->items[i])));
	return array;
}

static const struct column columns[] = {
	{"name", "user", COLUMN_TEXT},
	{"full_name", "name", COLUMN_TEXT},
	{"addresses", "addresses", COLUMN_LIST},
	{"teams", "teams", COLUMN_LIST},
	{"zone", "zone", COLUMN_TEXT},
	{"admin", "admin", COLUMN_FLAG},
};

static enum exit_code run_list(struct cli *cli)
{
	enum exit_code code = cli_load_config(cli);
	json_t *array;

	if (code != EXIT_DONE)
		return code;
	array = json_array();
	for (size_t i = 0; i < cli->config->user_count; i++) {
		const struct config_user *user = &cli->config->users[i];
		json_t *object = json_object();

		json_object_set_new(object, "name", json_string(user->name));
		json_object_set_new(object, "full_name", json_span(span_from(user->full_name)));
		json_object_set_new(object, "addresses", strings_json(&user->addresses));
		json_object_set_new(object, "teams", strings_json(&user->teams));
		json_object_set_new(object, "zone", json_span(span_from(user->zone)));
		json_object_set_new(object, "admin", json_boolean(user->admin));
		json_array_append_new(array, object);
	}
	output_rows(&cli->output, array, columns, ARRAY_COUNT(columns), "no users are configured");
	return EXIT_DONE;
}

static const struct command_argument one_argument[] = {
	{.name = "USER", .type = VALUE_USER},
	{0},
};
static const struct command_option absences_options[] = {
	{"all", NULL, VALUE_NONE, "with those that are over", NULL},
	{0},
};
static const struct command_option away_options[] = {
	{"from", "DAY", VALUE_DATE, "the first day; today unless given", NULL},
	{"until", "DAY", VALUE_DATE, "the last day", NULL},
	{"to", "USER", VALUE_USER, "who stands in", NULL},
	{0},
};
static const struct command_option handover_options[] = {
	{"from", "USER", VALUE_USER, "whose work it is", NULL},
	{"to", "USER", VALUE_USER, "who has it from now on", NULL},
	{0},
};
static const struct command_option leave_options[] = {
	{"to", "USER", VALUE_USER, "who has the work from now on", NULL},
	{0},
};
static const struct command_example list_examples[] = {
	{"postroom user list", "Who is a user, with which addresses"},
	{0},
};
static const struct command_example absences_examples[] = {
	{"postroom user absences --all", "Who was, is and will be away"},
	{0},
};
static const struct command_example away_examples[] = {
	{"postroom user away ben --from 2099-07-01 --until 2099-07-21 --to anna",
		"Three weeks of holidays"},
	{0},
};
static const struct command_example back_examples[] = {
	{"postroom user back carla", "Earlier than planned: the open work is hers again"},
	{0},
};
static const struct command_example handover_examples[] = {
	{"postroom user handover --from ben --to anna --dry-run", "How much it would be"},
	{0},
};
static const struct command_example leave_examples[] = {
	{"postroom user leave ben --to anna --dry-run", "What there would be to do for Anna"},
	{0},
};

const struct command user_commands[] = {
	{
		.noun = "user",
		.verb = "list",
		.summary = "List colleagues with their addresses and teams",
		.examples = list_examples,
		.flags = COMMAND_JSON,
		.run = run_list,
	},
	{
		.noun = "user",
		.verb = "absences",
		.summary = "List who is away or will be, and who stands in",
		.options = absences_options,
		.examples = absences_examples,
		.flags = COMMAND_JSON,
		.run = user_run_absences,
	},
	{
		.noun = "user",
		.verb = "away",
		.summary = "Let a colleague stand in from one day to another",
		.description =
			"From the first day on the open tasks, tickets and cases of USER are with "
			"who stands in, and so is what comes in; the turn at new leads goes to the "
			"next. After the last day what is still open of it comes back.",
		.arguments = one_argument,
		.options = away_options,
		.examples = away_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = user_run_away,
	},
	{
		.noun = "user",
		.verb = "back",
		.summary = "End an absence, or take back the next one",
		.arguments = one_argument,
		.examples = back_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = user_run_back,
	},
	{
		.noun = "user",
		.verb = "handover",
		.summary = "Give all that a colleague looks after to another",
		.description = "Open tasks, tickets, cases and deals, projects, and the contacts "
			       "and companies that he owns. What he did stays his.",
		.options = handover_options,
		.examples = handover_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = user_run_handover,
	},
	{
		.noun = "user",
		.verb = "leave",
		.summary = "A colleague leaves: hand everything over, revoke his calendars",
		.description = "As `user handover`; his absences end and his calendar addresses "
			       "are revoked. The history stays. Then take him out of the "
			       "configuration.",
		.arguments = one_argument,
		.options = leave_options,
		.examples = leave_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = user_run_leave,
	},
	{0},
};
