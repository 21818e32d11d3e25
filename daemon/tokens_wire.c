#include "daemon/tokens_wire.h"

#include "base/pack.h"
#include "config/secret.h"

void tokens_write_start(const struct tokens_start *start, struct buffer *out)
{
	pack_span(out, start->state_directory);
	pack_i64(out, start->progress_ms);
	pack_i64(out, start->answer_ms);
	pack_i64(out, start->renew_min_ms);
	pack_bool(out, start->quiet);
	pack_u32(out, start->account_count);
	pack_span(out, start->accounts);
}

bool tokens_read_start(struct span body, struct tokens_start *start, struct error *err)
{
	struct unpack in = {body, false};

	start->state_directory = unpack_span(&in);
	start->progress_ms = unpack_i64(&in);
	start->answer_ms = unpack_i64(&in);
	start->renew_min_ms = unpack_i64(&in);
	start->quiet = unpack_bool(&in);
	start->account_count = unpack_u32(&in);
	start->accounts = unpack_span(&in);
	return unpack_finish(&in, "START", err);
}

void tokens_write_account(const struct tokens_account *account, struct buffer *out)
{
	pack_span(out, account->mailbox);
	pack_span(out, account->user);
	pack_u8(out, (uint8_t)account->grant);
	pack_span(out, account->token_url);
	pack_span(out, account->device_url);
	pack_span(out, account->client_id);
	pack_u8(out, (uint8_t)account->client_auth);
	pack_span(out, account->client_secret);
	pack_span(out, account->client_secret_fault);
	pack_span(out, account->scope);
	pack_span(out, account->ca_file);
}

bool tokens_take_account(struct span *accounts, struct tokens_account *account, struct error *err)
{
	struct unpack in = {*accounts, false};

	account->mailbox = unpack_span(&in);
	account->user = unpack_span(&in);
	account->grant = (enum oauth_grant)unpack_enum(&in, GRANT_CLIENT_CREDENTIALS + 1);
	account->token_url = unpack_span(&in);
	account->device_url = unpack_span(&in);
	account->client_id = unpack_span(&in);
	account->client_auth = (enum oauth_client_auth)unpack_enum(&in, CLIENT_AUTH_BASIC + 1);
	account->client_secret = unpack_span(&in);
	account->client_secret_fault = unpack_span(&in);
	account->scope = unpack_span(&in);
	account->ca_file = unpack_span(&in);
	*accounts = in.rest;
	if (in.bad)
		return error_set(err, ERROR_INPUT, "an account does not fit its shape");
	return true;
}

void tokens_write_wanted(const struct tokens_wanted *wanted, struct buffer *out)
{
	pack_u32(out, wanted->id);
	pack_span(out, wanted->mailbox);
	pack_bool(out, wanted->refused);
}

bool tokens_read_wanted(struct span body, struct tokens_wanted *wanted, struct error *err)
{
	struct unpack in = {body, false};

	wanted->id = unpack_u32(&in);
	wanted->mailbox = unpack_span(&in);
	wanted->refused = unpack_bool(&in);
	return unpack_finish(&in, "WANTED", err);
}

void tokens_write_token(const struct tokens_token *token, struct buffer *out)
{
	pack_u32(out, token->id);
	pack_span(out, token->mailbox);
	pack_u8(out, (uint8_t)token->error);
	pack_span(out, token->text);
	pack_span(out, token->access_token);
}

bool tokens_read_token(struct span body, struct tokens_token *token, struct error *err)
{
	struct unpack in = {body, false};

	token->id = unpack_u32(&in);
	token->mailbox = unpack_span(&in);
	token->error = (enum error_kind)unpack_enum(&in, ERROR_BUG + 1);
	token->text = unpack_span(&in);
	token->access_token = unpack_span(&in);
	return unpack_finish(&in, "TOKEN", err);
}

void tokens_write_state(const struct tokens_state *state, struct buffer *out)
{
	pack_span(out, state->mailbox);
	pack_u8(out, (uint8_t)state->grant);
	pack_i64(out, state->login_ms);
	pack_i64(out, state->renewed_ms);
	pack_i64(out, state->until_ms);
	pack_i64(out, state->refresh_used_ms);
	pack_i64(out, state->refresh_until_ms);
	pack_u8(out, (uint8_t)state->error);
	pack_span(out, state->text);
}

bool tokens_read_state(struct span body, struct tokens_state *state, struct error *err)
{
	struct unpack in = {body, false};

	state->mailbox = unpack_span(&in);
	state->grant = (enum oauth_grant)unpack_enum(&in, GRANT_CLIENT_CREDENTIALS + 1);
	state->login_ms = unpack_i64(&in);
	state->renewed_ms = unpack_i64(&in);
	state->until_ms = unpack_i64(&in);
	state->refresh_used_ms = unpack_i64(&in);
	state->refresh_until_ms = unpack_i64(&in);
	state->error = (enum error_kind)unpack_enum(&in, ERROR_BUG + 1);
	state->text = unpack_span(&in);
	return unpack_finish(&in, "STATE", err);
}

void tokens_write_login(const struct tokens_login *login, struct buffer *out)
{
	pack_span(out, login->mailbox);
	pack_span(out, login->refresh_token);
}

bool tokens_read_login(struct span body, struct tokens_login *login, struct error *err)
{
	struct unpack in = {body, false};

	login->mailbox = unpack_span(&in);
	login->refresh_token = unpack_span(&in);
	return unpack_finish(&in, "LOGIN", err);
}

void tokens_write_code(const struct tokens_code *code, struct buffer *out)
{
	pack_span(out, code->address);
	pack_span(out, code->user_code);
	pack_i64(out, code->lifetime_ms);
}

bool tokens_read_code(struct span body, struct tokens_code *code, struct error *err)
{
	struct unpack in = {body, false};

	code->address = unpack_span(&in);
	code->user_code = unpack_span(&in);
	code->lifetime_ms = unpack_i64(&in);
	return unpack_finish(&in, "CODE", err);
}

void tokens_write_logged_in(const struct tokens_logged_in *done, struct buffer *out)
{
	pack_u8(out, (uint8_t)done->error);
	pack_span(out, done->text);
}

bool tokens_read_logged_in(struct span body, struct tokens_logged_in *done, struct error *err)
{
	struct unpack in = {body, false};

	done->error = (enum error_kind)unpack_enum(&in, ERROR_BUG + 1);
	done->text = unpack_span(&in);
	return unpack_finish(&in, "LOGGED_IN", err);
}

static bool is_secret(const struct config_secret *secret)
{
	return secret->file || secret->command || secret->credential;
}

void tokens_account_from_config(
	const struct config_mailbox *mailbox, struct buffer *secret, struct tokens_account *account)
{
	const struct config_oauth *oauth = &mailbox->oauth;
	struct error why;

	*account = (struct tokens_account){
		.mailbox = span_from(mailbox->name),
		.user = span_from(mailbox->user),
		.grant = oauth->grant,
		.token_url = span_from(oauth->token_url),
		.device_url = span_from(oauth->device_url),
		.client_id = span_from(oauth->client_id),
		.client_auth = oauth->client_auth,
		.scope = span_from(oauth->scope),
		.ca_file = span_from(oauth->ca_file),
	};
	if (!is_secret(&oauth->client_secret))
		return;
	if (secret_read(&oauth->client_secret, secret, &why)) {
		account->client_secret = buffer_span(secret);
		return;
	}
	buffer_append_string(secret, why.text);
	account->client_secret_fault = buffer_span(secret);
}
