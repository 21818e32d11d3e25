/*
 * calendar.c - `postroom calendar export`: a user's or a team's calendar as a file. It is written
 * by a program of its own (calendar_main.c): libical brings ICU along, which would cost every
 * command more milliseconds than all the rest.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/process.h"
#include "cli/cli.h"
#include "cli/nouns.h"

static enum exit_code run_export(struct cli *cli)
{
	char program[PATH_MAX];
	struct error err;

	if (!cli_argument(cli, 0) == !cli_option(cli, "team"))
		return cli_usage("name the USER, or a team with --team NAME");
	if (!process_sibling("postroom-calendar", program, sizeof program, &err))
		return cli_fail(&err);
	execv(program, cli->argv);
	error_set_errno(&err, ERROR_TEMPORARY, errno, "%s", program);
	return cli_fail(&err);
}

static const struct command_argument arguments[] = {
	{.name = "USER", .type = VALUE_USER, .optional = true},
	{0},
};
static const struct command_option options[] = {
	{"team", "NAME", VALUE_TEXT, "of everybody in a team", NULL},
	{"tasks", NULL, VALUE_NONE, "as to-dos (VTODO) instead of events", NULL},
	{"alarms", NULL, VALUE_NONE, "with an alarm each", NULL},
	{"local-times", NULL, VALUE_NONE, "times with their zone instead of UTC", NULL},
	{0},
};
static const struct command_example examples[] = {
	{"postroom calendar export anna > anna.ics", "What Anna's calendar address serves"},
	{0},
};

const struct command calendar_commands[] = {
	{
		.noun = "calendar",
		.verb = "export",
		.summary = "Write a calendar (iCalendar) to standard output",
		.arguments = arguments,
		.options = options,
		.examples = examples,
		.run = run_export,
	},
	{0},
};
