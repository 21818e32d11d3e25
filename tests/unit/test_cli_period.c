#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/period.h"

static void test_read(void **state)
{
	static const struct {
		const char *text, *first, *last; /* first NULL: it is no period */
	} cases[] = {
		{"2026", "2026-01-01", "2026-12-31"},
		{"2026-11", "2026-11-01", "2026-11-30"},
		{"2028-02", "2028-02-01", "2028-02-29"},
		{"2026-Q1", "2026-01-01", "2026-03-31"},
		{"2026-Q4", "2026-10-01", "2026-12-31"},
		/* ISO 8601: 2026 has 53 weeks, 2027 begins in the last of them */
		{"2026-W01", "2025-12-29", "2026-01-04"},
		{"2026-W47", "2026-11-16", "2026-11-22"},
		{"2026-W53", "2026-12-28", "2027-01-03"},
		{"2027-W53", NULL, NULL},
		{"2026-11-21", "2026-11-21", "2026-11-21"},
		{"2026-11-01..2026-11-15", "2026-11-01", "2026-11-15"},
		{"2026-11-15..2026-11-01", NULL, NULL},
		{"today", "2026-03-02", "2026-03-02"},
		{"last-day", "2026-03-01", "2026-03-01"},
		{"week", "2026-03-02", "2026-03-08"},
		{"last-week", "2026-02-23", "2026-03-01"},
		{"month", "2026-03-01", "2026-03-31"},
		{"last-month", "2026-02-01", "2026-02-28"},
		{"quarter", "2026-01-01", "2026-03-31"},
		{"last-quarter", "2025-10-01", "2025-12-31"},
		{"year", "2026-01-01", "2026-12-31"},
		{"last-year", "2025-01-01", "2025-12-31"},
		{"", NULL, NULL},
		{"last-", NULL, NULL},
		{"2026-13", NULL, NULL},
		{"2026-00", NULL, NULL},
		{"2026-Q5", NULL, NULL},
		{"2026-Q", NULL, NULL},
		{"2026-W00", NULL, NULL},
		{"2026-", NULL, NULL},
		{"20266", NULL, NULL},
		{"2026-02-30", NULL, NULL},
		{"..", NULL, NULL},
	};
	const struct date today = {2026, 3, 2}; /* a Monday */
	char first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct period period = {0};
		bool good = period_read(span_from(cases[i].text), today, &period);

		if (good != (cases[i].first != NULL))
			fail_msg("%s: %d", cases[i].text, good);
		if (!good)
			continue;
		assert_string_equal(date_text(period.first, first), cases[i].first);
		assert_string_equal(date_text(period.last, last), cases[i].last);
		assert_true(period_has(&period, period.first) && period_has(&period, period.last));
		assert_false(period_has(&period, date_add_days(period.last, 1)));
		assert_false(period_has(&period, (struct date){0}));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_read)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
