/* The identity of a mail: what two deliveries may differ in, and what they may not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/compiler.h"
#include "ingest/identity.h"
#include "tests/exact.h"

#define HEADER                                      \
	"Message-ID: <1@example.org>\r\n"           \
	"Date: Fri, 20 Nov 2026 10:00:00 +0000\r\n" \
	"From: Anna <anna@example.org>\r\n"         \
	"To: crm@example.com, info@example.com\r\n" \
	"Subject: an offer for you\r\n"
#define BODY "Dear all,\r\n\r\nthe offer.\r\n"

static const struct {
	const char *name, *mail;
	bool same;
} rows[] = {
	{"itself", HEADER "\r\n" BODY, true},
	{"bare line feeds",
		"Message-ID: <1@example.org>\nDate: Fri, 20 Nov 2026 10:00:00 +0000\n"
		"From: Anna <anna@example.org>\nTo: crm@example.com, info@example.com\n"
		"Subject: an offer for you\n\nDear all,\n\nthe offer.\n",
		true},
	{"another order of fields",
		"Subject: an offer for you\r\nTo: crm@example.com, info@example.com\r\n"
		"From: Anna <anna@example.org>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n"
		"Message-ID: <1@example.org>\r\n\r\n" BODY,
		true},
	{"folded elsewhere, other case of names, other white space",
		"MESSAGE-id:\r\n <1@example.org>\r\nDate:\tFri, 20 Nov 2026 10:00:00 +0000 \r\n"
		"From : Anna\r\n\t<anna@example.org>\r\nTO: crm@example.com,\r\n "
		"info@example.com\r\n"
		"Subject: an  offer for\r\n   you\r\n\r\n" BODY,
		true},
	{"trace fields, Bcc, results, MIME fields",
		"Return-Path: <anna@example.org>\r\nDelivered-To: crm@example.com\r\n"
		"Received: from a by b\r\n\tfor <x@example.com>; now\r\n"
		"Authentication-Results: mx.example.com; dmarc=pass\r\nBcc: crm@example.com\r\n"
		"X-Spam: no\r\n" HEADER "Content-Type: text/plain\r\n\r\n" BODY,
		true},
	{"empty lines at the end", HEADER "\r\n" BODY "\r\n\r\n", true},
	{"no line end at the end", HEADER "\r\nDear all,\r\n\r\nthe offer.", true},
	{"another body", HEADER "\r\nDear all,\r\n\r\nthe other offer.\r\n", false},
	{"an empty line less in the body", HEADER "\r\nDear all,\r\nthe offer.\r\n", false},
	{"white space in the body", HEADER "\r\nDear all, \r\n\r\nthe offer.\r\n", false},
	{"no body", HEADER "\r\n", false},
	{"another recipient", HEADER "Cc: ben@example.com\r\n\r\n" BODY, false},
	{"a second Subject", HEADER "Subject: an offer for you\r\n\r\n" BODY, false},
	{"a Subject continued over what looks like a field",
		"Message-ID: <1@example.org>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n"
		"From: Anna <anna@example.org>\r\nTo: crm@example.com, info@example.com\r\n"
		"Subject: an offer for you\r\n Subject: x\r\n\r\n" BODY,
		false},
	{"fields in the body do not count",
		"Date: Fri, 20 Nov 2026 10:00:00 +0000\r\nFrom: Anna <anna@example.org>\r\n"
		"To: crm@example.com, info@example.com\r\nSubject: an offer for you\r\n\r\n"
		"Message-ID: <1@example.org>\r\n" BODY,
		false},
	{"a line of the header that is no field", HEADER "hello\r\n\r\n" BODY, false},
	{"a name with blanks in it", HEADER "what he said: yes\r\n\r\n" BODY, false},
	{"a line of an mbox",
		"From anna@example.org Fri Nov 20 10:00:00 2026\r\n" HEADER "\r\n" BODY, true},
	{"a lone CR in the body", HEADER "\r\nDear all,\r\r\n\r\nthe offer.\r\n", false},
};

static void one_mail_by_many_ways(void **state)
{
	struct digest wanted = identity_of(span_from(HEADER "\r\n" BODY));

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct span mail = exact_copy(span_from(rows[i].mail));
		struct digest digest = identity_of(mail);

		if (digest_equal(&digest, &wanted) != rows[i].same)
			fail_msg("%s: %s", rows[i].name,
				rows[i].same ? "another identity" : "the same identity");
		free((void *)(size_t)mail.data);
	}
}

/* However the bytes are cut, CR and LF apart included. */
static void pieces_agree_with_the_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct span mail = span_from(rows[i].mail);
		struct digest whole = identity_of(mail);

		for (size_t size = 1; size < 40; size++) {
			struct identity *identity = identity_new();
			struct digest digest;

			for (size_t at = 0; at < mail.size; at += size) {
				struct span piece = exact_copy(span_part(mail, at, size));

				identity_add(identity, piece);
				free((void *)(size_t)piece.data);
			}
			digest = identity_end(identity);
			if (!digest_equal(&digest, &whole))
				fail_msg("%s in pieces of %zu", rows[i].name, size);
		}
	}
}

