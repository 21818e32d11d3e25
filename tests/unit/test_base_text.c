#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <utf8proc.h>

#include "base/compiler.h"
#include "base/text.h"
#include "tests/exact.h"

typedef struct span (*text_map)(struct arena *arena, struct span text);

static void check_map(text_map map, struct span in, struct span expected)
{
	struct span copy = exact_copy(in), got;
	struct arena arena = {0};

	got = map(&arena, copy);
	if (!span_equal(got, expected))
		fail_msg("\"%.*s\" gave \"%.*s\"", SPAN_ARG(in), SPAN_ARG(got));
	arena_done(&arena);
	free((void *)(size_t)copy.data);
}

static void test_utf8(void **state)
{
	static const struct {
		struct span text;
		bool ok;
	} cases[] = {
		{SPAN_INIT(""), true},
		{SPAN_INIT("plain, longer than eight bytes"), true},
		{SPAN_INIT("12345678\xC3\xA9"), true},
		{SPAN_INIT("\xF0\x9F\x98\x80\xF4\x8F\xBF\xBF"), true},
		{SPAN_INIT("a\0b"), true},
		{SPAN_INIT("1234567\xE9"), false},
		{SPAN_INIT("\xC0\xAF"), false},		/* overlong */
		{SPAN_INIT("\xE0\x80\xAF"), false},	/* overlong */
		{SPAN_INIT("\xED\xA0\x80"), false},	/* a surrogate */
		{SPAN_INIT("\xF4\x90\x80\x80"), false}, /* above U+10FFFF */
		{SPAN_INIT("\xF5\x80\x80\x80"), false},
		{SPAN_INIT("\xE2\x82"), false}, /* cut */
		{SPAN_INIT("\x80"), false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct span copy = exact_copy(cases[i].text);

		if (text_is_utf8(copy) != cases[i].ok)
			fail_msg("case %zu", i);
		free((void *)(size_t)copy.data);
	}
}

static void test_clean(void **state)
{
	static const struct {
		struct span in, out;
	} cases[] = {
		{SPAN_INIT(""), SPAN_INIT("")},
		{SPAN_INIT("plain"), SPAN_INIT("plain")},
		{SPAN_INIT("a\0b"), SPAN_INIT("ab")},
		{SPAN_INIT("e\xCC\x81"), SPAN_INIT("\xC3\xA9")}, /* e and acute: composed */
		{SPAN_INIT("\xC3\xA9"), SPAN_INIT("\xC3\xA9")},
		{SPAN_INIT("\xE2\x84\xAB"), SPAN_INIT("\xC3\x85")}, /* the Angstrom sign */
		{SPAN_INIT("caf\xE9!"), SPAN_INIT("caf\xEF\xBF\xBD!")},
		{SPAN_INIT("\xE2\x82"),
			SPAN_INIT("\xEF\xBF\xBD")}, /* one for the part of a sequence */
		{SPAN_INIT("\xE2\x82z\xF0\x9F\x98"), SPAN_INIT("\xEF\xBF\xBDz\xEF\xBF\xBD")},
		{SPAN_INIT("\xED\xA0\x80"), SPAN_INIT("\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD")},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
		check_map(text_clean, cases[i].in, cases[i].out);
}

static void test_clean_keeps_what_is_clean(void **state)
{
	static const char *const texts[] = {"plain", "Gr\xC3\xBC\xC3\x9F \xE2\x80\x9Cx\xE2\x80\x9D",
		"\xD0\x9F\xD1\x80\xD0\xB8", "\xE6\x97\xA5\xE6\x9C\xAC", "\xF0\x9F\x98\x80"};
	struct arena arena = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
		assert_ptr_equal(text_clean(&arena, span_from(texts[i])).data, texts[i]);
	assert_int_equal(arena.total_bytes, 0);
	arena_done(&arena);
}

/* The shortcut of text_clean agrees with utf8proc on every code point, alone and behind letters. */
static void test_clean_agrees_with_utf8proc(void **state)
{
	struct arena arena = {0};

	(void)state;
	for (int32_t c = 1; c <= 0x10FFFF; c++) {
		char text[16] = "ka";
		utf8proc_uint8_t *expected = NULL;
		utf8proc_ssize_t size;
		struct span got;

		if (!utf8proc_codepoint_valid(c))
			continue;
		size = 2 + utf8proc_encode_char(c, (utf8proc_uint8_t *)text + 2);
		text[size] = '\0';
		got = text_clean(&arena, (struct span){text, (size_t)size});
		expected = utf8proc_NFC((const utf8proc_uint8_t *)text);
		if (!span_equal(got, span_from((const char *)expected)))
			fail_msg("U+%04X", (unsigned)c);
		free(expected);
		arena_reset(&arena);
	}
	arena_done(&arena);
}

/* Many combining marks in a wrong order take time by their square unless their run is broken. */
static void test_clean_long_run_of_marks(void **state)
{
	struct buffer text = {0};
	struct arena arena = {0};
	struct span once, twice;

	(void)state;
	buffer_append_byte(&text, 'e');
	for (int i = 0; i < 200000; i++)
		buffer_append_string(&text, i % 2 ? "\xCC\xA3" : "\xCC\x81");
	once = text_clean(&arena, buffer_span(&text));
	twice = text_clean(&arena, once);
	assert_true(text_is_utf8(once));
	assert_true(span_equal(once, twice));
	arena_done(&arena);
	buffer_done(&text);
}

static void test_fold(void **state)
{
	static const struct {
		struct span in, out;
	} cases[] = {
		{SPAN_INIT(""), SPAN_INIT("")},
		{SPAN_INIT("  Anna\t\r\n DE  Vries "), SPAN_INIT("anna de vries")},
		{SPAN_INIT("a\0B"), SPAN_INIT("ab")},
		{SPAN_INIT("STRASSE"), SPAN_INIT("strasse")},
		{SPAN_INIT("Stra\xC3\x9F"
			   "e"),
			SPAN_INIT("strasse")},
		{SPAN_INIT("\xC3\x84rger"), SPAN_INIT("\xC3\xA4rger")},
		{SPAN_INIT("A\xCC\x88rger"), SPAN_INIT("\xC3\xA4rger")},
		{SPAN_INIT("\xEF\xBC\xA1\xEF\xBC\xA2"), SPAN_INIT("ab")}, /* full width */
		{SPAN_INIT("a\xC2\xA0\xE2\x80\x83 b"),
			SPAN_INIT("a b")}, /* no-break and em space */
		{SPAN_INIT("\xE3\x80\x80"
			   "a\xE2\x80\xA8"
			   "b"),
			SPAN_INIT("a b")}, /* ideographic, line */
		{SPAN_INIT("soft\xC2\xADhyphen"), SPAN_INIT("softhyphen")},
		{SPAN_INIT("\xEF\xAC\x81n"), SPAN_INIT("fin")}, /* the ligature fi */
		{SPAN_INIT("\xCE\xA3\xCE\x91\xCE\xA3"), SPAN_INIT("\xCF\x83\xCE\xB1\xCF\x83")},
		{SPAN_INIT("x\xFF"), SPAN_INIT("x\xEF\xBF\xBD")},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		check_map(text_fold, cases[i].in, cases[i].out);
		check_map(text_fold, cases[i].out, cases[i].out); /* a key is its own key */
	}
}

static void test_fold_address(void **state)
{
	static const struct {
		struct span in, out, domain;
	} cases[] = {
		{SPAN_INIT("Anna@Example.ORG"), SPAN_INIT("anna@example.org"),
			SPAN_INIT("example.org")},
		{SPAN_INIT(" a@example.org. "), SPAN_INIT("a@example.org"),
			SPAN_INIT("example.org")},
		{SPAN_INIT("\"a@b\"@example.org"), SPAN_INIT("\"a@b\"@example.org"),
			SPAN_INIT("example.org")},
		{SPAN_INIT("info@B\xC3\x9C"
			   "CHER.example"),
			SPAN_INIT("info@xn--bcher-kva.example"),
			SPAN_INIT("xn--bcher-kva.example")},
		{SPAN_INIT("info@bu\xCC\x88"
			   "cher.example"),
			SPAN_INIT("info@xn--bcher-kva.example"),
			SPAN_INIT("xn--bcher-kva.example")},
		{SPAN_INIT("info@XN--BCHER-KVA.example"), SPAN_INIT("info@xn--bcher-kva.example"),
			SPAN_INIT("xn--bcher-kva.example")},
		{SPAN_INIT("\xC3\x84nne@example.org"), SPAN_INIT("\xC3\xA4nne@example.org"),
			SPAN_INIT("example.org")},
		{SPAN_INIT("a@[192.0.2.1]"), SPAN_INIT("a@[192.0.2.1]"), SPAN_INIT("[192.0.2.1]")},
		{SPAN_INIT("anna"), SPAN_INIT(""), SPAN_INIT("")},
		{SPAN_INIT("@example.org"), SPAN_INIT(""), SPAN_INIT("")},
		{SPAN_INIT("anna@"), SPAN_INIT(""), SPAN_INIT("")},
		{SPAN_INIT("anna@."), SPAN_INIT(""), SPAN_INIT("")},
		{SPAN_INIT(" @ "), SPAN_INIT(""), SPAN_INIT("")},
		{SPAN_INIT(""), SPAN_INIT(""), SPAN_INIT("")},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		check_map(text_fold_address, cases[i].in, cases[i].out);
		assert_true(span_equal(text_address_domain(cases[i].out), cases[i].domain));
	}
}

static void test_cut(void **state)
{
	static const struct {
		const char *text;
		size_t max, expected;
	} cases[] = {
		{"abc", 5, 3}, {"abc", 2, 2}, {"abc", 0, 0}, {"a\xC3\xA9", 2, 1},
		{"a\xE2\x82\xACx", 3, 1}, {"a\xE2\x82\xACx", 4, 4}, {"\xF0\x9F\x98\x80", 3, 0},
		{"\x80\x80\x80\x80\x80\x80", 5, 2}, /* no text: never more than three back */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
		assert_int_equal(
			text_cut(span_from(cases[i].text), cases[i].max).size, cases[i].expected);
}

static void test_escape_line(void **state)
{
	static const struct {
		struct span in;
		const char *out;
	} cases[] = {
		{SPAN_INIT("plain \xC3\xA9 \xF0\x9F\x98\x80"), "plain \xC3\xA9 \xF0\x9F\x98\x80"},
		{SPAN_INIT("a\tb\r\nc\nd\re"), "a b c d e"},
		{SPAN_INIT("\x1b[31mred"), "\\u{1b}[31mred"},
		{SPAN_INIT("\xC2\x9B"
			   "31m"),
			"\\u{9b}31m"}, /* CSI as C1 */
		{SPAN_INIT("\x9B"
			   "31m"),
			"\\u{fffd}31m"}, /* and as a bare byte */
		{SPAN_INIT("nul\0del\x7F"), "nul\\u{0}del\\u{7f}"},
		{SPAN_INIT("fdp\xE2\x80\xAEtxt"), "fdp\\u{202e}txt"},
		{SPAN_INIT("\xE2\x81\xA6x\xE2\x81\xA9"), "\\u{2066}x\\u{2069}"},
		{SPAN_INIT("a\xE2\x80\xA8"
			   "b"),
			"a b"},
		{SPAN_INIT("\xE2\x82"), "\\u{fffd}"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct span copy = exact_copy(cases[i].in);
		struct buffer out = {0};

		text_escape_line(&out, copy);
		assert_string_equal(buffer_string(&out), cases[i].out);
		buffer_done(&out);
		free((void *)(size_t)copy.data);
	}
}

static void test_next_and_append(void **state)
{
	struct span rest = SPAN("a\xC3\xA9\xF0\x9F\x98\x80\xE2\x82z");
	static const int32_t expected[] = {'a', 0xE9, 0x1F600, -1, 'z'};
	struct buffer again = {0};
	int32_t code_point;
	size_t count = 0;

	(void)state;
	while (text_next(&rest, &code_point)) {
		assert_int_equal(code_point, expected[count++]);
		text_append(&again, code_point);
	}
	assert_int_equal(count, ARRAY_COUNT(expected));
	text_append(&again, 0xD800);
	text_append(&again, 0x110000);
	assert_string_equal(buffer_string(&again),
		"a\xC3\xA9\xF0\x9F\x98\x80\xEF\xBF\xBDz\xEF\xBF\xBD\xEF\xBF\xBD");
	buffer_done(&again);
}

static void test_width(void **state)
{
	(void)state;
	assert_int_equal(text_width(SPAN("")), 0);
	assert_int_equal(text_width(SPAN("abc")), 3);
	assert_int_equal(text_width(SPAN("e\xCC\x81")), 1);
	assert_int_equal(text_width(SPAN("\xE6\x97\xA5\xE6\x9C\xAC")), 4);
	assert_int_equal(text_width(SPAN("\xFF")), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_clean_keeps_what_is_clean),
		cmocka_unit_test(test_clean_agrees_with_utf8proc),
		cmocka_unit_test(test_clean_long_run_of_marks),
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_fold_address),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_escape_line),
		cmocka_unit_test(test_next_and_append),
		cmocka_unit_test(test_width),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
