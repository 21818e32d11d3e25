#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "parser/message.h"
#include "parser/mime.h"

/* "name|address;…" of what a field gives */
static const struct list_case {
	const char *field, *expected;
} lists[] = {
	{"a@example.org", "|a@example.org;"},
	{"<a@example.org>", "|a@example.org;"},
	{"Anna <a@example.org>", "Anna|a@example.org;"},
	{"\"Last, First\" <a@example.org>, b@example.org",
		"Last, First|a@example.org;|b@example.org;"},
	{"a@example.org (Anna)", "Anna|a@example.org;"},
	{"=?utf-8?q?M=C3=BCller=2C_Anna?= <a@example.org>", "M\xc3\xbcller, Anna|a@example.org;"},
	{"\"=?utf-8?q?M=C3=BCller?=\" <a@example.org>", "M\xc3\xbcller|a@example.org;"},
	{"=?gb2312?B?xOO6ww==?= <a@example.org>", "\xe4\xbd\xa0\xe5\xa5\xbd|a@example.org;"},
	{"undisclosed-recipients:;", ""},
	{"Team: a@example.org, Ben <b@example.org>;, c@example.org",
		"|a@example.org;Ben|b@example.org;|c@example.org;"},
	{"a@example.org;b@example.org", "|a@example.org;|b@example.org;"},
	{"x..y@docomo.example", "|x..y@docomo.example;"},
	{"Foo [Bar] <foo@example.org>", "Foo [Bar]|foo@example.org;"},
	{"mailto:a@example.org", "|a@example.org;"},
	{"<a@example.org> Anna", "Anna|a@example.org;"},
	{"\"Never closed <a@example.org>", "Never closed|a@example.org;"},
	{"a@one.test b@two.test", NULL}, /* anything but the two run together */
	{"", ""},
	{",,,", ""},
	{"M\xfcller <m@example.org>", "M\xc3\xbcller|m@example.org;"},
	{"M\xc3\xbcller <m@example.org>", "M\xc3\xbcller|m@example.org;"},
};

static void test_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct facts_addresses list = {0};
		struct defects defects = {0};
		struct buffer got = {0};
		struct arena arena = {0};

		mime_addresses(&arena, span_from(lists[i].field), &defects, &list);
		for (size_t j = 0; j < list.count; j++)
			buffer_format(&got, "%.*s|%.*s;", SPAN_ARG(list.items[j].name),
				SPAN_ARG(list.items[j].address));
		if (!lists[i].expected)
			assert_null(strstr(buffer_string(&got), "testb@"));
		else if (strcmp(buffer_string(&got), lists[i].expected) != 0)
			fail_msg("%s: got \"%s\", want \"%s\"", lists[i].field, buffer_string(&got),
				lists[i].expected);
		buffer_done(&got);
		arena_done(&arena);
	}
}

static const struct text_case {
	const char *raw, *expected;
} texts[] = {
	{"plain", "plain"},
	{" folded\r\n\tvalue ", "folded value"},
	{"=?utf-8?q?a_b?= =?utf-8?q?c?=", "a bc"},
	{"=?utf-8?q?a?= x =?utf-8?q?b?=", "a x b"},
	{"pre=?utf-8?q?=C3=A9?=post", "pre\xc3\xa9post"},
	{"=?utf-8?b?w6k=?= =?iso-8859-1?q?=E9?=", "\xc3\xa9\xc3\xa9"},
	{"=?us-ascii*en?q?tagged?=", "tagged"},
	{"=?unknown-8bit?q?=E9?=", "\xc3\xa9"},
	{"=?x-no-such?q?=C3=A9?=", "\xc3\xa9"},
	{"=?utf-8?x?bad?=", "=?utf-8?x?bad?="},
	{"=?utf-8?q?never closed", "=?utf-8?q?never closed"},
	{"=? =?", "=? =?"},
	{"a\tb", "a\tb"},
	{"caf\xe9", "caf\xc3\xa9"},
	{"e\xcc\x81", "\xc3\xa9"},
};

static void test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct arena arena = {0};
		struct span got = mime_text(&arena, span_from(texts[i].raw));

		if (!span_equal(got, span_from(texts[i].expected)))
			fail_msg("%s: got \"%.*s\", want \"%s\"", texts[i].raw, SPAN_ARG(got),
				texts[i].expected);
		arena_done(&arena);
	}
}

static int setup(void **state)
{
	(void)state;
	parse_init();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	parse_done();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
