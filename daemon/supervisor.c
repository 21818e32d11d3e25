#include "daemon/supervisor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/landlock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/sandbox.h"
#include "daemon/notify.h"
#include "daemon/role.h"

/* How long a role may take to end when asked; together less than the unit's TimeoutStopSec. */
#define READERS_GRACE_MS 15000
#define LEDGER_GRACE_MS	 30000
#define PARSERS_GRACE_MS 3000
/* What was attached to a ledger that died ends by itself as soon as it notices. */
#define ORPHAN_GRACE_MS	    5000
#define PROGRESS_DEFAULT_MS 300000
/* Then the sockets and signals want to be looked at again. */
#define START_SLICE_MS 1000
#define READ_BYTES     ((size_t)1 << 20)

struct child *supervisor_ledger(struct supervisor *supervisor)
{
	return supervisor->children[0];
}

/* The longest silence of a role that still is no hanging. */
static int64_t silence_max_ms(const struct supervisor *supervisor, const struct child *child)
{
	int64_t limit = supervisor->watchdog_ms > 0 ? supervisor->watchdog_ms : PROGRESS_DEFAULT_MS;

	if (child->kind == CHILD_READER && limit < 2 * READER_PROGRESS_MS)
		return 2 * READER_PROGRESS_MS;
	return limit;
}

/* A parser without work is silent; whether it hangs is the ledger's to say (ROLE_PEER_STALLED). */
static bool hangs(const struct supervisor *supervisor, const struct child *child, int64_t now)
{
	return child->kind != CHILD_PARSER && child->state == CHILD_UP &&
	       now - child->progress_at_ms > silence_max_ms(supervisor, child);
}

static bool all_progress(const struct supervisor *supervisor, int64_t now)
{
	for (size_t i = 0; i < supervisor->child_count; i++)
		if (hangs(supervisor, supervisor->children[i], now))
			return false;
	return true;
}

static void feed_watchdog(struct supervisor *supervisor, int64_t now)
{
	if (supervisor->watchdog_ms == 0 || now < supervisor->watchdog_at_ms)
		return;
	if (all_progress(supervisor, now))
		notify_watchdog();
	supervisor->watchdog_at_ms = now + supervisor->watchdog_ms / 3;
}

static void end_overdue(struct supervisor *supervisor, int64_t now)
{
	for (size_t i = 0; i < supervisor->child_count; i++) {
		struct child *child = supervisor->children[i];

		if (child->state == CHILD_ENDING && now >= child->kill_at_ms) {
			log_event(LOG_LEVEL_WARNING, "killed",
				log_string("what", child_kind_name(child->kind)),
				log_string("name", child->name), log_number("pid", child->pid),
				log_string("why", "it did not end when asked"));
			child->kill_at_ms = now + ORPHAN_GRACE_MS;
			child_kill(child);
		} else if (hangs(supervisor, child, now)) {
			log_event(LOG_LEVEL_ERROR, "hangs",
				log_string("what", child_kind_name(child->kind)),
				log_string("name", child->name), log_number("pid", child->pid),
				log_number("silent_ms", now - child->progress_at_ms));
			child->progress_at_ms = now;
			child_kill(child);
		}
	}
}

/* Everybody who talked to it ends and is started again with a socket to the next one. */
static void ledger_ended(struct supervisor *supervisor)
{
	supervisor->status[0] = '\0';
	for (size_t i = 1; i < supervisor->child_count; i++)
		if (supervisor->children[i]->kind != CHILD_TOKENS)
			child_stop(supervisor->children[i], ORPHAN_GRACE_MS);
}

static struct child *find_pid(struct supervisor *supervisor, pid_t pid)
{
	for (size_t i = 0; i < supervisor->child_count; i++)
		if (supervisor->children[i]->pid == pid)
			return supervisor->children[i];
	return NULL;
}

/* What a child said before it ended still counts: a refusal, the ledger's last status. */
static void take_frames(struct supervisor *supervisor, struct child *child)
{
	struct frame frame;
	struct error err = {0};
	bool found = true;
	bool ok = channel_fill(&child->control, READ_BYTES, &err);

	while (ok && found) {
		ok = channel_next(&child->control, &frame, &found, &err);
		if (ok && found)
			ok = supervisor_take_frame(supervisor, child, &frame, &err);
	}
	if (!ok && child->state != CHILD_DOWN) {
		if (err.kind != ERROR_TEMPORARY) /* that is: closed, and SIGCHLD tells the rest */
			log_failure(LOG_LEVEL_ERROR, "bad-frame", &err);
		child_kill(child);
	}
}

