#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/suggest.h"
#include "config/units.h"

struct unit_case {
	const char *text;
	int64_t value; /* -1: refused */
};

#define MIB (INT64_C(1) << 20)
#define DAY INT64_C(86400000)

static const struct unit_case sizes[] = {
	{"100MiB", 100 * MIB},
	{"1GiB", 1024 * MIB},
	{"64 KiB", 65536},
	{"7B", 7},
	{"0B", 0},
	{"8388607TiB", INT64_C(8388607) << 40},
	{"8388608TiB", -1},
	{"100", -1},
	{"MiB", -1},
	{"100MB", -1},
	{"100mib", -1},
	{"1.5GiB", -1},
	{"-1B", -1},
	{"1  B", -1},
	{"", -1},
};

static const struct unit_case durations[] = {
	{"30m", 1800000},
	{"1h", 3600000},
	{"30d", 30 * DAY},
	{"2w", 14 * DAY},
	{"10y", 3660 * DAY},
	{"0s", 0},
	{"45 s", 45000},
	{"99999999999999999999s", -1},
	{"9223372036854776s", -1},
	{"1ms", -1},
	{"1M", -1},
	{"h", -1},
	{"30", -1},
	{"", -1},
};

static void check_units(
	const struct unit_case *cases, size_t count, bool (*read)(struct span text, int64_t *value))
{
	for (size_t i = 0; i < count; i++) {
		int64_t value = -1;
		bool good = read(span_from(cases[i].text), &value);

		if (good != (cases[i].value >= 0) || value != cases[i].value)
			fail_msg("'%s' gave %lld", cases[i].text, (long long)value);
	}
}

static void test_read(void **state)
{
	(void)state;
	check_units(sizes, sizeof sizes / sizeof *sizes, units_size);
	check_units(durations, sizeof durations / sizeof *durations, units_duration);
}

static void test_write(void **state)
{
	char text[UNITS_TEXT_SIZE];

	(void)state;
	assert_string_equal(units_size_text(100 * MIB, text), "100MiB");
	assert_string_equal(units_size_text(1536 * MIB, text), "1536MiB");
	assert_string_equal(units_size_text(1000, text), "1000B");
	assert_string_equal(units_size_text(0, text), "0B");
	assert_string_equal(units_size_text(INT64_MAX, text), "9223372036854775807B");
	assert_string_equal(units_duration_text(90 * 60000, text), "90m");
	assert_string_equal(units_duration_text(3660 * DAY, text), "10y");
	assert_string_equal(units_duration_text(14 * DAY, text), "2w");
	assert_string_equal(units_duration_text(30 * DAY, text), "30d");
	assert_string_equal(units_duration_text(0, text), "0s");
}

static void test_distance(void **state)
{
	static const struct {
		const char *a, *b;
		size_t distance;
	} cases[] = {
		{"", "", 0},
		{"abc", "", 3},
		{"adresses", "addresses", 1},
		{"hihg", "high", 1},
		{"tag-separator", "Tag_Separator", 0},
		{"kitten", "sitting", 3},
		{"ca", "abc", 3},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct span a = span_from(cases[i].a), b = span_from(cases[i].b);

		assert_int_equal(edit_distance(a, b), cases[i].distance);
		assert_int_equal(edit_distance(b, a), cases[i].distance);
	}
}

static const char *nearest(const char *word)
{
	static const char *const candidates[] = {"name", "kind", "addresses", "folders", "idle"};
	struct suggestion suggestion = suggestion_begin(span_from(word));

	for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++)
		suggestion_try(&suggestion, candidates[i]);
	return suggestion.best;
}

static void test_suggestion(void **state)
{
	static const char endless[] = "a word that is much longer than any key could ever be here";

	(void)state;
	assert_string_equal(nearest("adress"), "addresses");
	assert_string_equal(nearest("folder"), "folders");
	assert_string_equal(nearest("Name"), "name");
	assert_null(nearest("colour"));
	assert_null(nearest(""));
	assert_null(nearest(endless));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_distance),
		cmocka_unit_test(test_suggestion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
