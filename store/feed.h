/*
 * feed.h - calendar addresses: who may fetch what by which secret, and who did.
 */
#ifndef STORE_FEED_H
#define STORE_FEED_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/span.h"
#include "store/operation.h"

struct feed_row {
	int64_t id;
	struct span scope, name; /* "user" or "team" and its name */
	int64_t created_ms, revoked_ms;
	struct span last_client;
	int64_t last_fetch_ms, fetches;
	int last_status;
};

MUST_CHECK bool feed_add(struct operation *operation, struct span scope, struct span name,
	const struct digest *token_hash, int64_t *id, struct error *err);
MUST_CHECK bool feed_revoke(
	struct operation *operation, int64_t id, bool *found, struct error *err);
MUST_CHECK bool feed_list(struct db *db, struct arena *arena, struct feed_row **rows, size_t *count,
	struct error *err);
/* *found false for an unknown and for a revoked one, in the same time. */
MUST_CHECK bool feed_by_token(struct db *db, const struct digest *token_hash, struct arena *arena,
	struct feed_row *row, bool *found, struct error *err);
/* Adds fetches of a client (User-Agent) since the last report. */
MUST_CHECK bool feed_fetched(struct db *db, int64_t feed_id, struct span client, int64_t at_ms,
	int status, int count, struct error *err);

#endif
