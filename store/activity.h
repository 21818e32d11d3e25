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
};

/*
 * One mail is one activity on a contact or company: a second one changes nothing (*added false).
 */
MUST_CHECK bool activity_add(struct operation *operation, const struct activity *activity,
	bool *added, struct error *err);
MUST_CHECK bool activity_edit(
	struct operation *operation, const struct activity *activity, struct error *err);
MUST_CHECK bool activity_remove(struct operation *operation, int64_t id, struct error *err);
struct activity_filter {
	int64_t contact_id, company_id, deal_id, message_id; /* 0: any */
	struct db_page page;				     /* newest first */
};
MUST_CHECK bool activity_list(struct db *db, const struct activity_filter *filter,
	struct arena *arena, struct activity **rows, size_t *count, struct error *err);

#endif
