/*
 * change.h - a command that changes the record: one operation in one transaction, taken back at
 * the end of a --dry-run, and told with the line that undoes it.
 */
#ifndef CLI_CHANGE_H
#define CLI_CHANGE_H

#include "cli/cli.h"
#include "store/operation.h"

/* The operation is named after the command; summary says what for the log. */
MUST_CHECK bool change_begin(
	struct cli *cli, struct span summary, struct operation *operation, struct error *err);
/* good false: something failed, everything is taken back and false returned. */
MUST_CHECK bool change_end(
	struct cli *cli, struct operation *operation, bool good, struct error *err);
/*
 * Says on stderr what was done and how to undo it; with --json prints {"operation", "dry_run"} and
 * the keys of `more` (stolen, may be NULL) on stdout. operation_id 0: nothing was written.
 */
void change_report(struct cli *cli, int64_t operation_id, json_t *more, const char *format, ...)
	PRINTF_LIKE(4, 5);

#endif