static void reap(struct supervisor *supervisor)
{
	struct rusage used;
	struct child *child;
	bool asked;
	int status;
	pid_t pid;

	while ((pid = wait4(-1, &status, WNOHANG, &used)) > 0) {
		child = find_pid(supervisor, pid);
		if (!child)
			continue; /* a secret's command, waited for elsewhere */
		if (channel_is_open(&child->control))
			take_frames(supervisor, child);
		asked = child->state == CHILD_ENDING;
		child_ended(child, status, used.ru_maxrss);
		if (child->kind == CHILD_READER && !asked && WIFSIGNALED(status))
			supervisor_report_death(supervisor, child, status);
		if (child->kind == CHILD_LEDGER) {
			if (supervisor->phase == PHASE_STOP_LEDGER && status != 0)
				supervisor->exit_status = 1;
			ledger_ended(supervisor);
		}
	}
}

static void drop_unwanted(struct supervisor *supervisor)
{
	size_t kept = 0;

	for (size_t i = 0; i < supervisor->child_count; i++) {
		struct child *child = supervisor->children[i];

		if (child->wanted || child->state != CHILD_DOWN)
			supervisor->children[kept++] = child;
		else
			child_free(child);
	}
	supervisor->child_count = kept;
}

/* Of those that may be started now the one that waits longest; the ledger before all others. */
static struct child *next_due(struct supervisor *supervisor, int64_t now)
{
	struct child *due = NULL;

	for (size_t i = 0; i < supervisor->child_count; i++) {
		struct child *child = supervisor->children[i];

		if (i > 0 && !supervisor_ledger(supervisor)->ready)
			break;
		if (child->state == CHILD_DOWN && child->wanted && child->restart_at_ms <= now &&
			(!due || child->restart_at_ms < due->restart_at_ms))
			due = child;
	}
	return due;
}

/*
 * The command that prints a secret may take half a minute, and there may be many: in between,
 * signals and what the roles say are heard, or those that work would pass for hanging.
 */
static void start_due(struct supervisor *supervisor, int64_t now)
{
	struct child *child;

	drop_unwanted(supervisor);
	while (clock_monotonic_ms() - now < START_SLICE_MS && (child = next_due(supervisor, now)))
		supervisor_start_child(supervisor, child);
}

/* Once the ledger takes mail; readers may still be on their way. */
static void tell_ready(struct supervisor *supervisor)
{
	if (supervisor->was_ready || !supervisor_ledger(supervisor)->ready)
		return;
	supervisor->was_ready = true;
	notify_ready();
	log_event(LOG_LEVEL_NOTICE, "ready",
		log_number("mailboxes", (int64_t)supervisor->config->mailbox_count),
		log_string("state_directory", supervisor->config->state_directory));
}

static void tell_status(const struct supervisor *supervisor)
{
	char text[1400];

	snprintf(text, sizeof text, "%s%s%s", supervisor->trouble,
		supervisor->trouble[0] ? "; " : "",
		supervisor->status[0] ? supervisor->status : "starting");
	notify_status(text);
}

static bool is_running(const struct supervisor *supervisor, enum child_kind kind)
{
	for (size_t i = 0; i < supervisor->child_count; i++)
		if (supervisor->children[i]->kind == kind &&
			supervisor->children[i]->state != CHILD_DOWN)
			return true;
	return false;
}

static void stop_kind(struct supervisor *supervisor, enum child_kind kind, int64_t grace_ms)
{
	for (size_t i = 0; i < supervisor->child_count; i++)
		if (supervisor->children[i]->kind == kind)
			child_stop(supervisor->children[i], grace_ms);
}

/* Readers end first, then the ledger drains what they left in its sockets, then the rest. */
static void go_on_stopping(struct supervisor *supervisor)
{
	if (supervisor->phase == PHASE_STOP_READERS && !is_running(supervisor, CHILD_READER) &&
		!is_running(supervisor, CHILD_FEED))
		supervisor->phase = PHASE_STOP_LEDGER;
	if (supervisor->phase == PHASE_STOP_LEDGER) {
		stop_kind(supervisor, CHILD_LEDGER, LEDGER_GRACE_MS);
		/* they end when the ledger closes their sockets */
		stop_kind(supervisor, CHILD_PARSER, LEDGER_GRACE_MS + PARSERS_GRACE_MS);
		if (!is_running(supervisor, CHILD_LEDGER))
			supervisor->phase = PHASE_STOP_PARSERS;
	}
}

static void begin_stopping(struct supervisor *supervisor, const char *why)
{
	if (supervisor->phase != PHASE_RUNNING)
		return;
	log_event(LOG_LEVEL_NOTICE, "stopping", log_string("why", why));
	notify_stopping();
	supervisor->phase = PHASE_STOP_READERS;
	stop_kind(supervisor, CHILD_READER, READERS_GRACE_MS);
	stop_kind(supervisor, CHILD_FEED, READERS_GRACE_MS);
	stop_kind(supervisor, CHILD_TOKENS, READERS_GRACE_MS);
}

