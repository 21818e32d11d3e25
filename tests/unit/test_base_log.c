#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/compiler.h"
#include "base/log.h"

static int saved_stderr, captured;

static void capture(void)
{
	captured = memfd_create("log", MFD_CLOEXEC);
	saved_stderr = dup(STDERR_FILENO);
	assert_true(captured >= 0 && dup2(captured, STDERR_FILENO) >= 0);
}

static void assert_captured(const char *expected)
{
	char text[8192] = "";

	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
	assert_true(pread(captured, text, sizeof text - 1, 0) >= 0);
	close(captured);
	assert_string_equal(text, expected);
}

static void test_values(void **state)
{
	static const struct {
		struct span value;
		const char *written;
	} cases[] = {
		{SPAN_INIT("plain"), "plain"},
		{SPAN_INIT(""), "\"\""},
		{SPAN_INIT("two words"), "\"two words\""},
		{SPAN_INIT("a=b"), "\"a=b\""},
		{SPAN_INIT("say \"x\\\""), "\"say \\\"x\\\\\\\"\""},
		{SPAN_INIT("a\n<0>forged level=0"), "\"a <0>forged level=0\""},
		{SPAN_INIT("\x1b[2J"), "\\u{1b}[2J"},
		{SPAN_INIT("\xFF\xFE"), "\\u{fffd}\\u{fffd}"},
		{SPAN_INIT("\xE2\x80\xAE"
			   "exe.pdf"),
			"\\u{202e}exe.pdf"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct buffer line = {0};

		log_open(NULL, NULL, LOG_LEVEL_INFO);
		capture();
		log_event(LOG_LEVEL_INFO, "seen", log_text("value", cases[i].value));
		buffer_format(&line, "<6>seen value=%s\n", cases[i].written);
		assert_captured(buffer_string(&line));
		buffer_done(&line);
	}
}

static void test_role_and_level(void **state)
{
	struct error err;

	(void)state;
	log_open("reader", "crm inbox", LOG_LEVEL_NOTICE);
	error_set(&err, ERROR_AUTH, "refused: try again");
	capture();
	log_event(LOG_LEVEL_NOTICE, "stored", log_number("uid", -5), log_string("folder", "INBOX"));
	log_event(LOG_LEVEL_INFO, "hidden", log_number("uid", 1));
	log_failure(LOG_LEVEL_ERROR, "login", &err);
	assert_captured("<5>stored role=reader mailbox=\"crm inbox\" uid=-5 folder=INBOX\n"
			"<3>login role=reader mailbox=\"crm inbox\" error_kind=auth "
			"error=\"refused: try again\"\n");
	log_open(NULL, NULL, LOG_LEVEL_INFO);
}

static void test_long_value_is_cut(void **state)
{
	struct buffer value = {0}, line = {0};

	(void)state;
	for (int i = 0; i < 1500; i++)
		buffer_append_string(&value, "\xC3\xA9");
	capture();
	log_event(LOG_LEVEL_INFO, "seen", log_text("value", buffer_span(&value)));
	buffer_format(&line, "<6>seen value=%.2000s…\n", buffer_string(&value));
	assert_captured(buffer_string(&line));
	buffer_done(&value);
	buffer_done(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_role_and_level),
		cmocka_unit_test(test_long_value_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
