#include "daemon/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/frame.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "daemon/reader_state.h"

#define RETRY_FIRST_MS	   1000
#define RETRY_LAST_MS	   300000
#define RETRIES_DOUBLED	   9 /* from the first to the last */
#define SECRET_WAIT_MS	   60000
#define REFUSALS_MAX	   3
#define TOKEN_REFUSALS_MAX 2	  /* the second one with a token that was renewed for it */
#define IDLE_PROBE_MS	   300000 /* a quiet IDLE is looked behind; RFC 2177 allows 29 minutes */
#define IDLE_SILENT_MAX	   2	  /* then this server's IDLE is not relied on any more */
#define DEFAULT_POLL_MS	   60000

/* Waiting for something other than the server. */
static bool wait_until(struct reader *reader, int64_t wait_ms, struct error *err)
{
	int64_t until_ms = clock_monotonic_ms() + wait_ms;

	while (!reader->stop && !reader->retry) {
		int64_t left_ms = until_ms - clock_monotonic_ms();

		if (left_ms <= 0)
			break;
		if (!link_poll(reader, left_ms, err))
			return false;
	}
	reader->retry = false;
	return true;
}

/* Half to one and a half times the delay: many readers of one server don't come back at once. */
static int64_t jittered(int64_t delay_ms)
{
	uint32_t random;

	digest_random(&random, sizeof(random));
	return delay_ms / 2 + (int64_t)(random % (uint32_t)(delay_ms + 1));
}

static int64_t retry_delay_ms(unsigned failures)
{
	int64_t delay_ms = RETRY_FIRST_MS;

	for (unsigned i = 1; i < failures && i < RETRIES_DOUBLED; i++)
		delay_ms *= 2;
	return jittered(delay_ms < RETRY_LAST_MS ? delay_ms : RETRY_LAST_MS);
}

static bool tell(struct reader *reader, enum reader_state state, const char *waits_for,
	int64_t wait_ms, const struct error *why, struct error *err)
{
	struct wire_state told = {
		.state = state,
		.error = why ? why->kind : ERROR_NONE,
		.text = why ? span_from(why->text) : (struct span){0},
		.waits_for = span_from(waits_for),
		.until_ms = wait_ms > 0 ? clock_now_ms() + wait_ms : 0,
	};

	return link_state(reader, &told, err);
}

/* Failures */

/* Asks the supervisor for a secret, and waits until it came, or not. */
static bool ask_secret(struct reader *reader, enum control_frame how, struct error *err)
{
	int64_t until_ms = clock_monotonic_ms() + SECRET_WAIT_MS;

	reader->secret_came = false;
	if (!link_control(reader, how, err))
		return false;
	while (!reader->secret_came && !reader->stop) {
		int64_t left_ms = until_ms - clock_monotonic_ms();

		if (left_ms <= 0)
			break;
		if (!link_poll(reader, left_ms, err))
			return false;
	}
	return true;
}

/* It may have been changed meanwhile. */
static bool renew_secret(struct reader *reader, struct error *err)
{
	return ask_secret(reader, CONTROL_NEED_SECRET, err);
}

/*
 * An access token for the login that is about to be; what there is may be over soon. No token is a
 * failure of the connection: ERROR_AUTH when only a person can mend it.
 */
static bool fetch_token(struct reader *reader, struct error *err)
{
	if (!ask_secret(reader, CONTROL_NEED_TOKEN, err))
		return false;
	if (!reader->secret_came)
		return error_set(err, ERROR_TEMPORARY,
			reader->stop ? "told to stop" : "no access token came in time");
	reader->token_refused = reader->secret_problem.size > 0;
	if (reader->token_refused)
		return error_set(
			err, reader->secret_error, "%s", buffer_string(&reader->secret_problem));
	return true;
}

/*
 * A password is read again and tried three times. An access token is renewed once; what the token
 * server refuses, it refuses the next time too.
 */
static unsigned refusals_max(const struct reader *reader)
{
	if (!reader->start.fetches_token)
		return REFUSALS_MAX;
	return reader->token_refused ? 1 : TOKEN_REFUSALS_MAX;
}

