/* Lines of minutes that ask somebody to do something (product.md section 2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "parser/action.h"

#define P "Board action: "

/* wanted: "assignee|due|text" of each action, one a line. Minutes of Saturday 2026-11-21. */
static const struct minutes {
	const char *text, *wanted;
} minutes[] = {
	/* names and days, in four languages */
	{P "Anna: renew it by 4 December", "Anna|2026-12-04|" P "Anna: renew it by 4 December\n"},
	{P "@bram order it before Friday", "bram|2026-11-27|" P "@bram order it before Friday\n"},
	{P "write it (Clara Weber)", "Clara Weber||" P "write it (Clara Weber)\n"},
	{P "write it (Clara) by 2026-12-04",
		"Clara|2026-12-04|" P "write it (Clara) by 2026-12-04\n"},
	{P "write it by 2026-12-04 (Clara)",
		"Clara|2026-12-04|" P "write it by 2026-12-04 (Clara)\n"},
	{P "write it (Clara, by 4 December)",
		"Clara|2026-12-04|" P "write it (Clara, by 4 December)\n"},
	{P "Anna: kündigen bis 4.12.2026.", "Anna|2026-12-04|" P "Anna: kündigen bis 4.12.2026.\n"},
	{P "Anna: kündigen bis Montag", "Anna|2026-11-23|" P "Anna: kündigen bis Montag\n"},
	{P "Bram: bestellen voor 4 december",
		"Bram|2026-12-04|" P "Bram: bestellen voor 4 december\n"},
	{P "Didier: envoyer avant le 4 décembre",
		"Didier|2026-12-04|" P "Didier: envoyer avant le 4 décembre\n"},
	{P "nobody is named", "||" P "nobody is named\n"},
	{P "stand by Anna until she is done", "||" P "stand by Anna until she is done\n"},
	{P "see https://example.org/a:b", "||" P "see https://example.org/a:b\n"},
	/* what may stand in front */
	{"- " P "x", "||" P "x\n"},
	{"  * [ ] " P "x", "||" P "x\n"},
	{"1. " P "x\n1.2.3 " P "y\n(a) " P "z\nB. " P "v\niv) " P "w\n[x] " P "u",
		"||" P "x\n||" P "y\n||" P "z\n||" P "v\n||" P "w\n||" P "u\n"},
	{"> > \xe2\x80\xa2 " P "x\n\xe2\x98\x90 " P "y\n\xe2\x9c\x85 " P "z\n10:15 " P "v",
		"||" P "x\n||" P "y\n||" P "z\n||" P "v\n"},
	{"**Board action:** Anna: bold", "Anna||" P "Anna: bold\n"},
	{"_Board action: Anna: set_", "Anna||" P "Anna: set\n"},
	{"BOARD ACTION: x", "||BOARD ACTION: x\n"},
	{"Board action : x", "||Board action : x\n"},
	{"Board\xc2\xa0\x61\x63tion:  x", "||Board\xc2\xa0\x61\x63tion:  x\n"},
	/* what is none */
	{"The " P "x", ""},
	{"Anna said: " P "x", ""},
	{"Board action x", ""},
	{"Board actions: x", ""},
	{P, ""},
	{"été " P "x", ""},
	/* twice is once */
	{P "x\n" P "x\n" P "y", "||" P "x\n||" P "y\n"},
	/* tables */
	{"| 1 | " P "Anna: x by 4 December | open |",
		"Anna|2026-12-04|" P "Anna: x by 4 December\n"},
	{"| Action | Who | Due |\n|---|---|---|\n| " P "x | Anna | 4 December |\n| " P
	 "Bram: y | | next Friday |\n",
		"Anna|2026-12-04|" P "x\nBram|2026-11-27|" P "Bram: y\n"},
	{"Nr\tMaßnahme\tVerantwortlich\tBis\n1\t" P "x\tAnna\t4.12.\n2\t" P "Clara: y\tBram\toffen",
		"Anna|2026-12-04|" P "x\nClara||" P "Clara: y\n"},
	{"| " P "x | Open |", "||" P "x\n"},
	{"| Wie | Wat |\n| Anna | " P "x |\n\n| Bram | " P "y |\nText.\n| Bram | " P "z |",
		"Anna||" P "x\nBram||" P "y\n||" P "z\n"},
	/* lines that a mail program broke */
	{P "a line that is so long that the mail program of the secretary broke\nit in two (Anna) "
	   "by 4 December\nand this is a paragraph of its own",
		"Anna|2026-12-04|" P
		"a line that is so long that the mail program of the secretary "
		"broke it in two (Anna) by 4 December\n"},
	{"> " P "a line that is so long that the mail program of the secretary\n> broke it in two",
		"||" P "a line that is so long that the mail program of the secretary broke it in "
		"two\n"},
	{P "a line that is so long that it ends where the mail program would.\nnext paragraph",
		"||" P "a line that is so long that it ends where the mail program would.\n"},
	{P "a line that is so long that it ends where the mail program would\nb) next item",
		"||" P "a line that is so long that it ends where the mail program would\n"},
	{P "a line that is so long that it ends where the mail program would\nNext item",
		"||" P "a line that is so long that it ends where the mail program would\n"},
	{P "short\nnext line", "||" P "short\n"},
};

static void write_actions(const struct facts *facts, struct buffer *out)
{
	for (size_t i = 0; i < facts->action_count; i++) {
		const struct facts_action *action = &facts->actions[i];
		char day[DATE_TEXT_SIZE];

		buffer_format(out, "%.*s|%s|%.*s\n", SPAN_ARG(action->assignee),
			date_text(action->due, day), SPAN_ARG(action->text));
	}
}

static void test_minutes(void **state)
{
	struct span prefix = SPAN("Board action:");
	struct parse_options options = {.action_prefixes = &prefix, .action_prefix_count = 1};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(minutes); i++) {
		struct facts facts = {.date = {true, INT64_C(1795255200000), 60}};
		struct arena arena = {0};
		struct buffer got = {0};

		actions_read(
			arena_copy(&arena, span_from(minutes[i].text)), &options, &arena, &facts);
		write_actions(&facts, &got);
		if (!span_equal(buffer_span(&got), span_from(minutes[i].wanted)))
			fail_msg("%s\nwanted:\n%sgot:\n%s", minutes[i].text, minutes[i].wanted,
				buffer_string(&got));
		buffer_done(&got);
		arena_done(&arena);
	}
}

/* A day needs its year where the mail has no Date to count from. */
static void test_without_a_date(void **state)
{
	struct span prefix = SPAN("Board action:");
	struct parse_options options = {.action_prefixes = &prefix, .action_prefix_count = 1};
	struct facts facts = {0};
	struct arena arena = {0};
	struct buffer got = {0};

	(void)state;
	actions_read(
		SPAN(P "x by 4 December\n" P "y by 4 December 2026"), &options, &arena, &facts);
	write_actions(&facts, &got);
	assert_string_equal(buffer_string(&got), "||" P "x by 4 December\n"
						 "|2026-12-04|" P "y by 4 December 2026\n");
	buffer_done(&got);
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_minutes),
		cmocka_unit_test(test_without_a_date),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
