#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "base/date.h"

static struct date day(const char *text)
{
	struct date date = {0};

	assert_true(date_from_text(span_from(text), &date));
	return date;
}

static void assert_day(struct date date, const char *expected)
{
	char text[DATE_TEXT_SIZE];

	assert_string_equal(date_text(date, text), expected);
}

static void test_days_and_weekdays(void **state)
{
	static const struct {
		const char *date;
		int64_t days;
		enum weekday weekday;
	} cases[] = {
		{"1970-01-01", 0, THURSDAY},
		{"1969-12-31", -1, WEDNESDAY},
		{"2000-02-29", 11016, TUESDAY},
		{"2026-10-25", 20751, SUNDAY},
		{"0001-01-01", -719162, MONDAY},
		{"9999-12-31", 2932896, FRIDAY},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		assert_int_equal(date_to_days(day(cases[i].date)), cases[i].days);
		assert_day(date_from_days(cases[i].days), cases[i].date);
		assert_int_equal(date_weekday(day(cases[i].date)), cases[i].weekday);
	}
}

static void test_every_day_round_trips(void **state)
{
	struct date before = date_from_days(-719163);

	(void)state;
	for (int64_t days = -719162; days <= 2932896; days++) {
		struct date date = date_from_days(days);

		if (!date_is_valid(date) || date_to_days(date) != days ||
			date_compare(before, date) >= 0)
			fail_msg("day %lld", (long long)days);
		before = date;
	}
}

static void test_from_text(void **state)
{
	static const char *const bad[] = {"", "2026-02-29", "1900-02-29", "2026-13-01",
		"2026-00-10", "2026-04-31", "0000-01-01", "2026-1-01", "2026/01/01", "2026-01-011",
		"+026-01-01", "2026-01- 1"};
	struct date date = {1, 2, 3};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		if (date_from_text(span_from(bad[i]), &date))
			fail_msg("%s was read", bad[i]);
	assert_int_equal(date.month, 2); /* untouched */
	assert_day((struct date){0}, "");
	assert_false(date_is_set((struct date){0}));
}

static void test_add_months(void **state)
{
	static const struct {
		const char *from;
		int months;
		const char *to;
	} cases[] = {
		{"2027-01-31", 1, "2027-02-28"},
		{"2028-01-31", 1, "2028-02-29"},
		{"2027-01-31", 12, "2028-01-31"},
		{"2028-02-29", 12, "2029-02-28"},
		{"2027-12-15", 1, "2028-01-15"},
		{"2027-01-15", -1, "2026-12-15"},
		{"2027-03-31", -13, "2026-02-28"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
		assert_day(date_add_months(day(cases[i].from), cases[i].months), cases[i].to);
}

static void test_next_weekday(void **state)
{
	(void)state;
	assert_day(date_next_weekday(day("2026-11-20"), FRIDAY), "2026-11-27"); /* strictly after */
	assert_day(date_next_weekday(day("2026-11-20"), SATURDAY), "2026-11-21");
	assert_day(date_next_weekday(day("2026-11-20"), THURSDAY), "2026-11-26");
}

static void test_working_days(void **state)
{
	const struct date off[] = {{2026, 12, 25}, {2026, 12, 26}, {2027, 1, 1}};
	static const struct {
		const char *from;
		int count;
		const char *to;
	} cases[] = {
		{"2026-12-23", 1, "2026-12-24"},
		{"2026-12-24", 1, "2026-12-28"}, /* Friday is off, then the weekend */
		{"2026-12-26", 1, "2026-12-28"},
		{"2026-12-31", 1, "2027-01-04"},
		{"2026-12-21", 10, "2027-01-06"},
		{"2026-12-26", 0, "2026-12-26"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
		assert_day(date_add_working_days(
				   day(cases[i].from), cases[i].count, off, ARRAY_COUNT(off)),
			cases[i].to);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_days_and_weekdays),
		cmocka_unit_test(test_every_day_round_trips),
		cmocka_unit_test(test_from_text),
		cmocka_unit_test(test_add_months),
		cmocka_unit_test(test_next_weekday),
		cmocka_unit_test(test_working_days),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