/* With a secret of its own it is read anew; a token is fetched when the next login begins. */
static bool replace_secret(struct reader *reader, struct error *why, struct error *err)
{
	if (reader->token_refused || (reader->start.fetches_token && reader->refusals > 0))
		return true;
	if (!renew_secret(reader, err))
		return false;
	if (reader->secret_problem.size == 0)
		return true;
	reader->token_refused = reader->start.fetches_token && reader->secret_error == ERROR_AUTH;
	error_set(why, reader->start.fetches_token ? reader->secret_error : ERROR_AUTH, "%s%s",
		reader->start.fetches_token ? "" : "the secret can't be read: ",
		buffer_string(&reader->secret_problem));
	return true;
}

static bool after_refusal(struct reader *reader, struct error *why, struct error *err)
{
	int64_t wait_ms = retry_delay_ms(reader->refusals);
	char words[200] = "the next try";

	if (!replace_secret(reader, why, err))
		return false;
	reader->refusals++;
	if (reader->refusals >= refusals_max(reader)) {
		reader->refusals = 0;
		wait_ms = reader->start.auth_retry_ms;
		snprintf(words, sizeof(words), "another %s; then: postroom mailbox retry %.*s",
			reader->start.fetches_token ? "login" : "secret",
			SPAN_ARG(reader->start.mailbox));
	}
	if (!tell(reader, READER_REFUSED, words, wait_ms, why, err) ||
		!wait_until(reader, wait_ms, err))
		return false;
	/* After a long wait the secret may be another one. */
	return reader->refusals > 0 || reader->stop || reader->start.fetches_token ||
	       renew_secret(reader, err);
}

static bool after_failure(struct reader *reader, struct error *why, struct error *err)
{
	int64_t wait_ms;

	if (why->kind == ERROR_AUTH)
		return after_refusal(reader, why, err);
	reader->failures++;
	wait_ms = retry_delay_ms(reader->failures);
	return tell(reader, READER_RETRYING, "the next try", wait_ms, why, err) &&
	       wait_until(reader, wait_ms, err);
}

/* The session: connect, then rounds over all folders with waits between. */

static bool connect_server(struct reader *reader, struct error *err)
{
	const struct wire_start *start = &reader->start;
	struct imap_login login = {
		.trust = reader->trust,
		.host = start->host,
		.port = start->port,
		.tls = start->tls,
		.timeout_ms = start->timeout_ms,
		.user = start->user,
		.auth = start->auth,
		.tick = link_tick,
		.tick_context = reader,
	};

	if (!tell(reader, READER_CONNECTING, "the server", 0, NULL, err) ||
		(start->fetches_token && !fetch_token(reader, err)))
		return false;
	login.secret = buffer_span(&reader->secret);
	if (!imap_open(&login, &reader->imap, err))
		return false;
	reader->refusals = 0;
	reader->idle_refused = false;
	reader->selected = NO_FOLDER;
	log_event(LOG_LEVEL_INFO, "connected", log_text("host", start->host),
		log_number("port", start->port),
		log_string("idle", imap_has_idle(reader->imap) ? "yes" : "no"));
	return true;
}

/* Brings one folder up to date; it stays selected. *mails: how many came. */
static bool sync_folder(struct reader *reader, size_t index, uint64_t *mails, struct error *err)
{
	bool read_only = reader->start.action == ACTION_KEEP, open;

	*mails = 0;
	if (!fetch_open(reader, index, read_only, &open, err))
		return false;
	return !open || fetch_new(reader, mails, err);
}

/* Every folder, the first one last: IDLE watches the folder that is selected. */
static bool sync_all(struct reader *reader, uint64_t *mails, struct error *err)
{
	for (size_t i = reader->start.folder_count; i > 0; i--) {
		if (reader->stop || reader->paused)
			return true;
		if (!sync_folder(reader, i - 1, mails, err))
			return false;
	}
	return true;
}

static bool may_idle(const struct reader *reader)
{
	return reader->start.idle && imap_has_idle(reader->imap) && !reader->idle_refused &&
	       reader->idle_silent < IDLE_SILENT_MAX && reader->selected == 0;
}

/* Something other than new mail wants our attention. */
static bool is_wanted(const struct reader *reader)
{
	return reader->stop || reader->paused || reader->retry || reader->actions;
}

