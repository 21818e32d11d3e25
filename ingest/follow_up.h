/*
 * follow_up.h - what the tag of an address asks for, and replies that close what was asked
 * before.
 */
#ifndef INGEST_FOLLOW_UP_H
#define INGEST_FOLLOW_UP_H

#include "ingest/plan.h"

/*
 * Adds tasks, filings and closings after the kind's own effects. Tags count only when the sender
 * is proved to be a user; a reply closes only when a person known by address wrote it.
 */
MUST_CHECK bool follow_up_plan(struct plan *plan, struct error *err);

/* A copy of a mail that was decided before brings a tag that was not seen on the others. */
MUST_CHECK bool follow_up_is_new(struct mail *mail, bool *is_new, struct error *err);

/* The zone in which the sender's days are counted. */
const char *follow_up_zone(const struct mail *mail);
/* Sets the task's day, or its instant and length, as the tag asks for it. */
void follow_up_due(const struct mail *mail, const struct facts_request *request, struct task *task);

#endif
