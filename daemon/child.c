#include "daemon/child.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/process.h"
#include "daemon/role.h"
#include "ingest/parser_client.h"

#define DELAY_FIRST_MS 100
#define DELAY_LAST_MS  60000
/* Who lived that long died of something else than the one before. */
#define STEADY_MS 30000
/* A role that lets more pile up does not read: it is ended. Holds several configuration files. */
#define CONTROL_OUT_MAX_BYTES ((size_t)32 << 20)

const char *child_kind_name(enum child_kind kind)
{
	static const char *const names[] = {
		[CHILD_LEDGER] = "ledger",
		[CHILD_TOKENS] = "tokens",
		[CHILD_PARSER] = "parser",
		[CHILD_READER] = "reader",
		[CHILD_FEED] = "feed",
	};

	return names[kind];
}

/* Between three quarters and five quarters, so that what fell together does not rise together. */
static int64_t jitter(int64_t delay_ms)
{
	uint32_t random;

	digest_random(&random, sizeof random);
	return delay_ms * 3 / 4 + (int64_t)(random % (uint64_t)(delay_ms / 2 + 1));
}

static void plan_restart(struct child *child)
{
	child->delay_ms = child->delay_ms == 0 ? DELAY_FIRST_MS : child->delay_ms * 2;
	if (child->delay_ms > DELAY_LAST_MS)
		child->delay_ms = DELAY_LAST_MS;
	child->restart_at_ms = clock_monotonic_ms() + jitter(child->delay_ms);
}

static bool start_parser(struct child *child, int peer, struct error *err)
{
	char path[PATH_MAX];
	char *arguments[] = {(char[]){"postroom-parser"}, NULL};
	struct process_descriptor descriptors[] = {{peer, ROLE_CONTROL_FD}};
	struct process_options options = {
		.program = path,
		.arguments = arguments,
		.descriptors = descriptors,
		.descriptor_count = ARRAY_COUNT(descriptors),
	};

	if (!process_sibling("postroom-parser", path, sizeof path, err))
		return false;
	parser_client_limits(&options);
	return process_start(&options, &child->pid, err);
}

/*
 * Of addresses (RLIMIT_AS), libraries included: what no reader and no feed ever needs. The ledger
 * holds what the readers bring, which it limits itself.
 */
static uint64_t memory_bytes(enum child_kind kind)
{
	return kind == CHILD_READER ? UINT64_C(512) << 20
	       : kind == CHILD_FEED ? UINT64_C(2) << 30
				    : 0;
}

static bool start_role(struct child *child, int peer, struct error *err)
{
	char role[16], mailbox[] = "--mailbox";
	char *arguments[] = {
		(char[]){"postroomd"}, (char[]){"--role"}, role, mailbox, child->name, NULL};
	int control[2];
	bool started;

	if (!process_socket_pair(control, err))
		return false;
	snprintf(role, sizeof role, "%s", child_kind_name(child->kind));
	if (child->kind != CHILD_READER)
		arguments[3] = NULL;
	struct process_descriptor descriptors[] = {
		{control[1], ROLE_CONTROL_FD}, {peer, ROLE_LEDGER_FD}};
	struct process_options options = {
		.program = "/proc/self/exe",
		.arguments = arguments,
		.descriptors = descriptors,
		.descriptor_count = peer >= 0 ? 2 : 1,
		.memory_bytes = memory_bytes(child->kind),
		.file_bytes = UINT64_MAX,
	};
	started = process_start(&options, &child->pid, err);
	close(control[1]);
	if (started)
		channel_open(&child->control, control[0], ROLE_MAX_BYTES, CONTROL_OUT_MAX_BYTES);
	else
		close(control[0]);
	return started;
}

bool child_start(struct child *child, uint32_t id, int peer, struct error *err)
{
	bool started = child->kind == CHILD_PARSER ? start_parser(child, peer, err)
						   : start_role(child, peer, err);

	if (!started)
		return false;
	child->id = id;
	child->state = CHILD_UP;
	child->ready = false;
	child->wish = WISH_NOTHING;
	child->started_at_ms = child->progress_at_ms = clock_monotonic_ms();
	log_event(LOG_LEVEL_INFO, "started", log_string("what", child_kind_name(child->kind)),
		log_string("name", child->name), log_number("pid", child->pid));
	return true;
}

void child_ended(struct child *child, int status, long peak_kib)
{
	bool asked = child->state == CHILD_ENDING;
	char how[64];

	channel_close(&child->control);
	child->state = CHILD_DOWN;
	child->ready = false;
	if (!asked)
		plan_restart(child);
	log_event(asked ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, asked ? "ended" : "died",
		log_string("what", child_kind_name(child->kind)), log_string("name", child->name),
		log_number("pid", child->pid), log_string("how", process_status_text(status, how)),
		log_number("peak_kib", peak_kib),
		log_number("again_in_ms", asked ? 0 : child->restart_at_ms - clock_monotonic_ms()));
	child->pid = 0;
}

void child_not_started(struct child *child, const struct error *err)
{
	plan_restart(child);
	log_event(LOG_LEVEL_ERROR, "not-started", log_string("what", child_kind_name(child->kind)),
		log_string("name", child->name), log_string("error", err->text),
		log_number("again_in_ms", child->restart_at_ms - clock_monotonic_ms()));
}

void child_alive(struct child *child)
{
	int64_t now = clock_monotonic_ms();

	child->progress_at_ms = now;
	if (now - child->started_at_ms >= STEADY_MS)
		child->delay_ms = 0;
}

void child_useful(struct child *child)
{
	child->progress_at_ms = clock_monotonic_ms();
	child->delay_ms = 0;
}

void child_stop(struct child *child, int64_t grace_ms)
{
	struct error ignored;

	if (child->state != CHILD_UP)
		return;
	child->state = CHILD_ENDING;
	child->kill_at_ms = clock_monotonic_ms() + grace_ms;
	if (channel_is_open(&child->control) &&
		!channel_send(&child->control, CONTROL_STOP, (struct span){0}, &ignored))
		child_kill(child);
}

void child_kill(struct child *child)
{
	if (child->pid > 0)
		kill(child->pid, SIGKILL);
}

void child_free(struct child *child)
{
	channel_close(&child->control);
	buffer_done(&child->token_state);
	free(child->name);
	free(child);
}
