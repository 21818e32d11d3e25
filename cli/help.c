#include "cli/help.h"

#include <stdio.h>
#include <string.h>

#define WIDTH 78

/* A paragraph, filled to WIDTH columns. */
static void fill(struct buffer *out, const char *text, size_t indent)
{
	struct span rest = span_from(text), word;
	size_t column = 0;

	while (span_next(&rest, ' ', &word)) {
		if (column > 0 && column + 1 + word.size > WIDTH) {
			buffer_append_byte(out, '\n');
			column = 0;
		}
		if (column == 0) {
			buffer_format(out, "%*s", (int)indent, "");
			column = indent;
		} else {
			buffer_append_byte(out, ' ');
			column++;
		}
		buffer_append(out, word);
		column += word.size;
	}
	buffer_append_byte(out, '\n');
}

static void paragraphs(struct buffer *out, const char *text)
{
	const char *end;

	while ((end = strstr(text, "\n\n"))) {
		char one[2048];

		snprintf(one, sizeof one, "%.*s", (int)(end - text), text);
		fill(out, one, 0);
		buffer_append_byte(out, '\n');
		text = end + 2;
	}
	fill(out, text, 0);
}

void help_synopsis(struct buffer *out, const struct command *command)
{
	const struct command_argument *argument = command->arguments;

	buffer_format(out, "postroom %s%s%s", command->noun, command->verb ? " " : "",
		command->verb ? command->verb : "");
	if (command->options || command->flags)
		buffer_append_string(out, " [OPTION…]");
	for (; argument && argument->name; argument++)
		buffer_format(out, argument->optional ? " [%s%s]" : " %s%s",
			argument->choices ? argument->choices : argument->name,
			argument->repeats ? "…" : "");
}

static void option_line(struct buffer *out, const struct command_option *option)
{
	const char *choices = option->choices;
	char name[64];

	/* "--do-not-contact yes|no" says them already. */
	if (choices && option->value && strcmp(choices, option->value) == 0)
		choices = NULL;
	snprintf(name, sizeof name, "--%s%s%s", option->name, option->value ? " " : "",
		option->value ? option->value : "");
	buffer_format(out, "  %-22s%s%s%s%s%s\n", name,
		strlen(name) > 22 ? "\n                         " : " ", option->help,
		choices ? " (" : "", choices ? choices : "", choices ? ")" : "");
}

static void options(struct buffer *out, const struct command *command)
{
	const struct command_option *common[COMMAND_COMMON_OPTIONS];
	size_t count = command_common_options(command ? command->flags : 0, common);

	buffer_append_string(out, "\nOptions:\n");
	for (const struct command_option *option = command ? command->options : NULL;
		option && option->name; option++)
		option_line(out, option);
	for (size_t i = 0; i < count; i++)
		option_line(out, common[i]);
	for (const struct command_option *option = command_global_options; option->name; option++)
		option_line(out, option);
}

static void command_line(struct buffer *out, const struct command *command)
{
	char name[64];

	snprintf(name, sizeof name, "%s%s%s", command->noun, command->verb ? " " : "",
		command->verb ? command->verb : "");
	buffer_format(out, "  %-24s %s\n", name, command->summary);
}

static void commands_of(struct buffer *out, const struct command_group *group)
{
	for (const struct command *command = group->commands; command->noun; command++)
		command_line(out, command);
}

static void groups(struct buffer *out)
{
	for (const struct command_group *group = command_groups; group->noun; group++)
		buffer_format(out, "  %-12s %s\n", group->noun, group->summary);
}

static void help_command(struct buffer *out, const struct command *command)
{
	const struct command_example *example = command->examples;

	buffer_append_string(out, "Usage: ");
	help_synopsis(out, command);
	buffer_format(out, "\n\n%s.\n", command->summary);
	if (command->description) {
		buffer_append_byte(out, '\n');
		paragraphs(out, command->description);
	}
	options(out, command);
	if (example && example->line)
		buffer_append_string(out, "\nExamples:\n");
	for (; example && example->line; example++)
		buffer_format(out, "  %s\n      %s\n", example->line, example->what);
}

void help_write(struct output *output, const struct invocation *invocation)
{
	struct buffer *out = &output->text;

	if (invocation->command) {
		help_command(out, invocation->command);
		return;
	}
	if (invocation->group) {
		buffer_format(out, "Usage: postroom %s COMMAND\n\n%s: %s.\n\nCommands:\n",
			invocation->group->noun, invocation->group->noun,
			invocation->group->summary);
		commands_of(out, invocation->group);
		options(out, NULL);
		return;
	}
	buffer_append_string(out, "Usage: postroom COMMAND [OPTION…] [ARGUMENT…]\n\n"
				  "See and resolve what the mail daemon recorded.\n\nCommands:\n");
	groups(out);
	options(out, NULL);
	buffer_append_string(out, "\nExit codes:\n");
	for (int code = 0; code < EXIT_CODE_COUNT; code++)
		buffer_format(out, "  %d  %s\n", code, exit_meaning((enum exit_code)code));
	buffer_append_string(out, "\n`postroom COMMAND --help` says more about each.\n");
}

void help_list_commands(const struct invocation *invocation)
{
	struct buffer out = {0};

	if (invocation->group)
		commands_of(&out, invocation->group);
	else
		groups(&out);
	fwrite(out.data, 1, out.size, stderr);
	buffer_done(&out);
}
