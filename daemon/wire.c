#include "daemon/wire.h"

#include "base/pack.h"

static struct digest unpack_digest(struct unpack *in)
{
	struct digest digest = {0};
	struct span bytes = unpack_span(in);

	if (bytes.size != DIGEST_BYTES)
		in->bad = true;
	else
		memcpy(digest.bytes, bytes.data, DIGEST_BYTES);
	return digest;
}

static void pack_digest(struct buffer *out, const struct digest *digest)
{
	pack_span(out, (struct span){(const char *)digest->bytes, DIGEST_BYTES});
}

static uint32_t unpack_u32_max(struct unpack *in, uint32_t max)
{
	uint32_t value = unpack_u32(in);

	if (value > max) {
		in->bad = true;
		return 0;
	}
	return value;
}

void wire_write_start(const struct wire_start *start, struct buffer *out)
{
	pack_span(out, start->mailbox);
	pack_span(out, start->host);
	pack_u32(out, start->port);
	pack_u8(out, (uint8_t)start->tls);
	pack_span(out, start->ca_file);
	pack_span(out, start->pinned_key);
	pack_i64(out, start->timeout_ms);
	pack_span(out, start->user);
	pack_u8(out, (uint8_t)start->auth);
	pack_span(out, start->secret);
	pack_u32(out, (uint32_t)start->folder_count);
	for (size_t i = 0; i < start->folder_count; i++)
		pack_span(out, start->folders[i]);
	pack_u8(out, (uint8_t)start->action);
	pack_span(out, start->action_folder);
	pack_bool(out, start->idle);
	pack_i64(out, start->poll_ms);
	pack_i64(out, start->auth_retry_ms);
	pack_i64(out, start->max_message_bytes);
	pack_u32(out, start->batch_messages);
	pack_i64(out, start->batch_bytes);
	pack_bool(out, start->fetches_token);
}

bool wire_read_start(
	struct span body, struct arena *arena, struct wire_start *start, struct error *err)
{
	struct unpack in = {body, false};

	*start = (struct wire_start){0};
	start->mailbox = unpack_span(&in);
	start->host = unpack_span(&in);
	start->port = (uint16_t)unpack_u32_max(&in, UINT16_MAX);
	start->tls = (enum server_tls)unpack_enum(&in, TLS_NONE + 1);
	start->ca_file = unpack_span(&in);
	start->pinned_key = unpack_span(&in);
	start->timeout_ms = unpack_i64(&in);
	start->user = unpack_span(&in);
	start->auth = (enum login_auth)unpack_enum(&in, AUTH_OAUTHBEARER + 1);
	start->secret = unpack_span(&in);
	start->folder_count = unpack_count(&in, sizeof(uint32_t));
	start->folders = arena_array(arena, struct span, start->folder_count);
	for (size_t i = 0; i < start->folder_count; i++)
		start->folders[i] = unpack_span(&in);
	start->action = (enum server_action)unpack_enum(&in, ACTION_DELETE + 1);
	start->action_folder = unpack_span(&in);
	start->idle = unpack_bool(&in);
	start->poll_ms = unpack_i64(&in);
	start->auth_retry_ms = unpack_i64(&in);
	start->max_message_bytes = unpack_i64(&in);
	start->batch_messages = unpack_u32(&in);
	start->batch_bytes = unpack_i64(&in);
	start->fetches_token = unpack_bool(&in);
	return unpack_finish(&in, "START", err);
}

void wire_write_secret(const struct wire_secret *secret, struct buffer *out)
{
	pack_bool(out, secret->known);
	pack_span(out, secret->secret);
	pack_span(out, secret->text);
	pack_u8(out, (uint8_t)secret->error);
}

bool wire_read_secret(struct span body, struct wire_secret *secret, struct error *err)
{
	struct unpack in = {body, false};

	secret->known = unpack_bool(&in);
	secret->secret = unpack_span(&in);
	secret->text = unpack_span(&in);
	secret->error = (enum error_kind)unpack_enum(&in, ERROR_BUG + 1);
	return unpack_finish(&in, "SECRET", err);
}

void wire_write_hello(const struct wire_hello *hello, struct buffer *out)
{
	pack_span(out, hello->mailbox);
}

