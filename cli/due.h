/*
 * due.h - when something is due, as a person types it: a date, or a tag as in an address (2w, fri,
 * 3wd, 2026-12-03.t0930).
 */
#ifndef CLI_DUE_H
#define CLI_DUE_H

#include "cli/cli.h"

struct due {
	struct date date; /* all-day, or the day of at_ms */
	int64_t at_ms;	  /* with a time of day; 0: all-day */
};

/* Counted from today in the organisation's zone. "" is no due at all. ERROR_INPUT otherwise. */
MUST_CHECK bool due_read(struct cli *cli, const char *text, struct due *due, struct error *err);
/* The same, counted from that day. */
MUST_CHECK bool due_read_from(
	struct cli *cli, const char *text, struct date from, struct due *due, struct error *err);

#endif
