/*
 * calendar_pick.h - the words that say which calendar is meant and how, the same for `feed add` and
 * `calendar export`.
 */
#ifndef CLI_CALENDAR_PICK_H
#define CLI_CALENDAR_PICK_H

#include "calendar/subscription.h"
#include "cli/cli.h"
#include "cli/command.h"

/* The rows of the argument and of the options. */
#define CALENDAR_ARGUMENT                                            \
	{                                                            \
		.name = "USER", .type = VALUE_USER, .optional = true \
	}
#define CALENDAR_OPTIONS                                                                         \
	{"team", "NAME", VALUE_TEXT, "of everybody in a team", NULL},                            \
		{"board", "BOARD", VALUE_CHOICE, "of a whole board", CALENDAR_BOARDS},           \
		{"alarms", NULL, VALUE_NONE, "with an alarm each", NULL},                        \
		{"local-times", NULL, VALUE_NONE, "times with their zone instead of UTC", NULL}, \
		{"days-before", "N", VALUE_NUMBER, "so many days back (30)", NULL},              \
	{                                                                                        \
		"days-after", "N", VALUE_NUMBER, "so many days ahead (400)", NULL                \
	}

/* The database is open. EXIT_USAGE: none or two of USER, team and board; not found: no such. */
MUST_CHECK enum exit_code calendar_pick(
	struct cli *cli, struct calendar_subject *subject, struct calendar_options *options);

#endif
