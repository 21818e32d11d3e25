/*
 * tokens_role.h - what the files of the tokens role share. Only they include it.
 */
#ifndef DAEMON_TOKENS_ROLE_H
#define DAEMON_TOKENS_ROLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "daemon/channel.h"
#include "daemon/token_answer.h"
#include "daemon/token_http.h"
#include "daemon/token_store.h"
#include "daemon/tokens_wire.h"

#define NOTHING_DUE INT64_MAX

enum account_phase {
	PHASE_QUIET,   /* has what it has; a renewal may be due at due_ms */
	PHASE_LOCKING, /* another process renews it: looks again at due_ms */
	PHASE_ASKING,  /* the token server is asked */
	PHASE_STORING, /* answered, but the disk does not take it: tried again at due_ms */
};

/* One mailbox. Instants ending in _at_ms are monotonic, the others UTC. */
struct account {
	struct account *next;
	struct buffer body; /* `config` points into it; a secret */
	struct tokens_account config;
	char name[80]; /* of the mailbox */

	enum account_phase phase;
	int64_t due_at_ms;     /* when the phase goes on by itself */
	int64_t give_up_at_ms; /* PHASE_LOCKING */
	int lock;	       /* -1: not held */
	struct token_record record;
	struct token_answer answer; /* PHASE_STORING */
	struct error problem;	    /* PHASE_STORING: of the disk */
	bool rotated;		    /* the answer has a refresh token that is new to us */

	struct buffer access_token; /* empty: none */
	int64_t usable_at_ms;	    /* it is handed out until then */
	bool handed_out;	    /* to the reader, who may say that it was refused */
	int64_t renewed_ms, until_ms;
	unsigned failures; /* one after another */

	bool wanted; /* by wanted_id */
	uint32_t wanted_id;
};

struct tokens {
	struct channel control;
	struct token_http *http;
	int folder;
	struct account *accounts;
	int64_t renew_min_ms; /* between two renewals of our own accord */
	int64_t progress_ms, progress_at_ms;
	bool stopping;
	int64_t stop_at_ms;
};

struct account *tokens_find(struct tokens *tokens, struct span mailbox);
/* Queues a frame whose body is in `body`; the supervisor's end is noticed where it is read. */
void tokens_send(struct tokens *tokens, uint32_t type, const struct buffer *body);
/* Says how the account does; why: of the last failure, or NULL. */
void account_tell(struct tokens *tokens, const struct account *account, const struct error *why);

/* tokens_grant.c: requests */

/* The request that a grant begins with: client and scope. ERROR_AUTH: the secret can't be read. */
MUST_CHECK bool grant_form(const struct account *account, const char *grant_type,
	struct buffer *form, struct error *err);
/* Posts it to the account's token_url, or device_url. `owner` comes back in the reply. */
MUST_CHECK bool grant_post(struct tokens *tokens, const struct account *account, struct span url,
	struct span form, void *owner, struct error *err);
/* What the server was sent: the client's secret, and this beside it. */
struct token_secrets grant_secrets(const struct account *account, struct span beside);
/* The record belongs to this server, client and user. An empty one does not. */
bool grant_fits(const struct account *account, const struct token_record *record);
/* Makes it theirs. */
void grant_bind(const struct account *account, struct token_record *record);

/* tokens_renew.c */

/* The reader wants a token; refused: not the one that it was given last. */
void account_want(struct tokens *tokens, struct account *account, uint32_t id, bool refused);
/* What is due now. */
void account_go_on(struct tokens *tokens, struct account *account, int64_t now_ms);
/* The token server's answer to PHASE_ASKING. */
void account_take(struct tokens *tokens, struct account *account, struct token_reply *reply);
/* Tells what is stored of it, at the start. */
void account_look(struct tokens *tokens, struct account *account);
/* Forgets the failures and the token: its settings or secret are other ones. */
void account_reset(struct account *account);
void account_free(struct account *account);

/* tokens_login.c */

/* A first token; blocks until there is one, or none can be had. */
void account_login(struct tokens *tokens, struct account *account, struct span refresh_token);

#endif
