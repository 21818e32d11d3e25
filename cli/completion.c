/*
 * completion.c - `postroom completion`: scripts that complete nouns, verbs, options and fixed
 * choices.
 */
#include <string.h>

#include "cli/cli.h"
#include "cli/manual.h"
#include "cli/nouns.h"

/* How bash completes a word of this type: files, folders, or nothing. */
static const char *bash_files(enum value_type type)
{
	return type == VALUE_FILE ? "-f" : type == VALUE_FOLDER ? "-d" : NULL;
}

static void words(struct buffer *out, const char *choices)
{
	for (; *choices; choices++)
		buffer_append_byte(out, *choices == '|' ? ' ' : *choices);
}

/* ---------------------------------------------------------------- bash */

static void bash_options(struct buffer *out, const struct command *command)
{
	const struct command_option *common[COMMAND_COMMON_OPTIONS];
	size_t count = command_common_options(command->flags, common);

	for (const struct command_option *option = command->options; option && option->name;
		option++)
		buffer_format(out, " --%s", option->name);
	for (size_t i = 0; i < count; i++)
		buffer_format(out, " --%s", common[i]->name);
	for (const struct command_option *option = command_global_options; option->name; option++)
		buffer_format(out, " --%s", option->name);
}

static void bash_choices(struct buffer *out, const struct command *command)
{
	for (const struct command_argument *argument = command->arguments;
		argument && argument->name; argument++) {
		if (argument->choices)
			words(out, argument->choices);
	}
}

static void bash_case(struct buffer *out, const struct command *command)
{
	const char *files = NULL;

	for (const struct command_argument *argument = command->arguments;
		argument && argument->name; argument++) {
		if (bash_files(argument->type))
			files = bash_files(argument->type);
	}
	buffer_format(out, "\t'%s%s%s') options='", command->noun, command->verb ? " " : "",
		command->verb ? command->verb : "");
	bash_options(out, command);
	buffer_append_string(out, "'; choices='");
	bash_choices(out, command);
	buffer_format(out, "'; files='%s' ;;\n", files ? files : "");
}

static void bash_option_values(struct buffer *out, const struct command *command)
{
	for (const struct command_option *option = command->options; option && option->name;
		option++) {
		if (!option->choices)
			continue;
		buffer_format(out, "\t'%s%s%s --%s') COMPREPLY=($(compgen -W '", command->noun,
			command->verb ? " " : "", command->verb ? command->verb : "", option->name);
		words(out, option->choices);
		buffer_append_string(out, "' -- \"$word\")); return ;;\n");
	}
}

static void bash_each(struct buffer *out, void (*one)(struct buffer *, const struct command *))
{
	for (const struct command_group *group = command_groups; group->noun; group++) {
		for (const struct command *command = group->commands; command->noun; command++)
			one(out, command);
	}
}

static void bash_verbs(struct buffer *out)
{
	for (const struct command_group *group = command_groups; group->noun; group++) {
		buffer_format(out, "\t%s) verbs='", group->noun);
		for (const struct command *command = group->commands; command->noun; command++) {
			if (command->verb)
				buffer_format(out, "%.*s ", (int)strcspn(command->verb, " "),
					command->verb);
		}
		buffer_append_string(out, "' ;;\n");
	}
}

/* `contact address add`: the second word of the verb, and the verb as a whole. */
static void bash_second_word(struct buffer *out, const struct command *command)
{
	const char *space = command->verb ? strchr(command->verb, ' ') : NULL;

	if (space)
		buffer_format(out,
			"\t'%s %.*s') more+=' %s'; [[ $third == %s ]] && verb='%s' ;;&\n",
			command->noun, (int)(space - command->verb), command->verb, space + 1,
			space + 1, command->verb);
}

void completion_write_bash(struct buffer *out)
{
	buffer_append_string(out,
		"# bash completion of postroom, made from its command table\n"
		"_postroom()\n{\n"
		"\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
		"\tlocal noun= verb= third= verbs= more= options= choices= files= i command\n"
		"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		"\t\tcase ${COMP_WORDS[i]} in\n\t\t--config) ((i++)) ;;\n\t\t-*) ;;\n"
		"\t\t*) if [[ -z $noun ]]; then noun=${COMP_WORDS[i]}\n"
		"\t\t   elif [[ -z $verb ]]; then verb=${COMP_WORDS[i]}\n"
		"\t\t   elif [[ -z $third ]]; then third=${COMP_WORDS[i]}; fi ;;\n"
		"\t\tesac\n\tdone\n"
		"\tif [[ -z $noun ]]; then\n\t\tCOMPREPLY=($(compgen -W '");
	for (const struct command_group *group = command_groups; group->noun; group++)
		buffer_format(out, "%s ", group->noun);
	buffer_append_string(out, "--config --help --version' -- \"$word\"))\n\t\treturn\n\tfi\n"
				  "\tcase $noun in\n");
	bash_verbs(out);
	buffer_append_string(out, "\tesac\n"
				  "\tif [[ -n $verbs && -z $verb ]]; then\n"
				  "\t\tCOMPREPLY=($(compgen -W \"$verbs --help\" -- \"$word\"))\n"
				  "\t\treturn\n\tfi\n"
				  "\tcase \"$noun $verb\" in\n");
	bash_each(out, bash_second_word);
	buffer_append_string(out,
		"\tesac\n"
		"\tif [[ -n $more && -z $third ]]; then\n"
		"\t\tCOMPREPLY=($(compgen -W \"$more\" -- \"$word\"))\n"
		"\t\treturn\n\tfi\n"
		"\tcommand=$noun${verbs:+ $verb}\n"
		"\tcase \"$command $before\" in\n"
		"\t*' --config') COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n");
	bash_each(out, bash_option_values);
	buffer_append_string(out, "\tesac\n\tcase $command in\n");
	bash_each(out, bash_case);
	buffer_append_string(out,
		"\tesac\n"
		"\tif [[ $word == -* ]]; then\n"
		"\t\tCOMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
		"\telif [[ -n $files ]]; then\n"
		"\t\tCOMPREPLY=($(compgen $files -- \"$word\"))\n"
		"\telse\n\t\tCOMPREPLY=($(compgen -W \"$choices\" -- \"$word\"))\n\tfi\n"
		"}\ncomplete -o filenames -F _postroom postroom\n");
}

