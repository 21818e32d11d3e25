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
	struct span scope, name; /* "user", "team" or "board" and its name */
	int64_t created_ms, revoked_ms;
	struct span last_client; /* of all that fetch it, the one that came last */
	int64_t last_fetch_ms, fetches;
	int last_status;
};

/* What one client does with one calendar of a feed. */
struct feed_client {
	int64_t feed_id;
	struct span client;   /* User-Agent */
	struct span calendar; /* "events", "tasks" */
	int64_t at_ms;	      /* of the last fetch */
	int status;	      /* of HTTP: 200, 304 nothing new, 503 failed */
	int64_t items;	      /* in the calendar then */
	int64_t size_bytes;   /* of the last body that it got */
	int64_t fetches;
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
/*
 * Adds the client's fetches since the last report; strings longer than a User-Agent's are cut. Of a
 * feed the FEED_CLIENTS_MAX that came last are kept.
 */
#define FEED_CLIENTS_MAX 50
MUST_CHECK bool feed_fetched(struct db *db, const struct feed_client *fetch, struct error *err);
/* Of all feeds, by feed; the one that came last first. */
MUST_CHECK bool feed_client_list(struct db *db, struct arena *arena, struct feed_client **rows,
	size_t *count, struct error *err);

#endif