bool wire_read_hello(struct span body, struct wire_hello *hello, struct error *err)
{
	struct unpack in = {body, false};

	hello->mailbox = unpack_span(&in);
	return unpack_finish(&in, "HELLO", err);
}

void wire_write_folder(const struct wire_folder *folder, struct buffer *out)
{
	pack_span(out, folder->folder);
	pack_u32(out, folder->uidvalidity);
	pack_u32(out, folder->uidnext);
	pack_u32(out, folder->exists);
}

bool wire_read_folder(struct span body, struct wire_folder *folder, struct error *err)
{
	struct unpack in = {body, false};

	folder->folder = unpack_span(&in);
	folder->uidvalidity = unpack_u32(&in);
	folder->uidnext = unpack_u32(&in);
	folder->exists = unpack_u32(&in);
	return unpack_finish(&in, "FOLDER_OPENED", err);
}

void wire_write_cursor(const struct wire_cursor *cursor, struct buffer *out)
{
	pack_span(out, cursor->folder);
	pack_u32(out, cursor->uidvalidity);
	pack_u32(out, cursor->last_uid);
}

bool wire_read_cursor(struct span body, struct wire_cursor *cursor, struct error *err)
{
	struct unpack in = {body, false};

	cursor->folder = unpack_span(&in);
	cursor->uidvalidity = unpack_u32(&in);
	cursor->last_uid = unpack_u32(&in);
	return unpack_finish(&in, "FOLDER_CURSOR", err);
}

void wire_write_mail(const struct wire_mail *mail, struct buffer *out)
{
	pack_span(out, mail->folder);
	pack_u32(out, mail->uidvalidity);
	pack_u32(out, mail->uid);
	pack_i64(out, mail->internal_date_ms);
	pack_u64(out, mail->size_bytes);
	pack_u32(out, mail->flags);
	pack_u8(out, (uint8_t)mail->reason);
	pack_digest(out, &mail->identity);
	pack_span(out, mail->zstd);
}

bool wire_read_mail(struct span body, struct wire_mail *mail, struct error *err)
{
	struct unpack in = {body, false};

	mail->folder = unpack_span(&in);
	mail->uidvalidity = unpack_u32(&in);
	mail->uid = unpack_u32(&in);
	mail->internal_date_ms = unpack_i64(&in);
	mail->size_bytes = unpack_u64(&in);
	mail->flags = unpack_u32(&in);
	mail->reason = (enum wire_reason)unpack_enum(&in, READER_TOO_LARGE + 1);
	mail->identity = unpack_digest(&in);
	mail->zstd = unpack_span(&in);
	return unpack_finish(&in, "MAIL", err);
}

void wire_write_missing(const struct wire_missing *missing, struct buffer *out)
{
	pack_span(out, missing->folder);
	pack_u32(out, missing->uidvalidity);
	pack_u32(out, missing->uid);
	pack_span(out, missing->text);
}

bool wire_read_missing(struct span body, struct wire_missing *missing, struct error *err)
{
	struct unpack in = {body, false};

	missing->folder = unpack_span(&in);
	missing->uidvalidity = unpack_u32(&in);
	missing->uid = unpack_u32(&in);
	missing->text = unpack_span(&in);
	return unpack_finish(&in, "MAIL_MISSING", err);
}

void wire_write_batch(const struct wire_batch *batch, struct buffer *out)
{
	pack_span(out, batch->folder);
	pack_u32(out, batch->uidvalidity);
	pack_u32(out, batch->last_uid);
}

bool wire_read_batch(struct span body, struct wire_batch *batch, struct error *err)
{
	struct unpack in = {body, false};

	batch->folder = unpack_span(&in);
	batch->uidvalidity = unpack_u32(&in);
	batch->last_uid = unpack_u32(&in);
	return unpack_finish(&in, "BATCH_END or COMMITTED", err);
}

void wire_write_state(const struct wire_state *state, struct buffer *out)
{
	pack_u8(out, (uint8_t)state->state);
	pack_u8(out, (uint8_t)state->error);
	pack_span(out, state->folder);
	pack_span(out, state->text);
	pack_span(out, state->waits_for);
	pack_i64(out, state->until_ms);
}

