/*
 * The real postroom-parser behind its sandbox: every charset works in there, a document that takes
 * too long kills it, and it answers in order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <iconv.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "base/base64.h"
#include "base/compress.h"
#include "base/frame.h"
#include "base/process.h"
#include "parser/charset.h"
#include "parser/facts.h"
#include "parser/limits.h"
#include "parser/protocol.h"

struct parser {
	pid_t pid;
	int socket;
	struct buffer answer;
	struct arena arena;
};

static void parser_start(struct parser *parser)
{
	char program[] = TEST_BIN_DIR "/postroom-parser";
	char *arguments[] = {program, NULL};
	struct error err;
	int ends[2];

	*parser = (struct parser){0};
	assert_true(process_socket_pair(ends, &err));
	const struct process_descriptor descriptor = {ends[1], 3};
	const struct process_options options = {.program = program,
		.arguments = arguments,
		.descriptors = &descriptor,
		.descriptor_count = 1,
		.file_bytes = UINT64_MAX};
	assert_true(process_start(&options, &parser->pid, &err));
	close(ends[1]);
	parser->socket = ends[0];
}

/* The status of waitpid. */
static int parser_end(struct parser *parser)
{
	int status = 0;

	close(parser->socket);
	assert_int_equal(waitpid(parser->pid, &status, 0), parser->pid);
	buffer_done(&parser->answer);
	arena_done(&parser->arena);
	return status;
}

static void parser_ask(struct parser *parser, enum parse_input input, struct span mail)
{
	const struct parse_options options = {.input = input, .tag_separator = '+'};
	struct buffer request = {0};
	struct error err;

	protocol_write_request(&options, mail, &request);
	assert_true(frame_write(parser->socket, PARSER_REQUEST, buffer_span(&request), &err));
	buffer_done(&request);
}

/* False when the parser died. */
static bool parser_answer(struct parser *parser, struct frame *frame)
{
	struct error err;
	bool ended;

	return frame_read(
		       parser->socket, &parser->answer, REQUEST_BYTES_MAX, frame, &ended, &err) &&
	       !ended;
}

static void parser_facts(struct parser *parser, struct facts *facts)
{
	struct frame frame;
	struct error err;

	assert_true(parser_answer(parser, &frame));
	assert_int_equal(frame.type, PARSER_FACTS);
	assert_true(facts_read(frame.body, &parser->arena, facts, &err));
}

/* Texts of several scripts; a charset is tried with each that it can write. */
static const char *const samples[] = {"plain words", "Gr\xc3\xbc\xc3\x9f \xc3\xa9t\xc3\xa9",
	"\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82",
	"\xce\xba\xce\xb1\xce\xbb\xce\xb7\xce\xbc\xce\xad\xcf\x81\xce\xb1",
	"\xe4\xbd\xa0\xe5\xa5\xbd\xe4\xb8\x96\xe7\x95\x8c",
	"\xe3\x81\x93\xe3\x82\x93\xe3\x81\xab\xe3\x81\xa1\xe3\x81\xaf",
	"\xed\x95\x9c\xea\xb5\xad\xec\x96\xb4", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d",
	"\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7",
	"\xe0\xb8\xaa\xe0\xb8\xa7\xe0\xb8\xb1\xe0\xb8\xaa"};

static bool encode(const char *name, struct span text, char *out, size_t room, size_t *size)
{
	iconv_t converter = iconv_open(name, "UTF-8");
	char *from = (char *)(uintptr_t)text.data, *to = out;
	size_t left = text.size, space = room;

	if (converter == (iconv_t)-1)
		return false;
	bool good = iconv(converter, &from, &left, &to, &space) == 0 && left == 0 &&
		    iconv(converter, NULL, NULL, &to, &space) != (size_t)-1;
	iconv_close(converter);
	*size = room - space;
	return good;
}

