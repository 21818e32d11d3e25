#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <string.h>

#include "base/compiler.h"
#include "cli/command.h"
#include "cli/invocation.h"

#define FAIL(command, what) \
	fail_msg("%s %s: %s", (command)->noun, (command)->verb ? (command)->verb : "", (what))

static void check_sentence(const struct command *command, const char *text)
{
	if (!text || !*text || text[strlen(text) - 1] == '.')
		FAIL(command, "a summary has no full stop");
	if (!isupper((unsigned char)*text))
		FAIL(command, "a summary begins with a capital letter");
}

static void check_options(const struct command *command)
{
	const struct command_option *common[COMMAND_COMMON_OPTIONS];
	size_t count = command_common_options(command->flags, common);

	for (const struct command_option *option = command->options; option && option->name;
		option++) {
		if (!option->help || !*option->help)
			FAIL(command, "an option without help");
		if ((option->value != NULL) != (option->type != VALUE_NONE))
			FAIL(command, "an option's value and type disagree");
		if ((option->choices != NULL) != (option->type == VALUE_CHOICE))
			FAIL(command, "choices stand with VALUE_CHOICE");
		for (const struct command_option *other = command->options; other < option; other++)
			assert_string_not_equal(option->name, other->name);
		for (size_t i = 0; i < count; i++)
			assert_string_not_equal(option->name, common[i]->name);
		for (const struct command_option *other = command_global_options; other->name;
			other++)
			assert_string_not_equal(option->name, other->name);
	}
}

static void check_arguments(const struct command *command)
{
	bool last = false;

	for (const struct command_argument *argument = command->arguments;
		argument && argument->name; argument++) {
		if (last)
			FAIL(command, "only the last argument may be optional or repeat");
		last = argument->optional || argument->repeats;
		if ((argument->choices != NULL) != (argument->type == VALUE_CHOICE))
			FAIL(command, "choices stand with VALUE_CHOICE");
	}
}

/* An example of the table is understood by the table, up to where a shell takes over. */
static void check_example(const struct command *command, const char *line)
{
	struct span rest = span_from(line), word;
	struct invocation invocation;
	struct arena arena = {0};
	struct error err;
	char *words[32];
	int count = 0;

	while (count < 31 && span_next(&rest, ' ', &word)) {
		if (word.size == 1 && strchr("|<>&", *word.data))
			break;
		if (span_equal(word, SPAN("&&")))
			break;
		words[count++] = (char *)(size_t)arena_copy(&arena, word).data;
	}
	words[count] = NULL;
	/* Quotes and substitutions are the shell's: such a line is several words here. */
	if (!strpbrk(line, "\"$") && strncmp(line, "postroom ", 9) == 0) {
		if (!invocation_read(count, words, &arena, &invocation, &err))
			fail_msg("%s: %s", line, err.text);
		if (invocation.command != command)
			FAIL(command, "an example of another command");
	}
	arena_done(&arena);
}

static void test_table(void **state)
{
	(void)state;
	for (const struct command_group *group = command_groups; group->noun; group++) {
		assert_true(group->summary && *group->summary);
		assert_true(command_group_find(group->noun) == group);
		assert_non_null(group->commands->noun);
		for (const struct command *command = group->commands; command->noun; command++) {
			assert_string_equal(command->noun, group->noun);
			assert_non_null(command->run);
			assert_true(command_find(group, command->verb) == command);
			check_sentence(command, command->summary);
			check_options(command);
			check_arguments(command);
			for (const struct command_example *example = command->examples;
				example && example->line; example++)
				check_example(command, example->line);
		}
	}
}

