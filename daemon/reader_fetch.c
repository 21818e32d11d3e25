/*
 * From the server to the ledger: what lies above a folder's cursor, in batches. A UID that the
 * server listed is handed over as a mail, as a header or as missing; none is left out silently.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/compress.h"
#include "base/log.h"
#include "base/memory.h"
#include "daemon/reader_state.h"
#include "ingest/identity.h"

#define BATCH_MESSAGES	 200
#define BATCH_BYTES	 ((int64_t)8 << 20)
#define LARGE_BYTES	 ((int64_t)1 << 20)  /* by the server's word; fetched alone, in pieces */
#define SMALL_MAX_BYTES	 ((uint64_t)3 << 20) /* of one that was said to be small; sizes lie */
#define HEADER_MAX_BYTES ((uint64_t)2 << 20)
#define LIST_WIDTH	 5000 /* UIDs of one listing at first; more where they are sparse */
#define LIST_FEW	 1000
#define LIST_MANY	 20000
#define TRIES_OVER_LIMIT 2  /* at a mail that the server sends beyond its limits */
#define TRIES_UNREADABLE 3  /* whose answer can't be understood */
#define TRIES_CONNECTION 10 /* at which the connection breaks: it may be the network */
#define SIZE_ATTEMPTS	 3  /* when the size that was said is not the one that came */

struct item {
	uint32_t uid, size, flags;
	int64_t internal_date_ms;
	bool known; /* the server described it */
	bool sent;
};

/* A fetch in hand. The handlers of imap.h can't fail: what went wrong waits here. */
struct fetch {
	struct reader *reader;
	struct span folder;
	uint32_t uidvalidity;
	struct item *items;
	size_t count;
	uint32_t mails;
	bool failed;
	bool probing; /* what comes is not meant for the ledger */
	bool probe_came;
	struct error *err;
};

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

static void take_info(void *context, const struct imap_mail *mail)
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

static void take_mail(void *context, const struct imap_mail *mail)
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
	wire = describe(fetch, item);
	wire.size_bytes = mail->body.size;
	wire.identity = identity_of(mail->body);
	compress_append(&frame, mail->body);
	wire.zstd = buffer_span(&frame);
	(void)send_mail(fetch, item, WIRE_MAIL, &wire);
	buffer_done(&frame);
}

static void take_header(void *context, const struct imap_mail *mail)
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

static bool fetch_small(struct fetch *fetch, size_t from, size_t count, struct error *err)
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
		2 * bytes + SMALL_MAX_BYTES, take_mail, fetch, &answer, err);
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
static bool fetch_streamed(struct fetch *fetch, struct item *item, struct error *err)
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

static bool send_missing(
	struct fetch *fetch, struct item *item, const char *words, struct error *err)
{
	struct wire_missing missing = {
		.folder = fetch->folder,
		.uidvalidity = fetch->uidvalidity,
		.uid = item->uid,
		.text = span_from(words),
	};

	log_event(LOG_LEVEL_WARNING, "missing", log_text("folder", fetch->folder),
		log_number("uid", item->uid), log_string("error", words));
	wire_write_missing(&missing, &fetch->reader->out);
	item->sent = true;
	return link_send(fetch->reader, WIRE_MAIL_MISSING, err);
}

/* Asked for again, alone, and still not given. */
static bool send_refused(struct fetch *fetch, struct item *item, struct error *err)
{
	char text[300];

	snprintf(text, sizeof(text), "the server listed it but does not give it: %s",
		imap_words(fetch->reader->imap));
	return send_missing(fetch, item, text, err);
}

static bool fetch_header(struct fetch *fetch, struct item *item, struct error *err)
{
	enum imap_answer answer;

	return imap_fetch_header(fetch->reader->imap, item->uid, HEADER_MAX_BYTES, take_header,
		       fetch, &answer, err) &&
	       !fetch->failed;
}

/* Whether the server gives another mail of the folder: then it is the one mail that it can't. */
static bool probe_neighbour(
	struct fetch *fetch, const struct item *item, bool *gives, struct error *err)
{
	size_t index = (size_t)(item - fetch->items);
	size_t other = index + 1 < fetch->count ? index + 1 : index - 1;
	enum imap_answer answer;
	bool ok;

	*gives = false;
	if (fetch->count < 2)
		return true;
	fetch->probing = true;
	fetch->probe_came = false;
	ok = imap_fetch_header(fetch->reader->imap, fetch->items[other].uid, HEADER_MAX_BYTES,
		take_header, fetch, &answer, err);
	fetch->probing = false;
	*gives = fetch->probe_came;
	return ok;
}

/*
 * The server answered NO. That may pass (its storage is away, it is overloaded), and a cursor that
 * moves on would leave the mail behind for ever: so it is asked again later, as often as after a
 * broken connection, or a few times where the server gives the mails beside it.
 */
static bool ask_again_later(struct fetch *fetch, const struct item *item, struct error *err)
{
	char words[300];
	bool gives;

	snprintf(words, sizeof(words), "%s", imap_words(fetch->reader->imap));
	if (!probe_neighbour(fetch, item, &gives, err))
		return false;
	return error_set(err, gives ? ERROR_INPUT : ERROR_TEMPORARY,
		"the server listed uid %u but refuses to give it: %s", item->uid, words);
}