static void test_every_charset_works_in_the_sandbox(void **state)
{
	struct parser parser;
	size_t scripts = 0;

	(void)state;
	parser_start(&parser);
	for (size_t i = 0; i < charset_count(); i++) {
		size_t tried = 0;

		for (size_t j = 0; j < ARRAY_COUNT(samples); j++) {
			struct span sample = span_from(samples[j]);
			struct buffer mail = {0};
			struct facts facts;
			char bytes[200];
			size_t size;

			if (!encode(charset_at(i), sample, bytes, sizeof(bytes), &size))
				continue;
			buffer_format(&mail,
				"From: a@example.net\nContent-Type: text/plain; charset=%s\n\n",
				charset_at(i));
			buffer_append(&mail, (struct span){bytes, size});
			parser_ask(&parser, PARSE_MAIL, buffer_span(&mail));
			parser_facts(&parser, &facts);
			struct span text = facts.text;
			if (span_starts(text, SPAN("\xef\xbb\xbf"))) /* a byte order mark */
				text = span_after(text, 3);
			if (!span_equal(text, sample))
				fail_msg("%s: \"%.*s\" came out as \"%.*s\"", charset_at(i),
					SPAN_ARG(sample), SPAN_ARG(text));
			buffer_done(&mail);
			tried++;
		}
		if (tried == 0)
			fail_msg("%s is not known to iconv here", charset_at(i));
		scripts += tried > 1;
	}
	assert_true(scripts > 40); /* nearly all of them write more than ASCII */
	assert_int_equal(parser_end(&parser), 0);
}

/* What GMime decodes itself needs its converters in there too. */
static void test_encoded_words_work_in_the_sandbox(void **state)
{
	static const struct {
		const char *word, *subject;
	} words[] = {
		{"=?gb2312?B?xOO6ww==?=", "\xe4\xbd\xa0\xe5\xa5\xbd"},
		{"=?ks_c_5601-1987?B?x9GxuQ==?=", "\xed\x95\x9c\xea\xb5\xad"},
		{"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "\xe6\x97\xa5\xe6\x9c\xac"},
		{"=?koi8-r?B?0NLJ18XU?=", "\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82"},
		{"=?iso-8859-8-i?B?+ezl7Q==?=", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d"},
		{"=?windows-1252?q?=80_=E9?=", "\xe2\x82\xac \xc3\xa9"},
		{"=?big5?B?p0Gmbg==?=", "\xe4\xbd\xa0\xe5\xa5\xbd"},
		{"=?shift_jis?B?k/qWew==?=", "\xe6\x97\xa5\xe6\x9c\xac"},
		/* a character split between two words */
		{"=?utf-8?B?4pw=?= =?utf-8?B?kw==?=", "\xe2\x9c\x93"},
	};
	struct parser parser;

	(void)state;
	parser_start(&parser);
	for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
		struct buffer mail = {0};
		struct facts facts;

		buffer_format(&mail, "From: a@example.net\nSubject: %s\n\nx\n", words[i].word);
		parser_ask(&parser, PARSE_MAIL, buffer_span(&mail));
		parser_facts(&parser, &facts);
		if (!span_equal(facts.subject, span_from(words[i].subject)))
			fail_msg("%s came out as \"%.*s\"", words[i].word, SPAN_ARG(facts.subject));
		buffer_done(&mail);
	}
	assert_int_equal(parser_end(&parser), 0);
}

static void test_answers_in_order(void **state)
{
	struct parser parser;
	struct buffer packed = {0};
	struct frame frame;
	struct facts facts;

	(void)state;
	parser_start(&parser);
	compress_append(&packed, SPAN("From: a@example.net\nSubject: packed\n\nx\n"));
	parser_ask(&parser, PARSE_MAIL, SPAN("From: a@example.net\nSubject: one\n\nx\n"));
	parser_ask(&parser, PARSE_MAIL, SPAN("no mail at all"));
	parser_ask(&parser, PARSE_MAIL_ZSTD, buffer_span(&packed));
	parser_ask(&parser, PARSE_MAIL_ZSTD, SPAN("no frame"));
	parser_ask(&parser, PARSE_TEXT, SPAN("just words"));
	parser_facts(&parser, &facts);
	assert_true(span_equal(facts.subject, SPAN("one")));
	assert_true(parser_answer(&parser, &frame));
	assert_int_equal(frame.type, PARSER_FAILED);
	assert_true(span_find(frame.body, SPAN("no mail")) >= 0);
	parser_facts(&parser, &facts);
	assert_true(span_equal(facts.subject, SPAN("packed")));
	assert_true(parser_answer(&parser, &frame));
	assert_int_equal(frame.type, PARSER_FAILED);
	parser_facts(&parser, &facts);
	assert_true(span_equal(facts.text, SPAN("just words")));
	buffer_done(&packed);
	assert_int_equal(parser_end(&parser), 0);
}

/* A zlib stream that unpacks to gigabytes of blanks: one block, again and again. */
static void append_blanks(struct buffer *out)
{
	static unsigned char blanks[1 << 20], room[4096];
	z_stream stream = {.next_in = blanks,
		.avail_in = sizeof(blanks),
		.next_out = room,
		.avail_out = sizeof(room)};

	memset(blanks, ' ', sizeof(blanks));
	assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&stream, Z_FULL_FLUSH), Z_OK);
	deflateEnd(&stream);
	buffer_append(out, SPAN("\x78\x9c"));
	for (int i = 0; i < 6000; i++)
		buffer_append(
			out, (struct span){(const char *)room, sizeof(room) - stream.avail_out});
}

