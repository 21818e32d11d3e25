#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/clock.h"
#include "base/compiler.h"
#include "base/zone.h"
#include "tests/exact.h"

static void test_rfc3339(void **state)
{
	static const struct {
		int64_t instant_ms;
		int offset_minutes;
		const char *text;
	} cases[] = {
		{0, 0, "1970-01-01T00:00:00Z"},
		{-1, 0, "1969-12-31T23:59:59.999Z"},
		{INT64_C(1795251600000), 60, "2026-11-21T10:00:00+01:00"},
		{INT64_C(1795251600007), -570, "2026-11-20T23:30:00.007-09:30"},
		{INT64_C(253402300799999), 0, "9999-12-31T23:59:59.999Z"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct span copy = exact_copy(span_from(cases[i].text));
		char text[CLOCK_RFC3339_SIZE];
		int64_t instant_ms;
		int offset_minutes;

		assert_string_equal(
			clock_rfc3339(cases[i].instant_ms, cases[i].offset_minutes, text),
			cases[i].text);
		assert_true(clock_from_rfc3339(copy, &instant_ms, &offset_minutes));
		assert_int_equal(instant_ms, cases[i].instant_ms);
		assert_int_equal(offset_minutes, cases[i].offset_minutes);
		free((void *)(size_t)copy.data);
	}
}

static void test_rfc3339_beyond_its_years(void **state)
{
	char text[CLOCK_RFC3339_SIZE];

	(void)state;
	assert_string_equal(clock_rfc3339(INT64_MAX, 60, text), "9999-12-31T23:59:59.999+01:00");
	assert_string_equal(clock_rfc3339(INT64_MIN, -60, text), "0001-01-01T00:00:00-01:00");
}

static void test_rfc3339_other_forms(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t instant_ms;
	} cases[] = {
		{"1970-01-01t00:00:01z", true, 1000},
		{"1970-01-01 00:00:01Z", true, 1000},
		{"1970-01-01T00:00:01.5Z", true, 1500},
		{"1970-01-01T00:00:01.123456Z", true, 1123},
		{"1970-01-01T01:00:00+01:00", true, 0},
		{"1970-01-01T00:00:60Z", true, 60000}, /* a leap second */
		{"1970-01-01T00:00:01", false, 0},     /* without an offset it is no instant */
		{"1970-01-01T24:00:00Z", false, 0},
		{"1970-01-01T00:60:00Z", false, 0},
		{"1970-01-01T00:00:00.Z", false, 0},
		{"1970-01-01T00:00:00Zx", false, 0},
		{"1970-01-01T00:00:00+0100", false, 0},
		{"1970-02-30T00:00:00Z", false, 0},
		{"1970-01-01", false, 0},
		{"", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct span copy = exact_copy(span_from(cases[i].text));
		int64_t instant_ms = 0;
		int offset_minutes = 0;

		if (clock_from_rfc3339(copy, &instant_ms, &offset_minutes) != cases[i].ok ||
			instant_ms != cases[i].instant_ms)
			fail_msg("%s", cases[i].text);
		free((void *)(size_t)copy.data);
	}
}

static void test_clocks_go_on(void **state)
{
	int64_t monotonic = clock_monotonic_ms();

	(void)state;
	assert_true(clock_now_ms() > INT64_C(1700000000000));
	assert_true(clock_monotonic_ms() >= monotonic);
}

static void test_zone_names(void **state)
{
	static const struct {
		const char *name;
		bool known;
	} cases[] = {
		{"UTC", true},
		{"Europe/Amsterdam", true},
		{"America/Argentina/Buenos_Aires", true},
		{"Etc/GMT+5", true},
		{"Europe/Nowhere", false},
		{"Europe", false}, /* a folder */
		{"zone.tab", false},
		{"tzdata.zi", false},
		{"", false},
		{"/etc/passwd", false},
		{"../zoneinfo/UTC", false},
		{"Europe/../UTC", false},
		{"EST5EDT,M3.2.0,M11.1.0", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
		if (zone_is_known(cases[i].name) != cases[i].known)
			fail_msg("%s", cases[i].name);
	assert_false(zone_is_known(NULL));
}

static void test_zone_local_and_back(void **state)
{
	static const struct {
		const char *zone, *utc;
		struct zone_time local;
	} cases[] = {
		{"Europe/Berlin", "2026-01-15T12:00:00Z", {{2026, 1, 15}, 13, 0, 0, 60}},
		{"Europe/Berlin", "2026-07-15T22:30:05Z", {{2026, 7, 16}, 0, 30, 5, 120}},
		{"America/New_York", "2026-01-01T04:59:59Z", {{2025, 12, 31}, 23, 59, 59, -300}},
		{"Asia/Kathmandu", "2026-01-01T00:00:00Z", {{2026, 1, 1}, 5, 45, 0, 345}},
		{"UTC", "1969-12-31T23:59:59Z", {{1969, 12, 31}, 23, 59, 59, 0}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		const struct zone_time *want = &cases[i].local;
		struct zone_time got;
		int64_t instant_ms;
		int offset;

		assert_true(clock_from_rfc3339(span_from(cases[i].utc), &instant_ms, &offset));
		got = zone_local(cases[i].zone, instant_ms);
		assert_int_equal(date_compare(got.date, want->date), 0);
		assert_int_equal(got.hour * 3600 + got.minute * 60 + got.second,
			want->hour * 3600 + want->minute * 60 + want->second);
		assert_int_equal(got.offset_minutes, want->offset_minutes);
		assert_int_equal(
			zone_instant(cases[i].zone, got.date, got.hour, got.minute, got.second),
			instant_ms);
	}
}

/* Hours that a change of the clock skips or repeats, and a day that Samoa never had. */
static void test_zone_changes(void **state)
{
	static const struct {
		const char *zone;
		struct date date;
		int hour, minute;
		const char *utc;
	} cases[] = {
		{"Europe/Berlin", {2026, 3, 29}, 1, 59, "2026-03-29T00:59:00Z"},
		{"Europe/Berlin", {2026, 3, 29}, 2, 30, "2026-03-29T01:30:00Z"}, /* is 03:30 */
		{"Europe/Berlin", {2026, 3, 29}, 3, 0, "2026-03-29T01:00:00Z"},
		{"Europe/Berlin", {2026, 10, 25}, 2, 30, "2026-10-25T00:30:00Z"}, /* the first */
		{"Europe/Berlin", {2026, 10, 25}, 3, 0, "2026-10-25T02:00:00Z"},
		{"America/New_York", {2026, 3, 8}, 2, 30, "2026-03-08T07:30:00Z"},
		{"America/New_York", {2026, 11, 1}, 1, 30, "2026-11-01T05:30:00Z"},
		{"Australia/Lord_Howe", {2026, 10, 4}, 2, 15, "2026-10-03T15:45:00Z"},
		{"Pacific/Apia", {2011, 12, 30}, 12, 0, "2011-12-30T22:00:00Z"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		char text[CLOCK_RFC3339_SIZE];
		int64_t instant_ms = zone_instant(
			cases[i].zone, cases[i].date, cases[i].hour, cases[i].minute, 0);

		assert_string_equal(clock_rfc3339(instant_ms, 0, text), cases[i].utc);
	}
}

static void test_zone_comes_twice(void **state)
{
	static const struct {
		const char *zone, *utc;
		bool twice;
	} cases[] = {
		{"Europe/Berlin", "2026-10-24T23:59:59Z", false},
		{"Europe/Berlin", "2026-10-25T00:00:00Z", true}, /* 02:00 of summer */
		{"Europe/Berlin", "2026-10-25T00:59:59Z", true},
		{"Europe/Berlin", "2026-10-25T01:00:00Z", true}, /* 02:00 of winter */
		{"Europe/Berlin", "2026-10-25T01:59:59Z", true},
		{"Europe/Berlin", "2026-10-25T02:00:00Z", false},
		{"Europe/Berlin", "2026-03-29T01:00:00Z", false},
		{"Europe/Berlin", "2026-03-29T00:59:59Z", false},
		{"Australia/Lord_Howe", "2027-04-03T14:29:00Z", false},
		{"Australia/Lord_Howe", "2027-04-03T14:30:00Z", true}, /* half an hour */
		{"Australia/Lord_Howe", "2027-04-03T15:29:00Z", true},
		{"Australia/Lord_Howe", "2027-04-03T15:30:00Z", false},
		{"UTC", "2026-10-25T00:30:00Z", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		int64_t instant_ms;
		int offset;

		assert_true(clock_from_rfc3339(span_from(cases[i].utc), &instant_ms, &offset));
		if (zone_comes_twice(cases[i].zone, instant_ms) != cases[i].twice)
			fail_msg("%s at %s", cases[i].zone, cases[i].utc);
	}
}

static void test_zone_switches(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(zone_local("Asia/Tokyo", 0).hour, 9);
		assert_int_equal(zone_local("UTC", 0).hour, 0);
		assert_int_equal(zone_local("No/Such", 0).hour, 0); /* counts as UTC */
	}
	assert_int_equal(zone_local("UTC", INT64_MAX).date.year, 9999);
	assert_int_equal(zone_local("UTC", INT64_MIN).date.year, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc3339),
		cmocka_unit_test(test_rfc3339_beyond_its_years),
		cmocka_unit_test(test_rfc3339_other_forms),
		cmocka_unit_test(test_clocks_go_on),
		cmocka_unit_test(test_zone_names),
		cmocka_unit_test(test_zone_local_and_back),
		cmocka_unit_test(test_zone_changes),
		cmocka_unit_test(test_zone_comes_twice),
		cmocka_unit_test(test_zone_switches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
