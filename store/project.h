/*
 * project.h - what a won deal starts: a list of tasks, some of which need others to be done first.
 */
#ifndef STORE_PROJECT_H
#define STORE_PROJECT_H

#include "base/arena.h"
#include "base/date.h"
#include "base/span.h"
#include "store/operation.h"

struct project {
	int64_t id;
	struct span name, template; /* template: of the configuration, "": by hand */
	int64_t deal_id, owner_id;  /* 0: none */
	struct span deal_name, owner_name;
	struct date begins;
	int64_t tasks, open_tasks; /* counted, not written; cancelled ones are no task */
	int64_t created_ms, changed_ms;
};

MUST_CHECK bool project_add(
	struct operation *operation, const struct project *project, int64_t *id, struct error *err);
MUST_CHECK bool project_edit(
	struct operation *operation, const struct project *project, struct error *err);
MUST_CHECK bool project_get(struct db *db, int64_t id, struct arena *arena, struct project *project,
	bool *found, struct error *err);
struct project_filter {
	int64_t deal_id, owner_id; /* 0: any */
	bool unfinished;	   /* only those with an open task */
	struct db_page page;
};
MUST_CHECK bool project_list(struct db *db, const struct project_filter *filter,
	struct arena *arena, struct project **rows, size_t *count, struct error *err);

/* The task can't be done before the needed one is. Twice is no error; in a circle ERROR_CONFLICT.
 */
MUST_CHECK bool task_needs(
	struct operation *operation, int64_t task_id, int64_t needs_id, struct error *err);
MUST_CHECK bool task_needs_no_more(struct operation *operation, int64_t task_id, int64_t needs_id,
	bool *found, struct error *err);
struct task_need {
	int64_t task_id, needs_id;
	struct span title, state; /* of the needed one */
};
/* What a task needs, in the order of ids. */
MUST_CHECK bool task_need_list(struct db *db, int64_t task_id, struct arena *arena,
	struct task_need **rows, size_t *count, struct error *err);

#endif
