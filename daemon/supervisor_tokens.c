/*
 * supervisor_tokens.c - between the readers, who want access tokens, and the role that has them.
 */
#include "base/log.h"
#include "config/secret.h"
#include "daemon/role.h"
#include "daemon/supervisor.h"
#include "daemon/tokens_wire.h"

static struct child *tokens_child(struct supervisor *supervisor)
{
	for (size_t i = 0; i < supervisor->child_count; i++)
		if (supervisor->children[i]->kind == CHILD_TOKENS)
			return supervisor->children[i];
	return NULL;
}

static struct child *reader_of(struct supervisor *supervisor, struct span mailbox)
{
	for (size_t i = 0; i < supervisor->child_count; i++)
		if (supervisor->children[i]->kind == CHILD_READER &&
			span_equal(span_from(supervisor->children[i]->name), mailbox))
			return supervisor->children[i];
	return NULL;
}

/* ---------------------------------------------------------------- to the role */

static void write_account(const struct config_mailbox *mailbox, struct buffer *out)
{
	CLEANUP(secret_done) struct buffer secret = {0};
	struct tokens_account account;

	tokens_account_from_config(mailbox, &secret, &account);
	if (account.client_secret_fault.size > 0)
		log_event(LOG_LEVEL_ERROR, "secret-not-read", log_string("mailbox", mailbox->name),
			log_text("error", account.client_secret_fault));
	tokens_write_account(&account, out);
}

bool supervisor_send_accounts(struct supervisor *supervisor, struct child *child, struct error *err)
{
	const struct config *config = supervisor->config;
	CLEANUP(secret_done) struct buffer accounts = {0};
	CLEANUP(secret_done) struct buffer body = {0};
	struct tokens_start start = {
		.state_directory = span_from(config->state_directory),
		.progress_ms = supervisor_progress_ms(supervisor),
	};

	for (size_t i = 0; i < config->mailbox_count; i++) {
		if (config->mailboxes[i].oauth.grant == GRANT_NONE)
			continue;
		write_account(&config->mailboxes[i], &accounts);
		start.account_count++;
	}
	start.accounts = buffer_span(&accounts);
	tokens_write_start(&start, &body);
	return channel_send(&child->control, TOKENS_START, buffer_span(&body), err);
}

static void ask(struct child *tokens, const struct child *reader)
{
	const struct tokens_wanted wanted = {
		.id = reader->id,
		.mailbox = span_from(reader->name),
		.refused = reader->wish == WISH_OTHER_TOKEN,
	};
	struct error err;
	size_t mark;

	tokens_write_wanted(&wanted, channel_begin(&tokens->control, TOKENS_WANTED, &mark));
	if (!channel_end(&tokens->control, mark, &err))
		child_kill(tokens); /* the next one is asked again */
}

void supervisor_want_token(
	struct supervisor *supervisor, struct child *reader, enum child_wish wish)
{
	struct child *tokens = tokens_child(supervisor);

	reader->wish = wish;
	if (tokens && tokens->state == CHILD_UP && tokens->ready)
		ask(tokens, reader);
}

void supervisor_tokens_ready(struct supervisor *supervisor)
{
	struct child *tokens = tokens_child(supervisor);

	for (size_t i = 0; tokens && i < supervisor->child_count; i++)
		if (supervisor->children[i]->wish != WISH_NOTHING &&
			supervisor->children[i]->state == CHILD_UP)
			ask(tokens, supervisor->children[i]);
}

/* The server refused the client's secret, perhaps: it may have been changed meanwhile. */
static bool renew_account(
	struct supervisor *supervisor, const struct tokens_token *token, struct error *err)
{
	struct child *tokens = tokens_child(supervisor), *reader;
	const struct config_mailbox *mailbox;
	CLEANUP(secret_done) struct buffer body = {0};

	reader = reader_of(supervisor, token->mailbox);
	mailbox = reader ? config_mailbox(supervisor->config, reader->name) : NULL;
	if (!mailbox || mailbox->oauth.grant == GRANT_NONE)
		return true;
	write_account(mailbox, &body);
	return channel_send(&tokens->control, TOKENS_ACCOUNT, buffer_span(&body), err);
}

/* ---------------------------------------------------------------- from the role */

static void pass_on(struct child *reader, const struct tokens_token *token)
{
	const struct wire_secret secret = {
		.known = token->error == ERROR_NONE,
		.secret = token->access_token,
		.text = token->text,
		.error = token->error,
	};
	struct error err;
	size_t mark;

	reader->wish = WISH_NOTHING;
	wire_write_secret(&secret, channel_begin(&reader->control, CONTROL_SECRET, &mark));
	if (!channel_end(&reader->control, mark, &err))
		child_kill(reader);
}

void supervisor_tokens_refused(struct supervisor *supervisor, const struct role_refused *refused)
{
	const struct tokens_token token = {
		.error = refused->kind == ERROR_INPUT ? ERROR_AUTH : ERROR_TEMPORARY,
		.text = refused->text,
	};

	for (size_t i = 0; i < supervisor->child_count; i++)
		if (supervisor->children[i]->wish != WISH_NOTHING &&
			supervisor->children[i]->state == CHILD_UP)
			pass_on(supervisor->children[i], &token);
}

static bool take_token(struct supervisor *supervisor, struct span body, struct error *err)
{
	struct tokens_token token;
	struct child *reader;

	if (!tokens_read_token(body, &token, err))
		return false;
	reader = reader_of(supervisor, token.mailbox);
	if (reader && reader->id == token.id && reader->state == CHILD_UP &&
		reader->wish != WISH_NOTHING)
		pass_on(reader, &token);
	return token.error != ERROR_AUTH || renew_account(supervisor, &token, err);
}

static void tell_state(struct supervisor *supervisor, const struct child *reader)
{
	struct child *ledger = supervisor_ledger(supervisor);
	struct error err;

	if (reader->token_state.size > 0 && ledger->state == CHILD_UP && ledger->ready &&
		!channel_send(&ledger->control, ROLE_TOKEN_STATE, buffer_span(&reader->token_state),
			&err))
		child_kill(ledger);
}

void supervisor_tell_token_states(struct supervisor *supervisor)
{
	for (size_t i = 0; i < supervisor->child_count; i++)
		tell_state(supervisor, supervisor->children[i]);
}

static bool take_state(struct supervisor *supervisor, struct span body, struct error *err)
{
	struct tokens_state state;
	struct child *reader;

	if (!tokens_read_state(body, &state, err))
		return false;
	reader = reader_of(supervisor, state.mailbox);
	if (!reader)
		return true;
	buffer_clear(&reader->token_state);
	buffer_append(&reader->token_state, body);
	tell_state(supervisor, reader);
	return true;
}

bool supervisor_take_tokens_frame(
	struct supervisor *supervisor, const struct frame *frame, struct error *err)
{
	if (frame->type == TOKENS_TOKEN)
		return take_token(supervisor, frame->body, err);
	if (frame->type == TOKENS_STATE)
		return take_state(supervisor, frame->body, err);
	return error_set(err, ERROR_INPUT, "unknown frame %u", (unsigned)frame->type);
}