static void take_signals(struct supervisor *supervisor)
{
	struct signalfd_siginfo info;

	while (read(supervisor->signals, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
			begin_stopping(
				supervisor, info.ssi_signo == SIGTERM ? "SIGTERM" : "SIGINT");
		else if (info.ssi_signo == SIGHUP && supervisor->phase == PHASE_RUNNING)
			supervisor_reload(supervisor);
	}
	reap(supervisor); /* SIGCHLD is said once for several */
}

/* The next thing that has to happen at a time of its own; at most a second away. */
static int poll_timeout(const struct supervisor *supervisor, int64_t now)
{
	int64_t next = now + 1000;

	for (size_t i = 0; i < supervisor->child_count; i++) {
		const struct child *child = supervisor->children[i];
		bool waits = child->state == CHILD_DOWN && child->wanted &&
			     (i == 0 || supervisor->children[0]->ready);

		if (waits && child->restart_at_ms < next)
			next = child->restart_at_ms;
	}
	if (supervisor->watchdog_ms > 0 && supervisor->watchdog_at_ms < next)
		next = supervisor->watchdog_at_ms;
	return next > now ? (int)(next - now) : 0;
}

static void wait_and_take(struct supervisor *supervisor)
{
	size_t count = supervisor->child_count;
	struct pollfd *polls = memory_alloc((count + 1) * sizeof *polls);
	struct error err;

	polls[count] = (struct pollfd){supervisor->signals, POLLIN, 0};
	for (size_t i = 0; i < count; i++) {
		struct channel *control = &supervisor->children[i]->control;

		polls[i] = (struct pollfd){
			control->ended ? -1 : control->socket, channel_events(control), 0};
	}
	if (poll(polls, count + 1, poll_timeout(supervisor, clock_monotonic_ms())) > 0) {
		for (size_t i = 0; i < count; i++) {
			struct child *child = supervisor->children[i];

			if (polls[i].revents & POLLOUT && !channel_flush(&child->control, &err))
				child_kill(child);
			if (polls[i].revents & (POLLIN | POLLHUP | POLLERR))
				take_frames(supervisor, child);
		}
		if (polls[count].revents)
			take_signals(supervisor);
	}
	free(polls);
}

static void run(struct supervisor *supervisor)
{
	while (supervisor->phase != PHASE_STOP_PARSERS || is_running(supervisor, CHILD_PARSER) ||
		is_running(supervisor, CHILD_READER) || is_running(supervisor, CHILD_FEED) ||
		is_running(supervisor, CHILD_TOKENS)) {
		int64_t now = clock_monotonic_ms();

		if (supervisor->phase == PHASE_RUNNING) {
			start_due(supervisor, now);
			tell_ready(supervisor);
			tell_status(supervisor);
		} else {
			go_on_stopping(supervisor);
		}
		feed_watchdog(supervisor, now);
		end_overdue(supervisor, now);
		wait_and_take(supervisor);
	}
}

static bool open_signals(int *signals, struct error *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	*signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return *signals >= 0 || error_set_errno(err, ERROR_BUG, errno, "signalfd");
}

int supervisor_main(const char *config_path)
{
	struct supervisor supervisor = {.config_path = config_path};
	struct error err;

	log_open("supervisor", NULL, LOG_LEVEL_INFO);
	if (!sandbox_enter(SANDBOX_SUPERVISOR, NULL, &err) ||
		!open_signals(&supervisor.signals, &err) ||
		!supervisor_load(config_path, &supervisor.config_text, &supervisor.config, &err)) {
		log_failure(LOG_LEVEL_ERROR, "not-started", &err);
		buffer_done(&supervisor.config_text);
		return 1;
	}
	if (!landlock_is_there())
		log_event(LOG_LEVEL_NOTICE, "no-landlock",
			log_string("meaning", "this kernel has no Landlock: files are guarded by "
					      "their modes and the "
					      "system-call filters alone"));
	supervisor.watchdog_ms = notify_watchdog_ms();
	supervisor_plan_children(&supervisor);
	run(&supervisor);
	log_event(LOG_LEVEL_NOTICE, "stopped", log_number("exit", supervisor.exit_status));
	for (size_t i = 0; i < supervisor.child_count; i++)
		child_free(supervisor.children[i]);
	free(supervisor.children);
	buffer_done(&supervisor.config_text);
	config_free(supervisor.config);
	close(supervisor.signals);
	return supervisor.exit_status;
}
