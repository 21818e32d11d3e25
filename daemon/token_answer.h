/*
 * token_answer.h - what an OAuth server says (RFC 6749 section 5, RFC 8628 sections 3.2 and 3.5),
 * read strictly, with every failure in words that a person can act on.
 */
#ifndef DAEMON_TOKEN_ANSWER_H
#define DAEMON_TOKEN_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

#define TOKEN_ANSWER_MAX_BYTES ((size_t)64 << 10)
/* An access token is renewed at least this often, whatever the server says of its life. */
#define TOKEN_LIFETIME_MAX_MS INT64_C(86400000)

/* Buffers of it hold secrets: token_answer_done. */
struct token_answer {
	struct buffer access_token;
	struct buffer refresh_token; /* empty: none given, the one before stays */
	int64_t lifetime_ms;	     /* of the access token, capped; 0: not said, or none */
	int64_t refresh_lifetime_ms; /* 0: not said (most servers don't) */
	char code[64];		     /* of an error, "invalid_grant"; empty: none of OAuth's */
};

/* RFC 8628 section 3.2. */
struct token_device {
	struct buffer device_code; /* a secret */
	char user_code[64], verification_uri[512];
	int64_t lifetime_ms, interval_ms;
};

/* What the server was sent and may not be seen in its words; empty spans are none. */
struct token_secrets {
	struct span items[3];
};

/*
 * The answer with HTTP status `status`. On failure ERROR_AUTH when only a person can mend it
 * (code says what), ERROR_TEMPORARY when it may pass. A refresh token in an answer that is refused
 * for something else is given all the same: the server may have forgotten the one before.
 */
MUST_CHECK bool token_answer_read(long status, struct span body, const struct token_secrets *sent,
	struct token_answer *answer, struct error *err);
/* The same for the answer of a device authorization endpoint; `code` (64 bytes) as above. */
MUST_CHECK bool token_device_read(long status, struct span body, const struct token_secrets *sent,
	struct token_device *device, char code[64], struct error *err);
/* Overwrites the secrets. */
void token_answer_done(struct token_answer *answer);
void token_device_done(struct token_device *device);

/* JSON's memory is overwritten when it is given back; for a process that reads secrets. */
void token_answer_wipe_memory(void);

#endif
