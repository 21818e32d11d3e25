#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "cli/amount.h"

static void test_amounts(void **state)
{
	static const struct {
		const char *text;
		bool good;
		int64_t cents;
		const char *written;
	} cases[] = {
		{"1234.50", true, 123450, "1234.50"},
		{"1234,5", true, 123450, "1234.50"},
		{"7", true, 700, "7.00"},
		{"-12.01", true, -1201, "-12.01"},
		{"0.05", true, 5, "0.05"},
		{"-0.05", true, -5, "-0.05"},
		{"9999999999.99", true, 999999999999, "9999999999.99"},
		{"10000000000", false, 0, NULL},
		{"", false, 0, NULL},
		{"-", false, 0, NULL},
		{".5", false, 0, NULL},
		{"1.", false, 0, NULL},
		{"1.234", false, 0, NULL},
		{"1,234.50", false, 0, NULL},
		{"1e3", false, 0, NULL},
		{"--1", false, 0, NULL},
	};
	struct arena arena = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		int64_t cents = 0;

		if (amount_from_text(span_from(cases[i].text), &cents) != cases[i].good)
			fail_msg("%s", cases[i].text);
		if (!cases[i].good)
			continue;
		assert_true(cents == cases[i].cents);
		assert_string_equal(amount_text(&arena, cents).data, cases[i].written);
	}
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_amounts)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
