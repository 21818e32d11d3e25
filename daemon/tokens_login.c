/*
 * tokens_login.c - the first refresh token of a mailbox: by device code (RFC 8628), or one that a
 * person has already. In a process of its own beside the daemon, so that it may wait.
 */
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "config/secret.h"
#include "daemon/tokens_role.h"

#define DEVICE_GRANT "urn:ietf:params:oauth:grant-type:device_code"
#define LOCK_WAIT_MS (2 * HTTP_TOTAL_MS)
#define LOOK_MS	     100
#define READ_BYTES   4096
/* RFC 8628 section 3.5: so much longer after each slow_down. */
#define SLOWER_MS 5000

static void tell_done(struct tokens *tokens, const struct error *why)
{
	CLEANUP(buffer_done) struct buffer body = {0};
	struct tokens_logged_in done = {0};

	if (why) {
		done.error = why->kind;
		done.text = span_from(why->text);
	}
	tokens_write_logged_in(&done, &body);
	tokens_send(tokens, TOKENS_LOGGED_IN, &body);
}

static void tell_code(struct tokens *tokens, const struct token_device *device)
{
	CLEANUP(buffer_done) struct buffer body = {0};
	struct tokens_code code = {
		.address = span_from(device->verification_uri),
		.user_code = span_from(device->user_code),
		.lifetime_ms = device->lifetime_ms,
	};

	tokens_write_code(&code, &body);
	tokens_send(tokens, TOKENS_CODE, &body);
}

/* Until the time; sooner, and false, when whoever asked is gone. */
static bool wait_until(struct tokens *tokens, int64_t until_ms, struct error *err)
{
	while (clock_monotonic_ms() < until_ms) {
		int64_t left_ms = until_ms - clock_monotonic_ms();

		if (!token_http_wait(tokens->http, tokens->control.socket,
			    left_ms > LOOK_MS ? LOOK_MS : (int)left_ms + 1, err))
			return false;
		if (!channel_fill(&tokens->control, READ_BYTES, err))
			return false;
		if (tokens->control.ended)
			return error_set(err, ERROR_TEMPORARY, "given up");
	}
	return true;
}

/* One request and its reply. */
static bool ask(struct tokens *tokens, struct account *account, struct span url, struct span form,
	struct token_reply *reply, struct error *err)
{
	*reply = (struct token_reply){0};
	if (!grant_post(tokens, account, url, form, account, err))
		return false;
	while (!token_http_next(tokens->http, reply))
		if (!wait_until(tokens, clock_monotonic_ms() + LOOK_MS, err))
			return false;
	if (reply->done)
		return true;
	*err = reply->error;
	return false;
}

static bool ask_device(struct tokens *tokens, struct account *account, struct token_device *device,
	struct error *err)
{
	const struct token_secrets sent = grant_secrets(account, (struct span){0});
	CLEANUP(secret_done) struct buffer form = {0};
	struct token_reply reply;
	char code[64];
	bool ok;

	if (account->config.device_url.size == 0)
		return error_set(err, ERROR_AUTH,
			"this provider has no login by device code (device_url): give a refresh "
			"token that you have, by --refresh-token");
	if (!grant_form(account, NULL, &form, err))
		return false;
	if (account->config.scope.size > 0)
		token_form_add(&form, "scope", account->config.scope);
	ok = ask(tokens, account, account->config.device_url, buffer_span(&form), &reply, err) &&
	     token_device_read(reply.status, buffer_span(&reply.body), &sent, device, code, err);
	secret_done(&reply.body);
	return ok;
}

/* A refusal after which the server is asked again, and how much later. */
static bool is_pending(const struct token_answer *answer, int64_t *interval_ms)
{
	struct span code = span_from(answer->code);

	if (span_equal(code, SPAN("slow_down")))
		*interval_ms += SLOWER_MS;
	return span_equal(code, SPAN("slow_down")) ||
	       span_equal(code, SPAN("authorization_pending"));
}

/* One look whether the person is through. *pending: not yet. */
static bool poll_once(struct tokens *tokens, struct account *account, struct span form,
	struct span device_code, int64_t *interval_ms, bool *pending, struct error *err)
{
	const struct token_secrets sent = grant_secrets(account, device_code);
	struct token_reply reply;
	bool ok = ask(tokens, account, account->config.token_url, form, &reply, err);

	*pending = false;
	if (ok) {
		ok = token_answer_read(
			reply.status, buffer_span(&reply.body), &sent, &account->answer, err);
		*pending = !ok && (is_pending(&account->answer, interval_ms) ||
					  (err->kind == ERROR_TEMPORARY && reply.status != 200));
	} else if (!tokens->control.ended) {
		/* section 3.5: a connection that failed is tried again, less often */
		*interval_ms += SLOWER_MS;
		*pending = true;
	}
	secret_done(&reply.body);
	return ok;
}

