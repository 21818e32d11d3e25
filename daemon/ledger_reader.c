/*
 * ledger_reader.c - frames of readers (and of the feed) become entries of their queue.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"
#include "daemon/ledger.h"

#define READ_BYTES ((size_t)512 << 10)
/* Parts hold one compressed mail; zstd may make incompressible bytes a little larger. */
#define PARTS_SLACK_BYTES ((size_t)1 << 20)

static bool take_mail(struct ledger *ledger, struct source *source, struct span body,
	enum entry_kind kind, struct error *err)
{
	struct entry *entry = entry_new(source, kind, body);

	if (!wire_read_mail(buffer_span(&entry->body), &entry->of.mail, err)) {
		entry_free(entry);
		return false;
	}
	if (source->parts.size > 0) {
		entry->raw = source->parts;
		source->parts = (struct buffer){0};
		buffer_append(&entry->raw, entry->of.mail.zstd);
	}
	ledger_queue(ledger, entry);
	if (kind == ENTRY_MAIL)
		ledger_unread(ledger, entry);
	return true;
}

static bool take_part(
	struct ledger *ledger, struct source *source, struct span part, struct error *err)
{
	size_t max = (size_t)ledger->config->limit_message_bytes + PARTS_SLACK_BYTES;

	if (part.size > max - source->parts.size)
		return error_set(err, ERROR_LIMIT, "parts of more than %zu bytes", max);
	buffer_append(&source->parts, part);
	return true;
}

static bool take_state(struct source *source, struct entry *entry, struct error *err)
{
	struct wire_state *state = &entry->of.state;

	if (!wire_read_state(buffer_span(&entry->body), state, err))
		return false;
	snprintf(source->trouble, sizeof source->trouble, "%.*s",
		state->error == ERROR_NONE ? 0 : (int)state->text.size,
		state->text.data ? state->text.data : "");
	return true;
}

/* Everything but mail: one frame, one entry, read by the function of its kind. */
static bool take_other(struct ledger *ledger, struct source *source, uint32_t type,
	struct span body, struct error *err)
{
	struct entry *entry = entry_new(source, ENTRY_BATCH, body);
	struct span bytes = buffer_span(&entry->body);
	bool ok;

	switch (type) {
	case WIRE_FOLDER_OPENED:
		entry->kind = ENTRY_OPENED;
		ok = wire_read_folder(bytes, &entry->of.folder, err);
		break;
	case WIRE_MAIL_MISSING:
		entry->kind = ENTRY_MISSING;
		ok = wire_read_missing(bytes, &entry->of.missing, err);
		break;
	case WIRE_BATCH_END:
		ok = wire_read_batch(bytes, &entry->of.batch, err);
		break;
	case WIRE_STATE:
		entry->kind = ENTRY_STATE;
		ok = take_state(source, entry, err);
		break;
	case WIRE_ACTION_DONE:
		entry->kind = ENTRY_ACTION_DONE;
		ok = wire_read_action_done(bytes, &entry->of.done, err);
		break;
	default:
		ok = error_set(err, ERROR_INPUT, "unknown frame %u", (unsigned)type);
	}
	if (ok)
		ledger_queue(ledger, entry);
	else
		entry_free(entry);
	return ok;
}

static bool take_hello(const struct source *source, struct span body, struct error *err)
{
	struct wire_hello hello;

	if (!wire_read_hello(body, &hello, err))
		return false;
	if (!span_equal(hello.mailbox, span_from(source->mailbox)))
		return error_set(err, ERROR_INPUT, "it says it is the reader of another mailbox");
	return true;
}

static bool take_reader_frame(
	struct ledger *ledger, struct source *source, const struct frame *frame, struct error *err)
{
	switch (frame->type) {
	case WIRE_HELLO:
		return take_hello(source, frame->body, err);
	case WIRE_MAIL_PART:
		return take_part(ledger, source, frame->body, err);
	case WIRE_MAIL_ABORT:
		buffer_done(&source->parts);
		return true;
	case WIRE_MAIL:
		return take_mail(ledger, source, frame->body, ENTRY_MAIL, err);
	case WIRE_MAIL_HEADER:
		return take_mail(ledger, source, frame->body, ENTRY_HEADER, err);
	}
	return take_other(ledger, source, frame->type, frame->body, err);
}

static bool take_feed_frame(
	struct ledger *ledger, struct source *source, const struct frame *frame, struct error *err)
{
	struct entry *entry;

	if (frame->type != ROLE_FETCHED)
		return error_set(err, ERROR_INPUT, "unknown frame %u", (unsigned)frame->type);
	entry = entry_new(source, ENTRY_FETCHED, frame->body);
	if (!role_read_fetched(buffer_span(&entry->body), &entry->of.fetched, err)) {
		entry_free(entry);
		return false;
	}
	ledger_queue(ledger, entry);
	return true;
}

static bool take_frames(struct ledger *ledger, struct source *source, struct error *err)
{
	struct frame frame;
	bool found;

	for (;;) {
		if (!channel_next(&source->channel, &frame, &found, err))
			return false;
		if (!found)
			return true;
		if (!(source->kind == PEER_READER ? take_reader_frame(ledger, source, &frame, err)
						  : take_feed_frame(ledger, source, &frame, err)))
			return false;
	}
}

void ledger_read_source(struct ledger *ledger, struct source *source)
{
	struct error err;
	bool filled = channel_fill(&source->channel, READ_BYTES, &err);

	/* what came before it broke is whole and counts */
	if (!take_frames(ledger, source, &err)) {
		log_event(LOG_LEVEL_ERROR, "bad-frame", log_string("from", "reader"),
			log_string("mailbox", source->mailbox), log_string("error", err.text));
		channel_close(&source->channel);
	} else if (!filled || source->channel.ended) {
		channel_close(&source->channel);
	}
	if (!channel_is_open(&source->channel))
		buffer_done(&source->parts); /* the beginning of a mail that never came whole */
}

struct buffer *source_begin(struct source *source, uint32_t type, size_t *mark)
{
	static struct buffer nowhere;

	if (channel_is_open(&source->channel))
		return channel_begin(&source->channel, type, mark);
	buffer_clear(&nowhere);
	return &nowhere;
}

void source_end(struct source *source, size_t mark)
{
	struct error err;

	if (!channel_is_open(&source->channel) || channel_end(&source->channel, mark, &err))
		return;
	if (err.kind == ERROR_LIMIT)
		log_event(LOG_LEVEL_ERROR, "stalled", log_string("what", "reader"),
			log_string("mailbox", source->mailbox), log_string("error", err.text));
	/* a reader that is gone may have left frames to be read: its end is seen there */
	shutdown(source->channel.socket, SHUT_WR);
}
