/*
 * work.h - what a user has to do or to look after, over all nouns, and giving it to another.
 */
#ifndef STORE_WORK_H
#define STORE_WORK_H

#include "base/arena.h"
#include "base/span.h"
#include "store/operation.h"

enum work_scope {
	WORK_OPEN, /* what is to be done: open tasks, tickets and cases */
	WORK_ALL,  /* also open deals, projects, and the contacts and companies that he looks after
		    */
};

struct work {
	struct span noun; /* "task", "ticket", "case", "deal", "project", "contact", "company" */
	int64_t row_id;
};

MUST_CHECK bool work_of(struct db *db, int64_t user_id, enum work_scope scope, struct arena *arena,
	struct work **rows, size_t *count, struct error *err);
/* Inside an operation. to 0: nobody. */
MUST_CHECK bool work_give(
	struct operation *operation, const struct work *work, int64_t to, struct error *err);
/* All of it; *count tells how many records. */
MUST_CHECK bool work_hand_over(struct operation *operation, int64_t from, int64_t to,
	enum work_scope scope, int64_t *count, struct error *err);

#endif