/* In IDLE until news, an order, or the time. */
static bool wait_in_idle(struct reader *reader, int64_t wait_ms, bool *news, struct error *err)
{
	const int descriptors[] = {READER_CONTROL_FD, READER_LEDGER_FD};
	int64_t until_ms = clock_monotonic_ms() + wait_ms;
	enum imap_idle_event event = IDLE_TIMEOUT;
	bool started;

	*news = false;
	if (!imap_idle_begin(reader->imap, &started, err))
		return false;
	if (!started) {
		reader->idle_refused = true;
		log_event(LOG_LEVEL_NOTICE, "idle-refused",
			log_number("poll_ms", reader->start.poll_ms));
		return true;
	}
	while (event != IDLE_NEWS && !is_wanted(reader)) {
		int64_t left_ms = until_ms - clock_monotonic_ms();

		if (left_ms <= 0)
			break;
		if (left_ms > READER_PROGRESS_MS / 4)
			left_ms = READER_PROGRESS_MS / 4;
		if (!imap_idle_wait(reader->imap, descriptors, ARRAY_COUNT(descriptors), left_ms,
			    &event, err) ||
			!link_poll(reader, 0, err))
			return false;
	}
	return imap_idle_end(reader->imap, news, err);
}

/* A mail came, but IDLE had announced nothing: some servers accept it and never speak. */
static void note_silence(struct reader *reader)
{
	if (++reader->idle_silent == IDLE_SILENT_MAX)
		log_event(LOG_LEVEL_WARNING, "idle-silent",
			log_string("error",
				"the server accepts IDLE but announces no mail; polling instead"),
			log_number("poll_ms", reader->start.poll_ms));
}

/* A folder that can't be opened: what it was told with stays in sight until it can. */
static bool find_missing(const struct reader *reader, struct error *why)
{
	for (size_t i = 0; i < reader->start.folder_count; i++)
		if (reader->folders[i].missing[0]) {
			error_set(why, ERROR_INPUT, "%s", reader->folders[i].missing);
			return true;
		}
	return false;
}

static bool tell_watching(struct reader *reader, int64_t wait_ms, struct error *err)
{
	struct error quiet, missing;

	if (find_missing(reader, &missing))
		return tell(reader, READER_WATCHING, "new mail", wait_ms, &missing, err);
	if (reader->idle_silent < IDLE_SILENT_MAX)
		return tell(reader, READER_WATCHING, "new mail", wait_ms, NULL, err);
	error_set(&quiet, ERROR_INPUT,
		"the server accepts IDLE but announces no mail; polling instead (idle: false says "
		"so for good)");
	return tell(reader, READER_WATCHING, "new mail", wait_ms, &quiet, err);
}

/*
 * Waits for the next reason to fetch. *poll: every folder is due; otherwise only the selected one
 * has news.
 */
static bool wait_for_news(struct reader *reader, int64_t poll_at_ms, bool *poll, struct error *err)
{
	int64_t wait_ms = poll_at_ms - clock_monotonic_ms();
	bool idle = may_idle(reader), news = false;

	if (wait_ms < 0)
		wait_ms = 0;
	if (!tell_watching(reader, idle ? 0 : wait_ms, err))
		return false;
	if (idle) {
		if (!wait_in_idle(reader, wait_ms, &news, err))
			return false;
	} else if (!wait_until(reader, wait_ms, err)) {
		return false;
	}
	*poll = !news && clock_monotonic_ms() >= poll_at_ms;
	if (reader->retry)
		*poll = true;
	reader->retry = false;
	return true;
}

/* How long after a poll of all folders the next one is due. */
static int64_t poll_interval_ms(const struct reader *reader)
{
	int64_t poll_ms = reader->start.poll_ms > 0 ? reader->start.poll_ms : DEFAULT_POLL_MS;

	return reader->start.folder_count > 1 || !may_idle(reader) ? poll_ms : IDLE_PROBE_MS;
}

/* One round of fetching and acting; afterwards the first folder is selected, if it exists. */
static bool do_round(struct reader *reader, bool all, uint64_t *mails, struct error *err)
{
	bool ok;

	*mails = 0;
	if (all || reader->selected != 0)
		ok = sync_all(reader, mails, err);
	else
		ok = fetch_new(reader, mails, err);
	if (!ok || !actions_run(reader, err))
		return false;
	if (reader->selected == 0 || reader->stop || reader->paused)
		return true;
	return sync_folder(reader, 0, mails, err);
}

