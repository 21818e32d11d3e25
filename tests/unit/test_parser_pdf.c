/* The postroom-pdf process beside this program, as a parser has it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <unistd.h>

#include "base/buffer.h"
#include "parser/limits.h"
#include "parser/pdf_text.h"
#include "parser/protocol.h"

/* A PDF of pages with one line of text each; readers rebuild the table of objects it lacks. */
static void make_pdf(struct buffer *pdf, int pages, const char *text)
{
	buffer_append_string(pdf, "%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
				  "3 0 obj\n<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>\n"
				  "endobj\n2 0 obj\n<</Type/Pages/Kids[");
	for (int i = 0; i < pages; i++)
		buffer_format(pdf, "%d 0 R ", 10 + 2 * i);
	buffer_format(pdf, "]/Count %d>>\nendobj\n", pages);
	for (int i = 0; i < pages; i++) {
		char content[200];
		int size = snprintf(content, sizeof content, "BT /F 12 Tf 72 720 Td (%s %d) Tj ET",
			text, i + 1);

		buffer_format(pdf,
			"%d 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents "
			"%d 0 R/Resources<</Font<</F 3 0 R>>>>>>\nendobj\n"
			"%d 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n",
			10 + 2 * i, 11 + 2 * i, 11 + 2 * i, size, content);
	}
	buffer_append_string(pdf, "trailer\n<</Root 1 0 R>>\n%%EOF\n");
}

static enum pdf_frame read_pdf(struct span pdf, struct arena *arena, struct span *text)
{
	struct pdf_budget budget = {0};

	return pdf_text_read(pdf, &budget, arena, text);
}

static void need_program(void)
{
	if (access(PDF_PROGRAM, X_OK) < 0) {
		print_message("%s is not there: nothing to test\n", PDF_PROGRAM);
		skip();
	}
}

/* Without a font there is nothing to start a program for; whatever may hide one is asked for. */
static void test_pictures_have_no_text(void **state)
{
	static const struct {
		const char *inside, *end;
		enum pdf_frame answer; /* without the program: is it asked at all? */
	} cases[] = {
		{"/XObject", "startxref", PDF_TEXT}, {"/Font", "startxref", PDF_MISSING},
		{"/F#6fnt", "startxref", PDF_MISSING}, {"/#46#6F#6e#74", "startxref", PDF_MISSING},
		{"/Fo#6", "startxref", PDF_TEXT}, {"/Fo#zz", "startxref", PDF_TEXT},
		{"/ObjStm", "startxref", PDF_MISSING}, {"/XObject", "", PDF_MISSING}, /* cut off */
	};

	struct error err;

	(void)state;
	pdf_text_stop();
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct arena arena = {0};
		struct buffer pdf = {0};
		struct span text = {0};

		buffer_format(&pdf, "%%PDF-1.4\n1 0 obj\n<<%s 1>>\nendobj\n%s", cases[i].inside,
			cases[i].end);
		assert_int_equal(read_pdf(buffer_span(&pdf), &arena, &text), cases[i].answer);
		assert_int_equal(text.size, 0);
		buffer_done(&pdf);
		arena_done(&arena);
	}
	assert_true(pdf_text_start(&err));
}

static void test_text(void **state)
{
	struct arena arena = {0};
	struct buffer pdf = {0};
	struct span text = {0};

	(void)state;
	need_program();
	make_pdf(&pdf, 2, "Invoice number 4711 of page");
	assert_int_equal(read_pdf(buffer_span(&pdf), &arena, &text), PDF_TEXT);
	assert_true(span_find(text, SPAN("Invoice number 4711 of page 1\n")) >= 0);
	assert_true(span_find(text, SPAN("\fInvoice number 4711 of page 2\n")) >= 0);
	buffer_done(&pdf);
	arena_done(&arena);
}

static void test_what_is_none(void **state)
{
	static const char *const none[] = {"", "%PDF-1.4", "PK\x03\x04 1 0 obj"};
	static const char *const damaged[] = {"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n",
		"%PDF-1.4 1 0 obj <</Type/Catalog/Pages 1 0 R>>"};
	struct arena arena = {0};

	(void)state;
	need_program();
	for (size_t i = 0; i < ARRAY_COUNT(none); i++) {
		struct span text = {0};

		assert_int_equal(read_pdf(span_from(none[i]), &arena, &text), PDF_NONE);
	}
	for (size_t i = 0; i < ARRAY_COUNT(damaged); i++) {
		struct span text = {0};
		enum pdf_frame answer = read_pdf(span_from(damaged[i]), &arena, &text);

		if (answer != PDF_FAILED && !(answer == PDF_TEXT && span_trim(text).size == 0))
			fail_msg("%s: %d", damaged[i], (int)answer);
	}
	arena_done(&arena);
}

/* More text than is wanted, and more PDFs than one mail may have. */
static void test_limits(void **state)
{
	struct pdf_budget budget = {.count = PDF_TEXTS_MAX};
	struct arena arena = {0};
	struct buffer pdf = {0}, content = {0};
	struct span text = {0};

	(void)state;
	need_program();
	for (unsigned i = 0; i < 1200; i++)
		buffer_format(&content, "BT /F 8 Tf 72 %u Td (%02000u) Tj ET\n", 14300 - 10 * i, i);
	buffer_append_string(&pdf,
		"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
		"2 0 obj\n<</Type/Pages/Kids[4 0 R]/Count 1>>\nendobj\n3 0 obj\n"
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>\nendobj\n4 0 obj\n"
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 14400 14400]/Contents 5 0 R"
		"/Resources<</Font<</F 3 0 R>>>>>>\nendobj\n");
	buffer_format(&pdf, "5 0 obj\n<</Length %zu>>\nstream\n", content.size);
	buffer_append(&pdf, buffer_span(&content));
	buffer_append_string(&pdf, "\nendstream\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n");
	assert_int_equal(read_pdf(buffer_span(&pdf), &arena, &text), PDF_LIMIT);
	assert_int_equal(pdf_text_read(buffer_span(&pdf), &budget, &arena, &text), PDF_LIMIT);
	/* the process is there for the next */
	buffer_clear(&pdf);
	make_pdf(&pdf, 1, "still here");
	assert_int_equal(read_pdf(buffer_span(&pdf), &arena, &text), PDF_TEXT);
	assert_false(pdf_text_is_lost());
	buffer_done(&content);
	buffer_done(&pdf);
	arena_done(&arena);
}

static void test_without_process(void **state)
{
	struct arena arena = {0};
	struct buffer pdf = {0};
	struct span text = {0};
	struct error err;

	(void)state;
	pdf_text_stop();
	make_pdf(&pdf, 1, "text");
	assert_int_equal(read_pdf(buffer_span(&pdf), &arena, &text), PDF_MISSING);
	assert_false(pdf_text_is_lost());
	assert_true(pdf_text_start(&err));
	buffer_done(&pdf);
	arena_done(&arena);
}

static int setup(void **state)
{
	struct error err;

	(void)state;
	return pdf_text_start(&err) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	pdf_text_stop();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_what_is_none),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_without_process),
		cmocka_unit_test(test_pictures_have_no_text),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
