#include "daemon/token_answer.h"

#include <jansson.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "config/secret.h"

/* As the secrets of the configuration: an access token goes into one line of IMAP. */
#define TOKEN_MAX_BYTES ((size_t)16 << 10)
/* Of the server's own words in a message. */
#define WORDS_MAX_BYTES	 200
#define INTERVAL_MS	 INT64_C(5000) /* RFC 8628 section 3.5: when it says none */
#define INTERVAL_MAX_MS	 INT64_C(60000)
#define DEVICE_MAX_MS	 INT64_C(3600000)
#define REFRESH_MAX_MS	 (INT64_C(10) * 366 * 86400000)
#define SERVER_ERROR_MIN 500

/* RFC 6749 sections 4.1.2.1 and 5.2, RFC 6750 3.1, RFC 8628 3.5, and what Microsoft adds. */
static const struct error_words {
	const char *code;
	enum error_kind kind;
	const char *words;
} error_words[] = {
	{"invalid_grant", ERROR_AUTH,
		"the login has ended or was revoked; log in again: postroom mailbox login"},
	{"invalid_client", ERROR_AUTH,
		"it does not know client_id or refuses client_secret, which may have expired: make "
		"a new secret there"},
	{"unauthorized_client", ERROR_AUTH,
		"this client may not use this grant: allow it in the client's registration there"},
	{"unsupported_grant_type", ERROR_AUTH, "it knows no such grant: another token_url?"},
	{"invalid_scope", ERROR_AUTH, "it does not give this scope: see scope"},
	{"invalid_request", ERROR_AUTH, "it misses or does not know something in our request"},
	{"access_denied", ERROR_AUTH, "the person or a rule there said no"},
	{"expired_token", ERROR_AUTH, "the code has expired; begin again"},
	{"authorization_pending", ERROR_TEMPORARY, "nobody has entered the code yet"},
	{"slow_down", ERROR_TEMPORARY, "it wants to be asked less often"},
	{"interaction_required", ERROR_AUTH,
		"it wants to see a person again; log in: postroom mailbox login"},
	{"consent_required", ERROR_AUTH, "a person or the administrator there has to agree first"},
	{"login_required", ERROR_AUTH,
		"it wants to see a person again; log in: postroom mailbox login"},
	{"temporarily_unavailable", ERROR_TEMPORARY, "it is not available now"},
	{"server_error", ERROR_TEMPORARY, "it has a trouble of its own"},
};

/* The bytes of a string member; empty when it is not there or no string. */
static struct span text_of(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_string(value))
		return (struct span){0};
	return (struct span){json_string_value(value), json_string_length(value)};
}

/* Seconds, as a number or, of some servers, in quotes. False: not there, or no number. */
static bool seconds_of(const json_t *object, const char *key, double *seconds)
{
	const json_t *value = json_object_get(object, key);
	unsigned long long number;

	*seconds = 0;
	if (json_is_number(value)) {
		*seconds = json_number_value(value);
		return true;
	}
	if (!span_to_u64(text_of(object, key), UINT32_MAX, &number))
		return false;
	*seconds = (double)number;
	return true;
}

/* 0 when there is none or it lies in the past. */
static int64_t duration_of(const json_t *object, const char *key, int64_t max_ms)
{
	double seconds;

	if (!seconds_of(object, key, &seconds) || !(seconds > 0))
		return 0;
	return seconds >= (double)max_ms / 1000 ? max_ms : (int64_t)(seconds * 1000);
}

/* VSCHAR of RFC 6749 appendix A; a space only where it is allowed. */
static bool is_visible(struct span text, char first)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] < first || text.data[i] > '~')
			return false;
	return text.size > 0;
}

static void copy_text(char *out, size_t size, struct span text)
{
	snprintf(out, size, "%.*s", SPAN_ARG(text_cut(text, size - 1)));
}

static bool shows_secret(struct span words, const struct token_secrets *sent)
{
	for (size_t i = 0; i < ARRAY_COUNT(sent->items); i++)
		if (secret_shows(words, sent->items[i]))
			return true;
	return false;
}

