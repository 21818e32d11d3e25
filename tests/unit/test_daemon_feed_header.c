/* Header fields of the calendar feed as clients write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "daemon/feed_header.h"

static void test_etags(void **state)
{
	static const struct {
		const char *list;
		bool matches;
	} rows[] = {
		{"\"abc\"", true},
		{"W/\"abc\"", true},
		{"\"x\", \"abc\"", true},
		{" \"x\" ,W/\"abc\" ", true},
		{"*", true},
		{"\"abcd\"", false},
		{"abc", false},
		{"\"abc-gzip\"", false},
		{",,", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		assert_int_equal(http_matches_etag(span_from(rows[i].list), SPAN("\"abc\"")),
			rows[i].matches);
}

static void test_gzip(void **state)
{
	static const struct {
		const char *list;
		bool accepts;
	} rows[] = {
		{"gzip", true},
		{"gzip, deflate, br", true},
		{"deflate, GZIP;q=1.0", true},
		{"x-gzip", true},
		{"*", true},
		{"gzip;q=0", false},
		{"gzip; q=0.000", false},
		{"gzip;q=0.001", true},
		{"*, gzip;q=0", false},
		{"*;q=0", false},
		{"identity", false},
		{"", false},
		{"gzipped", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		assert_int_equal(http_accepts_gzip(span_from(rows[i].list)), rows[i].accepts);
}

static void test_date(void **state)
{
	char text[HTTP_DATE_SIZE];

	(void)state;
	assert_string_equal(http_date(784111777, text), "Sun, 06 Nov 1994 08:49:37 GMT");
	assert_string_equal(http_date(1709208000, text), "Thu, 29 Feb 2024 12:00:00 GMT");
	assert_string_equal(http_date(0, text), "Thu, 01 Jan 1970 00:00:00 GMT");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_etags),
		cmocka_unit_test(test_gzip),
		cmocka_unit_test(test_date),
	};

	return cmocka_run_group_tests_name("daemon_feed_header", tests, NULL, NULL);
}
