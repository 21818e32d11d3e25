/*
 * finance_run.h - the weekly finance run of the configuration, for this folder's own files.
 */
#ifndef CALENDAR_FINANCE_RUN_H
#define CALENDAR_FINANCE_RUN_H

#include "calendar/feed.h"
#include "config/config.h"

/* Not present where there is none. */
MUST_CHECK bool finance_run_read(
	struct db *db, const struct config *config, struct calendar_weekly *run, struct error *err);

#endif