bool wire_read_state(struct span body, struct wire_state *state, struct error *err)
{
	struct unpack in = {body, false};

	state->state = (enum reader_state)unpack_enum(&in, READER_STATE_COUNT);
	state->error = (enum error_kind)unpack_enum(&in, ERROR_BUG + 1);
	state->folder = unpack_span(&in);
	state->text = unpack_span(&in);
	state->waits_for = unpack_span(&in);
	state->until_ms = unpack_i64(&in);
	return unpack_finish(&in, "STATE", err);
}

void wire_write_action(const struct wire_action *action, struct buffer *out)
{
	pack_u64(out, action->id);
	pack_u8(out, (uint8_t)action->verb);
	pack_span(out, action->folder);
	pack_u32(out, action->uidvalidity);
	pack_u32(out, action->uid);
	pack_span(out, action->target);
	pack_digest(out, &action->identity);
	pack_span(out, action->message_id);
}

bool wire_read_action(struct span body, struct wire_action *action, struct error *err)
{
	struct unpack in = {body, false};

	action->id = unpack_u64(&in);
	action->verb = (enum wire_verb)unpack_enum(&in, WIRE_VERB_COUNT);
	action->folder = unpack_span(&in);
	action->uidvalidity = unpack_u32(&in);
	action->uid = unpack_u32(&in);
	action->target = unpack_span(&in);
	action->identity = unpack_digest(&in);
	action->message_id = unpack_span(&in);
	return unpack_finish(&in, "ACTION", err);
}

void wire_write_action_done(const struct wire_action_done *done, struct buffer *out)
{
	pack_u64(out, done->id);
	pack_u8(out, (uint8_t)done->result);
	pack_span(out, done->text);
}

bool wire_read_action_done(struct span body, struct wire_action_done *done, struct error *err)
{
	struct unpack in = {body, false};

	done->id = unpack_u64(&in);
	done->result = (enum wire_result)unpack_enum(&in, WIRE_RESULT_COUNT);
	done->text = unpack_span(&in);
	return unpack_finish(&in, "ACTION_DONE", err);
}

void wire_write_pause(const struct wire_pause *pause, struct buffer *out)
{
	pack_span(out, pause->text);
}

bool wire_read_pause(struct span body, struct wire_pause *pause, struct error *err)
{
	struct unpack in = {body, false};

	pause->text = unpack_span(&in);
	return unpack_finish(&in, "PAUSE", err);
}

void wire_start_from_config(const struct config_mailbox *mailbox, struct span secret,
	int64_t max_message_bytes, struct arena *arena, struct wire_start *start)
{
	*start = (struct wire_start){
		.mailbox = span_from(mailbox->name),
		.host = span_from(mailbox->server.host),
		.port = mailbox->server.port,
		.tls = mailbox->server.tls,
		.ca_file = span_from(mailbox->server.ca_file),
		.pinned_key = span_from(mailbox->server.pinned_key),
		.timeout_ms = mailbox->server.timeout_ms,
		.user = span_from(mailbox->user),
		.auth = mailbox->auth,
		.secret = secret,
		.folders = arena_array(arena, struct span, mailbox->folder_count),
		.folder_count = mailbox->folder_count,
		.action = mailbox->action,
		.action_folder = span_from(mailbox->action_folder),
		.idle = mailbox->idle,
		.poll_ms = mailbox->poll_ms,
		.auth_retry_ms = mailbox->auth_retry_ms,
		.max_message_bytes = max_message_bytes,
		.fetches_token = mailbox->oauth.grant != GRANT_NONE,
	};
	for (size_t i = 0; i < mailbox->folder_count; i++)
		start->folders[i] = span_from(mailbox->folders[i].name);
}

const char *reader_state_name(enum reader_state state)
{
	static const char *const names[READER_STATE_COUNT] = {
		[READER_CONNECTING] = "connecting",
		[READER_FETCHING] = "fetching",
		[READER_WATCHING] = "watching",
		[READER_RETRYING] = "retrying",
		[READER_REFUSED] = "refused",
		[READER_PAUSED] = "paused",
		[READER_FOLDER] = "folder",
	};

	return names[state];
}

const char *wire_verb_name(enum wire_verb verb)
{
	static const char *const names[WIRE_VERB_COUNT] = {
		[WIRE_SEEN] = "seen",
		[WIRE_FLAG] = "flag",
		[WIRE_MOVE] = "move",
		[WIRE_DELETE] = "delete",
		[WIRE_FETCH] = "fetch",
	};

	return names[verb];
}
