/*
 * calendar.c - `postroom calendar export`: the calendar of a user, a team or a board as a file.
 * It is written
 * by a program of its own (calendar_main.c): libical brings ICU along, which would cost every
 * command more milliseconds than all the rest.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/process.h"
#include "cli/calendar_pick.h"
#include "cli/nouns.h"

static enum exit_code run_export(struct cli *cli)
{
	char program[PATH_MAX];
	struct error err;

	if (!process_sibling("postroom-calendar", program, sizeof program, &err))
		return cli_fail(&err);
	execv(program, cli->argv);
	error_set_errno(&err, ERROR_TEMPORARY, errno, "%s", program);
	return cli_fail(&err);
}

static const struct command_argument arguments[] = {
	CALENDAR_ARGUMENT,
	{0},
};
static const struct command_option options[] = {
	CALENDAR_OPTIONS,
	{"tasks", NULL, VALUE_NONE, "as to-dos (VTODO) instead of events", NULL},
	{"vdir", "DIR", VALUE_TEXT, "a file for each item in this folder, for CalDAV servers",
		NULL},
	{0},
};
static const struct command_example examples[] = {
	{"postroom calendar export anna > anna.ics", "What Anna's calendar address serves"},
	{"postroom calendar export anna --vdir "
	 "/var/lib/radicale/collections/collection-root/anna/work",
		"Anna's calendar in Radicale: what changed is replaced, what is done is removed"},
	{"postroom calendar export --board finance", "Due invoices and the weekly finance run"},
	{0},
};

const struct command calendar_commands[] = {
	{
		.noun = "calendar",
		.verb = "export",
		.summary = "Write a calendar (iCalendar) to standard output or into a folder",
		.description =
			"With --vdir each item is a file of its own in the folder, replaced at "
			"once when it changes and removed when it is done. Nothing is read back. "
			"One folder holds one calendar; files of others in it stay.",
		.arguments = arguments,
		.options = options,
		.examples = examples,
		.run = run_export,
	},
	{0},
};
