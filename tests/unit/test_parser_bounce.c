#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parser/bounce.h"
#include "parser/bounce_code.h"

static const struct code_case {
	const char *text, *status, *reply;
} codes[] = {
	{"550 5.1.1 <a@example.org>: no such user", "5.1.1", "550"},
	{"550-5.1.1 no such user", "5.1.1", "550"},
	{"#5.1.0 and no more", "5.1.0", ""},
	{"421 too busy", "", "421"},
	{"554 4.4.7 Message expired. <421 4.4.2 Connection timed out>", "4.4.2", "421"},
	{"5.1.0 - Unknown address error 550-'5.2.2 Mailbox full'", "5.2.2", "550"},
	{"5.0.0 at first, 5.1.0 then", "5.0.0", ""},
	{"the host 5.1.1.7 at 192.0.2.550, order 4711", "", ""},
	{"6.1.1 5.1 5..1 55.1.1", "", ""},
	{"message 12-550 of 5500", "", ""},
	{"", "", ""},
};

static void test_codes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		struct bounce_code code = bounce_code_find(span_from(codes[i].text));

		if (!span_equal(code.status, span_from(codes[i].status)) ||
			!span_equal(code.reply, span_from(codes[i].reply)))
			fail_msg("%s: got \"%.*s\" \"%.*s\"", codes[i].text, SPAN_ARG(code.status),
				SPAN_ARG(code.reply));
	}
}

static const struct general_case {
	const char *status;
	bool general;
} generals[] = {{"", true}, {"5.0.0", true}, {"4.0.0", true}, {"5.1.0", true}, {"4.4.7", true},
	{"5.1.1", false}, {"5.7.26", false}, {"4.2.2", false}, {"5.1.10", false}};

static void test_general(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(generals) / sizeof(generals[0]); i++)
		if (bounce_code_is_general(span_from(generals[i].status)) != generals[i].general)
			fail_msg("%s", generals[i].status);
}

static const struct transcript_case {
	const char *text;
	bool is;
} transcripts[] = {
	{"MAIL FROM: <a@example.org>\nRCPT TO: <b@example.net>\n550 no such user\n", true},
	{"Mail from: a@example.org\nRcpt to: b@example.net\n", false},
	{"RCPT TO: <b@example.net>\n550 no such user\n", false},
	{"the mail from: Anna is the 550th\n", false},
	{"", false},
};

static void test_transcripts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(transcripts) / sizeof(transcripts[0]); i++)
		if (bounce_text_is_transcript(span_from(transcripts[i].text)) != transcripts[i].is)
			fail_msg("%s", transcripts[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_codes),
		cmocka_unit_test(test_general), cmocka_unit_test(test_transcripts)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
