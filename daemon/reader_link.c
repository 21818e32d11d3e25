/* The reader's two sockets: what it says on them and what it hears. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/frame.h"
#include "base/log.h"
#include "base/memory.h"
#include "daemon/reader_state.h"

#define PROGRESS_MS 20000
#define SLICE_MS    20000

static bool link_lost(struct reader *reader, const char *who, struct error *err)
{
	reader->stop = true;
	return error_set(err, ERROR_STORAGE, "the %s is gone", who);
}

bool link_send(struct reader *reader, enum wire_frame type, struct error *err)
{
	bool ok = frame_write(READER_LEDGER_FD, type, buffer_span(&reader->out), err);

	buffer_clear(&reader->out);
	return ok || link_lost(reader, "ledger", err);
}

bool link_control(struct reader *reader, enum control_frame type, struct error *err)
{
	if (frame_write(READER_CONTROL_FD, type, (struct span){0}, err))
		return true;
	return link_lost(reader, "supervisor", err);
}

static bool show_progress(struct reader *reader, struct error *err)
{
	int64_t now_ms = clock_monotonic_ms();

	if (reader->progress_at_ms && now_ms - reader->progress_at_ms < PROGRESS_MS)
		return true;
	reader->progress_at_ms = now_ms;
	return link_control(reader, CONTROL_PROGRESS, err);
}

static bool take_secret(struct reader *reader, struct span body, struct error *err)
{
	struct wire_secret secret;

	if (!wire_read_secret(body, &secret, err))
		return false;
	reader->secret_came = true;
	buffer_clear(&reader->secret_problem);
	reader->secret_error = secret.error;
	if (secret.known) {
		buffer_forget(&reader->secret);
		buffer_append(&reader->secret, secret.secret);
	} else {
		buffer_append(&reader->secret_problem, secret.text);
	}
	return true;
}

static bool take_control(struct reader *reader, struct error *err)
{
	struct frame frame;
	bool ended;

	if (!frame_read(READER_CONTROL_FD, &reader->control_in, WIRE_CONTROL_MAX_BYTES, &frame,
		    &ended, err) ||
		ended)
		return link_lost(reader, "supervisor", err);
	switch (frame.type) {
	case CONTROL_SECRET:
		return take_secret(reader, frame.body, err);
	case CONTROL_STOP:
		reader->stop = true;
		return true;
	case CONTROL_RETRY:
		reader->retry = true;
		return true;
	default:
		return error_set(err, ERROR_BUG, "unknown control frame %u", frame.type);
	}
}

static bool take_cursor(struct reader *reader, struct span body, struct error *err)
{
	struct wire_cursor cursor;

	if (!wire_read_cursor(body, &cursor, err))
		return false;
	reader->cursor_uidvalidity = cursor.uidvalidity;
	reader->cursor_last_uid = cursor.last_uid;
	reader->cursor_came = true;
	return true;
}

static bool take_committed(struct reader *reader, struct span body, struct error *err)
{
	struct wire_batch batch;

	if (!wire_read_batch(body, &batch, err))
		return false;
	if (reader->outstanding == 0 || reader->window[0].last_uid != batch.last_uid)
		return error_set(err, ERROR_BUG, "the ledger committed a batch that was not sent");
	log_event(LOG_LEVEL_INFO, "stored", log_text("folder", batch.folder),
		log_number("last_uid", batch.last_uid),
		log_number("mails", reader->window[0].mails));
	reader->failures = 0; /* progress: the next failure waits little again */
	reader->outstanding--;
	for (unsigned i = 0; i < reader->outstanding; i++)
		reader->window[i] = reader->window[i + 1];
	return true;
}

static bool take_action(struct reader *reader, struct span body, struct error *err)
{
	struct reader_action *made = memory_alloc(sizeof(*made));
	struct reader_action **end = &reader->actions;

	*made = (struct reader_action){0};
	buffer_append(&made->body, body);
	while (*end)
		end = &(*end)->next;
	*end = made;
	return wire_read_action(buffer_span(&made->body), &made->action, err);
}

static bool take_pause(struct reader *reader, struct span body, struct error *err)
{
	struct wire_pause pause;

	if (!wire_read_pause(body, &pause, err))
		return false;
	reader->paused = true;
	buffer_clear(&reader->pause_text);
	buffer_append(&reader->pause_text, pause.text);
	return true;
}

