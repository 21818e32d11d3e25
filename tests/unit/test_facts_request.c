#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parser/facts_request.h"

/* Saturday 2026-11-21, as in the product's own examples. */
static const struct date saturday = {2026, 11, 21};

static const struct due_case {
	const char *address, *due;
} dues[] = {
	{"crm+2w@example.org", "2026-12-05"},
	{"crm+3wd@example.org", "2026-11-25"},
	{"crm+1m@example.org", "2026-12-21"},
	{"crm+sat@example.org", "2026-11-28"},
	{"crm+vri.to-anna@example.org", "2026-11-27"},
	{"crm+0d@example.org", "2026-11-21"},
	{"crm+1d@example.org", "2026-11-22"},
	{"crm+1y@example.org", "2027-11-21"},
	{"crm+2W@EXAMPLE.ORG", "2026-12-05"},
	{"crm+today@example.org", "2026-11-21"},
	{"crm+Heute@example.org", "2026-11-21"},
	{"crm+vandaag@example.org", "2026-11-21"},
	{"crm+aujourdhui@example.org", "2026-11-21"},
	{"crm+tomorrow@example.org", "2026-11-22"},
	{"crm+morgen@example.org", "2026-11-22"},
	{"crm+demain@example.org", "2026-11-22"},
	{"crm+mon@example.org", "2026-11-23"},
	{"crm+montag@example.org", "2026-11-23"},
	{"crm+maa@example.org", "2026-11-23"},
	{"crm+lundi@example.org", "2026-11-23"},
	{"crm+die@example.org", "2026-11-24"},
	{"crm+din@example.org", "2026-11-24"},
	{"crm+mar@example.org", "2026-11-24"},
	{"crm+mit@example.org", "2026-11-25"},
	{"crm+woensdag@example.org", "2026-11-25"},
	{"crm+mer@example.org", "2026-11-25"},
	{"crm+don@example.org", "2026-11-26"},
	{"crm+jeudi@example.org", "2026-11-26"},
	{"crm+freitag@example.org", "2026-11-27"},
	{"crm+ven@example.org", "2026-11-27"},
	{"crm+zaterdag@example.org", "2026-11-28"},
	{"crm+sonnabend@example.org", "2026-11-28"},
	{"crm+samedi@example.org", "2026-11-28"},
	{"crm+zon@example.org", "2026-11-22"},
	{"crm+dim@example.org", "2026-11-22"},
	{"crm+2026-12-03@example.org", "2026-12-03"},
	{"crm+2028-02-29@example.org", "2028-02-29"},
	{"crm+task@example.org", ""},
	{"crm+done@example.org", ""},
	{"crm+deal-7@example.org", ""},
};

static void test_dues(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(dues); i++) {
		struct arena arena = {0};
		struct facts_request request;
		char text[DATE_TEXT_SIZE];

		assert_true(request_read(&arena, span_from(dues[i].address), '+', &request));
		if (request.error.size > 0)
			fail_msg("%s: %.*s", dues[i].address, SPAN_ARG(request.error));
		assert_string_equal(
			date_text(request_due(&request, saturday, NULL, 0), text), dues[i].due);
		arena_done(&arena);
	}
}

/* What was meant must be said: the person sees nothing else. */
static const struct error_case {
	const char *address, *says;
} errors[] = {
	{"crm+12-03@example.org", "YYYY-12-03"},
	{"crm+12-03@example.org", "YYYY-03-12"},
	{"crm+25-03@example.org", "YYYY-03-25"},
	{"crm+1j@example.org", "1d"},
	{"crm+1j@example.org", "1y"},
	{"crm+di@example.org", "dim"},
	{"crm+ma@example.org", "mar"},
	{"crm+fr@example.org", "fri"},
	{"crm+3weeks@example.org", "3w"},
	{"crm+2Wochen@example.org", "2w"},
	{"crm+5bd@example.org", "5wd"},
	{"crm+tuseday@example.org", "tuesday"},
	{"crm+fri.0930@example.org", "t0930"},
	{"crm+2026-02-30@example.org", "no such day"},
	{"crm+2026-13-01@example.org", "no such day"},
	{"crm+fri.t2460@example.org", "time of day"},
	{"crm+fri.t1275@example.org", "time of day"},
	{"crm+fri.t0900.t1000@example.org", "second time"},
	{"crm+t0930@example.org", "today.t0930"},
	{"crm+2w.3w@example.org", "second date"},
	{"crm+fri.2026-12-03@example.org", "second date"},
	{"crm+99999999999999999999w@example.org", "hundred years"},
	{"crm+36501d@example.org", "hundred years"},
	{"crm+contract@example.org", "deal-12.contract"},
	{"crm+case-3.contract@example.org", "deal-12.contract"},
	{"crm+deal-@example.org", "deal-12"},
	{"crm+deal-0@example.org", "deal-12"},
	{"crm+deal-1.case-2@example.org", "second record"},
	{"crm+2w.to-@example.org", "to-anna"},
	{"crm+2w.to-anna.to-ben@example.org", "second person"},
	{"crm+to-anna@example.org", "2w.to-anna"},
	{"crm+keep@example.org", "2w.keep"},
	{"crm+newsletter@example.org", "2w"},
	{"crm+2w..@example.org", "no tag"},
	{"crm+-5d@example.org", "no tag"},
	{"crm+1.1.1.1.1.1.1.1.1.1.1.1.1.1.1@example.org", "no tag"},
};