static void odd_mails_have_one_too(void **state)
{
	static const char *const odd[] = {"", "\n", "\r\n\r\n", "\r", ":", ": x\r\n", "Subject",
		"Subject:", " folded first\r\n\r\nx", "no colon\r\nSubject: x\r\n\r\n"};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(odd); i++) {
		struct span mail = exact_copy(span_from(odd[i]));
		struct digest once = identity_of(mail), again = identity_of(mail);

		assert_true(digest_equal(&once, &again));
		free((void *)(size_t)mail.data);
	}
}

/* Where the empty line is missing the text stands among the fields. */
static void texts_without_an_empty_line_differ(void **state)
{
	static const char *const texts[] = {
		HEADER,
		HEADER "Dear all,\r\n",
		HEADER "Dear Anna,\r\n",
		HEADER "Dear all,\r\n Dear Anna,\r\n",
		HEADER "Dear all,\r\nDear Anna,",
		HEADER "the total is: 5\r\n",
		HEADER "the total is: 6\r\n",
		"<p>one</p>\r\n",
		"<p>two</p>\r\n",
		"one\rtwo\r",
		"one\rsix\r",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
		for (size_t j = 0; j < i; j++) {
			struct digest one = identity_of(span_from(texts[i]));
			struct digest other = identity_of(span_from(texts[j]));

			if (digest_equal(&one, &other))
				fail_msg("%s is %s", texts[i], texts[j]);
		}
}

/* What has no colon within the longest line is no field, wherever it is cut. */
static void a_huge_line_is_no_field(void **state)
{
	struct identity *a = identity_new(), *b = identity_new();
	struct digest of_a, of_b, of_c;
	char line[5000];

	(void)state;
	memset(line, 'x', sizeof(line));
	identity_add(a, (struct span){line, sizeof(line)});
	identity_add(b, (struct span){line, 997});
	identity_add(b, (struct span){line, sizeof(line) - 997});
	of_a = identity_end(a);
	of_b = identity_end(b);
	assert_true(digest_equal(&of_a, &of_b));
	line[4999] = 'y';
	of_c = identity_of((struct span){line, sizeof(line)});
	assert_false(digest_equal(&of_a, &of_c));
}

/* A header of 10 MB must not be kept; what is cut is cut alike in every delivery. */
static void a_huge_field_is_cut_alike(void **state)
{
	struct identity *a = identity_new(), *b = identity_new();
	struct digest of_a, of_b;

	(void)state;
	identity_add(a, SPAN("Subject: "));
	identity_add(b, SPAN("Received: x\r\nSubject: "));
	for (int i = 0; i < 200000; i++) {
		identity_add(a, SPAN("0123456789012345678901234567890123456789\r\n "));
		identity_add(b, SPAN("0123456789012345678901234567890123456789\n "));
	}
	identity_add(a, SPAN("\r\n\r\nbody"));
	identity_add(b, SPAN("\n\nbody"));
	of_a = identity_end(a);
	of_b = identity_end(b);
	assert_true(digest_equal(&of_a, &of_b));
}

/* A line that reaches over the cap: a mail comes whole once, in pieces another time. */
static void a_cut_line_is_cut_alike(void **state)
{
	static const size_t pieces[] = {1, 7, 1000, 65536, 1 << 20};
	struct buffer mail = {0};
	struct digest whole;

	(void)state;
	buffer_append_string(&mail, "Subject: x\r\nTo: ");
	for (int i = 0; i < 30000; i++)
		buffer_format(&mail, "person%05d@example.org,", i);
	buffer_append_string(&mail, "\r\n\r\nbody\r\n");
	whole = identity_of(buffer_span(&mail));
	for (size_t i = 0; i < ARRAY_COUNT(pieces); i++) {
		struct identity *identity = identity_new();
		struct digest digest;

		for (size_t at = 0; at < mail.size; at += pieces[i])
			identity_add(identity, span_part(buffer_span(&mail), at, pieces[i]));
		digest = identity_end(identity);
		if (!digest_equal(&digest, &whole))
			fail_msg("another identity in pieces of %zu", pieces[i]);
	}
	buffer_done(&mail);
}

static void the_header_alone(void **state)
{
	struct digest with_end = identity_of_header(span_from(HEADER "\r\n"));
	struct digest without = identity_of_header(span_from(HEADER));
	struct digest traced = identity_of_header(span_from("Received: x\r\n" HEADER "\r\n"));
	struct digest other = identity_of_header(span_from("Cc: x@example.com\r\n" HEADER "\r\n"));
	struct digest mail = identity_of(span_from(HEADER "\r\n"));

	(void)state;
	assert_true(digest_equal(&with_end, &without));
	assert_true(digest_equal(&with_end, &traced));
	assert_false(digest_equal(&with_end, &other));
	assert_false(digest_equal(&with_end, &mail));
	identity_free(NULL);
	identity_free(identity_new());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_mail_by_many_ways),
		cmocka_unit_test(pieces_agree_with_the_whole),
		cmocka_unit_test(odd_mails_have_one_too),
		cmocka_unit_test(texts_without_an_empty_line_differ),
		cmocka_unit_test(a_huge_line_is_no_field),
		cmocka_unit_test(a_huge_field_is_cut_alike),
		cmocka_unit_test(a_cut_line_is_cut_alike),
		cmocka_unit_test(the_header_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