static unsigned tries_allowed(const struct error *err)
{
	switch (err->kind) {
	case ERROR_LIMIT:
		return TRIES_OVER_LIMIT;
	case ERROR_INPUT:
		return TRIES_UNREADABLE;
	default:
		return TRIES_CONNECTION;
	}
}

/* The connection broke often enough at this one mail. */
static bool is_hopeless(const struct fetch *fetch, const struct item *item)
{
	const struct reader_trouble *trouble = &fetch->reader->trouble;

	return trouble->folder == fetch->reader->selected &&
	       trouble->uidvalidity == fetch->uidvalidity && trouble->first_uid == item->uid &&
	       trouble->last_uid == item->uid &&
	       (trouble->alike >= tries_allowed(&trouble->error) ||
		       trouble->tries >= TRIES_CONNECTION);
}

static bool give_up(struct fetch *fetch, struct item *item, struct error *err)
{
	struct reader_trouble *trouble = &fetch->reader->trouble;
	struct error why = trouble->error;

	trouble->folder = NO_FOLDER;
	if (why.kind == ERROR_LIMIT) {
		if (!fetch_header(fetch, item, err))
			return false;
		if (item->sent)
			return true;
	}
	return send_missing(fetch, item, why.text, err);
}

/* A mail of its own: large, or one that did not come with the others. */
static bool fetch_alone(struct fetch *fetch, struct item *item, struct error *err)
{
	if (is_hopeless(fetch, item))
		return give_up(fetch, item, err);
	if (!item->known) {
		enum imap_answer answer;

		if (!imap_fetch_info(
			    fetch->reader->imap, &item->uid, 1, take_info, fetch, &answer, err))
			return false;
		if (!item->known && imap_was_refused(fetch->reader->imap))
			return ask_again_later(fetch, item, err);
		if (!item->known)
			return send_refused(fetch, item, err);
	}
	if (item->size > fetch->reader->start.max_message_bytes) {
		if (!fetch_header(fetch, item, err))
			return false;
	} else if (!fetch_streamed(fetch, item, err)) {
		return false;
	}
	if (!item->sent && imap_was_refused(fetch->reader->imap))
		return ask_again_later(fetch, item, err);
	return item->sent || send_refused(fetch, item, err);
}

/* Batches */

static bool in_trouble(const struct fetch *fetch, const struct item *item)
{
	const struct reader_trouble *trouble = &fetch->reader->trouble;

	return trouble->folder == fetch->reader->selected &&
	       trouble->uidvalidity == fetch->uidvalidity && trouble->first_uid <= item->uid &&
	       item->uid <= trouble->last_uid;
}

static bool goes_alone(const struct fetch *fetch, const struct item *item)
{
	return !item->known || item->size >= LARGE_BYTES ||
	       item->size > fetch->reader->start.max_message_bytes || in_trouble(fetch, item);
}

/* How many items from `from` on make one batch. */
static size_t batch_size(const struct fetch *fetch, size_t from)
{
	const struct wire_start *start = &fetch->reader->start;
	size_t max_messages = start->batch_messages ? start->batch_messages : BATCH_MESSAGES;
	int64_t max_bytes = start->batch_bytes ? start->batch_bytes : BATCH_BYTES;
	int64_t bytes = 0;
	size_t count = 0;

	if (goes_alone(fetch, &fetch->items[from]))
		return 1;
	while (from + count < fetch->count && count < max_messages) {
		const struct item *item = &fetch->items[from + count];

		bytes += item->size;
		if (goes_alone(fetch, item) || (count > 0 && bytes > max_bytes))
			break;
		count++;
	}
	return count;
}

static bool fetch_items(struct fetch *fetch, size_t from, size_t count, struct error *err)
{
	if (count > 1 || !goes_alone(fetch, &fetch->items[from]))
		if (!fetch_small(fetch, from, count, err))
			return false;
	for (size_t i = from; i < from + count; i++)
		if (!fetch->items[i].sent && !fetch_alone(fetch, &fetch->items[i], err))
			return false;
	return true;
}

/* The connection broke: what was in hand is fetched one by one next time. */
static void remember_trouble(
	struct fetch *fetch, size_t from, size_t count, const struct error *err)
{
	struct reader_trouble *trouble = &fetch->reader->trouble;
	struct reader_trouble now = {
		.folder = fetch->reader->selected,
		.uidvalidity = fetch->uidvalidity,
		.last_uid = fetch->items[from + count - 1].uid,
		.tries = 1,
		.alike = 1,
		.error = *err,
	};

	/* Those that came are not to blame; they come again, as their batch was not closed. */
	while (count > 1 && fetch->items[from].sent)
		from++, count--;
	now.first_uid = fetch->items[from].uid;
	if (trouble->folder == now.folder && trouble->uidvalidity == now.uidvalidity &&
		trouble->first_uid == now.first_uid && trouble->last_uid == now.last_uid) {
		now.tries = trouble->tries + 1;
		if (trouble->error.kind == err->kind)
			now.alike = trouble->alike + 1;
	}
	*trouble = now;
}

