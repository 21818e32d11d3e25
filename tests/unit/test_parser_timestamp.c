#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "parser/timestamp.h"

static const struct time_case {
	const char *text, *expected; /* "" : none */
} times[] = {
	{"Sat, 21 Nov 2026 10:00:00 +0100", "2026-11-21T10:00:00+01:00"},
	{"Sat, 21 Nov 2026 10:00:00 +0100 (CET)", "2026-11-21T10:00:00+01:00"},
	{"21 Nov 2026 10:00 GMT", "2026-11-21T10:00:00Z"},
	{"21 Nov 26 10:00:00 -0330", "2026-11-21T10:00:00-03:30"},
	{"1 Jan 99 00:00:00 EST", "1999-01-01T00:00:00-05:00"},
	{"21 Nov 126 10:00:00 +0000", "2026-11-21T10:00:00Z"},
	{"Sat Nov 21 10:00:00 2026", "2026-11-21T10:00:00Z"},
	{"Sat Nov 21 10:00:00 CEST 2026", "2026-11-21T10:00:00+02:00"},
	{"2026-11-21T10:00:00Z", "2026-11-21T10:00:00Z"},
	{"2026-11-21 10:00:00.123 +02:00", "2026-11-21T10:00:00+02:00"},
	{"Nov 21, 2026, at 9:05 PM", "2026-11-21T21:05:00Z"},
	{"11/21/2026 12:05 AM", "2026-11-21T00:05:00Z"},
	{"21/11/2026 12:05", "2026-11-21T12:05:00Z"},
	{"21.11.2026 09:15", "2026-11-21T09:15:00Z"},
	{"Freitag, 20. November 2026 09:15", "2026-11-20T09:15:00Z"},
	{"vendredi 20 novembre 2026 à 09:15:00 UTC+1", "2026-11-20T09:15:00+01:00"},
	{"mar. 24 nov. 2026 à 09:15", "2026-11-24T09:15:00Z"},
	{"wo 25 nov. 2026 om 09:31", "2026-11-25T09:31:00Z"},
	{"20. März 2026 um 14:25:08 MESZ", "2026-03-20T14:25:08+02:00"},
	{"3 déc. 2026 10h30", "2026-12-03T10:30:00Z"},
	{"Am 28/10/2026, 12:46", "2026-10-28T12:46:00Z"},
	{"26. listopada 2026. u 14:25:08 CEST", "2026-10-26T14:25:08+02:00"}, /* Croatian */
	{"26 listopada 2026 o 14:25:08 CEST", "2026-11-26T14:25:08+02:00"},   /* Polish */
	{"26. listopadu 2026 14:25:08 SELČ", "2026-11-26T14:25:08+02:00"},    /* Czech */
	{"ср, 27 ЖОВТ. 2026 о 09:31", "2026-10-27T09:31:00Z"},
	{"maanantai 19. syyskuuta 2026 klo 17.55.44 -0400", "2026-09-19T17:55:44-04:00"},
	{"3 nov. 2026 a las 2:25 p. m.", "2026-11-03T14:25:00Z"},
	{"2026年11月3日 下午2:25", "2026-11-03T14:25:00Z"},
	{"2026년 11월 3일 (화) 오전 12:05", "2026-11-03T00:05:00Z"},
	{"2026. nov. 3., K, 14:25", "2026-11-03T14:25:00Z"},
	{"31 Feb 2026 10:00:00 +0000", ""},
	{"21 Nov 2026 25:00:00 +0000", ""},
	{"yesterday", ""},
	{"", ""},
	{"12:30", ""},
	{"99999999999999999999", ""},
	{"21 Nov 2026 10:00:00 +9999", "2026-11-21T10:00:00Z"},
	{"Mon, 21 Nov 2026 10:00:60 +0000", "2026-11-21T10:00:59Z"},
};

static void test_times(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct facts_time time;
		char text[CLOCK_RFC3339_SIZE] = "";

		if (timestamp_read(span_from(times[i].text), 0, &time))
			clock_rfc3339(time.instant_ms, time.offset_minutes, text);
		if (strcmp(text, times[i].expected) != 0)
			fail_msg("%s: got \"%s\", want \"%s\"", times[i].text, text,
				times[i].expected);
	}
}

static void test_default_offset(void **state)
{
	struct facts_time time;

	(void)state;
	assert_true(timestamp_read(SPAN("21 Nov 2026 10:00"), 90, &time));
	assert_int_equal(time.offset_minutes, 90);
	assert_true(timestamp_read(SPAN("21 Nov 2026 10:00 +0000"), 90, &time));
	assert_int_equal(time.offset_minutes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_default_offset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
