#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "base/span.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/tree.h"

static const struct column columns[] = {
	{"id", "id", COLUMN_ID},
	{"name", "name", COLUMN_TEXT},
	{"company.name", "company", COLUMN_TEXT},
	{"at", "time", COLUMN_TIME},
	{"amount", "amount", COLUMN_NUMBER},
	{"late", "late", COLUMN_FLAG},
	{"words", "words", COLUMN_LIST},
	{"state", "state", COLUMN_STATE},
};

static json_t *load(const char *text)
{
	json_error_t err;
	json_t *value = json_loads(text, 0, &err);

	if (!value)
		fail_msg("%s: %s", text, err.text);
	return value;
}

static void check_text(struct output *output, const char *expected)
{
	assert_string_equal(buffer_string(&output->text), expected);
	output_done(output);
}

static void test_rows(void **state)
{
	static const struct {
		const char *json, *expected;
		size_t terminal_columns;
	} cases[] = {
		{"[{\"id\": 7, \"name\": \"Anna\"}]", "id  name\n#7  Anna\n", 0},
		/* a column without any value does not show, a wide character takes two columns */
		{"[{\"id\": 7, \"name\": \"日本\", \"company\": {\"name\": \"A\"}},"
		 " {\"id\": 12, \"name\": \"Bo\", \"company\": null}]",
			" id  name  company\n #7  日本  A\n#12  Bo\n", 0},
		{"[{\"at\": \"2026-11-21T10:00:00+01:00\", \"amount\": \"12.50\", \"late\": true},"
		 " {\"at\": null, \"amount\": \"1.00\", \"late\": false}]",
			"time              amount\n"
			"2026-11-21 10:00   12.50  late\n"
			"                    1.00\n",
			0},
		{"[{\"words\": [\"a\", \"b\"], \"state\": \"dead\"}]",
			"words  state\na, b   dead\n", 0},
		/* what a mail says can't move the cursor or turn the line around */
		{"[{\"name\": \"\\u001b[2Jx\\u202ey\\nz\\u009b\"}]",
			"name\n\\u{1b}[2Jx\\u{202e}y z\\u{9b}\n", 0},
		/* the widest text is cut to the terminal */
		{"[{\"id\": 1, \"name\": \"a long name, much longer than the line\"}]",
			"id  name\n#1  a long name, mu…\n", 20},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct output output = {.columns = cases[i].terminal_columns};

		output_rows(&output, load(cases[i].json), columns, ARRAY_COUNT(columns), "none");
		check_text(&output, cases[i].expected);
	}
}

static void test_empty_list_is_json(void **state)
{
	struct output output = {.json = true};

	(void)state;
	output_rows(&output, json_array(), columns, ARRAY_COUNT(columns), "none");
	check_text(&output, "[]\n");
}

static void test_record(void **state)
{
	struct output output = {0};

	(void)state;
	output_record(&output,
		load("{\"id\": 3, \"name\": \"Anna\", \"company\": null, \"late\": false,"
		     " \"words\": [], \"state\": \"open\"}"),
		columns, ARRAY_COUNT(columns));
	check_text(&output, "id:      #3\nname:    Anna\nstate:   open\n");
}

/* Colour is asked for by output_init alone, and text without it holds no escape. */
static void test_colour(void **state)
{
	struct output plain = {0}, coloured = {.colour = true};

	(void)state;
	output_record(&plain, load("{\"state\": \"dead\"}"), columns, ARRAY_COUNT(columns));
	check_text(&plain, "state:   dead\n");
	output_record(&coloured, load("{\"state\": \"dead\"}"), columns, ARRAY_COUNT(columns));
	check_text(&coloured, "state:   \033[31mdead\033[0m\n");
}

static void test_json_escapes(void **state)
{
	static const struct {
		struct span text;
		const char *expected;
	} cases[] = {
		{SPAN_INIT("Jürgen"), "\"Jürgen\"\n"},
		{SPAN_INIT("a\033b"), "\"a\\u001Bb\"\n"},
		{SPAN_INIT("a\177b"), "\"a\\u007fb\"\n"},
		{SPAN_INIT("a\302\233b"), "\"a\\u009bb\"\n"},
		{SPAN_INIT("\342\200\256evil"), "\"\\u202eevil\"\n"},
		{SPAN_INIT("\342\201\246"), "\"\\u2066\"\n"},
		{SPAN_INIT("\330\234"), "\"\\u061c\"\n"},
		{SPAN_INIT("\342\200\231"), "\"\342\200\231\"\n"}, /* a mere quotation mark */
		{SPAN_INIT("\377"), "\"\357\277\275\"\n"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		json_t *value = json_span(cases[i].text), *again;
		struct buffer out = {0};

		json_write(&out, value, true);
		assert_string_equal(buffer_string(&out), cases[i].expected);
		again = json_loads(buffer_string(&out), JSON_DECODE_ANY, NULL);
		assert_true(json_equal(again, value));
		json_decref(again);
		json_decref(value);
		buffer_done(&out);
	}
}

static void test_raw_bytes(void **state)
{
	struct output file = {0}, terminal = {.terminal = true};
	const struct span bytes = SPAN("a\033[2Jb\r\nc\n");

	(void)state;
	output_raw(&file, bytes);
	assert_true(span_equal(buffer_span(&file.text), bytes));
	output_done(&file);
	output_raw(&terminal, bytes);
	check_text(&terminal, "a\\u{1b}[2Jb\nc\n");
}

static void test_tree(void **state)
{
	struct output output = {0};
	json_t *value = load("{\"a\": null, \"b\": [], \"text\": \"one\\ntwo\\u001b\","
			     " \"list\": [{\"x\": 1, \"y\": true}, {\"x\": 2}]}");

	(void)state;
	tree_write(&output, value);
	json_decref(value);
	check_text(
		&output, "text:\n  | one\n  | two\\u{1b}\nlist:\n  - x: 1\n    y: yes\n  - x: 2\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_empty_list_is_json),
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_colour),
		cmocka_unit_test(test_json_escapes),
		cmocka_unit_test(test_raw_bytes),
		cmocka_unit_test(test_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
