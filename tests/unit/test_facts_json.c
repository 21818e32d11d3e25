#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "parser/facts_json.h"

/* The contract names these keys: absent is null or [], never a missing key. */
static void test_empty_facts_have_every_key(void **state)
{
	static const char expected[] =
		"{\"file\":null,\"format\":1,\"message\":{\"message_id\":null,\"in_reply_to\":[],"
		"\"references\":[],\"date\":null,\"from\":[],\"sender\":null,\"reply_to\":[],"
		"\"to\":[],\"cc\":[],\"bcc\":[],\"subject\":null,\"envelope_to\":[],\"text\":\"\","
		"\"reply_text\":\"\",\"signature\":null,\"language\":null,\"attachments\":[],"
		"\"contained\":[],"
		"\"origin\":\"person\",\"bounce\":null,\"auto_reply\":null,\"authentication\":[],"
		"\"defects\":[]},"
		"\"forwarded\":null,\"invites\":[],\"invoices\":[],\"requests\":[],\"actions\":[],"
		"\"route\":null,\"matches\":[],\"effects\":[]}";
	const struct facts facts = {0};
	json_t *json = facts_json(&facts, NULL);
	char *text = json_dumps(json, JSON_COMPACT);

	(void)state;
	assert_string_equal(text, expected);
	free(text);
	json_decref(json);
}

static const char *string_at(json_t *json, const char *a, size_t index, const char *b)
{
	return json_string_value(
		json_object_get(json_array_get(json_object_get(json, a), index), b));
}

static void test_values(void **state)
{
	struct facts_invoice invoices[] = {
		{.total = {true, 123450, 1.0}, .tax = {true, -5, 1.0}, .net = {true, 0, 1.0}}};
	struct facts_request requests[] = {
		{.tag = SPAN("2w"), .when = REQUEST_WEEKS, .amount = 2, .hour = -1, .minute = -1},
		{.tag = SPAN("2w.t0930"),
			.when = REQUEST_WEEKS,
			.amount = 2,
			.hour = 9,
			.minute = 30},
	};
	const struct facts facts = {
		.date = {true, 1795255200000 /* 2026-11-21T10:00Z */, 60},
		.origin = ORIGIN_AUTO_REPLY,
		.invoices = invoices,
		.invoice_count = 1,
		.requests = requests,
		.request_count = 2,
	};
	json_t *json = facts_json(&facts, "a.eml");
	json_t *message = json_object_get(json, "message");

	(void)state;
	assert_string_equal(
		json_string_value(json_object_get(message, "date")), "2026-11-21T11:00:00+01:00");
	assert_string_equal(json_string_value(json_object_get(message, "origin")), "auto-reply");
	assert_string_equal(string_at(json, "invoices", 0, "total"), "1234.50");
	assert_string_equal(string_at(json, "invoices", 0, "tax"), "-0.05");
	assert_string_equal(string_at(json, "invoices", 0, "net"), "0.00");
	assert_null(string_at(json, "invoices", 0, "payable"));
	assert_string_equal(string_at(json, "requests", 0, "due"), "2026-12-05");
	assert_string_equal(string_at(json, "requests", 1, "due"), "2026-12-05T09:30:00+01:00");
	json_decref(json);
}

/* Shortly before midnight UTC it is the next day where the mail was written. */
static void test_due_counts_from_the_day_of_the_mail(void **state)
{
	struct facts_request requests[] = {
		{.tag = SPAN("1d"), .when = REQUEST_DAYS, .amount = 1, .hour = -1, .minute = -1}};
	const struct facts facts = {
		.date = {true, 1795303800000 /* 2026-11-21T23:30Z */, 120},
		.requests = requests,
		.request_count = 1,
	};
	json_t *json = facts_json(&facts, "a.eml");

	(void)state;
	assert_string_equal(string_at(json, "requests", 0, "due"), "2026-11-23");
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty_facts_have_every_key),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_due_counts_from_the_day_of_the_mail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
