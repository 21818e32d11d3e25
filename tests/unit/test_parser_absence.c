/* Out-of-office notes as people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parser/absence.h"

/* All of them were sent on Saturday 2026-11-21, by erik@wit.example to anna@example.org. */
static const struct note {
	const char *text, *returns, *substitute;
} notes[] = {
	/* English */
	{"I am out of the office until 5 December.", "2026-12-05", ""},
	{"I am out of office and will be back on Monday, 7 December 2026.\n", "2026-12-07", ""},
	{"Thank you for your mail. I'm on annual leave from 23 November to 4 December and will\n"
	 "return on 7 December. In urgent cases please contact Frank (frank@wit.example).",
		"2026-12-07", "frank@wit.example"},
	{"I'm away through December 4th.", "2026-12-05", ""},
	{"I am away until 4 December inclusive.", "2026-12-05", ""},
	{"Back in the office: Wednesday.", "", ""},
	{"I will be back Wednesday.", "2026-11-25", ""},
	{"Returning 2026-12-03. For anything urgent:\nsales@wit.example", "2026-12-03",
		"sales@wit.example"},
	{"I will be back in two weeks.", "2026-12-05", ""},
	{"Erik no longer works here. Please write to Nora at nora.berg@wit.example.", "",
		"nora.berg@wit.example"},
	{"I have limited access to my mail.", "", ""},
	/* German */
	{"Ich bin bis zum 4. Dezember nicht im Büro.", "2026-12-04", ""},
	{"Ich bin bis einschließlich 04.12.2026 im Urlaub.\nIn dringenden Fällen wenden Sie sich "
	 "bitte an meine Kollegin Frau Lind: lind@wit.example",
		"2026-12-05", "lind@wit.example"},
	{"Ab dem 7. Dezember bin ich wieder erreichbar. Vertretung: frank@wit.example.",
		"2026-12-07", "frank@wit.example"},
	{"Am 7.12. bin ich wieder für Sie da.", "2026-12-07", ""},
	{"Vielen Dank. Ich bin vom 23.11. bis 04.12. abwesend. Ihre Mail wird nicht "
	 "weitergeleitet.",
		"2026-12-04", ""},
	/* Dutch */
	{"Ik ben tot en met 4 december met vakantie. Neem bij spoed contact op met\n"
	 "frank@wit.example.",
		"2026-12-05", "frank@wit.example"},
	{"Ik ben afwezig t/m vrijdag 4 december.", "2026-12-05", ""},
	{"Vanaf maandag 7 december ben ik weer bereikbaar.", "2026-12-07", ""},
	{"Ik ben terug op 7 december. Mijn collega Nora vervangt mij: nora@wit.example",
		"2026-12-07", "nora@wit.example"},
	/* French */
	{"Je suis absent jusqu'au 4 décembre inclus.", "2026-12-05", ""},
	{"Je serai de retour le 7 décembre 2026. En cas d'urgence, merci de contacter\n"
	 "nora@wit.example.",
		"2026-12-07", "nora@wit.example"},
	{"Je suis en congés du 23 novembre au 4 décembre.", "2026-12-04", ""},
	/* What must not be taken for one. */
	{"I was away until 3 November 2024 and have caught up.", "", ""},
	{"Please contact me at erik@wit.example or write to anna@example.org.", "", ""},
	{"The fair is on 5 December. See www@wit.example", "", ""},
	{"We received your mail. Ticket 12345 was opened on 21 November.", "", ""},
	{"urgent: @ a@b @@ x@ @y.example", "", ""},
	{"", "", ""},
};

static void test_notes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(notes); i++) {
		struct arena arena = {0};
		struct facts_address from = {SPAN("Erik"), SPAN("erik@wit.example")};
		struct facts_address to = {SPAN("Anna"), SPAN("anna@example.org")};
		struct facts facts = {
			.origin = ORIGIN_AUTO_REPLY,
			.date = {true, INT64_C(1795255200000), 60},
			.from = {&from, 1},
			.to = {&to, 1},
			.reply_text = arena_copy(&arena, span_from(notes[i].text)),
		};
		char day[DATE_TEXT_SIZE];

		absence_read(&arena, &facts);
		if (strcmp(date_text(facts.absence.returns, day), notes[i].returns) != 0 ||
			!span_equal(facts.absence.substitute, span_from(notes[i].substitute)))
			fail_msg("%s\n\treturns \"%s\", instead \"%.*s\"", notes[i].text, day,
				SPAN_ARG(facts.absence.substitute));
		arena_done(&arena);
	}
}

static void test_other_mail(void **state)
{
	struct arena arena = {0};
	struct facts facts = {.origin = ORIGIN_PERSON,
		.date = {true, INT64_C(1795255200000), 60},
		.reply_text = SPAN("I will be back on 7 December. Contact nora@wit.example.")};

	(void)state;
	absence_read(&arena, &facts);
	assert_false(date_is_set(facts.absence.returns));
	assert_int_equal(facts.absence.substitute.size, 0);
	/* Without a date of its own only a year makes a day certain. */
	facts.origin = ORIGIN_AUTO_REPLY;
	facts.date.present = false;
	absence_read(&arena, &facts);
	assert_false(date_is_set(facts.absence.returns));
	facts.reply_text = SPAN("I will be back on 7 December 2026.");
	absence_read(&arena, &facts);
	assert_int_equal(facts.absence.returns.day, 7);
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_other_mail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
