/*
 * item.h - one thing in a calendar, before it is a VEVENT or a VTODO: made from a task or from a
 * finance ticket with a due day.
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

/*
 * Calls `each` for every open item of the users, tasks first, in order of their ids (rule 4).
 * Those outside the window are left out; undated ones only come
 * where undated is true.
 */
MUST_CHECK bool calendar_items(struct db *db, const struct calendar_feed *feed, bool undated,
	bool (*each)(void *context, const struct calendar_item *item, struct error *err),
	void *context, struct calendar_content *content, struct error *err);

/* The days that the feed shows: -30 … +400 around today (rule 14). */
bool calendar_in_window(const struct calendar_feed *feed, struct date day);

/* Calls `each` for every hour of feed->weekly in the window, each an item of its own (rule 8). */
MUST_CHECK bool calendar_weekly_items(const struct calendar_feed *feed,
	bool (*each)(void *context, const struct calendar_item *item, struct error *err),
	void *context, struct error *err);

/*
 * At most max_bytes without control characters (rules 12, 13). Line ends, those of Unicode too, are
 * LF with `lines`, else a space, as TAB is.
 */
struct span calendar_clean(struct arena *arena, struct span text, size_t max_bytes, bool lines);

#endif
