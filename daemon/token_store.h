/*
 * token_store.h - the refresh tokens at rest: a file a mailbox, mode 0600, in a folder (0700) of
 * the state directory that only the tokens role may open. Written to a second file, synced,
 * renamed, the folder synced: after a crash there is the old one or the new one, never a piece.
 */
#ifndef DAEMON_TOKEN_STORE_H
#define DAEMON_TOKEN_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

/* Below the state directory. */
#define TOKEN_STORE_FOLDER "tokens"

struct token_record {
	/* Whom the token may be shown to: another one needs a login of its own. */
	struct buffer token_url, client_id, user;
	struct buffer refresh_token; /* empty: nobody has logged in */
	/* UTC; 0: never, not known */
	int64_t login_ms, used_ms, refresh_until_ms;
};

/* The folder, made when it is not there; an open descriptor. ERROR_STORAGE, or ERROR_INPUT when
 * others could read it (with the chmod that mends it). */
MUST_CHECK bool token_store_open(const char *state_directory, int *folder, struct error *err);
/*
 * Nobody else renews the mailbox's token while the descriptor *lock is open. ERROR_BUSY at once
 * when somebody does.
 */
MUST_CHECK bool token_store_lock(int folder, const char *mailbox, int *lock, struct error *err);
/* An empty record when there is none. ERROR_INPUT when it can't be one, or others can read it. */
MUST_CHECK bool token_store_read(
	int folder, const char *mailbox, struct token_record *record, struct error *err);
/* On return it is on the disk. ERROR_STORAGE: the one before is still there. */
MUST_CHECK bool token_store_write(
	int folder, const char *mailbox, const struct token_record *record, struct error *err);
/* Overwrites the secret. */
void token_record_done(struct token_record *record);

#endif
