/*
 * From the server to the ledger: what lies above a folder's cursor, in batches. A UID that the
 * server listed is handed over as a mail, as a header or as missing; none is left out silently.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/memory.h"
#include "daemon/reader_mail.h"

#define BATCH_MESSAGES	 200
#define BATCH_BYTES	 ((int64_t)8 << 20)
#define LARGE_BYTES	 ((int64_t)1 << 20) /* by the server's word; fetched alone, in pieces */
#define LIST_WIDTH	 5000 /* UIDs of one listing at first; more where they are sparse */
#define LIST_FEW	 1000
#define LIST_MANY	 20000
#define TRIES_OVER_LIMIT 2  /* at a mail that the server sends beyond its limits */
#define TRIES_UNREADABLE 3  /* whose answer can't be understood */
#define TRIES_CONNECTION 10 /* at which the connection breaks: it may be the network */

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

/* When the folder was opened the server said that it had no such UID yet. */
static bool is_beyond(const struct fetch *fetch, const struct item *item)
{
	uint32_t uidnext = fetch->reader->folders[fetch->reader->selected].uidnext;

	return uidnext > 0 && item->uid >= uidnext;
}

/*
 * A mail that came since and went again, or a UID out of the air: if the cursor went there, all
 * mail below it would be skipped for ever. The next session says anew which UIDs there are.
 */
static bool refuse_beyond(const struct item *item, struct error *err)
{
	return error_set(err, ERROR_INPUT,
		"the server lists uid %u, above those that it said it has, and does not give it",
		item->uid);
}

/* Asked for again, alone, and still not given. */
static bool send_refused(struct fetch *fetch, struct item *item, struct error *err)
{
	char text[300];

	snprintf(text, sizeof(text), "the server listed it but does not give it: %s",
		imap_words(fetch->reader->imap));
	return send_missing(fetch, item, text, err);
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
	ok = imap_fetch_header(fetch->reader->imap, fetch->items[other].uid, MAIL_HEADER_MAX_BYTES,
		mail_take_header, fetch, &answer, err);
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
		if (!mail_fetch_header(fetch, item, err))
			return false;
		if (item->sent)
			return true;
	}
	return send_missing(fetch, item, why.text, err);
}

/* A mail of its own: large, or one that did not come with the others. */
static bool fetch_alone(struct fetch *fetch, struct item *item, struct error *err)
{
	if (is_hopeless(fetch, item) && !is_beyond(fetch, item))
		return give_up(fetch, item, err);
	if (!item->known) {
		enum imap_answer answer;

		if (!imap_fetch_info(fetch->reader->imap, &item->uid, 1, mail_take_info, fetch,
			    &answer, err))
			return false;
	}
	/* what it does not describe it may give all the same */
	if (item->size > fetch->reader->start.max_message_bytes) {
		if (!mail_fetch_header(fetch, item, err))
			return false;
	} else if (!mail_fetch_streamed(fetch, item, err)) {
		return false;
	}
	if (!item->sent && is_beyond(fetch, item))
		return refuse_beyond(item, err);
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
		if (!mail_fetch_small(fetch, from, count, err))
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
	ok = imap_fetch_info(reader->imap, uids, count, mail_take_info, &fetch, &answer, err) &&
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