/* The server's own words behind ours. */
static void add_words(struct error *err, const json_t *object, const struct token_secrets *sent)
{
	CLEANUP(buffer_done) struct buffer harmless = {0};
	struct span words = text_of(object, "error_description");
	size_t used = strlen(err->text);

	if (words.size == 0)
		return;
	if (shows_secret(words, sent))
		words = SPAN("(its words have our secret in them and are left out)");
	text_escape_line(&harmless, text_cut(words, WORDS_MAX_BYTES));
	snprintf(err->text + used, sizeof err->text - used, ": %.*s",
		SPAN_ARG(text_cut(buffer_span(&harmless), sizeof err->text - used - 3)));
}

static bool fail_with_code(long status, const json_t *object, struct span code,
	const struct token_secrets *sent, char kept[64], struct error *err)
{
	bool known = is_visible(code, '!') && code.size < 64 && !shows_secret(code, sent);

	copy_text(kept, 64, known ? code : (struct span){0});
	error_write(err, status >= SERVER_ERROR_MIN || status == 429 ? ERROR_TEMPORARY : ERROR_AUTH,
		"the token server says %s (HTTP %ld)", known ? kept : "an unreadable error",
		status);
	for (size_t i = 0; i < ARRAY_COUNT(error_words); i++)
		if (strcmp(error_words[i].code, kept) == 0)
			error_write(err, error_words[i].kind, "the token server says %s: %s", kept,
				error_words[i].words);
	add_words(err, object, sent);
	return false;
}

/* An answer that is none of OAuth's. */
static bool fail_without_code(long status, bool is_json, struct error *err)
{
	if (status >= 300 && status < 400)
		return error_set(err, ERROR_TEMPORARY,
			"the token server sends us elsewhere (HTTP %ld), which is not followed: "
			"see token_url",
			status);
	if (status == 429 || status >= SERVER_ERROR_MIN)
		return error_set(err, ERROR_TEMPORARY,
			"the token server has a trouble of its own (HTTP %ld)", status);
	if (status != 200)
		return error_set(err, ERROR_TEMPORARY,
			"the token server refuses the request (HTTP %ld) without saying why: see "
			"token_url",
			status);
	return error_set(err, ERROR_TEMPORARY,
		is_json ? "the token server's answer is none of OAuth's: see token_url"
			: "the token server's answer is no whole JSON: see token_url, or a proxy "
			  "answers in its place");
}

/* *object is the caller's on success. An error of OAuth's is told whatever its status. */
static bool load(long status, struct span body, const struct token_secrets *sent, json_t **object,
	char code[64], struct error *err)
{
	/* numbers of any size are read, or a wild expires_in would lose a refresh token */
	const size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL;
	struct span error;

	code[0] = '\0';
	if (body.size > TOKEN_ANSWER_MAX_BYTES)
		return error_set(err, ERROR_TEMPORARY, "the token server's answer is too large");
	*object = json_loadb(body.data ? body.data : "", body.size, flags, NULL);
	if (!json_is_object(*object)) {
		json_decref(*object);
		return fail_without_code(status, *object != NULL, err);
	}
	error = text_of(*object, "error");
	if (error.size > 0) {
		(void)fail_with_code(status, *object, error, sent, code, err);
	} else if (status == 200) {
		return true;
	} else {
		(void)fail_without_code(status, true, err);
	}
	json_decref(*object);
	return false;
}

/* The new refresh token, when there is one that can be one. */
static bool take_refresh_token(const json_t *object, struct token_answer *answer, struct error *err)
{
	struct span token = text_of(object, "refresh_token");

	if (!json_object_get(object, "refresh_token") ||
		json_is_null(json_object_get(object, "refresh_token")))
		return true;
	if (!is_visible(token, ' ') || token.size > TOKEN_MAX_BYTES)
		return error_set(err, ERROR_TEMPORARY,
			"the token server gives a refresh token that can be none");
	buffer_copy(&answer->refresh_token, token);
	answer->refresh_lifetime_ms =
		duration_of(object, "refresh_token_expires_in", REFRESH_MAX_MS);
	if (answer->refresh_lifetime_ms == 0) /* of other servers */
		answer->refresh_lifetime_ms =
			duration_of(object, "refresh_expires_in", REFRESH_MAX_MS);
	return true;
}

