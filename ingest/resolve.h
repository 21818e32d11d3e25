/*
 * resolve.h - a person's answer to the unresolved queue: one command settles every waiting item
 * that it answers, past mail included, in one operation that can be undone.
 */
#ifndef INGEST_RESOLVE_H
#define INGEST_RESOLVE_H

#include "config/config.h"
#include "ingest/intake.h"
#include "store/operation.h"
#include "store/unresolved.h"

enum resolve_verb {
	RESOLVE_ASSIGN,	    /* to a contact; the address is learnt unless once */
	RESOLVE_CREATE,	    /* a contact from the item's name and address */
	RESOLVE_MAP_DOMAIN, /* the item's domain to a company */
	RESOLVE_IGNORE_ADDRESS,
	RESOLVE_IGNORE_DOMAIN,
	RESOLVE_DISMISS, /* this item alone: a bad tag, an unknown action name */
};

struct resolve_request {
	enum resolve_verb verb;
	int64_t item_id;
	int64_t contact_id; /* ASSIGN */
	int64_t company_id; /* MAP_DOMAIN; CREATE: the new contact's company, 0: none */
	struct span name; /* CREATE: empty takes the item's display name; MAP_DOMAIN with company_id
			     0: of a new company */
	bool once;	  /* learn nothing: this item alone */
	const char *actor;
};

struct resolve_touched {
	int64_t item_id, message_id;
	struct span address, subject, what; /* "activity on Anna Smit", "ticket 12: supplier …" */
};

struct resolve_result {
	int64_t operation_id; /* 0 with dry_run */
	int64_t settled;
	int64_t contact_id, company_id; /* used or made */
	struct resolve_touched *touched;
	size_t touched_count;
};

/* dry_run: everything is worked out and nothing is written. A transaction of its own. */
MUST_CHECK bool resolve_run(struct intake *intake, const struct resolve_request *request,
	bool dry_run, int64_t now_ms, struct arena *arena, struct resolve_result *result,
	struct error *err);

/*
 * The same for an address that a contact got by another way (`contact address add`): settles what
 * waits for it. Inside the caller's operation.
 */
MUST_CHECK bool resolve_address_known(struct intake *intake, struct operation *operation,
	int64_t contact_id, struct span address_folded, int64_t *settled, struct error *err);

struct resolve_suggestion {
	int64_t contact_id, company_id;
	struct span name, why; /* "same name", "same domain as 3 contacts", … */
	double score;	       /* 0..1, best first */
};
MUST_CHECK bool resolve_suggest(struct intake *intake, const struct unresolved *item,
	struct arena *arena, struct resolve_suggestion **suggestions, size_t *count,
	struct error *err);

#endif
