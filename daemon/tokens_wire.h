/*
 * tokens_wire.h - the frames between the tokens role and whoever started it: the supervisor, or
 * postroomd --check and --login. They travel on descriptor 3 beside ROLE_READY, ROLE_REFUSED,
 * CONTROL_PROGRESS and CONTROL_STOP of role.h.
 *
 *   -> TOKENS_START             every account, with the clients' secrets
 *   <- TOKENS_STATE             how an account does: at the start, and when it changes
 *   -> TOKENS_WANTED  <- TOKENS_TOKEN
 *   -> TOKENS_ACCOUNT           one account again, its secret read anew after a refusal
 *   -> TOKENS_LOGIN   <- TOKENS_CODE  <- TOKENS_LOGGED_IN
 *
 * Access tokens leave the role; refresh tokens never do.
 */
#ifndef DAEMON_TOKENS_WIRE_H
#define DAEMON_TOKENS_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"
#include "config/config.h"

enum tokens_frame {
	TOKENS_START = 112,
	TOKENS_ACCOUNT = 113,
	TOKENS_WANTED = 114,
	TOKENS_LOGIN = 115,
	TOKENS_TOKEN = 120,
	TOKENS_STATE = 121,
	TOKENS_CODE = 122,
	TOKENS_LOGGED_IN = 123,
};

/* What a mailbox's tokens are got with. */
struct tokens_account {
	struct span mailbox, user;
	enum oauth_grant grant;
	struct span token_url, device_url, client_id;
	enum oauth_client_auth client_auth;
	struct span client_secret;	 /* empty: none */
	struct span client_secret_fault; /* why it can't be read; empty: it could be */
	struct span scope, ca_file;	 /* empty: not set */
};

struct tokens_start {
	struct span state_directory;
	int64_t progress_ms;
	int64_t answer_ms;    /* the longest a token server may take; 0: HTTP_TOTAL_MS */
	int64_t renew_min_ms; /* between renewals before the end of a token; 0: a minute */
	bool quiet;	      /* beside a person's command: only what is wrong is logged */
	uint32_t account_count;
	struct span accounts; /* one behind the other, for tokens_take_account */
};

struct tokens_wanted {
	uint32_t id; /* of who wants it; comes back in TOKENS_TOKEN */
	struct span mailbox;
	bool refused; /* the server refused the one it got last */
};

struct tokens_token {
	uint32_t id;
	struct span mailbox;
	enum error_kind error; /* ERROR_NONE, or ERROR_AUTH and ERROR_TEMPORARY with `text` */
	struct span text, access_token;
};

/* Instants are UTC, 0 for never and for not known. */
struct tokens_state {
	struct span mailbox;
	enum oauth_grant grant;
	int64_t login_ms;	  /* somebody logged in */
	int64_t renewed_ms;	  /* of the access token */
	int64_t until_ms;	  /* the access token ends */
	int64_t refresh_used_ms;  /* the refresh token was last used */
	int64_t refresh_until_ms; /* it ends, where the server says so */
	enum error_kind error;	  /* of the last try */
	struct span text;
};

struct tokens_login {
	struct span mailbox;
	struct span refresh_token; /* one that a person has; empty: by device code */
};

/* What the person has to do. */
struct tokens_code {
	struct span address, user_code;
	int64_t lifetime_ms;
};

struct tokens_logged_in {
	enum error_kind error; /* ERROR_NONE: stored */
	struct span text;
};

/* As those of wire.h: spans point into `body`; ERROR_INPUT when it does not fit. */
void tokens_write_start(const struct tokens_start *start, struct buffer *out);
void tokens_write_account(const struct tokens_account *account, struct buffer *out);
void tokens_write_wanted(const struct tokens_wanted *wanted, struct buffer *out);
void tokens_write_token(const struct tokens_token *token, struct buffer *out);
void tokens_write_state(const struct tokens_state *state, struct buffer *out);
void tokens_write_login(const struct tokens_login *login, struct buffer *out);
void tokens_write_code(const struct tokens_code *code, struct buffer *out);
void tokens_write_logged_in(const struct tokens_logged_in *done, struct buffer *out);

MUST_CHECK bool tokens_read_start(struct span body, struct tokens_start *start, struct error *err);
/* Takes the first one off *accounts. */
MUST_CHECK bool tokens_take_account(
	struct span *accounts, struct tokens_account *account, struct error *err);
MUST_CHECK bool tokens_read_wanted(
	struct span body, struct tokens_wanted *wanted, struct error *err);
MUST_CHECK bool tokens_read_token(struct span body, struct tokens_token *token, struct error *err);
MUST_CHECK bool tokens_read_state(struct span body, struct tokens_state *state, struct error *err);
MUST_CHECK bool tokens_read_login(struct span body, struct tokens_login *login, struct error *err);
MUST_CHECK bool tokens_read_code(struct span body, struct tokens_code *code, struct error *err);
MUST_CHECK bool tokens_read_logged_in(
	struct span body, struct tokens_logged_in *done, struct error *err);

/*
 * A mailbox's account as the configuration has it. Reads the client's secret into `secret`, which
 * the caller keeps until the account was written, then secret_done.
 */
void tokens_account_from_config(const struct config_mailbox *mailbox, struct buffer *secret,
	struct tokens_account *account);

#endif
