/*
 * alert.h - what administrators find in their calendar when `feed.alerts` is set, and the bounds
 * from which `postroom doctor` tells the same.
 */
#ifndef CALENDAR_ALERT_H
#define CALENDAR_ALERT_H

#include "calendar/subscription.h"

/* A mailbox that was not read to its end for this long is silent: folders are polled each minute.
 */
#define ALERT_SILENT_MS (INT64_C(60) * 60 * 1000)
/* An unresolved item that waits longer is forgotten rather than undecided. */
#define ALERT_QUEUE_MS (INT64_C(14) * 24 * 60 * 60 * 1000)

/* Fills now->feed.alerts; now->until_ms ends where one would begin though nothing is recorded. */
MUST_CHECK bool alerts_read(struct db *db, int64_t now_ms, struct arena *arena,
	struct calendar_now *now, struct error *err);

#endif
