#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "parser/trace.h"

static void read_fields(struct arena *arena, const char *const *pairs, struct facts *facts)
{
	*facts = (struct facts){.fields = arena_array(arena, struct facts_field, 20)};
	for (; pairs[0]; pairs += 2)
		facts->fields[facts->field_count++] =
			(struct facts_field){span_from(pairs[0]), span_from(pairs[1])};
	trace_read(facts, arena);
}

/* Senders can write these fields too: only above the first Received field do they count. */
static void test_envelope_above_the_first_received_only(void **state)
{
	static const char *const pairs[] = {"Delivered-To", "crm+2w@example.org", "X-Original-To",
		"<CRM+2w@example.org>", "Envelope-To", "b@example.org, c@example.org", "Received",
		"from x by mx.example.org (Postfix) with ESMTPS id 1 for <d@example.org>; "
		"Sat, 21 Nov 2026 10:00:00 +0100",
		"Delivered-To", "forged@example.org", "Received",
		"from y by z for <also-forged@example.org>; Sat, 21 Nov 2026 09:00:00 +0100", NULL};
	static const char *const expected[] = {
		"crm+2w@example.org", "b@example.org", "c@example.org", "d@example.org"};
	struct arena arena = {0};
	struct facts facts;

	(void)state;
	read_fields(&arena, pairs, &facts);
	assert_int_equal(facts.envelope_to.count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_true(span_equal(facts.envelope_to.items[i], span_from(expected[i])));
	assert_int_equal(facts.received_count, 2);
	assert_int_equal(facts.received[0].field_index, 3);
	assert_true(span_equal(facts.received[0].by, SPAN("mx.example.org")));
	assert_true(span_equal(facts.received[0].with, SPAN("ESMTPS")));
	assert_int_equal(facts.received[0].at.instant_ms, INT64_C(1795251600000));
	assert_int_equal(facts.received[1].field_index, 5);
	arena_done(&arena);
}

static const struct result_case {
	const char *value, *expected; /* "id method=result property=domain;" */
} results[] = {
	{"mx.example.org; dkim=pass header.d=example.net", "mx.example.org dkim=pass "
							   "header.d=example.net;"},
	{"mx.example.org 1; spf=fail (not (me)) smtp.mailfrom=a@example.net; dmarc=pass "
	 "header.from=example.net",
		"mx.example.org spf=fail smtp.mailfrom=example.net;mx.example.org dmarc=pass "
		"header.from=example.net;"},
	{"mx.example.org; none", ""},
	{"\"mx.example.org\"; dkim=pass reason=\"good; really\" header.i=@example.net "
	 "header.b=\"ab/c\"",
		"mx.example.org dkim=pass header.i=example.net;"},
	{"mx.example.org; dkim/1 = pass header.d=a.example; dkim=neutral header.d=b.example",
		"mx.example.org dkim=pass header.d=a.example;mx.example.org dkim=neutral "
		"header.d=b.example;"},
	{"spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.net; dkim=none",
		" spf=pass smtp.mailfrom=example.net; dkim=none =;"},
	{"mx.example.org; header.from=x; dkim=pass", "mx.example.org dkim=pass =;"},
	{"mx.example.org (a ; comment); spf=softfail smtp.helo=h.example smtp.mailfrom=m@d.example",
		"mx.example.org spf=softfail smtp.mailfrom=d.example;"},
	{";;;", ""},
	{"", ""},
};

static void test_authentication_results(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		const char *pairs[] = {"Authentication-Results", results[i].value, NULL};
		struct buffer got = {0};
		struct arena arena = {0};
		struct facts facts;

		read_fields(&arena, pairs, &facts);
		for (size_t j = 0; j < facts.authentication_count; j++) {
			const struct facts_authentication *result = &facts.authentication[j];

			buffer_format(&got, "%.*s %.*s=%.*s %.*s=%.*s;",
				SPAN_ARG(result->authserv_id), SPAN_ARG(result->method),
				SPAN_ARG(result->result), SPAN_ARG(result->property),
				SPAN_ARG(result->domain));
		}
		if (strcmp(buffer_string(&got), results[i].expected) != 0)
			fail_msg("%s: got \"%s\", want \"%s\"", results[i].value,
				buffer_string(&got), results[i].expected);
		buffer_done(&got);
		arena_done(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_envelope_above_the_first_received_only),
		cmocka_unit_test(test_authentication_results),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
