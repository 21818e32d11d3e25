/*
 * deal.h - leads and deals: what might be sold to a contact.
 */
#ifndef STORE_DEAL_H
#define STORE_DEAL_H

#include "base/arena.h"
#include "base/span.h"
#include "store/operation.h"

struct deal {
	int64_t id;
	struct span name, phase, state, source, currency;
	int64_t contact_id, company_id, owner_id; /* 0: none */
	struct span contact_name, owner_name;
	int score;
	int64_t value_cents;
	bool has_value, is_lead, current;
	int64_t created_ms, changed_ms;
};

MUST_CHECK bool deal_add(
	struct operation *operation, const struct deal *deal, int64_t *id, struct error *err);
MUST_CHECK bool deal_edit(struct operation *operation, const struct deal *deal, struct error *err);
MUST_CHECK bool deal_get(struct db *db, int64_t id, struct arena *arena, struct deal *deal,
	bool *found, struct error *err);
MUST_CHECK bool deal_list(struct db *db, struct span state, struct db_page page,
	struct arena *arena, struct deal **rows, size_t *count, struct error *err);
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

#endif
