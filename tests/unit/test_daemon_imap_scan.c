/* What a server may send before libetpan sees it. Each row is fed whole and byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/imap_scan.h"
#include "tests/exact.h"

#define MAX_BYTES    1000
#define MAX_LINES    200
#define MAX_LITERAL  50
#define MAX_UNTAGGED 3

static const struct {
	const char *name;
	struct span bytes;
	enum error_kind kind;
	size_t usable;	  /* bytes that may be read all the same, fed at once */
	const char *text; /* part of the error's text */
} rows[] = {
	{"a plain answer", SPAN_INIT("* 3 EXISTS\r\n1 OK done\r\n"), ERROR_NONE, 0, NULL},
	{"a literal", SPAN_INIT("* 1 FETCH (BODY[] {5}\r\nabcde UID 7)\r\n1 OK\r\n"), ERROR_NONE, 0,
		NULL},
	{"a literal that looks like lines",
		SPAN_INIT("* 1 FETCH (BODY[] {16}\r\n* BYE\r\n* BYE (((\r\n UID 7)\r\n"),
		ERROR_NONE, 0, NULL},
	{"a literal of the largest size", SPAN_INIT("* 1 FETCH (BODY[] {50}\r\n"), ERROR_NONE, 0,
		NULL},
	{"a literal that is too large", SPAN_INIT("* 1 FETCH (BODY[] {51}\r\n"), ERROR_LIMIT, 0,
		"literal of 51"},
	{"an absurd literal", SPAN_INIT("* 1 FETCH (BODY[] {99999999999999999999}\r\n"),
		ERROR_LIMIT, 0, "absurd"},
	{"a non-synchronizing literal", SPAN_INIT("* 1 FETCH (BODY[] {51+}\r\n"), ERROR_LIMIT, 0,
		"literal of 51"},
	{"braces that are no literal", SPAN_INIT("* OK {900} is a number\r\n"), ERROR_NONE, 0,
		NULL},
	{"goodbye", SPAN_INIT("* BYE too many sessions\r\n"), ERROR_TEMPORARY, 0,
		"too many sessions"},
	{"goodbye in small letters", SPAN_INIT("* bye x\r\n"), ERROR_TEMPORARY, 0, "x"},
	{"goodbye behind an answer", SPAN_INIT("1 NO wrong password\r\n* BYE bye\r\n"),
		ERROR_TEMPORARY, 21, "bye"},
	{"goodbye with an escape", SPAN_INIT("* BYE \x1b[31mred\r\n"), ERROR_TEMPORARY, 0, "u{1b}"},
	{"a flood", SPAN_INIT("* 1 EXISTS\r\n* 2 EXISTS\r\n* 3 EXISTS\r\n* 4 EXISTS\r\n"),
		ERROR_LIMIT, 36, "floods"},
	{"many FETCH responses are no flood",
		SPAN_INIT("* 1 FETCH ()\r\n* 2 FETCH ()\r\n* 3 FETCH ()\r\n* 4 fetch ()\r\n"),
		ERROR_NONE, 0, NULL},
	{"lines without end",
		SPAN_INIT("* 1 FETCH (UID 5)\r\n* 1 FETCH (UID 5)\r\n* 1 FETCH (UID 5)\r\n"
			  "* 1 FETCH (UID 5)\r\n* 1 FETCH (UID 5)\r\n* 1 FETCH (UID 5)\r\n"
			  "* 1 FETCH (UID 5)\r\n* 1 FETCH (UID 5)\r\n* 1 FETCH (UID 5)\r\n"
			  "* 1 FETCH (UID 5)\r\n* 1 FETCH (UID 5)\r\n"),
		ERROR_LIMIT, 190, "answers without end"},
	{"the largest UID", SPAN_INIT("* 1 FETCH (FLAGS () UID 4294967295)\r\n"), ERROR_NONE, 0,
		NULL},
	{"UID 0", SPAN_INIT("* 1 FETCH (UID 0)\r\n"), ERROR_INPUT, 0, "UID that can't be one"},
	{"UID -1", SPAN_INIT("* 1 fetch (uid -1)\r\n"), ERROR_INPUT, 0, "UID that can't be one"},
	{"a UID above 32 bits", SPAN_INIT("* 1 FETCH (UID 4294967296)\r\n"), ERROR_INPUT, 0,
		"UID that can't be one"},
	{"deep nesting", SPAN_INIT("* 1 FETCH (((((((((((((((((((((((((((((((((((((((("),
		ERROR_LIMIT, 0, "parentheses"},
	{"parentheses in quotes",
		SPAN_INIT("* OK \"((((((((((((((((((((((((((((((((\\\"((((((((((((((\"\r\n"),
		ERROR_NONE, 0, NULL},
	{"parentheses of many lines",
		SPAN_INIT("* 1 FETCH ((((((((((\r\n* 1 FETCH ((((((((((\r\n* 1 FETCH ((((((((((\r\n"
			  "* 1 FETCH ((((((((((\r\n"),
		ERROR_NONE, 0, NULL},
};

static void check(const char *name, const char *how, size_t row, bool ok, const struct error *err)
{
	enum error_kind kind = ok ? ERROR_NONE : err->kind;

	if (kind != rows[row].kind)
		fail_msg("%s, %s: %s", name, how, ok ? "accepted" : err->text);
	if (!ok && !strstr(err->text, rows[row].text))
		fail_msg("%s, %s: \"%s\" lacks \"%s\"", name, how, err->text, rows[row].text);
}

static struct imap_scan new_scan(void)
{
	struct imap_scan scan = {0};

	imap_scan_limit(&scan, MAX_BYTES, MAX_LINES, MAX_LITERAL, MAX_UNTAGGED);
	return scan;
}

static void fed_at_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct imap_scan scan = new_scan();
		struct span bytes = exact_copy(rows[i].bytes);
		struct error err;
		size_t usable;
		bool ok = imap_scan_bytes(&scan, bytes.data, bytes.size, &usable, &err);

		check(rows[i].name, "at once", i, ok, &err);
		assert_int_equal(usable, ok ? bytes.size : rows[i].usable);
		free((void *)(size_t)bytes.data);
	}
}

static void fed_byte_by_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct imap_scan scan = new_scan();
		struct error err;
		bool ok = true;

		for (size_t at = 0; ok && at < rows[i].bytes.size; at++) {
			size_t usable;

			ok = imap_scan_bytes(&scan, rows[i].bytes.data + at, 1, &usable, &err);
		}
		check(rows[i].name, "byte by byte", i, ok, &err);
	}
}

static void endless(void **state)
{
	struct imap_scan scan = new_scan();
	char piece[100];
	struct error err;
	size_t usable, sent = 0;

	(void)state;
	memset(piece, 'x', sizeof(piece));
	while (imap_scan_bytes(&scan, piece, sizeof(piece), &usable, &err))
		sent += sizeof(piece);
	assert_int_equal(sent, MAX_LINES);
	assert_int_equal(err.kind, ERROR_LIMIT);

	imap_scan_limit(&scan, UINT64_MAX, UINT64_MAX, MAX_LITERAL, MAX_UNTAGGED);
	while (imap_scan_bytes(&scan, piece, sizeof(piece), &usable, &err))
		sent += sizeof(piece);
	assert_non_null(strstr(err.text, "line without end"));
	assert_true(sent <= IMAP_MAX_LINE_BYTES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fed_at_once),
		cmocka_unit_test(fed_byte_by_byte),
		cmocka_unit_test(endless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