/* A type is a word; what is as long as a piece of a secret is not shown. */
static struct span shown_type(struct span type, const struct token_secrets *sent)
{
	if (type.size >= SECRET_PART_BYTES || !is_visible(type, '!') || shows_secret(type, sent))
		return SPAN("unreadable");
	return type;
}

static bool take_access_token(const json_t *object, const struct token_secrets *sent,
	struct token_answer *answer, struct error *err)
{
	struct span token = text_of(object, "access_token"), type = text_of(object, "token_type");

	if (!is_visible(token, '!') || token.size > TOKEN_MAX_BYTES)
		return error_set(err, ERROR_TEMPORARY,
			token.size ? "the token server gives an access token that can be none"
				   : "the token server gives no access token");
	if (type.size == 0)
		return error_set(err, ERROR_TEMPORARY,
			"the token server does not say what type its access token is (token_type)");
	if (!span_equal_fold(type, SPAN("Bearer")))
		return error_set(err, ERROR_AUTH,
			"the token server gives an access token of type %.*s; IMAP takes Bearer "
			"only",
			SPAN_ARG(shown_type(type, sent)));
	buffer_copy(&answer->access_token, token);
	answer->lifetime_ms = duration_of(object, "expires_in", TOKEN_LIFETIME_MAX_MS);
	return true;
}

bool token_answer_read(long status, struct span body, const struct token_secrets *sent,
	struct token_answer *answer, struct error *err)
{
	json_t *object;
	bool refreshed, done;

	*answer = (struct token_answer){0};
	if (!load(status, body, sent, &object, answer->code, err))
		return false;
	refreshed = take_refresh_token(object, answer, err);
	done = refreshed && take_access_token(object, sent, answer, err);
	json_decref(object);
	return done;
}

/* RFC 8628 says verification_uri; Google and older servers verification_url. */
static struct span address_of(const json_t *object)
{
	struct span address = text_of(object, "verification_uri");

	if (address.size == 0)
		address = text_of(object, "verification_url");
	if (!span_starts_fold(address, SPAN("https://")) &&
		!span_starts_fold(address, SPAN("http://")))
		return (struct span){0};
	return address;
}

static bool take_device(const json_t *object, struct token_device *device, struct error *err)
{
	struct span code = text_of(object, "device_code"), user = text_of(object, "user_code");
	struct span address = address_of(object);

	if (!is_visible(code, ' ') || code.size > TOKEN_MAX_BYTES || !is_visible(user, ' ') ||
		user.size >= sizeof device->user_code || !is_visible(address, '!') ||
		address.size >= sizeof device->verification_uri)
		return error_set(err, ERROR_TEMPORARY,
			"the server's answer lacks a usable code or address (RFC 8628): see "
			"device_url");
	buffer_copy(&device->device_code, code);
	copy_text(device->user_code, sizeof device->user_code, user);
	copy_text(device->verification_uri, sizeof device->verification_uri, address);
	device->lifetime_ms = duration_of(object, "expires_in", DEVICE_MAX_MS);
	if (device->lifetime_ms == 0)
		return error_set(err, ERROR_TEMPORARY,
			"the server gives a code that has already expired (expires_in)");
	device->interval_ms = duration_of(object, "interval", INTERVAL_MAX_MS);
	if (device->interval_ms == 0)
		device->interval_ms = INTERVAL_MS;
	return true;
}

bool token_device_read(long status, struct span body, const struct token_secrets *sent,
	struct token_device *device, char code[64], struct error *err)
{
	json_t *object;
	bool done;

	*device = (struct token_device){0};
	if (!load(status, body, sent, &object, code, err))
		return false;
	done = take_device(object, device, err);
	json_decref(object);
	return done;
}

void token_answer_done(struct token_answer *answer)
{
	secret_done(&answer->access_token);
	secret_done(&answer->refresh_token);
}

void token_device_done(struct token_device *device)
{
	secret_done(&device->device_code);
}

static void free_wiped(void *piece)
{
	if (piece)
		explicit_bzero(piece, malloc_usable_size(piece));
	free(piece);
}

void token_answer_wipe_memory(void)
{
	json_set_alloc_funcs(malloc, free_wiped);
}
