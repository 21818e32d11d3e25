#include "daemon/ledger.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/sandbox.h"
#include "calendar/subscription.h"
#include "config/load.h"
#include "ingest/parser_client.h"
#include "store/lock.h"
#include "store/mailbox.h"
#include "store/server_action.h"

/* More than this in memory, and readers wait: some batches of a few mailboxes. */
#define QUEUE_BYTES_MAX ((size_t)64 << 20)
/* A daemon that was killed a moment ago still holds its lock for a moment. */
#define LOCK_WAIT_MS 3000
/* For the rest of what the readers sent; the supervisor waits a little longer. */
#define DRAIN_MS	  25000
#define CONTROL_MAX_BYTES ((size_t)32 << 20)

static void tell_refused(struct ledger *ledger, const struct error *why)
{
	struct role_refused refused = {why->kind, span_from(why->text)};
	struct error ignored;
	size_t mark;

	role_write_refused(&refused, channel_begin(&ledger->control, ROLE_REFUSED, &mark));
	if (!channel_end(&ledger->control, mark, &ignored))
		return; /* it ended before us */
}

static bool lock_database(struct ledger *ledger, struct error *err)
{
	int64_t deadline = clock_monotonic_ms() + LOCK_WAIT_MS;

	while (!db_lock_daemon(ledger->config->state_directory, &ledger->lock, err)) {
		if (err->kind != ERROR_BUSY || clock_monotonic_ms() >= deadline)
			return false;
		poll(NULL, 0, 50);
	}
	return true;
}

/* What the supervisor read for us, into the new configuration. */
static bool take_secrets(struct config *config, struct span secrets, struct error *err)
{
	struct role_secret secret;

	while (secrets.size > 0) {
		if (!role_read_secret(&secrets, &secret, err))
			return false;
		for (size_t i = 0; i < config->mailbox_count; i++) {
			struct config_mailbox *mailbox = &config->mailboxes[i];
			const char *text;

			if (!span_equal(span_from(mailbox->name), secret.mailbox))
				continue;
			text = arena_string(&config->arena, secret.text);
			mailbox->policy_secret_value = secret.known ? text : NULL;
			mailbox->policy_secret_fault = secret.known ? NULL : text;
		}
	}
	return true;
}

static bool load_config(struct ledger *ledger, struct span body, struct error *err)
{
	struct role_start start;
	struct config *config;
	struct arena arena = {0};
	bool ok;

	ok = role_read_start(body, &start, err) &&
	     config_load_text(arena_string(&arena, start.path), start.text, &config, err);
	arena_done(&arena);
	if (!ok)
		return false;
	if (!take_secrets(config, start.secrets, err)) {
		config_free(config);
		return false;
	}
	config_free(ledger->config);
	ledger->config = config;
	ledger->progress_ms = start.progress_ms;
	arena_reset(&ledger->options_arena);
	parser_options(config, &ledger->options_arena, &ledger->options);
	ledger->options.input = PARSE_MAIL_ZSTD;
	return true;
}

/* Mailboxes that the configuration no longer names leave the status; what calendars show is noted.
 */
static bool note_configuration(struct ledger *ledger, struct error *err)
{
	size_t count = ledger->config->mailbox_count;
	struct arena arena = {0};
	int64_t *ids = arena_array(&arena, int64_t, count);
	bool ok = db_begin_write(ledger->db, err);

	for (size_t i = 0; ok && i < count; i++) {
		const struct config_mailbox *mailbox = &ledger->config->mailboxes[i];

		ok = mailbox_ensure(ledger->db, span_from(mailbox->name),
			span_from(mailbox_kind_name(mailbox->kind)),
			config_account(mailbox, &arena), clock_now_ms(), &ids[i], err);
	}
	ok = ok && mailbox_retain(ledger->db, ids, count, err) &&
	     server_action_clock_set_back(ledger->db, clock_now_ms(), err) &&
	     calendar_remember(ledger->db, ledger->config, clock_now_ms(), err) &&
	     db_commit(ledger->db, err);
	arena_done(&arena);
	return ok;
}

static bool open_intake(struct ledger *ledger, struct error *err)
{
	return intake_open(ledger->db, ledger->config, &ledger->intake, err) &&
	       note_configuration(ledger, err);
}

/*
 * A mailbox that moved to another account: what the reader of the old one sent, or still sends
 * before it ends, must not move the new one's cursor, which would skip mail there. What is not
 * committed stays on the old server.
 */
static void retire_readers(struct ledger *ledger)
{
	CLEANUP(arena_done) struct arena arena = {0};

	for (struct source *source = ledger->sources; source; source = source->next) {
		const struct config_mailbox *mailbox =
			config_mailbox(ledger->config, source->mailbox);

		if (source->kind != PEER_READER || source->broken ||
			(mailbox && span_equal(config_account(mailbox, &arena),
					    span_from(source->account))))
			continue;
		source->broken = true;
		channel_close(&source->channel);
		buffer_done(&source->parts);
	}
}

