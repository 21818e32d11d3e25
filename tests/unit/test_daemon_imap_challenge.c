/* Challenges of servers that refuse an access token. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/base64.h"
#include "base/compiler.h"
#include "daemon/imap_challenge.h"
#include "tests/exact.h"

#define ENDED "the access token has expired, was revoked, or is for another service (see scope)"

static const struct challenge_case {
	const char *json, *words;
} cases[] = {
	{"{\"status\":\"invalid_token\",\"scope\":\"mail\",\"openid-configuration\":\"https://"
	 "l.example/\"}",
		"invalid_token: " ENDED "; it wants the scope mail"},
	{"{\"status\":\"400\",\"schemes\":\"Bearer\",\"scope\":\"https://mail.example/\"}",
		"400: " ENDED "; it wants the scope https://mail.example/"},
	{"{\"status\":\"insufficient_scope\"}",
		"insufficient_scope: the access token does not reach IMAP (see scope)"},
	{"{\"status\":\"strange\\u001b[2J\"}", "strange\\u{1b}[2J"},
	{"{\"status\":401}", ""},
	{"{}", ""},
	{"[\"status\"]", ""},
	{"{\"status\":\"a\",\"status\":\"b\"}", ""},
	{"nonsense", ""},
	{"", ""},
};

static void test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct buffer base64 = {0}, words = {0};
		struct span exact;

		base64_append(&base64, span_from(cases[i].json));
		exact = exact_copy(buffer_span(&base64));
		imap_challenge_words(exact, &words);
		if (!span_equal(buffer_span(&words), span_from(cases[i].words)))
			fail_msg("%s: '%.*s'", cases[i].json, SPAN_ARG(buffer_span(&words)));
		free((void *)(size_t)exact.data);
		buffer_done(&base64);
		buffer_done(&words);
	}
}

static void test_no_base64(void **state)
{
	static const char *const texts[] = {"!", "AAA", "{\"status\":\"x\"}", " ", "====", ""};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
		struct buffer words = {0};

		imap_challenge_words(span_from(texts[i]), &words);
		assert_int_equal(words.size, 0);
		buffer_done(&words);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_no_base64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