static bool poll_device(struct tokens *tokens, struct account *account,
	const struct token_device *device, struct error *err)
{
	int64_t end_ms = clock_monotonic_ms() + device->lifetime_ms;
	int64_t interval_ms = device->interval_ms;
	CLEANUP(secret_done) struct buffer form = {0};
	bool pending = true;

	if (!grant_form(account, DEVICE_GRANT, &form, err))
		return false;
	token_form_add(&form, "device_code", buffer_span(&device->device_code));
	while (pending) {
		if (clock_monotonic_ms() + interval_ms > end_ms)
			return error_set(
				err, ERROR_AUTH, "nobody entered the code in time; begin again");
		if (!wait_until(tokens, clock_monotonic_ms() + interval_ms, err))
			return false;
		token_answer_done(&account->answer);
		if (poll_once(tokens, account, buffer_span(&form),
			    buffer_span(&device->device_code), &interval_ms, &pending, err))
			return true;
	}
	return false;
}

static bool log_in_device(struct tokens *tokens, struct account *account, struct error *err)
{
	struct token_device device;
	bool ok = false;

	if (ask_device(tokens, account, &device, err)) {
		tell_code(tokens, &device);
		ok = poll_device(tokens, account, &device, err);
	}
	token_device_done(&device);
	return ok;
}

/* Shows that it is one, and has it rotated where the provider does that. */
static bool log_in_token(
	struct tokens *tokens, struct account *account, struct span token, struct error *err)
{
	const struct token_secrets sent = grant_secrets(account, token);
	CLEANUP(secret_done) struct buffer form = {0};
	struct token_reply reply;
	bool ok;

	if (!grant_form(account, "refresh_token", &form, err))
		return false;
	token_form_add(&form, "refresh_token", token);
	ok = ask(tokens, account, account->config.token_url, buffer_span(&form), &reply, err) &&
	     token_answer_read(
		     reply.status, buffer_span(&reply.body), &sent, &account->answer, err);
	secret_done(&reply.body);
	if (ok && account->answer.refresh_token.size == 0)
		buffer_copy(&account->answer.refresh_token, token);
	return ok;
}

static bool store(struct tokens *tokens, struct account *account, struct error *err)
{
	struct token_record *record = &account->record;
	struct token_answer *answer = &account->answer;

	if (answer->refresh_token.size == 0)
		return error_set(err, ERROR_AUTH,
			"the provider gives no refresh token: its scope may want offline_access, "
			"or the client's registration a setting");
	token_record_done(record);
	grant_bind(account, record);
	buffer_append(&record->refresh_token, buffer_span(&answer->refresh_token));
	record->login_ms = record->used_ms = clock_now_ms();
	if (answer->refresh_lifetime_ms > 0)
		record->refresh_until_ms = record->used_ms + answer->refresh_lifetime_ms;
	return token_store_write(tokens->folder, account->name, record, err);
}

/* The daemon may be renewing the login that is about to be replaced. */
static bool lock(struct tokens *tokens, struct account *account, struct error *err)
{
	int64_t until_ms = clock_monotonic_ms() + LOCK_WAIT_MS;

	while (!token_store_lock(tokens->folder, account->name, &account->lock, err)) {
		if (err->kind != ERROR_BUSY || clock_monotonic_ms() >= until_ms ||
			!wait_until(tokens, clock_monotonic_ms() + LOOK_MS, err))
			return false;
	}
	return true;
}

void account_login(struct tokens *tokens, struct account *account, struct span refresh_token)
{
	CLEANUP(secret_done) struct buffer token = {0};
	struct error err = {0}, disk;
	bool ok;

	buffer_copy(&token, refresh_token); /* the frame that it is in goes while we wait */

	if (account->config.grant != GRANT_REFRESH_TOKEN)
		ok = error_set(&err, ERROR_INPUT, "nobody logs in to it: its grant is another");
	else if (token.size > 0)
		ok = log_in_token(tokens, account, buffer_span(&token), &err);
	else
		ok = log_in_device(tokens, account, &err);
	/* a refresh token counts even in an answer that is of no other use */
	if ((ok || account->answer.refresh_token.size > 0) &&
		(!lock(tokens, account, &disk) || !store(tokens, account, &disk))) {
		ok = false;
		err = disk;
	}
	if (account->lock >= 0)
		close(account->lock);
	account->lock = -1;
	token_answer_done(&account->answer);
	tell_done(tokens, ok ? NULL : &err);
}
