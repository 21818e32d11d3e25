/*
 * route.h - what was decided about a message for one mailbox kind, and why: each kind's effects
 * come once, whatever the number of deliveries.
 */
#ifndef STORE_ROUTE_H
#define STORE_ROUTE_H

#include "base/arena.h"
#include "base/span.h"
#include "store/db.h"
#include "store/operation.h"

struct route_row {
	int64_t id, message_id;
	struct span kind, mailbox, address, decided_by, state, rule;
	int64_t decided_ms;
};
/*
 * *existing true: this kind was decided before and nothing was written. A route in state received
 * (route_reset) is decided anew: it gets the new values.
 */
MUST_CHECK bool route_add(struct db *db, const struct route_row *route, int64_t *id, bool *existing,
	struct error *err);
/* Sets state and rule of the route and refreshes the message's state. */
MUST_CHECK bool route_set_state(
	struct db *db, int64_t route_id, struct span state, struct span rule, struct error *err);
/* The same as a person's decision (quarantine release, drop), which can be undone. */
MUST_CHECK bool route_change(struct operation *operation, int64_t route_id, struct span state,
	struct span rule, struct error *err);
MUST_CHECK bool route_list(struct db *db, int64_t message_id, struct arena *arena,
	struct route_row **rows, size_t *count, struct error *err);
MUST_CHECK bool route_get(struct db *db, int64_t route_id, struct arena *arena,
	struct route_row *row, bool *found, struct error *err);
/*
 * Removes what was decided on this route, whose state is received then, so that it can be decided
 * anew: its matches, waiting items and activities. What a person edited or settled stays.
 */
MUST_CHECK bool route_reset(struct db *db, int64_t route_id, struct error *err);
/* Why an address of a message was taken for a contact or a company. */
struct match_row {
	struct span address, role, rule, evidence, also;
	int64_t contact_id, company_id; /* 0: none */
	double score;
};
MUST_CHECK bool match_add(
	struct db *db, int64_t route_id, const struct match_row *match, struct error *err);
/* A mail of this address brought another VAT id before: it bills for several suppliers. */
MUST_CHECK bool match_other_vat_id(struct db *db, struct span address_folded, struct span vat_id,
	bool *other, struct error *err);
/*
 * The messages that this address (folded) put on the contact: by a match, or by an item that a
 * person answered.
 */
MUST_CHECK bool match_messages(struct db *db, int64_t contact_id, struct span address_folded,
	struct arena *arena, int64_t **message_ids, size_t *count, struct error *err);
MUST_CHECK bool match_list(struct db *db, int64_t route_id, struct arena *arena,
	struct match_row **rows, size_t *count, struct error *err);

#endif