/* ---------------------------------------------------------------- zsh */

/* For a quoted word of _describe and _arguments: ' : [ ] mean something there. */
static void zsh_text(struct buffer *out, const char *string)
{
	for (; *string; string++) {
		if (*string == '\'')
			buffer_append_string(out, "'\\''");
		else if (*string == ':' || *string == '[' || *string == ']')
			buffer_format(out, "\\%c", *string);
		else
			buffer_append_byte(out, *string);
	}
}

static void zsh_action(struct buffer *out, enum value_type type, const char *choices)
{
	if (choices) {
		buffer_append_byte(out, '(');
		words(out, choices);
		buffer_append_byte(out, ')');
	} else if (type == VALUE_FILE) {
		buffer_append_string(out, "_files");
	} else if (type == VALUE_FOLDER) {
		buffer_append_string(out, "_files -/");
	}
}

static void zsh_option(struct buffer *out, const struct command_option *option)
{
	buffer_format(out, " '--%s[", option->name);
	zsh_text(out, option->help);
	buffer_append_byte(out, ']');
	if (option->value) {
		buffer_append_byte(out, ':');
		zsh_text(out, option->value);
		buffer_append_byte(out, ':');
		zsh_action(out, option->type, option->choices);
	}
	buffer_append_byte(out, '\'');
}

static void zsh_case(struct buffer *out, const struct command *command)
{
	const struct command_option *common[COMMAND_COMMON_OPTIONS];
	size_t count = command_common_options(command->flags, common);

	buffer_format(out, "\t'%s%s%s') _arguments", command->noun, command->verb ? " " : "",
		command->verb ? command->verb : "");
	for (const struct command_option *option = command->options; option && option->name;
		option++)
		zsh_option(out, option);
	for (size_t i = 0; i < count; i++)
		zsh_option(out, common[i]);
	for (const struct command_option *option = command_global_options; option->name; option++)
		zsh_option(out, option);
	for (const struct command_argument *argument = command->arguments;
		argument && argument->name; argument++) {
		buffer_append_string(out, argument->repeats ? " '*:" : " ':");
		zsh_text(out, argument->name);
		buffer_append_byte(out, ':');
		zsh_action(out, argument->type, argument->choices);
		buffer_append_byte(out, '\'');
	}
	buffer_append_string(out, " ;;\n");
}

static void zsh_described(struct buffer *out, const char *name, const char *summary)
{
	buffer_append_string(out, " '");
	zsh_text(out, name);
	buffer_append_byte(out, ':');
	zsh_text(out, summary);
	buffer_append_byte(out, '\'');
}

static void zsh_verbs(struct buffer *out)
{
	for (const struct command_group *group = command_groups; group->noun; group++) {
		if (!group->commands->verb)
			continue;
		buffer_format(out, "\t%s) verbs=(", group->noun);
		for (const struct command *command = group->commands; command->noun; command++)
			zsh_described(out, command->verb, command->summary);
		buffer_append_string(out, ") ;;\n");
	}
}

void completion_write_zsh(struct buffer *out)
{
	buffer_append_string(out, "#compdef postroom\n"
				  "# zsh completion of postroom, made from its command table\n"
				  "local -a nouns verbs\nlocal noun verb\nnouns=(");
	for (const struct command_group *group = command_groups; group->noun; group++)
		zsh_described(out, group->noun, group->summary);
	buffer_append_string(out,
		")\n"
		"if (( CURRENT == 2 )); then _describe command nouns; return; fi\n"
		"noun=$words[2]\n"
		"case $noun in\n");
	zsh_verbs(out);
	buffer_append_string(out,
		"esac\n"
		"if (( $#verbs )); then\n"
		"\tif (( CURRENT == 3 )); then _describe command verbs; return; fi\n"
		"\tverb=$words[3]\n"
		"\tif [[ -n ${verbs[(r)$verb $words[4]:*]} ]]; then\n"
		"\t\tverb=\"$verb $words[4]\"; shift words; (( CURRENT-- ))\n"
		"\tfi\n"
		"\tshift words; (( CURRENT-- ))\n"
		"fi\n"
		"shift words; (( CURRENT-- ))\n"
		"case ${noun}${verb:+ $verb} in\n");
	bash_each(out, zsh_case);
	buffer_append_string(out, "esac\n");
}

/* ---------------------------------------------------------------- the command */

static enum exit_code run_completion(struct cli *cli)
{
	if (cli_argument(cli, 0)[0] == 'b')
		completion_write_bash(&cli->output.text);
	else
		completion_write_zsh(&cli->output.text);
	return EXIT_DONE;
}

static const struct command_argument arguments[] = {
	{.name = "SHELL", .type = VALUE_CHOICE, .choices = "bash|zsh"},
	{0},
};
static const struct command_example examples[] = {
	{"source <(postroom completion bash)", "In this shell only; packages install it for all"},
	{0},
};

const struct command completion_commands[] = {
	{
		.noun = "completion",
		.summary = "Print a completion script for bash or zsh",
		.arguments = arguments,
		.examples = examples,
		.run = run_completion,
	},
	{0},
};
