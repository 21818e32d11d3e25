/*
 * plan.h - what is to follow from a mail: made by reading only, shown by `explain`, then carried
 * out as it stands. What explain says and what the daemon does can't differ.
 */
#ifndef INGEST_PLAN_H
#define INGEST_PLAN_H

#include <jansson.h>

#include "ingest/policy.h"
#include "ingest/route.h"
#include "ingest/state.h"
#include "store/activity.h"
#include "store/case.h"
#include "store/contact.h"
#include "store/deal.h"
#include "store/document.h"
#include "store/message.h"
#include "store/task.h"
#include "store/ticket.h"
#include "store/unresolved.h"

enum effect_kind {
	EFFECT_ACTIVITY, /* id 0: made, else edited */
	EFFECT_UNRESOLVED,
	EFFECT_TICKET, /* id 0: opened, else edited */
	EFFECT_JOIN,   /* the mail joins a ticket, a case or a deal */
	EFFECT_TASK,   /* id 0: made, else edited */
	EFFECT_DEAL,
	EFFECT_CASE,	/* id 0: opened, else edited */
	EFFECT_CONTACT, /* id 0: made, with its address; else the address is marked failing */
	EFFECT_CLOSE,	/* a follow-up is done */
	EFFECT_DOCUMENT,
	EFFECT_QUARANTINE,
	EFFECT_IGNORE,
};

struct effect {
	enum effect_kind kind;
	struct span why;
	/* A record that an earlier effect of the same plan makes stands in for the id. */
	const struct effect *contact_from, *deal_from, *ticket_from, *case_from;
	union {
		struct activity activity;
		struct unresolved unresolved;
		struct ticket ticket;
		struct {
			int64_t ticket_id, case_id, deal_id;
			int64_t message_id; /* 0: the mail that is decided */
			struct span how;
		} join;
		struct task task; /* CLOSE: id alone */
		struct deal deal;
		struct document document;
		struct support_case support_case;
		struct {
			struct contact contact;
			struct span address, failing;
		} contact;
	};
	int64_t made_id; /* after plan_apply */
	struct effect *next;
};

/* An address of the mail and what was found for it. */
struct match {
	struct span address, name, folded; /* address as shown */
	const char *role;		   /* from, to, cc, bcc, original, reply-to, document,
			      attendee */
	int64_t contact_id, company_id;	   /* 0: none */
	const char *rule; /* address, learnt, thread, domain, vat-id, iban, ignored, erased,
			     several, none */
	struct span evidence;
	double score;
	/* Those that lost, or that it can't decide between. */
	struct match_candidate {
		int64_t contact_id, company_id;
		struct span name, rule;
	} * also;
	size_t also_count;
	bool outgoing; /* it is a recipient of what a user wrote */
	struct match *next;
};

struct plan {
	struct mail *mail;
	struct route route;
	struct verdict verdict;
	const char *state; /* of the route: filed, waiting, quarantined, ignored */
	struct span rule;
	struct match *matches, **last_match;
	struct effect *effects, **last_effect;
	struct effect **tag_effects; /* where those that tags asked for begin */
};

/* Decides about the mail on this route. Reads only. released: a person overruled the policy. */
MUST_CHECK bool plan_make(struct plan *plan, struct mail *mail, const struct route *route,
	bool released, struct error *err);

/* An empty plan, for effects that a person asked for. */
void plan_init(struct plan *plan, struct mail *mail);
/* Adds an effect of that kind at the end; the caller fills it. */
struct effect *plan_add(struct plan *plan, enum effect_kind kind, struct span why);
struct match *plan_add_match(struct plan *plan, const struct match *match);
/* Nothing comes of the mail, by this rule. */
void plan_ignore(struct plan *plan, struct span rule);
/* An unresolved item; address may be empty. */
struct effect *plan_ask(struct plan *plan, const char *reason, struct span address,
	struct span name, struct span why);

/*
 * Carries it out: matches, effects, state of the route. Inside a write transaction. *operation is
 * begun with the first change of the record (id 0 before), by `actor` for `verb`.
 */
MUST_CHECK bool plan_apply(struct plan *plan, int64_t route_id, const char *actor, const char *verb,
	struct operation *operation, struct error *err);
/* The rule as it is recorded. */
struct span plan_rule(const struct plan *plan);
/* As plan_apply, but the state of the route is left to the caller. */
MUST_CHECK bool plan_record(struct plan *plan, int64_t route_id, const char *actor,
	const char *verb, struct operation *operation, struct error *err);
/* The effects alone, from `first` on. */
MUST_CHECK bool plan_apply_effects(struct plan *plan, struct effect *first, int64_t route_id,
	const char *actor, const char *verb, struct operation *operation, struct error *err);

/* The arrays `matches` and `effects` and the object `route` of explain's JSON. */
json_t *plan_route_json(const struct plan *plan);
json_t *plan_matches_json(const struct plan *plan);
json_t *plan_effects_json(const struct plan *plan);

/* Candidates as the JSON text that the record keeps: [{"contact":1,"company":2,"name":"…"}]. */
struct span plan_candidates_text(
	struct arena *arena, const struct match_candidate *candidates, size_t count);

#endif