static bool run_session(struct reader *reader, struct error *err)
{
	int64_t polled_at_ms = 0;
	bool all = true, idled = false;
	uint64_t mails;

	if (!connect_server(reader, err) || !tell(reader, READER_FETCHING, "", 0, NULL, err))
		return false;
	while (!reader->stop && !reader->paused) {
		reader->retry = false; /* the round that follows is what it asks for */
		if (!do_round(reader, all, &mails, err))
			return false;
		if (all && idled && reader->start.folder_count == 1 && mails > 0)
			note_silence(reader);
		if (is_wanted(reader)) {
			all = all || reader->retry;
			continue;
		}
		if (all)
			polled_at_ms = clock_monotonic_ms();
		idled = may_idle(reader);
		if (!wait_for_news(reader, polled_at_ms + poll_interval_ms(reader), &all, err))
			return false;
		/* not before: a server that breaks off each time that we wait is left longer too */
		reader->failures = 0;
	}
	return true;
}

static bool wait_paused(struct reader *reader, struct error *err)
{
	struct error why;

	error_set(&why, ERROR_STORAGE, "%s", buffer_string(&reader->pause_text));
	if (!tell(reader, READER_PAUSED, "free space on the disk", 0, &why, err))
		return false;
	while (reader->paused && !reader->stop)
		if (!link_poll(reader, READER_PROGRESS_MS / 4, err))
			return false;
	return true;
}

/* Until told to stop. False when a socket of ours ended or something impossible came. */
static bool run(struct reader *reader, struct error *err)
{
	while (!reader->stop) {
		struct error why = {0};
		bool ok;

		if (reader->paused && !wait_paused(reader, err))
			return false;
		if (reader->stop)
			break;
		ok = run_session(reader, &why);
		imap_close(reader->imap);
		reader->imap = NULL;
		reader->selected = NO_FOLDER;
		if (ok || reader->stop)
			continue;
		if (why.kind == ERROR_BUG || why.kind == ERROR_STORAGE) {
			*err = why;
			return false;
		}
		if (!after_failure(reader, &why, err))
			return reader->stop;
	}
	return true;
}

/* Starting */

static bool read_start(struct reader *reader, struct error *err)
{
	struct frame frame;
	bool ended;

	if (!frame_read(READER_CONTROL_FD, &reader->start_body, WIRE_CONTROL_MAX_BYTES, &frame,
		    &ended, err))
		return false;
	if (ended || frame.type != CONTROL_START)
		return error_set(err, ERROR_BUG, "the supervisor did not send START");
	if (!wire_read_start(frame.body, &reader->arena, &reader->start, err))
		return false;
	if (reader->start.folder_count == 0)
		return error_set(err, ERROR_BUG, "a mailbox without folders");
	buffer_append(&reader->secret, reader->start.secret);
	reader->folders =
		arena_array(&reader->arena, struct reader_folder, reader->start.folder_count);
	for (size_t i = 0; i < reader->start.folder_count; i++)
		reader->folders[i].name = reader->start.folders[i];
	reader->selected = reader->trouble.folder = NO_FOLDER;
	return true;
}

static bool begin(struct reader *reader, struct error *err)
{
	struct wire_hello hello;

	if (!read_start(reader, err) ||
		!transport_trust_new(
			reader->start.ca_file, reader->start.pinned_key, &reader->trust, err) ||
		!sandbox_enter(SANDBOX_READER, NULL, err))
		return false;
	hello.mailbox = reader->start.mailbox;
	wire_write_hello(&hello, &reader->out);
	return link_send(reader, WIRE_HELLO, err);
}

static void reader_done(struct reader *reader)
{
	imap_close(reader->imap);
	transport_trust_free(reader->trust);
	link_forget_actions(reader);
	buffer_done(&reader->start_body);
	buffer_forget(&reader->secret);
	buffer_done(&reader->secret);
	buffer_done(&reader->control_in);
	buffer_done(&reader->ledger_in);
	buffer_done(&reader->out);
	buffer_done(&reader->secret_problem);
	buffer_done(&reader->pause_text);
	arena_done(&reader->arena);
}

int reader_main(const char *mailbox)
{
	struct reader reader = {0};
	struct error err;
	int status = EXIT_SUCCESS;

	log_open("reader", mailbox, LOG_LEVEL_INFO);
	if (!begin(&reader, &err) || !run(&reader, &err)) {
		/* the supervisor or the ledger ended: they say why, and another reader follows */
		log_failure(err.kind == ERROR_STORAGE ? LOG_LEVEL_NOTICE : LOG_LEVEL_ERROR, "ended",
			&err);
		status = EXIT_FAILURE;
	}
	reader_done(&reader);
	return status;
}
