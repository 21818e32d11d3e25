#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/memory.h"
#include "parser/facts.h"
#include "parser/facts_json.h"
#include "parser/protocol.h"

static struct facts_address people[] = {{SPAN_INIT("Anna Müller"), SPAN_INIT("anna@example.org")},
	{{0}, SPAN_INIT("b@example.net")}};
static struct span ids[] = {SPAN_INIT("one@example.org"), SPAN_INIT("two@example.org")};
static struct facts_attachment attachments[] = {{
	.filename = SPAN_INIT("invoice.pdf"),
	.content_type = SPAN_INIT("application/pdf"),
	.size_bytes = 12345678901,
	.sha256 = {{1, 2, 3}},
	.decorative = true,
}};
static struct facts_field fields[] = {
	{SPAN_INIT("From"), SPAN_INIT("x")}, {SPAN_INIT("Received"), SPAN_INIT("y")}};
static struct facts_received received[] = {
	{.field_index = 1, .by = SPAN_INIT("mx.example.org"), .at = {true, 1795255200000, 60}}};
static struct facts_authentication authentication[] = {{.field_index = 0,
	.authserv_id = SPAN_INIT("mx.example.org"),
	.method = SPAN_INIT("dkim"),
	.result = SPAN_INIT("pass"),
	.domain = SPAN_INIT("example.org"),
	.property = SPAN_INIT("header.d")}};
static struct facts_bounced bounced[] = {{SPAN_INIT("gone@example.net"), SPAN_INIT("5.1.1"),
	SPAN_INIT("550"), SPAN_INIT("no such user")}};
static struct facts_request requests[] = {{.tag = SPAN_INIT("2w.t0930"),
	.source = SPAN_INIT("crm+2w.t0930@example.org"),
	.when = REQUEST_WEEKS,
	.amount = 2,
	.hour = 9,
	.minute = 30}};
static struct facts_action actions[] = {
	{SPAN_INIT("Action: call Ben"), SPAN_INIT("Ben"), {2026, 12, 1}}};
static struct facts_attendee attendees[] = {{SPAN_INIT("a@example.org"), SPAN_INIT("ACCEPTED")}};
static struct facts_invite invites[] = {{.uid = SPAN_INIT("u1"),
	.method = SPAN_INIT("REQUEST"),
	.all_day = true,
	.start_date = {2026, 12, 24},
	.end_date = {2026, 12, 25},
	.attendees = attendees,
	.attendee_count = 1}};
static struct facts_invoice invoices[] = {{.source = INVOICE_UBL,
	.kind = INVOICE_CREDIT_NOTE,
	.number = {SPAN_INIT("R-1"), 1.0},
	.currency = {SPAN_INIT("EUR"), 1.0},
	.issue_date = {2026, 11, 1},
	.issue_date_confidence = 1.0,
	.total = {true, -123450, 0.75},
	.lines = 3}};

static struct facts sample(void)
{
	return (struct facts){
		.message_id = SPAN("abc@example.org"),
		.references = {ids, 2},
		.date = {true, 1795255200000, 60},
		.from = {people, 1},
		.to = {people, 2},
		.sender = people[1],
		.subject = SPAN("Grüße"),
		.envelope_to = {ids, 1},
		.text = SPAN("Hello\nWorld"),
		.has_html = true,
		.attachments = attachments,
		.attachment_count = 1,
		.origin = ORIGIN_BOUNCE,
		.bounced = bounced,
		.bounced_count = 1,
		.authentication = authentication,
		.authentication_count = 1,
		.received = received,
		.received_count = 1,
		.fields = fields,
		.field_count = 2,
		.forwarded = {.how = FORWARD_ATTACHED, .from = people[0], .confidence = 1.0},
		.invites = invites,
		.invite_count = 1,
		.invoices = invoices,
		.invoice_count = 1,
		.requests = requests,
		.request_count = 1,
		.actions = actions,
		.action_count = 1,
	};
}

static char *json_of(const struct facts *facts)
{
	json_t *json = facts_json(facts, "x.eml");
	char *text = json_dumps(json, JSON_COMPACT);

	assert_non_null(text);
	json_decref(json);
	return text;
}

static void test_round_trip(void **state)
{
	struct facts in = sample(), out;
	struct buffer bytes = {0}, again = {0};
	struct arena arena = {0};
	struct error err;

	(void)state;
	facts_write(&in, &bytes);
	assert_true(facts_read(buffer_span(&bytes), &arena, &out, &err));
	facts_write(&out, &again);
	assert_true(span_equal(buffer_span(&bytes), buffer_span(&again)));
	char *a = json_of(&in), *b = json_of(&out);
	assert_string_equal(a, b);
	free(a);
	free(b);
	buffer_done(&bytes);
	buffer_done(&again);
	arena_done(&arena);
}

static void test_every_cut_is_refused(void **state)
{
	struct facts in = sample(), out;
	struct buffer bytes = {0};
	struct error err;

	(void)state;
	facts_write(&in, &bytes);
	for (size_t size = 0; size < bytes.size; size++) {
		struct arena arena = {0};
		char *exact = memory_alloc(size + !size); /* the end of the heap piece is the end */

		memcpy(exact, bytes.data, size);
		assert_false(facts_read((struct span){exact, size}, &arena, &out, &err));
		assert_int_equal(err.kind, ERROR_INPUT);
		free(exact);
		arena_done(&arena);
	}
	buffer_append_byte(&bytes, 0);
	struct arena arena = {0};
	assert_false(facts_read(buffer_span(&bytes), &arena, &out, &err));
	arena_done(&arena);
	buffer_done(&bytes);
}

