/* One mail from the server to the ledger: whole, in pieces, or its header only. */
#include "daemon/reader_mail.h"

#include <stdlib.h>

#include "base/compress.h"
#include "base/memory.h"
#include "ingest/identity.h"

#define SMALL_MAX_BYTES ((uint64_t)3 << 20) /* of one that was said to be small; sizes lie */
#define SIZE_ATTEMPTS	3 /* when the size that was said is not the one that came */

static struct item *find_item(struct fetch *fetch, uint32_t uid)
{
	size_t low = 0, high = fetch->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (fetch->items[middle].uid < uid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < fetch->count && fetch->items[low].uid == uid ? &fetch->items[low] : NULL;
}

static struct wire_mail describe(const struct fetch *fetch, const struct item *item)
{
	return (struct wire_mail){
		.folder = fetch->folder,
		.uidvalidity = fetch->uidvalidity,
		.uid = item->uid,
		.internal_date_ms = item->internal_date_ms,
		.flags = item->flags,
		.reason = READER_WHOLE,
	};
}

static bool send_mail(
	struct fetch *fetch, struct item *item, enum wire_frame type, const struct wire_mail *mail)
{
	if (fetch->failed)
		return false;
	wire_write_mail(mail, &fetch->reader->out);
	fetch->failed = !link_send(fetch->reader, type, fetch->err);
	item->sent = !fetch->failed;
	fetch->mails++;
	return item->sent;
}

/* Small mails, each whole in memory. */

void mail_take_info(void *context, const struct imap_mail *mail)
{
	struct fetch *fetch = context;
	struct item *item = find_item(fetch, mail->uid);

	/* A FETCH without a size is a change of flags that nobody asked for. */
	if (!item || !mail->has_size)
		return;
	item->known = true;
	item->size = mail->size;
	item->flags = mail->flags;
	item->internal_date_ms = mail->internal_date_ms;
}

void mail_take(void *context, const struct imap_mail *mail)
{
	struct fetch *fetch = context;
	struct item *item = find_item(fetch, mail->uid);
	struct buffer frame = {0};
	struct wire_mail wire;

	if (!item || item->sent || !mail->has_body || fetch->failed)
		return;
	if (mail->body.size > (uint64_t)fetch->reader->start.max_message_bytes) {
		item->size = (uint32_t)mail->body.size; /* not what the server said */
		return;
	}
	/* much less than the server said: asked for alone, where nothing is sent before its end */
	if (mail->body.size < item->size / 2)
		return;
	wire = describe(fetch, item);
	wire.size_bytes = mail->body.size;
	wire.identity = identity_of(mail->body);
	compress_append(&frame, mail->body);
	wire.zstd = buffer_span(&frame);
	(void)send_mail(fetch, item, WIRE_MAIL, &wire);
	buffer_done(&frame);
}

void mail_take_header(void *context, const struct imap_mail *mail)
{
	struct fetch *fetch = context;
	struct item *item = find_item(fetch, mail->uid);
	struct buffer frame = {0};
	struct wire_mail wire;

	if (fetch->probing)
		fetch->probe_came = fetch->probe_came || mail->has_body;
	if (fetch->probing || !item || item->sent || !mail->has_body || fetch->failed)
		return;
	wire = describe(fetch, item);
	wire.size_bytes = item->size;
	wire.reason = READER_TOO_LARGE;
	wire.identity = identity_of_header(mail->body);
	compress_append(&frame, mail->body);
	wire.zstd = buffer_span(&frame);
	(void)send_mail(fetch, item, WIRE_MAIL_HEADER, &wire);
	buffer_done(&frame);
}

bool mail_fetch_small(struct fetch *fetch, size_t from, size_t count, struct error *err)
{
	uint32_t *uids = memory_alloc(count * sizeof(*uids));
	uint64_t bytes = 0;
	enum imap_answer answer;
	bool ok;

	for (size_t i = 0; i < count; i++) {
		uids[i] = fetch->items[from + i].uid;
		bytes += fetch->items[from + i].size;
	}
	ok = imap_fetch_mails(fetch->reader->imap, uids, count, SMALL_MAX_BYTES,
		2 * bytes + SMALL_MAX_BYTES, mail_take, fetch, &answer, err);
	free(uids);
	return ok && !fetch->failed;
}

/* One mail in pieces: only what one MAIL_PART holds is in memory. */

struct stream {
	struct fetch *fetch;
	struct identity *identity;
	struct compress_stream *compress;
	struct buffer frame;
	uint64_t came_bytes;
	bool size_differs;
	bool parts_sent;
};

static bool take_piece(void *context, struct span piece)
{
	struct stream *stream = context;
	struct fetch *fetch = stream->fetch;

	stream->came_bytes += piece.size;
	if (stream->size_differs) /* only counted */
		return true;
	identity_add(stream->identity, piece);
	if (!compress_stream_add(stream->compress, &stream->frame, piece)) {
		stream->size_differs = true;
		return true;
	}
	if (stream->frame.size < WIRE_PART_BYTES)
		return true;
	buffer_append(&fetch->reader->out, buffer_span(&stream->frame));
	buffer_clear(&stream->frame);
	stream->parts_sent = true;
	fetch->failed = !link_send(fetch->reader, WIRE_MAIL_PART, fetch->err);
	return !fetch->failed;
}

static bool abort_parts(struct stream *stream, struct error *err)
{
	return !stream->parts_sent || link_send(stream->fetch->reader, WIRE_MAIL_ABORT, err);
}

/* The pieces are all here: the mail, if its size was the one that was said. */
static bool finish_stream(struct stream *stream, struct item *item, bool given, struct error *err)
{
	struct wire_mail wire;

	if (given && !stream->size_differs)
		stream->size_differs = !compress_stream_end(stream->compress, &stream->frame);
	if (!given || stream->size_differs)
		return abort_parts(stream, err);
	wire = describe(stream->fetch, item);
	wire.size_bytes = stream->came_bytes;
	wire.identity = identity_end(stream->identity);
	stream->identity = NULL;
	wire.zstd = buffer_span(&stream->frame);
	return send_mail(stream->fetch, item, WIRE_MAIL, &wire);
}

/*
 * The frame says its size at its beginning, so the size must be known before. Where the server
 * said another one than came, the second attempt knows better.
 */
bool mail_fetch_streamed(struct fetch *fetch, struct item *item, struct error *err)
{
	uint64_t expected_bytes = item->size;
	uint64_t max_bytes = (uint64_t)fetch->reader->start.max_message_bytes;

	for (int i = 0; i < SIZE_ATTEMPTS && !item->sent; i++) {
		struct stream stream = {
			.fetch = fetch,
			.identity = identity_new(),
			.compress = compress_stream_new(expected_bytes),
		};
		struct error ignored;
		bool given, ok;

		ok = imap_fetch_pieces(fetch->reader->imap, item->uid, max_bytes, take_piece,
			&stream, &given, err);
		if (ok)
			ok = finish_stream(&stream, item, given, err);
		else
			(void)abort_parts(&stream, &ignored);
		expected_bytes = stream.came_bytes;
		identity_free(stream.identity);
		compress_stream_free(stream.compress);
		buffer_done(&stream.frame);
		if (!ok || fetch->failed)
			return false;
		if (!given)
			break;
	}
	return true;
}

bool mail_fetch_header(struct fetch *fetch, struct item *item, struct error *err)
{
	enum imap_answer answer;

	return imap_fetch_header(fetch->reader->imap, item->uid, MAIL_HEADER_MAX_BYTES,
		       mail_take_header, fetch, &answer, err) &&
	       !fetch->failed;
}

bool fetch_one(struct reader *reader, struct span folder, uint32_t uidvalidity, uint32_t uid,
	bool *given, struct error *err)
{
	struct item item = {.uid = uid};
	struct fetch fetch = {
		.reader = reader,
		.folder = folder,
		.uidvalidity = uidvalidity,
		.items = &item,
		.count = 1,
		.err = err,
	};
	enum imap_answer answer;

	*given = false;
	if (!imap_fetch_info(reader->imap, &uid, 1, mail_take_info, &fetch, &answer, err))
		return false;
	if (!item.known)
		return true;
	if (item.size > reader->start.max_message_bytes) {
		if (!mail_fetch_header(&fetch, &item, err))
			return false;
	} else if (!mail_fetch_streamed(&fetch, &item, err)) {
		return false;
	}
	*given = item.sent;
	return true;
}