static bool take_ledger(struct reader *reader, struct error *err)
{
	struct frame frame;
	bool ended;

	if (!frame_read(READER_LEDGER_FD, &reader->ledger_in, WIRE_CONTROL_MAX_BYTES, &frame,
		    &ended, err) ||
		ended)
		return link_lost(reader, "ledger", err);
	switch (frame.type) {
	case WIRE_FOLDER_CURSOR:
		return take_cursor(reader, frame.body, err);
	case WIRE_COMMITTED:
		return take_committed(reader, frame.body, err);
	case WIRE_ACTION:
		return take_action(reader, frame.body, err);
	case WIRE_PAUSE:
		return take_pause(reader, frame.body, err);
	case WIRE_RESUME:
		reader->paused = false;
		return true;
	case WIRE_RETRY:
		reader->retry = true;
		return true;
	case WIRE_STOP:
		reader->stop = true;
		return true;
	default:
		return error_set(err, ERROR_BUG, "unknown frame %u from the ledger", frame.type);
	}
}

/* One poll; *any: a frame was taken. */
static bool poll_once(struct reader *reader, int timeout_ms, bool *any, struct error *err)
{
	struct pollfd waits[] = {{READER_CONTROL_FD, POLLIN, 0}, {READER_LEDGER_FD, POLLIN, 0}};

	*any = false;
	if (poll(waits, ARRAY_COUNT(waits), timeout_ms) < 0 && errno != EINTR)
		return error_set_errno(err, ERROR_BUG, errno, "poll");
	if (waits[0].revents) {
		*any = true;
		if (!take_control(reader, err))
			return false;
	}
	if (waits[1].revents) {
		*any = true;
		if (!take_ledger(reader, err))
			return false;
	}
	return true;
}

bool link_poll(struct reader *reader, int64_t timeout_ms, struct error *err)
{
	int64_t until_ms = clock_monotonic_ms() + timeout_ms;
	bool any = false;

	for (;;) {
		int64_t left_ms = any ? 0 : until_ms - clock_monotonic_ms();
		bool more;

		if (!show_progress(reader, err))
			return false;
		left_ms = left_ms < 0 ? 0 : left_ms < SLICE_MS ? left_ms : SLICE_MS;
		if (!poll_once(reader, (int)left_ms, &more, err))
			return false;
		any = any || more;
		if (reader->stop || (!more && (any || clock_monotonic_ms() >= until_ms)))
			return true;
	}
}

static bool stopped(struct error *err)
{
	return error_set(err, ERROR_TEMPORARY, "told to stop");
}

bool link_wait_window(struct reader *reader, unsigned most, struct error *err)
{
	while (reader->outstanding > most) {
		if (!link_poll(reader, SLICE_MS, err))
			return false;
		if (reader->stop)
			return stopped(err);
	}
	return true;
}

bool link_open_folder(struct reader *reader, const struct wire_folder *folder, struct error *err)
{
	reader->cursor_came = false;
	wire_write_folder(folder, &reader->out);
	if (!link_send(reader, WIRE_FOLDER_OPENED, err))
		return false;
	while (!reader->cursor_came) {
		if (!link_poll(reader, SLICE_MS, err))
			return false;
		if (reader->stop)
			return stopped(err);
	}
	return true;
}

bool link_state(struct reader *reader, const struct wire_state *state, struct error *err)
{
	/* what troubles a reader that watches was logged when it began */
	if (state->error != ERROR_NONE && state->state != READER_WATCHING)
		log_event(LOG_LEVEL_WARNING, reader_state_name(state->state),
			log_text("folder", state->folder), log_text("error", state->text),
			log_string("error_kind", error_kind_name(state->error)),
			log_text("waits_for", state->waits_for));
	wire_write_state(state, &reader->out);
	return link_send(reader, WIRE_STATE, err);
}

/*
 * Only the control socket is read: the ledger's frames change the state that the command in hand
 * relies on.
 */
bool link_tick(void *context)
{
	struct reader *reader = context;
	struct pollfd wait = {READER_CONTROL_FD, POLLIN, 0};
	struct error err;

	if (!show_progress(reader, &err))
		return false;
	while (poll(&wait, 1, 0) > 0 && !reader->stop)
		if (!take_control(reader, &err))
			return false;
	return !reader->stop;
}

void link_forget_actions(struct reader *reader)
{
	while (reader->actions) {
		struct reader_action *first = reader->actions;

		reader->actions = first->next;
		buffer_done(&first->body);
		free(first);
	}
}
