/*
 * config.c - `postroom config`: the configuration file checked, shown and begun.
 */
#include "cli/cli.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "config/load.h"
#include "config/options.h"

static enum exit_code run_check(struct cli *cli)
{
	enum exit_code code = cli_load_config(cli);
	json_t *object;

	if (code != EXIT_DONE)
		return code;
	if (!cli->output.json) {
		message_print("%s: good; %zu mailbox%s, %zu user%s", cli->config->path,
			cli->config->mailbox_count, cli->config->mailbox_count == 1 ? "" : "es",
			cli->config->user_count, cli->config->user_count == 1 ? "" : "s");
		return EXIT_DONE;
	}
	object = json_object();
	json_object_set_new(object, "file", json_string(cli->config->path));
	json_object_set_new(object, "valid", json_true());
	json_object_set_new(
		object, "mailboxes", json_integer((json_int_t)cli->config->mailbox_count));
	json_object_set_new(object, "users", json_integer((json_int_t)cli->config->user_count));
	output_json(&cli->output, object, false);
	return EXIT_DONE;
}

static enum exit_code run_show(struct cli *cli)
{
	enum exit_code code = cli_load_config(cli);
	struct buffer text = {0};

	if (code != EXIT_DONE)
		return code;
	options_write_config(cli->config, &text);
	output_raw(&cli->output, buffer_span(&text));
	buffer_done(&text);
	return EXIT_DONE;
}

static enum exit_code run_example(struct cli *cli)
{
	options_write_example(&cli->output.text);
	return EXIT_DONE;
}

static const struct command_example check_examples[] = {
	{"postroom config check --config new.yaml && systemctl reload postroomd",
		"Take over a changed file only when it is good"},
	{NULL, NULL},
};

static const struct command_example example_examples[] = {
	{"postroom config example > /etc/postroom/postroom.yaml", "Begin a configuration"},
	{NULL, NULL},
};

const struct command config_commands[] = {
	{
		.noun = "config",
		.verb = "check",
		.summary = "Check the configuration file",
		.description = "Says the first fault with file, line, column and the nearest valid "
			       "key, and ends with 5. Nothing is logged in to: `postroomd --check` "
			       "does that.",
		.examples = check_examples,
		.flags = COMMAND_JSON,
		.run = run_check,
	},
	{
		.noun = "config",
		.verb = "show",
		.summary = "Print the configuration in force, defaults filled in, secrets hidden",
		.examples = EXAMPLE("postroom config show", "What is in force, secrets hidden"),
		.run = run_show,
	},
	{
		.noun = "config",
		.verb = "example",
		.summary = "Print a documented example file",
		.examples = example_examples,
		.run = run_example,
	},
	{0},
};