static void test_invocations(void **state)
{
	static const struct {
		const char *line;
		const char *noun, *verb, *argument, *json;
		const char *fault; /* in the error's text, NULL: good */
	} cases[] = {
		{"postroom status --json", "status", NULL, NULL, "", NULL},
		{"postroom --config x status", "status", NULL, NULL, NULL, NULL},
		{"postroom contact show anna", "contact", "show", "anna", NULL, NULL},
		{"postroom contact show --json anna", "contact", "show", "anna", "", NULL},
		{"postroom contact show anna --json", "contact", "show", "anna", "", NULL},
		{"postroom contact address add anna a@example.org", "contact", "address add",
			"anna", NULL, NULL},
		{"postroom contact show -- --json", "contact", "show", "--json", NULL, NULL},
		{"postroom parse -", "parse", NULL, "-", NULL, NULL},
		{"postroom search a -b --json", "search", NULL, "a", "", NULL},
		{"postroom ticket list --state=paid", "ticket", "list", NULL, NULL, NULL},
		{"postroom contact show", "contact", "show", NULL, NULL, "CONTACT is missing"},
		{"postroom contact show a b", "contact", "show", "a", NULL, "one word too many"},
		{"postroom contact shw a", "contact", NULL, NULL, NULL, "did you mean `show`?"},
		{"postroom kontakt", NULL, NULL, NULL, NULL, "there is no command `kontakt`"},
		{"postroom contact list --foo", "contact", "list", NULL, NULL, "--foo"},
		{"postroom contact list -x", "contact", "list", NULL, NULL, "-x"},
		{"postroom contact list --json=yes", "contact", "list", NULL, NULL, "no value"},
		{"postroom contact list --limit", "contact", "list", NULL, NULL, "needs a value"},
		{"postroom contact list --limit -1", "contact", "list", NULL, NULL, "--limit"},
		{"postroom ticket list --state odd", "ticket", "list", NULL, NULL, "none of"},
		{"postroom ticket edit 1 --due 31.1.2026", "ticket", "edit", "1", NULL,
			"2026-11-21"},
		{"postroom ticket edit 1 --net many", "ticket", "edit", "1", NULL, "--net"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct span rest = span_from(cases[i].line), word;
		struct invocation invocation;
		struct arena arena = {0};
		struct error err = {0};
		const char *argument, *json;
		char *words[16];
		int count = 0;

		while (span_next(&rest, ' ', &word))
			words[count++] = (char *)(size_t)arena_copy(&arena, word).data;
		words[count] = NULL;
		if (invocation_read(count, words, &arena, &invocation, &err) == !!cases[i].fault)
			fail_msg("%s: %s", cases[i].line, err.text);
		if (cases[i].fault && !strstr(err.text, cases[i].fault))
			fail_msg("%s: %s", cases[i].line, err.text);
		if (cases[i].noun)
			assert_string_equal(invocation.group->noun, cases[i].noun);
		if (cases[i].verb)
			assert_string_equal(invocation.command->verb, cases[i].verb);
		argument = invocation_argument(&invocation, 0);
		if (cases[i].argument)
			assert_string_equal(argument, cases[i].argument);
		json = invocation_option(&invocation, "json");
		if (!cases[i].fault)
			assert_int_equal(json != NULL, cases[i].json != NULL);
		arena_done(&arena);
	}
}

static void test_hidden_words_and_last_option(void **state)
{
	char a[] = "postroom", b[] = "search", c[] = "one", d[] = "-two", e[] = "--limit",
	     f[] = "3", g[] = "--limit=4";
	char *words[] = {a, b, c, d, e, f, g, NULL};
	struct invocation invocation;
	struct arena arena = {0};
	struct error err;

	(void)state;
	assert_true(invocation_read(7, words, &arena, &invocation, &err));
	assert_int_equal(invocation.argument_count, 2);
	assert_string_equal(invocation_argument(&invocation, 1), "-two");
	assert_string_equal(invocation_option(&invocation, "limit"), "4");
	assert_null(invocation_argument(&invocation, 2));
	arena_done(&arena);
}

/* Every kind of error ends with a code of the contract. */
static void test_exit_codes(void **state)
{
	(void)state;
	assert_int_equal(exit_of(ERROR_INPUT), 5);
	assert_int_equal(exit_of(ERROR_LIMIT), 5);
	assert_int_equal(exit_of(ERROR_CONFLICT), 4);
	for (int kind = ERROR_INPUT; kind <= ERROR_BUG; kind++)
		assert_in_range(exit_of((enum error_kind)kind), 1, 5);
	for (int code = 0; code < EXIT_CODE_COUNT; code++)
		assert_non_null(exit_meaning((enum exit_code)code));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_invocations),
		cmocka_unit_test(test_hidden_words_and_last_option),
		cmocka_unit_test(test_exit_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
