#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parser/charset.h"
#include "parser/rtf.h"

/* MS-OXRTFCP section 3.1.1, and what may be cut or lie. */
static void test_decompress(void **state)
{
	static const unsigned char example[] = {0x2d, 0, 0, 0, 0x2b, 0, 0, 0, 0x4c, 0x5a, 0x46,
		0x75, 0xf1, 0xc5, 0xc7, 0xa7, 0x03, 0x00, 0x0a, 0x00, 0x72, 0x63, 0x70, 0x67, 0x31,
		0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20, 0x68, 0x65, 0x6c, 0x09, 0x00, 0x20, 0x62,
		0x77, 0x05, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f, 0xa0};
	struct span whole = {(const char *)example, sizeof(example)};
	struct arena arena = {0};

	(void)state;
	struct span rtf = rtf_decompress(whole, 4096, &arena);
	assert_true(span_equal(rtf, SPAN("{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n")));
	assert_true(span_equal(rtf_text(rtf, &arena), SPAN("hello world")));
	assert_true(rtf_decompress(whole, 5, &arena).size == 5);
	for (size_t size = 0; size < whole.size; size++)
		assert_true(rtf_decompress(span_part(whole, 0, size), 4096, &arena).size <= 43);
	arena_done(&arena);
}

static const struct text_case {
	const char *rtf, *expected;
} texts[] = {
	{"no rich text", ""},
	{"{\\rtf1", ""},
	{"{\\rtf1 a\\par b\\line c\\tab d}", "a\nb\nc\td"},
	{"{\\rtf1{\\fonttbl{\\f0 Arial;}}{\\*\\generator x;}{\\info{\\title t}}Hi\r\nyou}",
		"Hiyou"},
	{"{\\rtf1\\ansicpg1252 Gr\\'fc\\'dfe \\{ok\\} a\\~b}", "Gr\xc3\xbc\xc3\x9f"
							       "e {ok} a b"},
	{"{\\rtf1\\ansicpg1250 \\'b9}", "\xc4\x85"},
	{"{\\rtf1\\uc1 \\u8364?\\u-3913? x}", "\xe2\x82\xac\xef\x82\xb7 x"},
	{"{\\rtf1\\uc0 \\u228 x}", "\xc3\xa4x"},
	/* HTML wrapped into RTF (MS-OXRTFEX) */
	{"{\\rtf1\\fromhtml1{\\*\\htmltag <p>}\\htmlrtf {\\htmlrtf0 Hello\\htmlrtf\\par}"
	 "\\htmlrtf0{\\*\\htmltag </p>}{\\*\\htmltag <b>}you{\\*\\htmltag </b>}}",
		"Hello\nyou"},
	{"{\\rtf1 }}}}x", "x"},
};

static void test_texts(void **state)
{
	struct arena arena = {0};

	(void)state;
	charset_open_all();
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct span got = rtf_text(span_from(texts[i].rtf), &arena);

		if (!span_equal(got, span_from(texts[i].expected)))
			fail_msg("%s: %.*s", texts[i].rtf, SPAN_ARG(got));
	}
	charset_close_all();
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decompress),
		cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
