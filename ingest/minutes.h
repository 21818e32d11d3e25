/*
 * minutes.h - the earlier version of corrected minutes: its tasks, with the lines they came from.
 */
#ifndef INGEST_MINUTES_H
#define INGEST_MINUTES_H

#include "ingest/state.h"
#include "store/task.h"

struct minutes_task {
	struct task task;
	struct facts_action action; /* as it stood in the earlier version */
	struct span core;
	bool taken; /* a line of this mail is its correction */
};

struct minutes {
	struct minutes_task *tasks;
	size_t count;
};

/*
 * Tasks, open and done, of the minutes that this mail answers and of those under the same subject
 * in the two weeks before it. None: it is no correction.
 */
MUST_CHECK bool minutes_find(struct mail *mail, struct minutes *minutes, struct error *err);

/* The task whose line this one is, or corrects; NULL: it is new. Each task is given once. */
const struct minutes_task *minutes_take(
	struct mail *mail, struct minutes *minutes, const struct facts_action *action);

#endif
