#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parser/day.h"
#include "parser/language.h"

/* Counted from Saturday 2026-11-21. */
static const struct day_case {
	const char *text, *expected;
} days[] = {
	{"2026-12-03", "2026-12-03"},
	{"3.12.2026", "2026-12-03"},
	{"3.12.", "2026-12-03"},
	{"03/12/2026", "2026-12-03"},
	{"3-12-2026", "2026-12-03"},
	{"3/12", "2026-12-03"},
	{"1.11.", "2027-11-01"},
	{"29.2.", "2028-02-29"},
	{"31.2.2027", ""},
	{"3 December", "2026-12-03"},
	{"December 3rd, 2026", "2026-12-03"},
	{"the 3rd of December", "2026-12-03"},
	{"dem 3. Dezember 2026", "2026-12-03"},
	{"3 december a.s.", "2026-12-03"},
	{"le 1er décembre", "2026-12-01"},
	{"Friday", "2026-11-27"},
	{"next friday", "2026-11-27"},
	{"Sat", "2026-11-28"},
	{"Freitag, 4. Dezember", "2026-12-04"},
	{"nächsten Dienstag", "2026-11-24"},
	{"volgende vrijdag", "2026-11-27"},
	{"vendredi prochain", "2026-11-27"},
	{"today", "2026-11-21"},
	{"morgen", "2026-11-22"},
	{"übermorgen", "2026-11-23"},
	{"demain", "2026-11-22"},
	{"end of month", "2026-11-30"},
	{"Monatsende", "2026-11-30"},
	{"fin du mois", "2026-11-30"},
	{"eind van de maand", "2026-11-30"},
	{"in two weeks", "2026-12-05"},
	{"over 3 dagen", "2026-11-24"},
	{"dans un mois", "2026-12-21"},
	{"in einem Monat", "2026-12-21"},
	{"soon", ""},
	{"the bank", ""},
	{"", ""},
	{"12", ""},
	{"3-12", ""},
	{"99.99.", ""},
};

static void test_days(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		struct date day = {0};
		char text[DATE_TEXT_SIZE] = "";
		size_t taken;

		if (day_read(span_from(days[i].text), (struct date){2026, 11, 21}, &day, &taken)) {
			assert_true(taken <= strlen(days[i].text));
			date_text(day, text);
		}
		if (strcmp(text, days[i].expected) != 0)
			fail_msg("%s: got \"%s\", want \"%s\"", days[i].text, text,
				days[i].expected);
	}
}

static const struct language_case {
	const char *text, *expected;
} languages[] = {
	{"Please send us the offer, and thank you for your help.", "en"},
	{"Bitte senden Sie uns das Angebot, vielen Dank und freundliche Grüße.", "de"},
	{"Graag ontvangen wij de offerte, met vriendelijke groet en bedankt voor uw hulp.", "nl"},
	{"Merci de nous envoyer le devis, cordialement et bonne journée pour vous.", "fr"},
	{"VIELEN DANK FÜR IHRE NACHRICHT, WIR MELDEN UNS NÄCHSTE WOCHE BEI IHNEN", "de"},
	{"OK", ""},
	{"12345 67890", ""},
	{"", ""},
};

static void test_languages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(languages) / sizeof(languages[0]); i++) {
		struct span got = language_of(span_from(languages[i].text));

		if (!span_equal(got, span_from(languages[i].expected)))
			fail_msg("%s: got \"%.*s\"", languages[i].text, SPAN_ARG(got));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_languages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
