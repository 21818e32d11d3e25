#include "cli/invocation.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/span.h"
#include "cli/amount.h"

/* Globals, what the flags bring, the command's own: all options of one command. */
#define OPTIONS_MAX 48
/* What getopt_long returns for the option at index i of the list: above every character. */
#define OPTION_BASE 1000

struct option_list {
	const struct command_option *items[OPTIONS_MAX];
	struct option getopt[OPTIONS_MAX + 1];
	size_t count;
};

static void list_add(struct option_list *list, const struct command_option *option)
{
	if (list->count == OPTIONS_MAX)
		return;
	list->getopt[list->count] =
		(struct option){option->name, option->value ? required_argument : no_argument, NULL,
			OPTION_BASE + (int)list->count};
	list->items[list->count++] = option;
	list->getopt[list->count] = (struct option){0};
}

static void list_fill(struct option_list *list, const struct command *command)
{
	const struct command_option *common[COMMAND_COMMON_OPTIONS];
	size_t common_count = command_common_options(command ? command->flags : 0, common);

	list->count = 0;
	if (command && command->options) {
		for (const struct command_option *option = command->options; option->name; option++)
			list_add(list, option);
	}
	for (size_t i = 0; i < common_count; i++)
		list_add(list, common[i]);
	for (const struct command_option *option = command_global_options; option->name; option++)
		list_add(list, option);
}

/* A value that can be judged without the record. */
static bool value_check(enum value_type type, const char *choices, const char *name,
	const char *value, struct error *err)
{
	struct span rest = span_from(choices), choice;
	unsigned long long number;
	struct date date;
	int64_t cents;

	switch (type) {
	case VALUE_NUMBER:
		if (!span_to_u64(span_from(value), INT64_MAX, &number))
			return error_set(err, ERROR_INPUT, "%s: `%s` is no number", name, value);
		return true;
	case VALUE_DATE:
		if (!date_from_text(span_from(value), &date))
			return error_set(err, ERROR_INPUT,
				"%s: `%s` is no date; dates look like 2026-11-21", name, value);
		return true;
	case VALUE_AMOUNT:
		if (!amount_from_text(span_from(value), &cents))
			return error_set(err, ERROR_INPUT,
				"%s: `%s` is no amount; amounts look like 1234.50", name, value);
		return true;
	case VALUE_CHOICE:
		while (span_next(&rest, '|', &choice)) {
			if (span_equal(choice, span_from(value)))
				return true;
		}
		return error_set(err, ERROR_INPUT, "%s: `%s` is none of %s", name, value, choices);
	default:
		return true;
	}
}

static bool option_take(struct invocation *invocation, const struct command_option *option,
	const char *value, struct error *err)
{
	char name[40];

	if (strcmp(option->name, "help") == 0) {
		invocation->help = true;
		return true;
	}
	if (strcmp(option->name, "version") == 0) {
		invocation->version = true;
		return true;
	}
	if (strcmp(option->name, "config") == 0) {
		invocation->config = value;
		return true;
	}
	snprintf(name, sizeof name, "--%s", option->name);
	if (option->value && !value_check(option->type, option->choices, name, value, err))
		return false;
	invocation->options[invocation->option_count++] = (struct invocation_option){option, value};
	return true;
}

/* getopt says the letter of an unknown short option, and nothing of a long one. */
static bool option_unknown(char **argv, struct error *err)
{
	if (optopt > 0 && optopt < OPTION_BASE)
		return error_set(err, ERROR_INPUT, "there is no option -%c here", optopt);
	if (optopt >= OPTION_BASE)
		return error_set(err, ERROR_INPUT, "%s takes no value", argv[optind - 1]);
	return error_set(err, ERROR_INPUT, "there is no option %s here", argv[optind - 1]);
}

/* Options of `list` in argv[0 …]; other words become arguments. Ends at the first word when
 * stop_at_word is set and says in *used how many were taken. */
static bool words_read(struct invocation *invocation, const struct option_list *list, int argc,
	char **argv, bool stop_at_word, int *used, struct error *err)
{
	int found;

	/* getopt keeps its place in globals; 0 starts it anew (glibc). */
	optind = 0;
	opterr = 0;
	while ((found = getopt_long(
			argc, argv, stop_at_word ? "+:h" : "-:h", list->getopt, NULL)) != -1) {
		if (found == 1) {
			invocation->arguments[invocation->argument_count++] = optarg;
		} else if (found == 'h') {
			invocation->help = true;
		} else if (found == ':') {
			return error_set(err, ERROR_INPUT, "%s needs a value", argv[optind - 1]);
		} else if (found == '?') {
			return option_unknown(argv, err);
		} else if (!option_take(
				   invocation, list->items[found - OPTION_BASE], optarg, err)) {
			return false;
		}
	}
	*used = optind;
	if (!stop_at_word) {
		for (; optind < argc; optind++) /* behind `--` */
			invocation->arguments[invocation->argument_count++] = argv[optind];
	}
	return true;
}

