/*
 * activity.h - what happened with a contact or a company: mails, calls, meetings, notes.
 */
#ifndef STORE_ACTIVITY_H
#define STORE_ACTIVITY_H

#include "base/arena.h"
#include "base/span.h"
#include "store/operation.h"

struct activity {
	int64_t id;
	struct span kind, direction, subject, body, rule;
	int64_t contact_id, company_id, deal_id, message_id, route_id, user_id; /* 0: none */
	int64_t at_ms, logged_ms;
	/* Of a meeting that a mail announced (RFC 5545): UID [RECURRENCE-ID], how new it is. */
	struct span event;
	int64_t event_sequence, event_stamp_ms;
	/* Of calls, meetings and notes: what came out of it, what follows, and who does that. */
	struct span outcome, next_step;
	int64_t responsible_id;
	bool voicemail;				 /* nobody answered: a message was left */
	struct span user_name, responsible_name; /* filled by reads */
};

/*
 * One mail is one activity on a contact or company: a second one changes nothing (*added false).
 */
MUST_CHECK bool activity_add(struct operation *operation, const struct activity *activity,
	bool *added, struct error *err);
MUST_CHECK bool activity_edit(
	struct operation *operation, const struct activity *activity, struct error *err);
MUST_CHECK bool activity_remove(struct operation *operation, int64_t id, struct error *err);
/* The event's meeting on the contact, or on the company when contact_id is 0. */
MUST_CHECK bool activity_find_event(struct db *db, struct span event, int64_t contact_id,
	int64_t company_id, struct arena *arena, struct activity *activity, bool *found,
	struct error *err);
MUST_CHECK bool activity_get(struct db *db, int64_t id, struct arena *arena,
	struct activity *activity, bool *found, struct error *err);
/* The one that was added last, 0: none. */
MUST_CHECK bool activity_latest(struct db *db, int64_t *id, struct error *err);
struct activity_filter {
	struct span kind;				     /* empty: any */
	int64_t contact_id, company_id, deal_id, message_id; /* 0: any */
	struct db_page page;				     /* newest first */
};
MUST_CHECK bool activity_list(struct db *db, const struct activity_filter *filter,
	struct arena *arena, struct activity **rows, size_t *count, struct error *err);

#endif
