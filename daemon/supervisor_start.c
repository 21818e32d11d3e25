/*
 * supervisor_start.c - starting one child: its sockets, its first frame, its introduction to the
 * ledger.
 */
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/process.h"
#include "config/secret.h"
#include "daemon/role.h"
#include "daemon/supervisor.h"

/* A ledger whose control socket stays full that long hangs. */
#define INTRODUCE_MS 5000

static const int64_t PROGRESS_DEFAULT_MS = 5000;

int64_t supervisor_progress_ms(const struct supervisor *supervisor)
{
	int64_t wanted = supervisor->watchdog_ms / 6;

	return wanted > 0 && wanted < PROGRESS_DEFAULT_MS ? wanted : PROGRESS_DEFAULT_MS;
}

/* Of one mailbox; that it can't be read is for the ledger to say with each mail it concerns. */
static void write_secret_tag(const struct config_mailbox *mailbox, struct buffer *secrets)
{
	CLEANUP(secret_done) struct buffer value = {0};
	struct role_secret secret = {.mailbox = span_from(mailbox->name)};
	struct error why;

	secret.known = secret_read(&mailbox->policy_secret, &value, &why);
	secret.text = secret.known ? buffer_span(&value) : span_from(why.text);
	if (!secret.known)
		log_event(LOG_LEVEL_ERROR, "secret-not-read", log_string("mailbox", mailbox->name),
			log_string("error", why.text),
			log_string("meaning", "all mail to its secret tag is quarantined"));
	role_write_secret(&secret, secrets);
}

static void write_secret_tags(const struct config *config, struct buffer *secrets)
{
	for (size_t i = 0; i < config->mailbox_count; i++)
		if (config->mailboxes[i].policy == POLICY_SECRET_TAG)
			write_secret_tag(&config->mailboxes[i], secrets);
}

static bool send_start(
	struct supervisor *supervisor, struct child *child, uint32_t type, struct error *err)
{
	CLEANUP(secret_done) struct buffer secrets = {0};
	struct role_start start = {
		.path = span_from(supervisor->config_path),
		.text = buffer_span(&supervisor->config_text),
		.progress_ms = supervisor_progress_ms(supervisor),
	};
	size_t mark;

	if (child->kind == CHILD_LEDGER)
		write_secret_tags(supervisor->config, &secrets);
	start.secrets = buffer_span(&secrets);

	role_write_start(&start, channel_begin(&child->control, type, &mark));
	return channel_end(&child->control, mark, err);
}

bool supervisor_send_config(struct supervisor *supervisor, struct error *err)
{
	return send_start(supervisor, supervisor_ledger(supervisor), ROLE_CONFIG, err);
}

/* Gives the ledger its end of the socket to a process. */
static bool introduce(struct supervisor *supervisor, uint32_t id, enum role_peer_kind kind,
	const char *name, int socket, struct error *err)
{
	struct child *ledger = supervisor_ledger(supervisor);
	struct role_peer peer = {id, kind, span_from(name)};
	CLEANUP(buffer_done) struct buffer body = {0};

	role_write_peer(&peer, &body);
	if (channel_send_descriptor(
		    &ledger->control, ROLE_PEER, buffer_span(&body), socket, INTRODUCE_MS, err))
		return true;
	child_kill(ledger); /* everybody attached to it is started again with the next one */
	return error_context(err, "the ledger does not take a new process");
}

static enum role_peer_kind peer_kind(enum child_kind kind)
{
	return kind == CHILD_READER ? PEER_READER : kind == CHILD_PARSER ? PEER_PARSER : PEER_FEED;
}

bool supervisor_read_secret(
	const struct config_mailbox *mailbox, struct buffer *secret, struct error *err)
{
	if (mailbox->oauth.grant != GRANT_NONE) /* the reader asks before each login */
		return true;
	if (secret_read(&mailbox->password, secret, err))
		return true;
	return error_context(err, "mailboxes.%s.%s", mailbox->name,
		mailbox->auth == AUTH_PASSWORD ? "password" : "token");
}