/* `search invoice -draft`: the minus belongs to the word. Such words get out of getopt's sight. */
static void words_hide(struct arena *arena, int argc, char **argv, char ***shown, int *shown_count,
	const char ***hidden, size_t *hidden_count)
{
	*shown = arena_array(arena, char *, (size_t)argc + 1);
	*hidden = arena_array(arena, const char *, (size_t)argc + 1);
	*shown_count = 0;
	*hidden_count = 0;
	for (int i = 0; i < argc; i++) {
		bool is_word = i > 0 && argv[i][0] == '-' && argv[i][1] != '-' && argv[i][1] &&
			       strcmp(argv[i], "-h") != 0;

		if (is_word)
			(*hidden)[(*hidden_count)++] = argv[i];
		else
			(*shown)[(*shown_count)++] = argv[i];
	}
}

static bool command_choose(struct invocation *invocation, struct arena *arena, int argc,
	char **argv, int *used, struct error *err)
{
	const struct command_group *group = command_group_find(argv[0]);
	const char *near;

	*used = 1;
	if (!group) {
		near = command_suggest_noun(argv[0]);
		return error_set(err, ERROR_INPUT, "there is no command `%s`%s%s%s", argv[0],
			near ? "; did you mean `" : "", near ? near : "", near ? "`?" : "");
	}
	invocation->group = group;
	invocation->command = command_find(group, NULL);
	if (invocation->command || argc < 2 || argv[1][0] == '-')
		return true;
	if (argc > 2) {
		struct span both = arena_format(arena, "%s %s", argv[1], argv[2]);

		invocation->command = command_find(group, both.data);
		*used = 3;
	}
	if (!invocation->command) {
		invocation->command = command_find(group, argv[1]);
		*used = 2;
	}
	if (invocation->command)
		return true;
	near = command_suggest_verb(group, argv[1]);
	return error_set(err, ERROR_INPUT, "`%s` has no command `%s`%s%s%s", group->noun, argv[1],
		near ? "; did you mean `" : "", near ? near : "", near ? "`?" : "");
}

static bool arguments_check(const struct invocation *invocation, struct error *err)
{
	const struct command_argument *argument = invocation->command->arguments;
	size_t given = invocation->argument_count, i = 0;

	for (; argument && argument->name; argument++) {
		if (i == given) {
			if (argument->optional)
				return true;
			return error_set(err, ERROR_INPUT, "%s is missing", argument->name);
		}
		do {
			if (!value_check(argument->type, argument->choices, argument->name,
				    invocation->arguments[i], err))
				return false;
			i++;
		} while (argument->repeats && i < given);
	}
	if (i < given)
		return error_set(
			err, ERROR_INPUT, "`%s` is one word too many", invocation->arguments[i]);
	return true;
}

bool invocation_read(int argc, char **argv, struct arena *arena, struct invocation *invocation,
	struct error *err)
{
	struct option_list list;
	const char **hidden = NULL;
	size_t hidden_count = 0;
	int used;

	*invocation = (struct invocation){0};
	invocation->options = arena_array(arena, struct invocation_option, (size_t)argc + 1);
	invocation->arguments = arena_array(arena, const char *, (size_t)argc + 1);

	list_fill(&list, NULL);
	if (!words_read(invocation, &list, argc, argv, true, &used, err))
		return false;
	if (used >= argc)
		return true;
	argc -= used;
	argv += used;
	if (!command_choose(invocation, arena, argc, argv, &used, err))
		return false;

	list_fill(&list, invocation->command);
	argc -= used - 1;
	argv += used - 1;
	if (invocation->command && invocation->command->flags & COMMAND_WORDS)
		words_hide(arena, argc, argv, &argv, &argc, &hidden, &hidden_count);
	if (!words_read(invocation, &list, argc, argv, false, &used, err))
		return false;
	for (size_t i = 0; i < hidden_count; i++)
		invocation->arguments[invocation->argument_count++] = hidden[i];
	if (invocation->help || invocation->version || !invocation->command)
		return true;
	return arguments_check(invocation, err);
}

const char *invocation_option(const struct invocation *invocation, const char *name)
{
	for (size_t i = invocation->option_count; i-- > 0;) {
		if (strcmp(invocation->options[i].option->name, name) == 0)
			return invocation->options[i].value ? invocation->options[i].value : "";
	}
	return NULL;
}

const char *invocation_argument(const struct invocation *invocation, size_t index)
{
	return index < invocation->argument_count ? invocation->arguments[index] : NULL;
}
