/*
 * policy_survey.h - which write policies the mail that came would have passed: for somebody who has
 * to choose one (`postroom doctor`).
 */
#ifndef INGEST_POLICY_SURVEY_H
#define INGEST_POLICY_SURVEY_H

#include "ingest/intake.h"

/* authserv-ids that are told apart; a mailbox has one, two while it moves. */
#define POLICY_SURVEY_IDS 4

struct policy_survey {
	int64_t mails;	    /* that say they are from a user: only these should pass */
	int64_t configured; /* passed the mailbox's own policy */
	int64_t elsewhere;  /* did not, and would have passed one of those below */
	int64_t submission, exchange_internal;
	struct {
		struct span id;
		int64_t passed;
	} authserv[POLICY_SURVEY_IDS];
	size_t authserv_count;
};

/* Reads the newest mails of the mailbox, at most limit. Text in the arena. Writes nothing. */
MUST_CHECK bool policy_survey(struct intake *intake, const struct config_mailbox *mailbox,
	int limit, struct arena *arena, struct policy_survey *survey, struct error *err);

#endif
