/*
 * token_http.h - forms posted to OAuth servers (libcurl over GnuTLS): the certificate is always
 * verified, https only (http to this machine itself), no redirect, no proxy, answers of at most
 * TOKEN_ANSWER_MAX_BYTES within HTTP_TOTAL_MS. Several at a time, none waits for another.
 */
#ifndef DAEMON_TOKEN_HTTP_H
#define DAEMON_TOKEN_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

#define HTTP_TOTAL_MS 30000

struct token_http;

struct token_request {
	const char *url;
	const char *ca_file; /* NULL: the system's store */
	struct span form;    /* application/x-www-form-urlencoded; copied */
	/* HTTP Basic (RFC 6749 section 2.3.1); NULL: none. Copied. */
	const char *user, *password;
	void *owner; /* comes back in the reply */
};

struct token_reply {
	void *owner;
	bool done;	    /* false: `error` says why there is no answer, ERROR_TEMPORARY */
	long status;	    /* HTTP */
	struct buffer body; /* holds secrets; secret_done */
	struct error error;
};

/* answer_ms: the longest that an exchange may take, HTTP_TOTAL_MS unless a test is in a hurry. */
MUST_CHECK bool token_http_new(int64_t answer_ms, struct token_http **http, struct error *err);
/* Ends what is under way. NULL is legal. */
void token_http_free(struct token_http *http);
/* Begins; the reply comes from token_http_next. */
MUST_CHECK bool token_http_post(
	struct token_http *http, const struct token_request *request, struct error *err);
/* Goes on until something is done, the descriptor (-1: none) can be read, or the time is over. */
MUST_CHECK bool token_http_wait(
	struct token_http *http, int descriptor, int timeout_ms, struct error *err);
/* The next reply that is there; false: none yet. */
bool token_http_next(struct token_http *http, struct token_reply *reply);

/* Appends `key=value` to a form, with the & before it where it needs one. */
void token_form_add(struct buffer *form, const char *key, struct span value);
/* Appends the value as RFC 6749 appendix B has it. */
void token_form_escape(struct buffer *out, struct span value);

#endif
