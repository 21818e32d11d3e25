#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "base/stems.h"

static const struct span words[] = {
	SPAN_INIT("invoice"), SPAN_INIT("beleg"), SPAN_INIT("fatura"), SPAN_INIT("bill ")};

static void test_find(void **state)
{
	static const struct {
		const char *text;
		ptrdiff_t at;
	} cases[] = {
		{"", -1},
		{"b", -1},
		{"bele", -1},
		{"beleg", 0},
		{"Der BELEG liegt bei", 4},
		{"Handelsbelege", 7},
		{"a fatura, an invoice", 2},
		{"an invoice, a fatura", 3},
		{"bil", -1},
		{"the bill", -1}, /* its blank is a part of the word */
		{"the bill is", 4},
		{"bebeleg", 2},
		{"invoicinvoice", 6},
		/* what falls together with letters as the steps are looked up is none */
		{"\x02\x05\x0c\x05\x07", -1},
		{"b\xe5leg", -1},
	};
	struct stems stems;

	(void)state;
	stems_make(&stems, words, ARRAY_COUNT(words));
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
		if (stems_find(&stems, span_from(cases[i].text)) != cases[i].at)
			fail_msg("%s: %td", cases[i].text,
				stems_find(&stems, span_from(cases[i].text)));
}

/* Every word at every place of a text of its own letters, as a search for each would find it. */
static void test_every_place(void **state)
{
	struct stems stems;
	char text[64];

	(void)state;
	stems_make(&stems, words, ARRAY_COUNT(words));
	for (size_t w = 0; w < ARRAY_COUNT(words); w++)
		for (size_t at = 0; at + words[w].size <= sizeof text; at++) {
			struct span all = {text, sizeof text};
			ptrdiff_t first = -1;

			for (size_t i = 0; i < sizeof text; i++)
				text[i] = words[w].data[i % (words[w].size - 1)];
			memcpy(text + at, words[w].data, words[w].size);
			for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
				ptrdiff_t one = span_find_fold(all, words[i]);

				if (one >= 0 && (first < 0 || one < first))
					first = one;
			}
			assert_int_equal(stems_find(&stems, all), first);
			assert_true(first >= 0 && (size_t)first <= at);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_every_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
