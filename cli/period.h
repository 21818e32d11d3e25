/*
 * period.h - a stretch of days as a person types it: 2026, 2026-Q4, 2026-11, 2026-W47, 2026-11-21,
 * 2026-11-01..2026-11-15, and today, week, month, quarter, year with last- before them.
 */
#ifndef CLI_PERIOD_H
#define CLI_PERIOD_H

#include <stdbool.h>

#include "base/date.h"
#include "cli/cli.h"

struct period {
	struct date first, last; /* both of it */
};

/* Words count from `today`. False: it is none. */
bool period_read(struct span text, struct date today, struct period *period);
bool period_has(const struct period *period, struct date date);
/* --period, else the one that is given; EXIT_USAGE with the forms that there are. */
MUST_CHECK enum exit_code period_option(struct cli *cli, const char *usual, struct period *period);
/* Its first instant, and the one behind its last, in the organisation's zone. */
int64_t period_begin_ms(const struct cli *cli, const struct period *period);
int64_t period_end_ms(const struct cli *cli, const struct period *period);

#endif
