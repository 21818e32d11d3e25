/*
 * feed.h - a calendar (RFC 5545) of what is to be done, as clients subscribe to it. The rules are
 * in docs/calendar.md; each file of this folder names those that it keeps.
 */
#ifndef CALENDAR_FEED_H
#define CALENDAR_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/date.h"
#include "base/error.h"
#include "store/db.h"

enum calendar_kind {
	CALENDAR_EVENTS, /* events.ics: VEVENT only */
	CALENDAR_TASKS,	 /* tasks.ics: VTODO only */
};

enum calendar_board {
	CALENDAR_NO_BOARD, /* what is of the users */
	CALENDAR_SALES,	   /* all open deals: expected closes, tasks of deals as next steps */
	CALENDAR_FINANCE,  /* all tickets with a due day, the finance run */
	CALENDAR_ACTIONS,  /* all tasks */
};

/* An hour that comes each week, of the configuration: the finance run. */
struct calendar_weekly {
	bool present;
	struct span name; /* in UIDs: "finance-run" */
	struct span title;
	const char *zone; /* of its wall clock: everybody's run is at the same instant */
	enum weekday on;
	int hour, minute;
	int64_t length_ms;
	int64_t changed_ms; /* it was configured so */
	int sequence;	    /* how often it was configured otherwise */
};

/* Something that an administrator should see today, all day. */
struct calendar_alert {
	struct span name; /* in UIDs, with the day: "mailbox-invoices-silent" */
	struct span title, description;
};

#define CALENDAR_BEFORE_DAYS	 30
#define CALENDAR_AFTER_DAYS	 400
#define CALENDAR_WINDOW_MAX_DAYS 3660

struct calendar_feed {
	enum calendar_kind kind;
	struct span title;    /* the calendar's name in clients */
	const char *instance; /* domain in UIDs */
	const char *zone;     /* IANA name, where days begin */
	enum calendar_board board;
	const int64_t *user_ids; /* whose items, each once; where there is no board */
	size_t user_count;
	bool shared;	   /* several people's: each item says whose it is */
	bool alarms;	   /* a VALARM each, only on request */
	bool local_times;  /* TZID and VTIMEZONE instead of UTC */
	struct date today; /* in the zone: the window counts from it */
	int before_days, after_days;
	int64_t follow_up_length_ms;
	struct calendar_weekly weekly;
	const struct calendar_alert *alerts;
	size_t alert_count;
};

/*
 * Appends the whole calendar: two calls on the same data give the same bytes. *items: how many are
 * in it. On failure the buffer holds nothing that may be served.
 */
MUST_CHECK bool calendar_render(struct db *db, const struct calendar_feed *feed, struct buffer *out,
	size_t *items, struct error *err);

#endif