/* Mails that are being read were asked about with the old options; that is when they came. */
static bool reload(struct ledger *ledger, struct span body, struct error *err)
{
	if (!ledger_commit(ledger, err))
		return false;
	intake_close(ledger->intake);
	ledger->intake = NULL;
	for (struct source *source = ledger->sources; source; source = source->next)
		source_forget_ids(source);
	if (!load_config(ledger, body, err))
		return false;
	retire_readers(ledger);
	return open_intake(ledger, err);
}

static bool take_peer(struct ledger *ledger, const struct frame *frame, struct error *err)
{
	struct role_peer peer;

	if (frame->descriptor < 0 || !role_read_peer(frame->body, &peer, err))
		return error_set(err, ERROR_BUG, "a process without a socket");
	if (peer.kind == PEER_PARSER)
		parser_peer_new(ledger, peer.id, frame->descriptor);
	else
		source_new(ledger, &peer, frame->descriptor);
	return true;
}

static bool take_control(struct ledger *ledger, struct error *err)
{
	CLEANUP(buffer_done) struct buffer storage = {0};
	struct frame frame;
	bool ended;

	if (!frame_read(ledger->control.socket, &storage, ROLE_MAX_BYTES, &frame, &ended, err)) {
		if (err->kind != ERROR_TEMPORARY)
			return false;
		ended = true; /* the supervisor was killed: its end is a reset of the socket */
	}
	if (ended || frame.type == CONTROL_STOP) {
		ledger->stopping = true;
		ledger->control_ended = ended;
		ledger->stop_at_ms = clock_monotonic_ms() + DRAIN_MS;
		return true;
	}
	if (frame.type == ROLE_CONFIG)
		return reload(ledger, frame.body, err);
	if (frame.type == ROLE_PEER)
		return take_peer(ledger, &frame, err);
	if (frame.type == ROLE_TOKEN_STATE)
		return ledger_take_token_state(ledger, frame.body, err);
	return error_set(err, ERROR_BUG, "unknown frame %u", (unsigned)frame.type);
}

/* ---------------------------------------------------------------- waiting */

struct polls {
	struct pollfd *items;
	size_t count, capacity;
};

static void poll_add(struct polls *polls, int descriptor, short events)
{
	if (polls->count == polls->capacity) {
		polls->capacity = polls->capacity ? polls->capacity * 2 : 16;
		polls->items = memory_resize(polls->items, polls->capacity * sizeof *polls->items);
	}
	polls->items[polls->count++] = (struct pollfd){descriptor, events, 0};
}

/* A reader with something queued waits while memory is short; what is queued goes on by itself. */
static short source_events(const struct ledger *ledger, const struct source *source)
{
	short events = channel_events(&source->channel);

	if (ledger->queued_bytes > QUEUE_BYTES_MAX && source->first)
		events = (short)(events & ~POLLIN);
	return events;
}

static int poll_timeout(const struct ledger *ledger)
{
	int64_t now = clock_monotonic_ms(), left = ledger->progress_at_ms - now;

	if (ledger_has_ready(ledger) ||
		((ledger->index_left || ledger->forget.more) && ledger_is_idle(ledger)))
		return 0;
	if (ledger->batch.open && ledger->batch.last_ms + BATCH_QUIET_MS - now < left)
		left = ledger->batch.last_ms + BATCH_QUIET_MS - now;
	if (ledger->people_at_ms - now < left)
		left = ledger->people_at_ms - now;
	if (ledger->sum_changed && ledger->status_at_ms - now < left)
		left = ledger->status_at_ms - now;
	if (ledger->stopping && left > 100)
		left = 100;
	return left < 0 ? 0 : left > 5000 ? 5000 : (int)left;
}

static void flush(struct channel *channel, short revents)
{
	struct error err;

	if (revents & POLLOUT && !channel_flush(channel, &err))
		return; /* its end is read */
}

/* In the order in which they were added. */
static bool take_ready(struct ledger *ledger, const struct polls *polls, struct error *err)
{
	const short readable = POLLIN | POLLHUP | POLLERR;
	const struct pollfd *at = polls->items;

	flush(&ledger->control, at->revents);
	if (at->revents & readable && !take_control(ledger, err))
		return false;
	at++;
	/* a process that was just introduced stands behind those that were asked about, or before
	 */
	for (struct parser_peer *parser = ledger->parsers; parser; parser = parser->next) {
		if (parser->channel.socket != at->fd)
			continue;
		flush(&parser->channel, at->revents);
		if (at->revents & readable)
			ledger_read_parser(ledger, parser);
		at++;
	}
	for (struct source *source = ledger->sources; source && at < polls->items + polls->count;
		source = source->next) {
		if (source->channel.socket != at->fd)
			continue;
		flush(&source->channel, at->revents);
		if (at->revents & (at->events & POLLIN ? readable : POLLERR))
			ledger_read_source(ledger, source);
		at++;
	}
	return true;
}

