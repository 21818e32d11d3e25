/*
 * feed.h - a calendar (RFC 5545) of what users are to do, as clients subscribe to it. The rules are
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

/* An hour that comes each week, of the configuration: the finance run. */
struct calendar_weekly {
	bool present;
	struct span name; /* in UIDs: "finance-run" */
	struct span title;
	enum weekday on;
	int hour, minute; /* wall clock of the feed's zone */
	int64_t length_ms;
	int64_t since_ms; /* stands for the change time that it has not: when the feed was made */
};

struct calendar_feed {
	enum calendar_kind kind;
	struct span title;	 /* the calendar's name in clients */
	const char *instance;	 /* domain in UIDs */
	const char *zone;	 /* IANA name, where days begin */
	const int64_t *user_ids; /* whose items */
	size_t user_count;
	bool alarms;	   /* a VALARM each, only on request */
	bool local_times;  /* TZID and VTIMEZONE instead of UTC */
	struct date today; /* in the zone: the middle of the window */
	int64_t follow_up_length_ms;
	struct calendar_weekly weekly;
};

struct calendar_content {
	size_t items;
	int64_t changed_ms; /* newest change of any item, done ones too; 0: none */
};

/*
 * Appends the whole calendar: two calls on the same data give the same bytes. On failure the
 * buffer holds nothing that may be served.
 */
MUST_CHECK bool calendar_render(struct db *db, const struct calendar_feed *feed, struct buffer *out,
	struct calendar_content *content, struct error *err);

#endif
