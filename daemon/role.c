#include "daemon/role.h"

#include "base/pack.h"

void role_write_start(const struct role_start *start, struct buffer *out)
{
	pack_span(out, start->path);
	pack_span(out, start->text);
	pack_i64(out, start->progress_ms);
	pack_span(out, start->secrets);
}

bool role_read_start(struct span body, struct role_start *start, struct error *err)
{
	struct unpack in = {body, false};

	start->path = unpack_span(&in);
	start->text = unpack_span(&in);
	start->progress_ms = unpack_i64(&in);
	start->secrets = unpack_span(&in);
	return unpack_finish(&in, "START", err);
}

void role_write_secret(const struct role_secret *secret, struct buffer *out)
{
	pack_span(out, secret->mailbox);
	pack_bool(out, secret->known);
	pack_span(out, secret->text);
}

bool role_read_secret(struct span *secrets, struct role_secret *secret, struct error *err)
{
	struct unpack in = {*secrets, false};

	secret->mailbox = unpack_span(&in);
	secret->known = unpack_bool(&in);
	secret->text = unpack_span(&in);
	*secrets = in.rest;
	if (in.bad)
		return error_set(err, ERROR_INPUT, "a START frame's secrets do not fit");
	return true;
}

void role_write_peer(const struct role_peer *peer, struct buffer *out)
{
	pack_u32(out, peer->id);
	pack_u8(out, (uint8_t)peer->kind);
	pack_span(out, peer->name);
}

bool role_read_peer(struct span body, struct role_peer *peer, struct error *err)
{
	struct unpack in = {body, false};
	uint8_t kind;

	peer->id = unpack_u32(&in);
	kind = unpack_u8(&in);
	peer->kind = (enum role_peer_kind)kind;
	peer->name = unpack_span(&in);
	if (kind > PEER_FEED)
		in.bad = true;
	return unpack_finish(&in, "PEER", err);
}

void role_write_refused(const struct role_refused *refused, struct buffer *out)
{
	pack_u8(out, (uint8_t)refused->kind);
	pack_span(out, refused->text);
}

bool role_read_refused(struct span body, struct role_refused *refused, struct error *err)
{
	struct unpack in = {body, false};
	uint8_t kind = unpack_u8(&in);

	refused->kind = kind <= ERROR_BUG ? (enum error_kind)kind : ERROR_BUG;
	refused->text = unpack_span(&in);
	return unpack_finish(&in, "REFUSED", err);
}

void role_write_fetched(const struct role_fetched *fetched, struct buffer *out)
{
	pack_i64(out, fetched->feed_id);
	pack_span(out, fetched->client);
	pack_span(out, fetched->calendar);
	pack_i64(out, fetched->at_ms);
	pack_u32(out, (uint32_t)fetched->status);
	pack_u32(out, fetched->items);
	pack_i64(out, fetched->size_bytes);
	pack_u32(out, fetched->count);
}

bool role_read_fetched(struct span body, struct role_fetched *fetched, struct error *err)
{
	struct unpack in = {body, false};

	fetched->feed_id = unpack_i64(&in);
	fetched->client = unpack_span(&in);
	fetched->calendar = unpack_span(&in);
	fetched->at_ms = unpack_i64(&in);
	fetched->status = (int32_t)unpack_u32(&in);
	fetched->items = unpack_u32(&in);
	fetched->size_bytes = unpack_i64(&in);
	fetched->count = unpack_u32(&in);
	return unpack_finish(&in, "FETCHED", err);
}

void role_write_id(uint32_t id, struct buffer *out)
{
	pack_u32(out, id);
}

bool role_read_id(struct span body, uint32_t *id, struct error *err)
{
	struct unpack in = {body, false};

	*id = unpack_u32(&in);
	return unpack_finish(&in, "peer", err);
}
