/*
 * server_action.h - what is still to be done with a delivery after its commit, repeated until done:
 * seen, flag, move, delete by its server; fetch, when a mail of which only the header was kept is
 * wanted whole after all; decide, by the ledger itself, when a further copy could not be decided.
 * One a delivery: whoever settles a fetch or a decide asks for the mailbox's own action again.
 */
#ifndef STORE_SERVER_ACTION_H
#define STORE_SERVER_ACTION_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/span.h"
#include "store/db.h"

struct server_action_row {
	int64_t id, delivery_id, message_id;
	struct span verb, mailbox, folder, target;
	uint32_t uidvalidity, uid;
	struct digest identity;
	int tries;
};
MUST_CHECK bool server_action_add(struct db *db, int64_t delivery_id, struct span verb,
	struct span target, int64_t not_before_ms, struct error *err);
/*
 * Due ones of a mailbox, without decide; move and delete only when the message is filed or ignored.
 * Ids above after_id, at most limit.
 */
MUST_CHECK bool server_action_due(struct db *db, struct span mailbox, int64_t now_ms,
	int64_t after_id, int limit, struct arena *arena, struct server_action_row **rows,
	size_t *count, struct error *err);
/* The same of verb decide, of all mailboxes, in the order of their ids; at most limit. */
MUST_CHECK bool server_action_undecided(struct db *db, int64_t now_ms, int limit,
	struct arena *arena, struct server_action_row **rows, size_t *count, struct error *err);
MUST_CHECK bool server_action_get(struct db *db, int64_t id, struct arena *arena,
	struct server_action_row *row, bool *found, struct error *err);
/* How many deliveries of the message still wait for this verb. */
MUST_CHECK bool server_action_count(
	struct db *db, int64_t message_id, struct span verb, int64_t *count, struct error *err);
/* The server could not do it now: counts the try; again after that instant. */
MUST_CHECK bool server_action_tried(
	struct db *db, int64_t id, int64_t not_before_ms, struct error *err);
/* The longest wait before the next try. */
#define SERVER_ACTION_WAIT_MAX_MS (6 * 3600 * INT64_C(1000))
/* What waits for its next try for longer than it ever should is due now: the clock was set back. */
MUST_CHECK bool server_action_clock_set_back(struct db *db, int64_t now_ms, struct error *err);
/* Done (removed), or dropped with a finding when finding is not empty. */
MUST_CHECK bool server_action_done(
	struct db *db, int64_t id, struct span finding, struct error *err);
/* Those that were dropped, the newest first: for status and doctor. */
struct server_action_finding {
	int64_t id, message_id;
	struct span verb, mailbox, folder, finding;
};
MUST_CHECK bool server_action_findings(struct db *db, int limit, struct arena *arena,
	struct server_action_finding **rows, size_t *count, struct error *err);

#endif
