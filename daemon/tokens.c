#include "daemon/tokens.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/sandbox.h"
#include "config/secret.h"
#include "daemon/role.h"
#include "daemon/tokens_role.h"

#define OUT_MAX_BYTES ((size_t)1 << 20)
#define READ_BYTES    ((size_t)1 << 20)
/* What was asked of a token server is waited for: its answer may hold the only refresh token. */
#define STOP_MS	     10000
#define STOP_LOOK_MS 50
#define RENEW_MIN_MS 60000

bool tokens_are_needed(const struct config *config)
{
	for (size_t i = 0; i < config->mailbox_count; i++)
		if (config->mailboxes[i].oauth.grant != GRANT_NONE)
			return true;
	return false;
}

struct account *tokens_find(struct tokens *tokens, struct span mailbox)
{
	for (struct account *account = tokens->accounts; account; account = account->next)
		if (span_equal(account->config.mailbox, mailbox))
			return account;
	return NULL;
}

static void stop(struct tokens *tokens)
{
	if (tokens->stopping)
		return;
	tokens->stopping = true;
	tokens->stop_at_ms = clock_monotonic_ms() + STOP_MS;
}

void tokens_send(struct tokens *tokens, uint32_t type, const struct buffer *body)
{
	struct error err;

	if (channel_is_open(&tokens->control) &&
		!channel_send(&tokens->control, type, buffer_span(body), &err))
		stop(tokens);
	if (channel_waiting(&tokens->control) == 0)
		buffer_forget(&tokens->control.out); /* an access token was in it */
}

void account_tell(struct tokens *tokens, const struct account *account, const struct error *why)
{
	CLEANUP(buffer_done) struct buffer body = {0};
	struct tokens_state state = {
		.mailbox = account->config.mailbox,
		.grant = account->config.grant,
		.login_ms = account->record.login_ms,
		.renewed_ms = account->renewed_ms,
		.until_ms = account->until_ms,
		.refresh_used_ms = account->record.used_ms,
		.refresh_until_ms = account->record.refresh_until_ms,
	};

	if (why) {
		state.error = why->kind;
		state.text = span_from(why->text);
	}
	tokens_write_state(&state, &body);
	tokens_send(tokens, TOKENS_STATE, &body);
}

/* ---------------------------------------------------------------- frames */

/* Its bytes are kept: the account's texts and secret point into them. */
static bool set_account(struct account *account, struct span bytes, struct error *err)
{
	struct span rest;

	secret_forget(&account->body);
	buffer_append(&account->body, bytes);
	rest = buffer_span(&account->body);
	if (!tokens_take_account(&rest, &account->config, err))
		return false;
	snprintf(account->name, sizeof account->name, "%.*s", SPAN_ARG(account->config.mailbox));
	account_reset(account);
	return true;
}

/* The first account of what is left. */
static bool add_account(struct tokens *tokens, struct span *accounts, struct error *err)
{
	struct account *account = memory_alloc(sizeof *account);
	struct tokens_account config;
	struct span all = *accounts;

	*account = (struct account){.lock = -1, .due_at_ms = NOTHING_DUE, .next = tokens->accounts};
	tokens->accounts = account;
	return tokens_take_account(accounts, &config, err) &&
	       set_account(account, span_part(all, 0, all.size - accounts->size), err);
}

static bool take_account(struct tokens *tokens, struct span body, struct error *err)
{
	struct tokens_account config;
	struct account *account;
	struct span rest = body;

	if (!tokens_take_account(&rest, &config, err))
		return false;
	account = tokens_find(tokens, config.mailbox);
	/* while it is asked about, its texts are in use */
	return !account || account->phase != PHASE_QUIET || set_account(account, body, err);
}

static bool take_wanted(struct tokens *tokens, struct span body, struct error *err)
{
	struct tokens_wanted wanted;
	struct account *account;

	if (!tokens_read_wanted(body, &wanted, err))
		return false;
	account = tokens_find(tokens, wanted.mailbox);
	if (account && !tokens->stopping)
		account_want(tokens, account, wanted.id, wanted.refused);
	return true;
}

static bool take_login(struct tokens *tokens, struct span body, struct error *err)
{
	struct tokens_login login;
	struct account *account;

	if (!tokens_read_login(body, &login, err))
		return false;
	account = tokens_find(tokens, login.mailbox);
	if (account)
		account_login(tokens, account, login.refresh_token);
	return true;
}

static bool take_frame(struct tokens *tokens, const struct frame *frame, struct error *err)
{
	switch (frame->type) {
	case CONTROL_STOP:
		stop(tokens);
		return true;
	case TOKENS_ACCOUNT:
		return take_account(tokens, frame->body, err);
	case TOKENS_WANTED:
		return take_wanted(tokens, frame->body, err);
	case TOKENS_LOGIN:
		return take_login(tokens, frame->body, err);
	}
	return error_set(err, ERROR_BUG, "unknown frame %u", (unsigned)frame->type);
}

static bool take_frames(struct tokens *tokens, struct error *err)
{
	struct frame frame;
	bool found = true, filled = channel_fill(&tokens->control, READ_BYTES, err);

	while (found) {
		if (!channel_next(&tokens->control, &frame, &found, err) ||
			(found && !take_frame(tokens, &frame, err)))
			return false;
	}
	if (!filled || tokens->control.ended)
		stop(tokens);
	return true;
}

/* ---------------------------------------------------------------- running */

static void show_progress(struct tokens *tokens, int64_t now_ms)
{
	static const struct buffer nothing;

	if (now_ms < tokens->progress_at_ms)
		return;
	tokens->progress_at_ms = now_ms + tokens->progress_ms;
	tokens_send(tokens, CONTROL_PROGRESS, &nothing);
}

