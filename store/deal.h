/*
 * deal.h - leads and deals: what might be sold to a contact.
 */
#ifndef STORE_DEAL_H
#define STORE_DEAL_H

#include "base/arena.h"
#include "base/date.h"
#include "base/span.h"
#include "store/operation.h"

struct deal {
	int64_t id;
	struct span name, pipeline, phase, state, source, currency;
	struct span type, subject, weight;	  /* labels of the configuration, "": none */
	int64_t contact_id, company_id, owner_id; /* 0: none */
	struct span contact_name, company_name, owner_name;
	struct span quotation, quotation_state; /* number; "", sent, accepted, declined */
	struct date quotation_sent, quotation_until, expected_close;
	struct span outcome, reason; /* why it was lost or its quotation declined */
	struct date ended;	     /* the day it was won or lost */
	int score;
	int64_t value_cents;
	bool has_value, is_lead, current;
	int64_t created_ms, changed_ms;
	int64_t calendar_ms; /* what calendars show changed last */
	int sequence;	     /* how often its title, time or status changed */
};

/* States: open, won, lost, closed (won, and all done that follows). */
struct deal_filter {
	struct span state;    /* empty: any */
	struct span pipeline; /* empty: any; else also deals from before pipelines had names */
	int64_t owner_id;     /* also deals that this user is attached to; 0: any */
	int64_t contact_id, company_id;
	struct db_page page;
};

MUST_CHECK bool deal_add(
	struct operation *operation, const struct deal *deal, int64_t *id, struct error *err);
MUST_CHECK bool deal_edit(struct operation *operation, const struct deal *deal, struct error *err);
MUST_CHECK bool deal_get(struct db *db, int64_t id, struct arena *arena, struct deal *deal,
	bool *found, struct error *err);
MUST_CHECK bool deal_list(struct db *db, const struct deal_filter *filter, struct arena *arena,
	struct deal **rows, size_t *count, struct error *err);
/* All of a contact, the newest first. */
MUST_CHECK bool deal_by_contact(struct db *db, int64_t contact_id, struct arena *arena,
	struct deal **rows, size_t *count, struct error *err);
/* Makes it the current one of its contact, and no other. ERROR_CONFLICT when it is not open. */
MUST_CHECK bool deal_use(struct operation *operation, int64_t id, struct error *err);
/* The deal chosen by `deal use`, else the only open one; 0: none or several. */
MUST_CHECK bool deal_current(struct db *db, int64_t contact_id, int64_t *id, struct error *err);
/* An open lead of the contact, 0: none. */
MUST_CHECK bool deal_open_lead(struct db *db, int64_t contact_id, int64_t *id, struct error *err);
/* The latest lead that the user owns, 0: none. For round robin: whose is the latest had his turn.
 */
MUST_CHECK bool deal_latest_lead(struct db *db, int64_t owner_id, int64_t *id, struct error *err);

/*
 * Who else a deal is about: contacts, companies (of a split deal, with their share of the value),
 * and colleagues who are to know of it. Just one of the three ids is set.
 */
struct deal_party {
	int64_t id, deal_id, contact_id, company_id, user_id;
	struct span name; /* of whom it is */
	struct span role;
	int64_t share_cents;
	bool has_share;
};

/* Somebody who is in it already gets the new role and share (*added false). */
MUST_CHECK bool deal_party_add(struct operation *operation, const struct deal_party *party,
	bool *added, struct error *err);
MUST_CHECK bool deal_party_remove(struct operation *operation, const struct deal_party *party,
	bool *found, struct error *err);
/* Companies first, then contacts, then colleagues. */
MUST_CHECK bool deal_party_list(struct db *db, int64_t deal_id, struct arena *arena,
	struct deal_party **rows, size_t *count, struct error *err);

#endif
