/*
 * user.c - `postroom user`: colleagues, as the configuration names them.
 */
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

const struct command user_commands[] = {
	{
		.noun = "user",
		.verb = "list",
		.summary = "List colleagues with their addresses and teams",
		.flags = COMMAND_JSON,
		.run = run_list,
	},
	{0},
};