static bool is_done(const struct tokens *tokens, int64_t now_ms)
{
	if (!tokens->stopping)
		return false;
	for (const struct account *account = tokens->accounts; account; account = account->next)
		if (account->phase == PHASE_ASKING || account->phase == PHASE_STORING)
			return now_ms >= tokens->stop_at_ms;
	return true;
}

static int wait_ms(const struct tokens *tokens, int64_t now_ms)
{
	int64_t next_ms = tokens->progress_at_ms;

	if (tokens->stopping)
		return STOP_LOOK_MS;
	for (const struct account *account = tokens->accounts; account; account = account->next)
		if (account->due_at_ms < next_ms)
			next_ms = account->due_at_ms;
	return next_ms > now_ms ? (int)(next_ms - now_ms) : 0;
}

static void take_replies(struct tokens *tokens)
{
	struct token_reply reply;

	while (token_http_next(tokens->http, &reply)) {
		account_take(tokens, reply.owner, &reply);
		secret_done(&reply.body);
	}
}

static bool run(struct tokens *tokens, struct error *err)
{
	int64_t now_ms = clock_monotonic_ms();

	while (!is_done(tokens, now_ms)) {
		bool listens = channel_is_open(&tokens->control) && !tokens->control.ended;

		if (!token_http_wait(tokens->http, listens ? tokens->control.socket : -1,
			    wait_ms(tokens, now_ms), err))
			return false;
		if (listens && !take_frames(tokens, err))
			return false;
		take_replies(tokens);
		now_ms = clock_monotonic_ms();
		for (struct account *account = tokens->accounts; account; account = account->next)
			account_go_on(tokens, account, now_ms);
		show_progress(tokens, now_ms);
	}
	return true;
}

/* ---------------------------------------------------------------- starting */

/* The CA files outlive the configuration's frame only as copies. */
static bool enter_sandbox(struct tokens *tokens, const char *folder, struct error *err)
{
	struct arena arena = {0};
	const char *files[SANDBOX_READ_MAX];
	size_t count = 0;
	bool ok;

	for (struct account *account = tokens->accounts; account; account = account->next)
		if (account->config.ca_file.size > 0 && count < SANDBOX_READ_MAX)
			files[count++] = arena_string(&arena, account->config.ca_file);
	ok = sandbox_enter_reading(SANDBOX_TOKENS, folder, files, count, err);
	arena_done(&arena);
	return ok;
}

static bool open_all(struct tokens *tokens, struct span body, struct error *err)
{
	CLEANUP(buffer_done) struct buffer folder = {0};
	struct tokens_start start;

	if (!tokens_read_start(body, &start, err))
		return false;
	if (start.quiet)
		log_open("tokens", NULL, LOG_LEVEL_WARNING);
	tokens->progress_ms = start.progress_ms;
	tokens->renew_min_ms = start.renew_min_ms > 0 ? start.renew_min_ms : RENEW_MIN_MS;
	for (uint32_t i = 0; i < start.account_count; i++)
		if (!add_account(tokens, &start.accounts, err))
			return false;
	buffer_append(&folder, start.state_directory);
	if (!token_store_open(buffer_string(&folder), &tokens->folder, err))
		return false;
	buffer_append_string(&folder, "/" TOKEN_STORE_FOLDER);
	return token_http_new(
		       start.answer_ms > 0 ? start.answer_ms : HTTP_TOTAL_MS, &tokens->http, err) &&
	       enter_sandbox(tokens, buffer_string(&folder), err);
}

static bool begin(struct tokens *tokens, struct error *err)
{
	CLEANUP(secret_done) struct buffer storage = {0};
	struct frame frame;
	bool ended;

	if (!frame_read(ROLE_CONTROL_FD, &storage, ROLE_MAX_BYTES, &frame, &ended, err))
		return false;
	if (ended || frame.type != TOKENS_START)
		return error_set(
			err, ERROR_BUG, "no START frame: this role is started by postroomd");
	if (!open_all(tokens, frame.body, err) ||
		!channel_send(&tokens->control, ROLE_READY, (struct span){0}, err))
		return false;
	for (struct account *account = tokens->accounts; account; account = account->next)
		account_look(tokens, account);
	return true;
}

static void tell_refused(struct tokens *tokens, const struct error *why)
{
	struct role_refused refused = {why->kind, span_from(why->text)};
	struct error ignored;
	size_t mark;

	role_write_refused(&refused, channel_begin(&tokens->control, ROLE_REFUSED, &mark));
	if (!channel_end(&tokens->control, mark, &ignored))
		return; /* it ended before us */
}

static void close_all(struct tokens *tokens)
{
	token_http_free(tokens->http);
	while (tokens->accounts) {
		struct account *first = tokens->accounts;

		tokens->accounts = first->next;
		account_free(first);
	}
	if (tokens->folder >= 0)
		close(tokens->folder);
	buffer_forget(&tokens->control.in);
	buffer_forget(&tokens->control.out);
	channel_close(&tokens->control);
}

int tokens_main(void)
{
	struct tokens tokens = {.folder = -1};
	struct error err;
	bool ok;

	token_answer_wipe_memory();
	/* a supervisor that dies must not take with it a refresh token that is on its way: its end
	 * is noticed by the socket, and what was asked is waited for */
	prctl(PR_SET_PDEATHSIG, 0);
	channel_open(&tokens.control, ROLE_CONTROL_FD, ROLE_MAX_BYTES, OUT_MAX_BYTES);
	ok = begin(&tokens, &err);
	if (!ok) {
		tell_refused(&tokens, &err);
	} else {
		ok = run(&tokens, &err);
		if (!ok)
			log_failure(LOG_LEVEL_ERROR, "ended", &err);
	}
	close_all(&tokens);
	return ok ? 0 : 1;
}