static bool end_batch(struct fetch *fetch, uint32_t last_uid, struct error *err)
{
	struct reader *reader = fetch->reader;
	struct wire_batch batch = {fetch->folder, fetch->uidvalidity, last_uid};

	wire_write_batch(&batch, &reader->out);
	if (!link_send(reader, WIRE_BATCH_END, err))
		return false;
	reader->window[reader->outstanding++] = (struct reader_batch){last_uid, fetch->mails};
	reader->folders[reader->selected].last_uid = last_uid;
	fetch->mails = 0;
	return link_poll(reader, 0, err);
}

/* Fetches what was described, batch by batch. Ends early when told to pause or stop. */
static bool fetch_batches(struct fetch *fetch, struct error *err)
{
	struct reader *reader = fetch->reader;

	for (size_t from = 0; from < fetch->count && !reader->stop && !reader->paused;) {
		size_t count = batch_size(fetch, from);

		if (!link_wait_window(reader, READER_WINDOW - 1, err))
			return false;
		if (!fetch_items(fetch, from, count, err)) {
			if (!reader->stop)
				remember_trouble(fetch, from, count, err);
			return false;
		}
		from += count;
		if (!end_batch(fetch, fetch->items[from - 1].uid, err))
			return false;
	}
	return true;
}

static bool fetch_chunk(struct reader *reader, const uint32_t *uids, size_t count, uint64_t *mails,
	struct error *err)
{
	const struct reader_folder *folder = &reader->folders[reader->selected];
	struct item *items = memory_alloc(count * sizeof(*items));
	struct fetch fetch = {
		.reader = reader,
		.folder = folder->name,
		.uidvalidity = folder->uidvalidity,
		.items = items,
		.count = count,
		.err = err,
	};
	enum imap_answer answer;
	bool ok;

	for (size_t i = 0; i < count; i++)
		items[i] = (struct item){.uid = uids[i]};
	ok = imap_fetch_info(reader->imap, uids, count, take_info, &fetch, &answer, err) &&
	     fetch_batches(&fetch, err);
	free(items);
	*mails += count;
	return ok;
}

static bool fetch_listed(
	struct reader *reader, const struct imap_uids *uids, uint64_t *mails, struct error *err)
{
	for (size_t from = 0; from < uids->count && !reader->stop && !reader->paused;) {
		size_t count = uids->count - from < LIST_FEW ? uids->count - from : LIST_FEW;

		if (!fetch_chunk(reader, uids->items + from, count, mails, err))
			return false;
		from += count;
	}
	return true;
}

/*
 * Lists in slices, so that a mailbox of any size fits into little memory: UIDs may be dense or
 * sparse, so the width follows what comes. The last slice has no end, and is asked again until
 * nothing new was in it: mail arrives meanwhile.
 */
static bool fetch_above(
	struct reader *reader, struct imap_uids *uids, uint64_t *mails, struct error *err)
{
	const struct reader_folder *folder = &reader->folders[reader->selected];
	uint64_t first = (uint64_t)folder->last_uid + 1, width = LIST_WIDTH;

	while (first <= UINT32_MAX && !reader->stop && !reader->paused) {
		bool open_end = folder->uidnext == 0 || first + width >= folder->uidnext;
		uint32_t last = open_end ? 0 : (uint32_t)(first + width - 1);
		uint32_t existed = imap_exists(reader->imap);
		enum imap_answer answer;

		if (!imap_list(reader->imap, (uint32_t)first, last, uids, &answer, err))
			return false;
		if (answer == IMAP_NO)
			return error_set(err, ERROR_TEMPORARY,
				"the server does not list the folder %.*s: %s",
				SPAN_ARG(folder->name), imap_words(reader->imap));
		if (!fetch_listed(reader, uids, mails, err))
			return false;
		if (open_end && uids->count == 0 && imap_exists(reader->imap) <= existed)
			break;
		if (!open_end)
			first = (uint64_t)last + 1;
		else if (uids->count > 0)
			first = (uint64_t)uids->items[uids->count - 1] + 1;
		if (uids->count < LIST_FEW)
			width *= 4;
		else if (uids->count > LIST_MANY)
			width /= 2;
	}
	return true;
}

bool fetch_new(struct reader *reader, uint64_t *mails, struct error *err)
{
	struct imap_uids uids = {0};
	bool ok;

	*mails = 0;
	ok = fetch_above(reader, &uids, mails, err);
	imap_uids_done(&uids);
	if (!ok)
		return error_context(err, "%.*s", SPAN_ARG(reader->folders[reader->selected].name));
	return link_wait_window(reader, 0, err);
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
	if (!imap_fetch_info(reader->imap, &uid, 1, take_info, &fetch, &answer, err))
		return false;
	if (!item.known)
		return true;
	if (item.size > reader->start.max_message_bytes) {
		if (!fetch_header(&fetch, &item, err))
			return false;
	} else if (!fetch_streamed(&fetch, &item, err)) {
		return false;
	}
	*given = item.sent;
	return true;
}
