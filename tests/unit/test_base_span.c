#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/span.h"

static void test_find(void **state)
{
	static const struct {
		const char *text, *needle;
		ptrdiff_t at, at_fold;
	} cases[] = {
		{"", "", 0, 0},
		{"", "a", -1, -1},
		{"abc", "", 0, 0},
		{"abcABC", "ABC", 3, 0},
		{"aab", "ab", 1, 1},
		{"ab", "abc", -1, -1},
		{"\xC3\x84", "\xC3\xA4", -1, -1}, /* only ASCII folds */
		/* a needle with a byte that is no letter is found by it */
		{":::Action:", "action:", -1, 3},
		{"action", "action:", -1, -1},
		{":", "a:", -1, -1},
		{"a:b:A:", "A:", 4, 0},
		{"x-Y-z", "-y-", -1, 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct span text = span_from(cases[i].text), needle = span_from(cases[i].needle);

		assert_int_equal(span_find(text, needle), cases[i].at);
		assert_int_equal(span_find_fold(text, needle), cases[i].at_fold);
	}
}

static void test_next(void **state)
{
	struct span rest = SPAN("a,,b"), piece, lines = SPAN("one\r\ntwo\rthree\n\nend");
	static const char *const expected[] = {"one", "two", "three", "", "end"};
	size_t count = 0;

	(void)state;
	assert_true(span_next(&rest, ',', &piece) && span_equal(piece, SPAN("a")));
	assert_true(span_next(&rest, ',', &piece) && span_equal(piece, SPAN("")));
	assert_true(span_next(&rest, ',', &piece) && span_equal(piece, SPAN("b")));
	assert_false(span_next(&rest, ',', &piece));
	while (span_next_line(&lines, &piece))
		assert_true(span_equal(piece, span_from(expected[count++])));
	assert_int_equal(count, ARRAY_COUNT(expected));
}

static void test_place(void **state)
{
	const char bytes[] = "0123456789";
	struct span all = {bytes + 2, 6};

	(void)state;
	assert_int_equal(span_place(all, all), 0);
	assert_int_equal(span_place(all, (struct span){bytes + 5, 3}), 3);
	assert_int_equal(span_place(all, (struct span){bytes + 5, 4}), -1);
	assert_int_equal(span_place(all, (struct span){bytes + 1, 2}), -1);
	assert_int_equal(span_place(all, (struct span){bytes + 9, 1}), -1);
	assert_int_equal(span_place(all, (struct span){bytes + 3, 0}), -1);
	assert_int_equal(span_place((struct span){0}, all), -1);
}

static void test_to_u64(void **state)
{
	static const struct {
		const char *text;
		unsigned long long max;
		bool ok;
		unsigned long long value;
	} cases[] = {
		{"0", 0, true, 0},
		{"0012", 12, true, 12},
		{"13", 12, false, 0},
		{"5", 4, false, 0},
		{"18446744073709551615", UINT64_MAX, true, UINT64_MAX},
		{"18446744073709551616", UINT64_MAX, false, 0},
		{"", 9, false, 0},
		{"-1", 9, false, 0},
		{" 1", 9, false, 0},
		{"1a", 99, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		unsigned long long value = 0;

		assert_int_equal(
			span_to_u64(span_from(cases[i].text), cases[i].max, &value), cases[i].ok);
		assert_int_equal(value, cases[i].value);
	}
}

static void test_trim_and_compare(void **state)
{
	(void)state;
	assert_true(span_equal(span_trim(SPAN(" \t a b\r\n")), SPAN("a b")));
	assert_int_equal(span_trim(SPAN(" \n ")).size, 0);
	assert_true(span_compare(SPAN("a"), SPAN("ab")) < 0);
	assert_true(span_compare(SPAN("b"), SPAN("ab")) > 0);
	assert_true(span_compare(SPAN(""), (struct span){NULL, 0}) == 0);
	assert_true(span_starts_fold(SPAN("Subject: x"), SPAN("subject:")));
	assert_false(span_starts(SPAN("Sub"), SPAN("Subject")));
	assert_true(span_ends_fold(SPAN("a.PDF"), SPAN(".pdf")));
	assert_false(span_ends(SPAN("f"), SPAN("pdf")));
}

static void test_buffer_cap(void **state)
{
	struct buffer buffer;

	(void)state;
	buffer_init(&buffer, 5);
	assert_non_null(buffer_reserve(&buffer, 0));
	buffer_append_string(&buffer, "abc");
	buffer_append_string(&buffer, "def"); /* all or nothing */
	assert_true(buffer.full);
	buffer_append_byte(&buffer, 'x'); /* nothing follows what was dropped */
	assert_string_equal(buffer_string(&buffer), "abc");
	buffer_clear(&buffer);
	buffer_format(&buffer, "%d", 12345);
	assert_false(buffer.full);
	buffer_drop(&buffer, 2);
	assert_string_equal(buffer_string(&buffer), "345");
	buffer_done(&buffer);
}

static void test_arena(void **state)
{
	struct arena arena;
	struct span text;
	char *large;

	(void)state;
	arena_init(&arena);
	text = arena_format(&arena, "%s-%d", "a", 7);
	large = arena_alloc(&arena, 100000);
	for (size_t i = 0; i < 100000; i++)
		assert_int_equal(large[i], 0);
	memset(large, 'x', 100000);
	assert_true(span_equal(text, SPAN("a-7")));
	assert_string_equal(arena_string(&arena, SPAN("b")), "b");
	arena_reset(&arena);
	large = arena_alloc(&arena, 100000);
	assert_int_equal(large[0], 0); /* zeroed again */
	arena_done(&arena);
}

static void test_error_context(void **state)
{
	struct error err;
	char longer[600];

	(void)state;
	assert_false(error_set(&err, ERROR_INPUT, "line %d", 3));
	assert_false(error_context(&err, "invoices, uid %d", 812));
	assert_string_equal(err.text, "invoices, uid 812: line 3");
	assert_int_equal(err.kind, ERROR_INPUT);
	assert_false(error_set_errno(&err, ERROR_STORAGE, 28, "write"));
	assert_string_equal(err.text, "write: No space left on device");
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	assert_false(error_context(&err, "%s", longer));
	assert_int_equal(strlen(err.text), sizeof err.text - 1);
	assert_string_equal(error_kind_name(ERROR_CONFLICT), "conflict");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_to_u64),
		cmocka_unit_test(test_trim_and_compare),
		cmocka_unit_test(test_buffer_cap),
		cmocka_unit_test(test_arena),
		cmocka_unit_test(test_error_context),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
