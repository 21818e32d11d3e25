#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/csv.h"
#include "tests/exact.h"

/* Rows as "line:[cell][cell]" or "line!fault", one behind the other. */
static void rows_as_text(struct span text, struct buffer *out)
{
	struct arena arena = {0};
	struct csv_reader reader;
	struct csv_row row;
	struct error err;

	assert_true(csv_open(&reader, text, &err));
	while (csv_next(&reader, &arena, &row)) {
		buffer_format(out, "%zu%s", row.line, row.fault ? "!" : ":");
		for (size_t i = 0; i < row.count; i++)
			buffer_format(out, "[%.*s]", SPAN_ARG(row.cells[i]));
		if (row.fault)
			buffer_format(out, "%s ", row.fault);
	}
	arena_done(&arena);
}

static void test_reading(void **state)
{
	static const struct {
		struct span text;
		const char *rows;
	} cases[] = {
		{SPAN_INIT(""), ""},
		{SPAN_INIT("\n\r\n"), ""},
		{SPAN_INIT("a,b\r\n1,2\r\n"), "1:[a][b]2:[1][2]"},
		{SPAN_INIT("\xEF\xBB\xBF"
			   "a;b\n1,5;2"),
			"1:[a][b]2:[1,5][2]"},
		{SPAN_INIT("a\tb\r1\t"), "1:[a][b]2:[1][]"},
		{SPAN_INIT("a,b\n\n\n\"x\ny\",\"say \"\"hi\"\"\"\nz,\n"),
			"1:[a][b]4:[x\ny][say \"hi\"]6:[z][]"},
		{SPAN_INIT("\"a;b\",c"), "1:[a;b][c]"},
		{SPAN_INIT("a,b\"c\"\n"), "1:[a][b\"c\"]"},
		{SPAN_INIT("a,b\n\"x\"y,1\nc,d\n"),
			"1:[a][b]2!there is text behind a closing quote 3:[c][d]"},
		{SPAN_INIT("a,b\n\"x,1\nc,d\n"), "1:[a][b]2!a quote is never closed 3:[c][d]"},
		{SPAN_INIT("a\nM\xFCller\nb"),
			"1:[a]2!a cell is not UTF-8; convert the file with `iconv -t UTF-8` "
			"3:[b]"},
		{SPAN_INIT("'=1,''+2,'a,'\n"), "1:[=1]['+2]['a][']"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct span copy = exact_copy(cases[i].text);
		struct buffer got = {0};

		rows_as_text(copy, &got);
		assert_string_equal(buffer_string(&got), cases[i].rows);
		buffer_done(&got);
		free((void *)(size_t)copy.data);
	}
}

static void test_utf16_is_told(void **state)
{
	struct csv_reader reader;
	struct error err;

	(void)state;
	assert_false(csv_open(&reader,
		SPAN("\xFF\xFE"
		     "a\0"),
		&err));
	assert_non_null(strstr(err.text, "iconv"));
}

static void test_a_formula_is_only_text(void **state)
{
	static const struct {
		struct span cell;
		const char *written;
	} cases[] = {
		{SPAN_INIT(""), ""},
		{SPAN_INIT("plain"), "plain"},
		{SPAN_INIT("=1+1"), "\"'=1+1\""},
		{SPAN_INIT("+31 20 123"), "\"'+31 20 123\""},
		{SPAN_INIT("-1"), "\"'-1\""},
		{SPAN_INIT("@SUM(A1)"), "\"'@SUM(A1)\""},
		{SPAN_INIT("\t=1"), "\"'\t=1\""},
		{SPAN_INIT("\r=1"), "\"'\n=1\""},
		{SPAN_INIT("\n=1"), "\"'\n=1\""},
		{SPAN_INIT("\xEF\xBC\x9D"
			   "1"),
			"\"'\xEF\xBC\x9D"
			"1\""},
		{SPAN_INIT("'=1"), "\"''=1\""},
		{SPAN_INIT("'t Hooft"), "\"'t Hooft\""},
		{SPAN_INIT("a;=1"), "\"a;=1\""},
		{SPAN_INIT("a\",=1"), "\"a\"\",=1\""},
		{SPAN_INIT("\x1B[2Jx"), "\\u{1b}[2Jx"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct span copy = exact_copy(cases[i].cell);
		struct buffer got = {0};

		csv_append(&got, true, copy);
		assert_string_equal(buffer_string(&got), cases[i].written);
		buffer_done(&got);
		free((void *)(size_t)copy.data);
	}
}

static void test_what_we_wrote_is_no_formula(void **state)
{
	struct buffer got = {0};

	(void)state;
	csv_append_plain(&got, true, SPAN("-12.50"));
	csv_append(&got, false, SPAN("-x"));
	csv_end_row(&got);
	assert_string_equal(buffer_string(&got), "-12.50,\"'-x\"\r\n");
	buffer_done(&got);
}

static void test_reads_back_what_it_wrote(void **state)
{
	static const char *const cells[] = {"", "a", "=x", "'=x", "''", "'a", " a ", "a\nb", "\"",
		"a,b;c\td", "\"\"", "+1", "\xEF\xBC\xA0", "-", "'", "\n", "\t"};
	struct buffer file = {0};
	struct arena arena = {0};
	struct csv_reader reader;
	struct csv_row row;
	struct error err;

	(void)state;
	csv_append(&file, true, SPAN("head"));
	csv_append(&file, false, SPAN("er"));
	csv_end_row(&file);
	for (size_t i = 0; i < ARRAY_COUNT(cells); i++) {
		csv_append(&file, true, span_from(cells[i]));
		csv_append(&file, false, span_from(cells[i]));
		csv_end_row(&file);
	}
	assert_true(csv_open(&reader, buffer_span(&file), &err));
	assert_true(csv_next(&reader, &arena, &row));
	for (size_t i = 0; i < ARRAY_COUNT(cells); i++) {
		assert_true(csv_next(&reader, &arena, &row));
		assert_null(row.fault);
		assert_int_equal(row.count, 2);
		for (size_t j = 0; j < 2; j++)
			if (!span_equal(row.cells[j], span_from(cells[i])))
				fail_msg("\"%s\" came back as \"%.*s\"", cells[i],
					SPAN_ARG(row.cells[j]));
	}
	assert_false(csv_next(&reader, &arena, &row));
	buffer_done(&file);
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reading),
		cmocka_unit_test(test_utf16_is_told),
		cmocka_unit_test(test_a_formula_is_only_text),
		cmocka_unit_test(test_what_we_wrote_is_no_formula),
		cmocka_unit_test(test_reads_back_what_it_wrote),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
