/*
 * match.h - whom an address means: address, learnt address, thread, domain, in this order, each
 * with its evidence.
 */
#ifndef INGEST_MATCH_H
#define INGEST_MATCH_H

#include <string.h>

#include "ingest/plan.h"

/* The rule of an address whose person was erased. */
#define MATCH_ERASED "erased"

/*
 * Fills contact or company, rule, evidence, score and candidates of match->folded, the only address
 * that the mail is about.
 */
MUST_CHECK bool match_find(struct mail *mail, struct match *match, struct error *err);

/*
 * For all addresses of a mail (a list by `next`): those by address first, so that the thread is
 * asked only when one is left: it can't say which of several it means.
 */
MUST_CHECK bool match_all(struct mail *mail, struct match *matches, struct error *err);

static inline bool match_is_known(const struct match *match)
{
	return match->contact_id || match->company_id;
}

static inline bool match_is_erased(const struct match *match)
{
	return strcmp(match->rule, MATCH_ERASED) == 0;
}

/* The contacts of the activities on the mails that this one answers, each once. */
MUST_CHECK bool match_thread_contacts(
	struct mail *mail, int64_t **contacts, size_t *count, struct error *err);

#endif
