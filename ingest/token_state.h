/*
 * token_state.h - how the OAuth token of a mailbox does, as the daemon left it in the database for
 * `status` and `doctor`. No token is in it.
 */
#ifndef INGEST_TOKEN_STATE_H
#define INGEST_TOKEN_STATE_H

#include <jansson.h>

#include "base/arena.h"
#include "config/config.h"
#include "store/db.h"

/* Instants are UTC, 0 for never and for not known. */
struct token_state {
	int64_t login_ms;	  /* somebody logged in (GRANT_REFRESH_TOKEN) */
	int64_t renewed_ms;	  /* of the access token */
	int64_t until_ms;	  /* the access token ends */
	int64_t refresh_used_ms;  /* the refresh token was last used */
	int64_t refresh_until_ms; /* it ends, where the server says so */
	enum error_kind error;	  /* of the last try; ERROR_AUTH: only a person mends it */
	struct span text;	  /* of the error */
};

/* Keeps it; inside a write transaction. */
MUST_CHECK bool token_state_write(
	struct db *db, struct span mailbox, const struct token_state *state, struct error *err);
/* *found false: the daemon never told one. `text` lies in the arena. */
MUST_CHECK bool token_state_read(struct db *db, struct span mailbox, struct arena *arena,
	struct token_state *state, bool *found, struct error *err);

/* "token renewed 2026-11-22 10:00, ends 11:00; refresh token unused for 3 days" */
struct span token_state_words(
	const struct token_state *state, const char *zone, int64_t now_ms, struct arena *arena);
/* For status --json; the caller owns it. */
json_t *token_state_json(const struct token_state *state, enum oauth_grant grant, const char *zone);

/* Days since the refresh token was used; 0 when it never was or there is none. */
int64_t token_state_unused_days(const struct token_state *state, int64_t now_ms);

#endif
