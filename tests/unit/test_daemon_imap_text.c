/* What goes into an IMAP command: nothing breaks out of its quotes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/imap_text.h"

static void quoted(void **state)
{
	static const struct {
		struct span text;
		const char *quoted; /* NULL: refused */
	} rows[] = {
		{SPAN_INIT("plain"), "\"plain\""},
		{SPAN_INIT(""), "\"\""},
		{SPAN_INIT("a \"b\" \\c"), "\"a \\\"b\\\" \\\\c\""},
		{SPAN_INIT("a\r\nA1 LOGOUT"), NULL},
		{SPAN_INIT("a\nb"), NULL},
		{SPAN_INIT("a\0b"), NULL},
		{SPAN_INIT("p\xc3\xa4ss"), NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct buffer out = {0};
		bool ok = imap_text_quote(&out, rows[i].text);

		assert_int_equal(ok, rows[i].quoted != NULL);
		assert_string_equal(buffer_string(&out), rows[i].quoted ? rows[i].quoted : "");
		buffer_done(&out);
	}
}

/* RFC 3501 section 5.1.3 and what real servers show. */
static void folder_names(void **state)
{
	static const struct {
		const char *name, *encoded;
	} rows[] = {
		{"INBOX", "\"INBOX\""},
		{"Archive/2026", "\"Archive/2026\""},
		{"Tom & Jerry", "\"Tom &- Jerry\""},
		{"~peter/mail/\xe5\x8f\xb0\xe5\x8c\x97/\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e",
			"\"~peter/mail/&U,BTFw-/&ZeVnLIqe-\""},
		{"Entw\xc3\xbcrfe", "\"Entw&APw-rfe\""},
		{"Gel\xc3\xb6schte Elemente", "\"Gel&APY-schte Elemente\""},
		{"\xf0\x9f\x93\xa7", "\"&2D3c5w-\""},
		{"a\"b\\c", "\"a\\\"b\\\\c\""},
		{"bad\xff", NULL},
		{"a\r\nb", NULL},
		{"tab\tname", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct buffer out = {0};
		bool ok = imap_text_folder(&out, span_from(rows[i].name));

		assert_int_equal(ok, rows[i].encoded != NULL);
		assert_string_equal(buffer_string(&out), rows[i].encoded ? rows[i].encoded : "");
		buffer_done(&out);
	}
}

static void uid_sets(void **state)
{
	static const struct {
		uint32_t uids[8];
		size_t count;
		const char *set;
	} rows[] = {
		{{7}, 1, "7"},
		{{1, 2, 3}, 3, "1:3"},
		{{1, 3, 4, 9}, 4, "1,3:4,9"},
		{{4294967294u, 4294967295u}, 2, "4294967294:4294967295"},
		{{0}, 0, ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct buffer out = {0};

		imap_text_uids(&out, rows[i].uids, rows[i].count);
		assert_string_equal(buffer_string(&out), rows[i].set);
		buffer_done(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quoted),
		cmocka_unit_test(folder_names),
		cmocka_unit_test(uid_sets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
