/*
 * item.h - one thing in a calendar, before it is a VEVENT or a VTODO: made from a task, from a
 * finance ticket with a due day, from a deal with an expected close.
 */
#ifndef CALENDAR_ITEM_H
#define CALENDAR_ITEM_H

#include "base/arena.h"
#include "base/date.h"
#include "calendar/feed.h"

struct calendar_item {
	struct span uid;	 /* of kind, id and instance alone (rule 1) */
	struct span title;	 /* with #N; clean: no control characters (rule 13) */
	struct span description; /* may have LF, nothing else below space */
	struct date day;	 /* all-day, or not set */
	int64_t start_ms;	 /* timed, 0: not */
	int64_t length_ms;
	int64_t created_ms, changed_ms;
	int sequence;
};

typedef bool calendar_each(void *context, const struct calendar_item *item, struct error *err);

/*
 * Calls `each` for every open item of the feed in its window, tasks first, in order of their ids
 * (rule 4). Undated tasks come in CALENDAR_TASKS only.
 */
MUST_CHECK bool calendar_items(struct db *db, const struct calendar_feed *feed, calendar_each *each,
	void *context, struct error *err);
/* For every hour of feed->weekly in the window, each an item of its own (rule 8). */
MUST_CHECK bool calendar_weekly_items(
	const struct calendar_feed *feed, calendar_each *each, void *context, struct error *err);
/* For every one of feed->alerts: all day today, an item of its own each day. */
MUST_CHECK bool calendar_alert_items(
	const struct calendar_feed *feed, calendar_each *each, void *context, struct error *err);
/* All that is in the feed: the three above, in this order. */
MUST_CHECK bool calendar_each_item(struct db *db, const struct calendar_feed *feed,
	calendar_each *each, void *context, struct error *err);
/* Appends a whole calendar that holds this item alone, as CalDAV keeps it (RFC 4791 section 4.1).
 */
MUST_CHECK bool calendar_render_item(const struct calendar_feed *feed,
	const struct calendar_item *item, struct buffer *out, struct error *err);

/* The days that the feed shows (rule 14). */
bool calendar_in_window(const struct calendar_feed *feed, struct date day);

/*
 * Without control characters but LF (CRLF and CR become LF), at most max_bytes (rules 12, 13). The
 * line ends of Unicode (U+2028, U+2029) count too: some clients cut lines there.
 */
struct span calendar_clean(struct arena *arena, struct span text, size_t max_bytes, bool lines);

#endif
