/*
 * task.h - tasks, follow-ups and the actions of minutes: something that a user is to do by a day
 * or an instant.
 */
#ifndef STORE_TASK_H
#define STORE_TASK_H

#include "base/arena.h"
#include "base/date.h"
#include "base/span.h"
#include "store/operation.h"

struct task {
	int64_t id;
	struct span kind, title, state, note;
	struct span source_key; /* of what made it, "" for a person's: never made twice */
	struct date due_date;	/* all-day */
	int64_t due_ms;		/* timed, 0: not */
	int64_t length_ms;	/* timed */
	int64_t assignee_id, contact_id, company_id, deal_id, ticket_id, case_id, message_id;
	int64_t project_id;
	bool blocked; /* it needs another task that is open; not written */
	struct span assignee_name, contact_name;
	bool contact_do_not_contact;
	bool keep; /* a reply does not close it */
	int64_t created_ms, changed_ms;
	int64_t calendar_ms; /* what calendars show changed last */
	int sequence;	     /* how often its title, time or status changed */
};

/* A task of the same source_key changes nothing (*added false, *id that one's). */
MUST_CHECK bool task_add(struct operation *operation, const struct task *task, int64_t *id,
	bool *added, struct error *err);
/* Writes what differs; raises sequence when time, title or state changed. */
MUST_CHECK bool task_edit(struct operation *operation, const struct task *task, struct error *err);
MUST_CHECK bool task_get(struct db *db, int64_t id, struct arena *arena, struct task *task,
	bool *found, struct error *err);
struct task_filter {
	struct span state, kind, title_part_folded; /* empty: any */
	int64_t assignee_id, contact_id, message_id, deal_id, project_id, ticket_id;
	/* Those of deals that assignee_id is attached to, and not his own. */
	bool attached;
	struct db_page page;
};
MUST_CHECK bool task_list(struct db *db, const struct task_filter *filter, struct arena *arena,
	struct task **rows, size_t *count, struct error *err);
MUST_CHECK bool task_by_source_key(
	struct db *db, struct span source_key, int64_t *id, struct error *err);
/* Open follow-ups without `keep` that stand on this message. */
MUST_CHECK bool task_open_follow_ups(struct db *db, int64_t message_id, struct arena *arena,
	int64_t **ids, size_t *count, struct error *err);

#endif
