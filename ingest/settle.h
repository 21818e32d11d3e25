/*
 * settle.h - one answer carried to the items that wait for it: each gets what its mail would have
 * become, had the answer been known.
 */
#ifndef INGEST_SETTLE_H
#define INGEST_SETTLE_H

#include "ingest/plan.h"
#include "ingest/resolve.h"

struct settling {
	struct intake *intake;
	struct arena *arena;   /* of the result */
	struct arena *scratch; /* of one item; emptied for each */
	struct operation *operation;
	const char *actor, *verb;
	int64_t now_ms;
	int64_t settled;
	struct resolve_touched *touched;
	size_t touched_count, touched_capacity;
};

struct settle_answer {
	int64_t contact_id, company_id;
	struct span outcome; /* assigned, created, mapped, ignored, dismissed */
	bool nothing;	     /* nothing is recorded */
	bool company_only;   /* says which company, not who: leads go on waiting */
};

/* The reason is one that a contact or company answers; ERROR_INPUT says what to do instead. */
MUST_CHECK bool settle_is_answerable(const struct unresolved *item, struct error *err);
/* The item is about a mail address. */
bool settle_is_address(const struct unresolved *item);
/* What is said about the address holds for every item of it. */
bool settle_by_address(const struct unresolved *item);

MUST_CHECK bool settle_item(struct settling *settling, const struct unresolved *item,
	const struct settle_answer *answer, struct error *err);
/* All waiting items of the filter for which settle_by_address holds. */
MUST_CHECK bool settle_list(struct settling *settling, const struct unresolved_filter *filter,
	const struct settle_answer *answer, struct error *err);

#endif