static bool wait_and_take(struct ledger *ledger, struct polls *polls, struct error *err)
{
	int ready;

	polls->count = 0;
	poll_add(polls, ledger->control_ended ? -1 : ledger->control.socket,
		channel_events(&ledger->control));
	for (struct parser_peer *parser = ledger->parsers; parser; parser = parser->next)
		if (channel_is_open(&parser->channel))
			poll_add(polls, parser->channel.socket, channel_events(&parser->channel));
	for (struct source *source = ledger->sources; source; source = source->next)
		if (channel_is_open(&source->channel))
			poll_add(polls, source->channel.socket, source_events(ledger, source));
	ready = poll(polls->items, polls->count, poll_timeout(ledger));
	if (ready < 0 && errno != EINTR)
		return error_set_errno(err, ERROR_BUG, errno, "poll");
	return ready <= 0 || take_ready(ledger, polls, err);
}

/* ---------------------------------------------------------------- running */

static bool has_parser(const struct ledger *ledger)
{
	for (const struct parser_peer *parser = ledger->parsers; parser; parser = parser->next)
		if (channel_is_open(&parser->channel))
			return true;
	return false;
}

/* Stopping ends when nothing is left of what the readers sent, or can go on any more. */
static bool is_done(const struct ledger *ledger)
{
	if (!ledger->stopping)
		return false;
	if (clock_monotonic_ms() >= ledger->stop_at_ms)
		return true;
	for (const struct source *source = ledger->sources; source; source = source->next)
		if (channel_is_open(&source->channel) && source->kind == PEER_READER)
			return false;
	if (ledger->queued_bytes == 0)
		return true;
	return !ledger_has_ready(ledger) && !has_parser(ledger);
}

static bool run(struct ledger *ledger, struct error *err)
{
	struct polls polls = {0};
	bool ok = true;

	while (ok && !is_done(ledger)) {
		ok = wait_and_take(ledger, &polls, err);
		ledger_dispatch(ledger);
		ok = ok && ledger_apply_ready(ledger, err) && ledger_commit_due(ledger, err) &&
		     ledger_do_chores(ledger, err);
		ledger_dispatch(ledger);
		ledger_drop_parsers(ledger);
		ledger_drop_sources(ledger);
	}
	free(polls.items);
	return ok && ledger_commit(ledger, err);
}

static bool open_all(struct ledger *ledger, struct error *err)
{
	CLEANUP(buffer_done) struct buffer storage = {0};
	struct frame frame;
	bool ended;

	if (!frame_read(ledger->control.socket, &storage, ROLE_MAX_BYTES, &frame, &ended, err))
		return false;
	if (ended || frame.type != ROLE_START)
		return error_set(
			err, ERROR_BUG, "no START frame: this role is started by postroomd");
	return load_config(ledger, frame.body, err) && lock_database(ledger, err) &&
	       suspects_open(ledger->config->state_directory, &ledger->suspects, err) &&
	       db_open(ledger->config->state_directory, DB_WRITE, &ledger->db, err) &&
	       open_intake(ledger, err) &&
	       sandbox_enter(SANDBOX_LEDGER, ledger->config->state_directory, err) &&
	       channel_send(&ledger->control, ROLE_READY, (struct span){0}, err);
}

static void free_entries(struct entry *entry)
{
	while (entry) {
		struct entry *next = entry->next;

		entry_free(entry);
		entry = next;
	}
}

static void close_all(struct ledger *ledger)
{
	for (struct parser_peer *parser = ledger->parsers; parser; parser = parser->next)
		channel_close(&parser->channel);
	ledger_drop_parsers(ledger);
	for (struct source *source = ledger->sources; source; source = source->next) {
		free_entries(source->first);
		source->first = NULL;
		source_forget_ids(source);
		channel_close(&source->channel);
	}
	ledger_drop_sources(ledger);
	free_entries(ledger->stored.first);
	intake_close(ledger->intake);
	if (ledger->db)
		db_close(ledger->db);
	suspects_close(ledger->suspects);
	db_unlock_daemon(ledger->lock);
	config_free(ledger->config);
	arena_done(&ledger->options_arena);
	buffer_done(&ledger->token_states);
	channel_close(&ledger->control);
}

int ledger_main(void)
{
	struct ledger ledger = {.lock = -1, .index_left = true, .sum_changed = true};
	struct error err;
	bool ok;

	memory_keep();
	ledger.stored.last = &ledger.stored.first;
	ledger.stored.channel.socket = -1;
	ledger.unread_last = &ledger.unread;
	channel_open(&ledger.control, ROLE_CONTROL_FD, ROLE_MAX_BYTES, CONTROL_MAX_BYTES);
	ok = open_all(&ledger, &err);
	if (!ok) {
		tell_refused(&ledger, &err);
	} else {
		ok = run(&ledger, &err);
		if (!ok)
			log_event(LOG_LEVEL_ERROR, "ended",
				log_string("error_kind", error_kind_name(err.kind)),
				log_string("error", err.text),
				log_string("meaning", "nothing is lost; started again"));
	}
	if (!ok && err.kind == ERROR_STORAGE)
		return 1; /* a failed disk gets no further write, not even that of a clean close */
	close_all(&ledger);
	return ok ? 0 : 1;
}
