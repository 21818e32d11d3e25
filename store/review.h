/*
 * review.h - what the weekly review looks for: records that nobody does anything about, and what
 * was written down late or by a domain alone.
 */
#ifndef STORE_REVIEW_H
#define STORE_REVIEW_H

#include "base/arena.h"
#include "base/span.h"
#include "store/db.h"

/* One thing that a person should look at. */
struct review_row {
	const char *kind; /* noun of the record: contact, deal, activity, company */
	int64_t id;
	struct span name, owner; /* owner: who is to see to it, "": nobody */
	struct span detail;	 /* of the contact: its company; of a match: the address */
	int64_t at_ms;		 /* when something happened last, 0: never */
	int64_t other_ms;	 /* of an activity: when it was logged */
	int64_t count;
};

/* All are ordered by id; at most page.limit rows. */

/* Who may be contacted, was made before since_ms, and had no activity from then on. */
MUST_CHECK bool review_silent_contacts(struct db *db, int64_t since_ms, struct db_page page,
	struct arena *arena, struct review_row **rows, size_t *count, struct error *err);
/* Open deals without an open task. */
MUST_CHECK bool review_idle_deals(struct db *db, struct db_page page, struct arena *arena,
	struct review_row **rows, size_t *count, struct error *err);
/*
 * Logged within the time, and more than min_ms after it happened; the caller knows the days. Mail
 * from before a mailbox's `since` is history and left out.
 */
MUST_CHECK bool review_late_activities(struct db *db, int64_t begin_ms, int64_t end_ms,
	int64_t min_ms, struct db_page page, struct arena *arena, struct review_row **rows,
	size_t *count, struct error *err);
/* Companies that mail was filed on by the domain of an address alone: a row an address. */
MUST_CHECK bool review_domain_matches(struct db *db, int64_t begin_ms, int64_t end_ms,
	struct db_page page, struct arena *arena, struct review_row **rows, size_t *count,
	struct error *err);

#endif