/* A PDF whose catalog lies in a stream of blanks without end, as hexadecimal digits. */
static void append_endless_pdf(struct buffer *out)
{
	static const unsigned char rows[] = {
		0, 0, 0, 2, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 9, 0};
	struct buffer blanks = {0};
	size_t begin = out->size, table;

	append_blanks(&blanks);
	buffer_append_string(out, "%PDF-1.7\n8 0 obj\n");
	buffer_format(out,
		"<</Type/ObjStm/N 1/First 4/Filter[/FlateDecode/ASCIIHexDecode]"
		"/Length %zu>>stream\n",
		blanks.size);
	buffer_append(out, buffer_span(&blanks));
	buffer_append_string(out, "\nendstream\nendobj\n");
	table = out->size - begin;
	buffer_format(out, "9 0 obj\n<</Type/XRef/Root 1 0 R/Size 9/W[1 1 1]/Length %zu>>stream\n",
		sizeof(rows));
	buffer_append(out, (struct span){(const char *)rows, sizeof(rows)});
	buffer_format(out, "\nendstream\nendobj\nstartxref\n%zu\n%%%%EOF\n", table);
	buffer_done(&blanks);
}

static void ask_about_pdf(struct parser *parser, struct span pdf, bool without_documents)
{
	struct parse_options options = {
		.input = PARSE_MAIL, .tag_separator = '+', .without_documents = without_documents};
	struct buffer mail = {0}, request = {0};
	struct error err;

	buffer_append_string(&mail, "From: a@example.net\nContent-Type: application/pdf\n"
				    "Content-Transfer-Encoding: base64\n\n");
	base64_append(&mail, pdf);
	protocol_write_request(&options, buffer_span(&mail), &request);
	assert_true(frame_write(parser->socket, PARSER_REQUEST, buffer_span(&request), &err));
	buffer_done(&mail);
	buffer_done(&request);
}

/*
 * qpdf unpacks what a PDF says, for as long as that takes. It costs this message and no other, and
 * the last try, which opens no documents, reads it.
 */
static void test_a_document_that_takes_too_long_kills_it(void **state)
{
	struct buffer pdf = {0};
	struct arena arena = {0};
	struct parser parser;
	struct frame frame;
	struct facts facts;
	struct error err;

	(void)state;
	append_endless_pdf(&pdf);
	parser_start(&parser);
	ask_about_pdf(&parser, buffer_span(&pdf), false);
	assert_false(parser_answer(&parser, &frame));
	int status = parser_end(&parser);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGPROF);

	parser_start(&parser);
	ask_about_pdf(&parser, buffer_span(&pdf), true);
	assert_true(parser_answer(&parser, &frame));
	assert_int_equal(frame.type, PARSER_FACTS);
	assert_true(facts_read(frame.body, &arena, &facts, &err));
	assert_int_equal(facts.defects.count, 1);
	assert_true(span_equal(facts.defects.items[0], SPAN("documents-not-read")));
	assert_int_equal(facts.attachment_count, 1);
	assert_int_equal(parser_end(&parser), 0);
	buffer_done(&pdf);
	arena_done(&arena);
}

static void test_a_wrong_request_is_refused(void **state)
{
	struct parser parser;
	struct frame frame;
	struct error err;

	(void)state;
	parser_start(&parser);
	assert_true(frame_write(parser.socket, PARSER_REQUEST, SPAN("\1"), &err));
	assert_true(parser_answer(&parser, &frame));
	assert_int_equal(frame.type, PARSER_FAILED);
	assert_true(frame_write(parser.socket, 77, SPAN("x"), &err));
	assert_false(parser_answer(&parser, &frame));
	int status = parser_end(&parser);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_charset_works_in_the_sandbox),
		cmocka_unit_test(test_encoded_words_work_in_the_sandbox),
		cmocka_unit_test(test_answers_in_order),
		cmocka_unit_test(test_a_document_that_takes_too_long_kills_it),
		cmocka_unit_test(test_a_wrong_request_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