static void test_errors(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(errors); i++) {
		struct arena arena = {0};
		struct facts_request request;

		assert_true(request_read(&arena, span_from(errors[i].address), '+', &request));
		if (span_find(request.error, span_from(errors[i].says)) < 0)
			fail_msg("%s: \"%.*s\" does not say \"%s\"", errors[i].address,
				SPAN_ARG(request.error), errors[i].says);
		assert_int_equal(request.when, REQUEST_NO_DATE);
		assert_false(date_is_set(request_due(&request, saturday, NULL, 0)));
		arena_done(&arena);
	}
}

static void test_options(void **state)
{
	struct arena arena = {0};
	struct facts_request request;

	(void)state;
	assert_true(request_read(
		&arena, SPAN("crm+2026-12-03.T0930.To-Anna.keep@example.org"), '+', &request));
	assert_int_equal(request.error.size, 0);
	assert_int_equal(request.hour, 9);
	assert_int_equal(request.minute, 30);
	assert_true(span_equal(request.to, SPAN("Anna")));
	assert_true(request.keep);
	assert_false(request.task);
	assert_true(span_equal(request.tag, SPAN("2026-12-03.T0930.To-Anna.keep")));

	assert_true(request_read(&arena, SPAN("crm+2026-12-03t1405@example.org"), '+', &request));
	assert_int_equal(request.error.size, 0);
	assert_int_equal(request.hour, 14);
	assert_int_equal(request.minute, 5);

	assert_true(request_read(&arena, SPAN("crm-deal-12.contract@example.org"), '-', &request));
	assert_int_equal(request.error.size, 0);
	assert_int_equal(request.link, REQUEST_LINK_DEAL);
	assert_int_equal(request.link_number, 12);
	assert_true(request.contract);
	assert_int_equal(request.hour, -1);
	arena_done(&arena);
}

static void test_no_detail(void **state)
{
	static const char *const addresses[] = {"crm@example.org", "crm+@example.org",
		"+2w@example.org", "", "@", "crm@a+2w.example"};
	struct arena arena = {0};
	struct facts_request request;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(addresses); i++)
		assert_false(request_read(&arena, span_from(addresses[i]), '+', &request));
	arena_done(&arena);
}

static void test_month_end_and_days_off(void **state)
{
	const struct date days_off[] = {{2026, 11, 23}, {2026, 11, 25}};
	struct arena arena = {0};
	struct facts_request request;
	char text[DATE_TEXT_SIZE];

	(void)state;
	assert_true(request_read(&arena, SPAN("crm+1m@example.org"), '+', &request));
	assert_string_equal(
		date_text(request_due(&request, (struct date){2027, 1, 31}, NULL, 0), text),
		"2027-02-28");
	assert_true(request_read(&arena, SPAN("crm+2wd@example.org"), '+', &request));
	assert_string_equal(
		date_text(request_due(&request, saturday, days_off, 2), text), "2026-11-26");
	/* Further than the calendar goes: no day rather than a wrong one. */
	assert_true(request_read(&arena, SPAN("crm+100y@example.org"), '+', &request));
	assert_false(date_is_set(request_due(&request, (struct date){9990, 1, 1}, NULL, 0)));
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dues),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_no_detail),
		cmocka_unit_test(test_month_end_and_days_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
