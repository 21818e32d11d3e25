/*
 * subscription.h - which calendar somebody subscribed to, and the feed that it is just now: the
 * same for the feed's addresses and for `postroom calendar export`.
 */
#ifndef CALENDAR_SUBSCRIPTION_H
#define CALENDAR_SUBSCRIPTION_H

#include "base/arena.h"
#include "base/span.h"
#include "calendar/feed.h"
#include "config/config.h"

/* What the subscriber chose. */
struct calendar_options {
	enum calendar_kind kind;
	bool alarms, local_times;
	int before_days, after_days; /* 0 … CALENDAR_WINDOW_MAX_DAYS */
};

/* The window of rule 14 and no more. */
struct calendar_options calendar_options_default(enum calendar_kind kind);
/*
 * The options of an address's query: "alarms=1&before=90". What it does not know or can't read is
 * as if it were not there: an address that once worked goes on working.
 */
struct calendar_options calendar_options_read(enum calendar_kind kind, struct span query);
/* The query of the options ("alarms=1&before=90"), empty where all are the default. */
struct span calendar_options_query(const struct calendar_options *options, struct arena *arena);

/* What a feed can be of: SPAN("user"), SPAN("team") or SPAN("board") and a name. */
struct calendar_subject {
	struct span scope, name;
};

/* The boards that have a calendar, "sales|finance|actions". */
#define CALENDAR_BOARDS "sales|finance|actions"
bool calendar_board_find(struct span name, enum calendar_board *board);

struct calendar_now {
	struct calendar_feed feed; /* lies in the arena and in the configuration */
	/* From then on the calendar may be another, though the record is the same: midnight. */
	int64_t until_ms;
};

/*
 * The feed of a subject at an instant. *found false: the configuration or the record does not know
 * it (any more).
 */
MUST_CHECK bool calendar_subscription(struct db *db, const struct config *config,
	const struct calendar_subject *subject, const struct calendar_options *options,
	int64_t now_ms, struct arena *arena, struct calendar_now *now, bool *found,
	struct error *err);

/*
 * Notes how the finance run is configured, so that its events get a new SEQUENCE when that changed.
 * In a write transaction, at a start.
 */
MUST_CHECK bool calendar_remember(
	struct db *db, const struct config *config, int64_t now_ms, struct error *err);

#endif