/* What a reader would say, said for it: the mailbox's trouble stands in `postroom status`. */
static void report_state(struct supervisor *supervisor, const struct child *child,
	enum reader_state reader_state, const char *waits_for, const struct error *why)
{
	struct wire_hello hello = {span_from(child->name)};
	struct wire_state state = {
		.state = reader_state,
		.error = why->kind,
		.text = span_from(why->text),
		.waits_for = span_from(waits_for),
	};
	struct buffer body = {0};
	struct error err;
	int ends[2];

	if (!process_socket_pair(ends, &err))
		return;
	wire_write_hello(&hello, &body);
	bool ok = frame_write(ends[0], WIRE_HELLO, buffer_span(&body), &err);
	buffer_clear(&body);
	wire_write_state(&state, &body);
	ok = ok && frame_write(ends[0], WIRE_STATE, buffer_span(&body), &err) &&
	     introduce(supervisor, ++supervisor->last_id, PEER_READER, child->name, ends[1], &err);
	if (!ok)
		log_failure(LOG_LEVEL_WARNING, "state-not-reported", &err);
	buffer_done(&body);
	close(ends[0]);
	close(ends[1]);
}

void supervisor_report_death(struct supervisor *supervisor, const struct child *child, int status)
{
	struct error why;
	char how[64];

	if (supervisor->phase != PHASE_RUNNING || !supervisor_ledger(supervisor)->ready)
		return;
	error_set(&why, ERROR_TEMPORARY,
		"the process that reads this mailbox died (%s), perhaps of what the server sent; "
		"it "
		"is started again. If it stays so, report it with the lines of the log before it",
		process_status_text(status, how));
	report_state(supervisor, child, READER_RETRYING, "the next start", &why);
}

static bool send_reader_start(struct supervisor *supervisor, struct child *child,
	const struct config_mailbox *mailbox, struct span secret, struct error *err)
{
	struct wire_start start;
	struct arena arena = {0};
	size_t mark;

	wire_start_from_config(
		mailbox, secret, supervisor->config->limit_message_bytes, &arena, &start);
	wire_write_start(&start, channel_begin(&child->control, CONTROL_START, &mark));
	arena_done(&arena);
	return channel_end(&child->control, mark, err);
}

/* A process that talks to the ledger, with the socket between them. */
static bool start_attached(struct supervisor *supervisor, struct child *child, struct error *err)
{
	uint32_t id = ++supervisor->last_id;
	int ends[2];
	bool ok;

	if (!process_socket_pair(ends, err))
		return false;
	ok = child_start(child, id, ends[1], err);
	close(ends[1]);
	ok = ok && introduce(supervisor, id, peer_kind(child->kind), child->name, ends[0], err);
	close(ends[0]);
	return ok;
}

static bool start_reader(struct supervisor *supervisor, struct child *child, struct error *err)
{
	const struct config_mailbox *mailbox = config_mailbox(supervisor->config, child->name);
	CLEANUP(secret_done) struct buffer secret = {0};

	if (!mailbox)
		return error_set(err, ERROR_BUG, "no mailbox %s", child->name);
	if (!supervisor_read_secret(mailbox, &secret, err)) {
		report_state(supervisor, child, READER_REFUSED, "a readable secret", err);
		return false;
	}
	return start_attached(supervisor, child, err) &&
	       send_reader_start(supervisor, child, mailbox, buffer_span(&secret), err);
}

static bool start(struct supervisor *supervisor, struct child *child, struct error *err)
{
	switch (child->kind) {
	case CHILD_LEDGER:
		return child_start(child, ++supervisor->last_id, -1, err) &&
		       send_start(supervisor, child, ROLE_START, err);
	case CHILD_TOKENS:
		return child_start(child, ++supervisor->last_id, -1, err) &&
		       supervisor_send_accounts(supervisor, child, err);
	case CHILD_FEED:
		return start_attached(supervisor, child, err) &&
		       send_start(supervisor, child, ROLE_START, err);
	case CHILD_READER:
		return start_reader(supervisor, child, err);
	case CHILD_PARSER:
		break;
	}
	return start_attached(supervisor, child, err);
}

void supervisor_start_child(struct supervisor *supervisor, struct child *child)
{
	struct error err;

	if (start(supervisor, child, &err))
		return;
	if (child->state == CHILD_UP) /* it runs, but could not be told what it needs */
		child_kill(child);
	else
		child_not_started(child, &err);
}