/* A parser that was taken over may answer anything: whatever is accepted must be safe to use. */
static void test_every_flipped_byte_is_safe(void **state)
{
	struct facts in = sample(), out;
	struct buffer bytes = {0};
	struct error err;

	(void)state;
	facts_write(&in, &bytes);
	for (size_t at = 0; at < bytes.size; at++) {
		for (unsigned flip = 1; flip < 256; flip += 127) {
			struct arena arena = {0};
			char kept = bytes.data[at];

			bytes.data[at] = (char)(kept ^ (char)flip);
			if (facts_read(buffer_span(&bytes), &arena, &out, &err)) {
				assert_in_range(out.origin, ORIGIN_PERSON, ORIGIN_SYSTEM);
				free(json_of(&out));
			}
			bytes.data[at] = kept;
			arena_done(&arena);
		}
	}
	buffer_done(&bytes);
}

static void test_bad_text_is_cleaned(void **state)
{
	struct facts in = {.subject = SPAN("a\xff\0b"), .text = SPAN("e\xcc\x81")}, out;
	struct buffer bytes = {0};
	struct arena arena = {0};
	struct error err;

	(void)state;
	facts_write(&in, &bytes);
	assert_true(facts_read(buffer_span(&bytes), &arena, &out, &err));
	assert_true(span_equal(out.subject, SPAN("a\xef\xbf\xbd"
						 "b")));
	assert_true(span_equal(out.text, SPAN("\xc3\xa9")));
	buffer_done(&bytes);
	arena_done(&arena);
}

/* It travels as what differs from the text. */
static void test_reply_text_is_like_the_text(void **state)
{
	static const struct {
		const char *text, *reply_text;
		size_t bytes; /* beside two empty ones */
	} cases[] = {
		{"", "", 0}, {"hello", "hello", 5}, {"hello", "hell", 5}, {"hello", "", 5},
		{"", "hello", 5}, {"hello", "hello you", 9}, {"hello", "help", 6},
		{"\xc3\xa9", "\xc3\xa8", 3}, /* cut in the middle of a character */
	};
	size_t least = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct facts in = {.text = span_from(cases[i].text),
			.reply_text = span_from(cases[i].reply_text)};
		struct facts out;
		struct buffer bytes = {0};
		struct arena arena = {0};
		struct error err;

		facts_write(&in, &bytes);
		assert_true(span_equal(facts_written_text(buffer_span(&bytes)), in.text));
		assert_true(facts_read(buffer_span(&bytes), &arena, &out, &err));
		assert_true(span_equal(out.text, in.text));
		assert_true(span_equal(out.reply_text, in.reply_text));
		if (i == 0)
			least = bytes.size;
		assert_int_equal(bytes.size - least, cases[i].bytes);
		buffer_done(&bytes);
		arena_done(&arena);
	}
}

static void test_index_outside_fields_is_refused(void **state)
{
	struct facts in = sample(), out;
	struct buffer bytes = {0};
	struct arena arena = {0};
	struct error err;

	(void)state;
	in.field_count = 1; /* received[0].field_index is 1 */
	facts_write(&in, &bytes);
	assert_false(facts_read(buffer_span(&bytes), &arena, &out, &err));
	buffer_done(&bytes);
	arena_done(&arena);
}

static void test_other_format_is_refused(void **state)
{
	struct facts in = {0}, out;
	struct buffer bytes = {0};
	struct arena arena = {0};
	struct error err;

	(void)state;
	facts_write(&in, &bytes);
	bytes.data[4]++;
	assert_false(facts_read(buffer_span(&bytes), &arena, &out, &err));
	assert_non_null(strstr(err.text, "format"));
	buffer_done(&bytes);
	arena_done(&arena);
}

static void test_request_round_trip(void **state)
{
	struct span prefixes[] = {SPAN("Action:"), SPAN("Balean Board Meeting action:")};
	struct span domains[] = {SPAN("example.org")};
	const struct parse_options in = {PARSE_MAIL_ZSTD, '-', prefixes, 2, domains, 1};
	struct parse_options out;
	struct buffer bytes = {0};
	struct arena arena = {0};
	struct span mail;
	struct error err;

	(void)state;
	protocol_write_request(&in, SPAN("From: a@example.org\r\n\r\n"), &bytes);
	assert_true(protocol_read_request(buffer_span(&bytes), &arena, &out, &mail, &err));
	assert_int_equal(out.input, PARSE_MAIL_ZSTD);
	assert_int_equal(out.tag_separator, '-');
	assert_int_equal(out.action_prefix_count, 2);
	assert_true(span_equal(out.action_prefixes[1], prefixes[1]));
	assert_int_equal(out.own_domain_count, 1);
	assert_true(span_equal(mail, SPAN("From: a@example.org\r\n\r\n")));
	for (size_t size = 0; size < bytes.size; size++)
		assert_false(protocol_read_request(
			span_part(buffer_span(&bytes), 0, size), &arena, &out, &mail, &err));
	bytes.data[0] = 9;
	assert_false(protocol_read_request(buffer_span(&bytes), &arena, &out, &mail, &err));
	buffer_done(&bytes);
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_every_cut_is_refused),
		cmocka_unit_test(test_every_flipped_byte_is_safe),
		cmocka_unit_test(test_bad_text_is_cleaned),
		cmocka_unit_test(test_reply_text_is_like_the_text),
		cmocka_unit_test(test_index_outside_fields_is_refused),
		cmocka_unit_test(test_other_format_is_refused),
		cmocka_unit_test(test_request_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
