/*
 * tokens_renew.c - one mailbox's access token: asked for, renewed before its end and when it was
 * refused, handed out only after a rotated refresh token is on the disk.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "config/secret.h"
#include "daemon/tokens_role.h"

/* A token that was just renewed is handed out for so long, whatever its server says of its life. */
#define USABLE_MIN_MS INT64_C(10000)
/* Handed out until so long before its end: a login takes its time. */
#define LOGIN_MS INT64_C(60000)
/* Renewed so long before its end. */
#define AHEAD_MS INT64_C(300000)
/* Another process holds the lock for one request at most, and we wait a little longer. */
#define LOCK_LOOK_MS INT64_C(100)
#define LOCK_WAIT_MS (HTTP_TOTAL_MS + INT64_C(10000))
#define STORE_MS     INT64_C(1000)
/* After a renewal of our own accord that failed. */
#define FAILED_FIRST_MS INT64_C(15000)
#define FAILED_LAST_MS	INT64_C(900000)

static int64_t at_most(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void unlock(struct account *account)
{
	if (account->lock >= 0)
		close(account->lock);
	account->lock = -1;
}

static void forget_access(struct account *account)
{
	secret_forget(&account->access_token);
	account->usable_at_ms = 0;
	account->until_ms = 0;
	account->handed_out = false;
}

/* ---------------------------------------------------------------- answers to the reader */

static void hand_out(struct tokens *tokens, struct account *account)
{
	CLEANUP(secret_done) struct buffer body = {0};
	struct tokens_token token = {
		.id = account->wanted_id,
		.mailbox = account->config.mailbox,
		.access_token = buffer_span(&account->access_token),
	};

	buffer_reserve(&body, account->access_token.size + 512);
	tokens_write_token(&token, &body);
	tokens_send(tokens, TOKENS_TOKEN, &body);
	account->wanted = false;
	account->handed_out = true;
}

static void refuse(struct tokens *tokens, struct account *account, const struct error *why)
{
	CLEANUP(buffer_done) struct buffer body = {0};
	struct tokens_token token = {
		.id = account->wanted_id,
		.mailbox = account->config.mailbox,
		.error = why->kind,
		.text = span_from(why->text),
	};

	tokens_write_token(&token, &body);
	tokens_send(tokens, TOKENS_TOKEN, &body);
	account->wanted = false;
}

static int64_t failed_delay_ms(unsigned failures)
{
	int64_t delay_ms = FAILED_FIRST_MS;

	while (failures-- > 1 && delay_ms < FAILED_LAST_MS)
		delay_ms *= 2;
	return at_most(delay_ms, FAILED_LAST_MS);
}

/*
 * Who waits is told, and logs it; what failed of our own accord is logged here. Only time mends
 * what passes by itself, only a person the rest: then the reader's next try asks again.
 */
static void fail(struct tokens *tokens, struct account *account, struct error *why)
{
	if (why->kind != ERROR_AUTH)
		why->kind = ERROR_TEMPORARY;
	account->failures++;
	account->phase = PHASE_QUIET;
	account->due_at_ms = why->kind == ERROR_AUTH
				     ? NOTHING_DUE
				     : clock_monotonic_ms() + failed_delay_ms(account->failures);
	if (account->wanted)
		refuse(tokens, account, why);
	else
		log_event(LOG_LEVEL_WARNING, "token-not-renewed",
			log_text("mailbox", account->config.mailbox),
			log_string("error_kind", error_kind_name(why->kind)),
			log_string("error", why->text));
	account_tell(tokens, account, why);
	unlock(account);
	token_answer_done(&account->answer);
}

/* ---------------------------------------------------------------- asking */

static bool ask(struct tokens *tokens, struct account *account, struct error *err)
{
	bool refreshes = account->config.grant == GRANT_REFRESH_TOKEN;
	CLEANUP(secret_done) struct buffer form = {0};

	buffer_reserve(&form, (size_t)64 << 10); /* growing would leave copies behind */
	if (!grant_form(account, refreshes ? "refresh_token" : "client_credentials", &form, err))
		return false;
	if (refreshes)
		token_form_add(&form, "refresh_token", buffer_span(&account->record.refresh_token));
	if (account->config.scope.size > 0)
		token_form_add(&form, "scope", account->config.scope);
	account->phase = PHASE_ASKING;
	account->due_at_ms = NOTHING_DUE;
	return grant_post(
		tokens, account, account->config.token_url, buffer_span(&form), account, err);
}

static bool read_login(struct tokens *tokens, struct account *account, struct error *err)
{
	if (!token_store_read(tokens->folder, account->name, &account->record, err)) {
		if (err->kind == ERROR_INPUT)
			err->kind = ERROR_AUTH; /* a person mends it */
		return false;
	}
	if (grant_fits(account, &account->record))
		return true;
	return error_set(err, ERROR_AUTH,
		account->record.refresh_token.size > 0
			? "the stored login is of another token server, client or user; log in "
			  "again: postroom mailbox login %s"
			: "nobody has logged in yet: postroom mailbox login %s",
		account->name);
}

/* Under the lock, so that no two processes show the same refresh token: many servers take that for
 * theft. */
static void begin(struct tokens *tokens, struct account *account)
{
	struct error err = {0};
	bool locked;

	if (account->config.grant != GRANT_REFRESH_TOKEN) {
		if (!ask(tokens, account, &err))
			fail(tokens, account, &err);
		return;
	}
	locked = token_store_lock(tokens->folder, account->name, &account->lock, &err);
	if (!locked && err.kind == ERROR_BUSY && clock_monotonic_ms() < account->give_up_at_ms) {
		account->phase = PHASE_LOCKING;
		account->due_at_ms = clock_monotonic_ms() + LOCK_LOOK_MS;
		return;
	}
	if (!locked || !read_login(tokens, account, &err) || !ask(tokens, account, &err))
		fail(tokens, account, &err);
}

static void renew(struct tokens *tokens, struct account *account)
{
	account->give_up_at_ms = clock_monotonic_ms() + LOCK_WAIT_MS;
	begin(tokens, account);
}

/* ---------------------------------------------------------------- answered */

static void plan_renewal(
	const struct tokens *tokens, struct account *account, int64_t lifetime_ms, int64_t now_ms)
{
	int64_t ahead_ms = at_most(AHEAD_MS, lifetime_ms / 10);
	int64_t after_ms = lifetime_ms - ahead_ms;

	account->due_at_ms = NOTHING_DUE; /* its life is unknown: asked for at each login */
	if (lifetime_ms > 0)
		account->due_at_ms =
			now_ms +
			(after_ms > tokens->renew_min_ms ? after_ms : tokens->renew_min_ms);
}

static void use_answer(struct tokens *tokens, struct account *account)
{
	struct token_answer *answer = &account->answer;
	int64_t usable_ms = answer->lifetime_ms - at_most(LOGIN_MS, answer->lifetime_ms / 10);
	int64_t now_ms = clock_monotonic_ms();

	forget_access(account);
	secret_done(&account->access_token);
	account->access_token = answer->access_token;
	answer->access_token = (struct buffer){0};
	account->usable_at_ms = now_ms + (usable_ms > USABLE_MIN_MS ? usable_ms : USABLE_MIN_MS);
	account->renewed_ms = clock_now_ms();
	account->until_ms = answer->lifetime_ms > 0 ? account->renewed_ms + answer->lifetime_ms : 0;
	account->failures = 0;
	account->phase = PHASE_QUIET;
	plan_renewal(tokens, account, answer->lifetime_ms, now_ms);
	log_event(LOG_LEVEL_INFO, "token-renewed", log_text("mailbox", account->config.mailbox),
		log_number("lives_s", answer->lifetime_ms / 1000),
		log_string("refresh_token", account->rotated ? "new" : "same"));
	unlock(account);
	token_answer_done(answer);
	if (account->wanted)
		hand_out(tokens, account);
	account_tell(tokens, account, NULL);
}

/* The server has a new refresh token for us, and may have forgotten the one before. */
static bool is_rotated(const struct account *account)
{
	struct span given = buffer_span(&account->answer.refresh_token);

	return given.size > 0 && !span_equal(given, buffer_span(&account->record.refresh_token));
}

static bool store(struct tokens *tokens, struct account *account, struct error *err)
{
	struct token_record *record = &account->record;
	struct token_answer *answer = &account->answer;

	record->used_ms = clock_now_ms();
	if (answer->refresh_token.size > 0) {
		secret_forget(&record->refresh_token);
		buffer_append(&record->refresh_token, buffer_span(&answer->refresh_token));
		record->refresh_until_ms = answer->refresh_lifetime_ms > 0
						   ? record->used_ms + answer->refresh_lifetime_ms
						   : 0;
	}
	return token_store_write(tokens->folder, account->name, record, err);
}

/* What can't be stored stays in memory, under the lock, and is tried again: the access token that
 * came with it is not used before. */
static void wait_for_disk(struct tokens *tokens, struct account *account, struct error *why)
{
	if (account->phase != PHASE_STORING)
		log_event(LOG_LEVEL_ERROR, "token-not-stored",
			log_text("mailbox", account->config.mailbox),
			log_string("error", why->text));
	account->phase = PHASE_STORING;
	account->due_at_ms = clock_monotonic_ms() + STORE_MS;
	why->kind = ERROR_TEMPORARY;
	account->problem = *why;
	if (account->wanted)
		refuse(tokens, account, why);
	account_tell(tokens, account, why);
}

static void store_and_use(struct tokens *tokens, struct account *account)
{
	struct error err;

	if (store(tokens, account, &err)) {
		use_answer(tokens, account);
	} else if (account->rotated) {
		wait_for_disk(tokens, account, &err);
	} else { /* that it was used is not on the disk: no reason not to use it */
		log_event(LOG_LEVEL_WARNING, "token-not-stored",
			log_text("mailbox", account->config.mailbox),
			log_string("error", err.text));
		use_answer(tokens, account);
	}
}

/* The answer is no good, but for the new refresh token in it. */
static void keep_refresh_token(struct tokens *tokens, struct account *account, struct error *why)
{
	struct error err;

	if (!store(tokens, account, &err)) {
		wait_for_disk(tokens, account, &err);
		return;
	}
	fail(tokens, account, why);
}

void account_take(struct tokens *tokens, struct account *account, struct token_reply *reply)
{
	const struct token_secrets sent =
		grant_secrets(account, buffer_span(&account->access_token));
	bool refreshes = account->config.grant == GRANT_REFRESH_TOKEN;
	struct error err = reply->error;

	bool taken;

	if (!reply->done) {
		fail(tokens, account, &err);
		return;
	}
	taken = token_answer_read(
		reply->status, buffer_span(&reply->body), &sent, &account->answer, &err);
	account->rotated = refreshes && is_rotated(account);
	if (taken && refreshes) {
		store_and_use(tokens, account);
	} else if (taken) {
		use_answer(tokens, account);
	} else if (account->rotated) {
		keep_refresh_token(tokens, account, &err);
	} else {
		fail(tokens, account, &err);
	}
}

/* The disk is tried again; without an access token there is nothing to be used afterwards. */
static void store_again(struct tokens *tokens, struct account *account)
{
	struct error err;

	if (!store(tokens, account, &err)) {
		account->due_at_ms = clock_monotonic_ms() + STORE_MS;
		return;
	}
	log_event(LOG_LEVEL_NOTICE, "token-stored", log_text("mailbox", account->config.mailbox));
	if (account->answer.access_token.size > 0) {
		use_answer(tokens, account);
		return;
	}
	error_write(&err, ERROR_TEMPORARY, "the token server's last answer was of no use");
	fail(tokens, account, &err);
}

/* ---------------------------------------------------------------- from outside */

void account_go_on(struct tokens *tokens, struct account *account, int64_t now_ms)
{
	if (now_ms < account->due_at_ms)
		return;
	if (account->phase == PHASE_STORING)
		store_again(tokens, account);
	else if (tokens->stopping)
		return;
	else if (account->phase == PHASE_LOCKING)
		begin(tokens, account);
	else if (account->phase == PHASE_QUIET)
		renew(tokens, account);
}

void account_want(struct tokens *tokens, struct account *account, uint32_t id, bool refused)
{
	account->wanted = true;
	account->wanted_id = id;
	if (refused && account->handed_out && account->phase == PHASE_QUIET)
		forget_access(account);
	if (account->access_token.size > 0 && clock_monotonic_ms() < account->usable_at_ms) {
		hand_out(tokens, account);
		return;
	}
	if (account->phase == PHASE_STORING)
		refuse(tokens, account, &account->problem);
	else if (account->phase == PHASE_QUIET)
		renew(tokens, account);
}

void account_look(struct tokens *tokens, struct account *account)
{
	struct error err;

	if (account->config.grant == GRANT_REFRESH_TOKEN && !read_login(tokens, account, &err))
		account_tell(tokens, account, &err);
	else
		account_tell(tokens, account, NULL);
}

void account_reset(struct account *account)
{
	forget_access(account);
	account->failures = 0;
}

void account_free(struct account *account)
{
	unlock(account);
	token_answer_done(&account->answer);
	token_record_done(&account->record);
	secret_done(&account->access_token);
	secret_done(&account->body);
	free(account);
}
