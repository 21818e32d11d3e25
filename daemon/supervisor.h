/*
 * supervisor.h - the role that starts and watches the others. Has the configuration and, for the
 * moment of handing them out, the secrets; no network and no database.
 */
#ifndef DAEMON_SUPERVISOR_H
#define DAEMON_SUPERVISOR_H

#include "base/buffer.h"
#include "config/config.h"
#include "daemon/child.h"
#include "daemon/role.h"

/* Runs the daemon until SIGTERM or SIGINT; returns the exit status. */
int supervisor_main(const char *config_path);

/* ---------------------------------------------------------------- between its files */

enum supervisor_phase {
	PHASE_RUNNING,
	PHASE_STOP_READERS, /* and the feed; the ledger still takes what they had in hand */
	PHASE_STOP_LEDGER,  /* it commits what it has */
	PHASE_STOP_PARSERS, /* they end with it */
};

struct supervisor {
	const char *config_path;
	struct config *config;
	struct buffer config_text;
	/* in the order of their start: ledger, tokens, parsers, readers, feed */
	struct child **children;
	size_t child_count;
	uint32_t last_id;
	enum supervisor_phase phase;
	int signals; /* signalfd */
	int exit_status;
	bool was_ready;			 /* READY was said */
	int64_t watchdog_ms;		 /* 0: nobody watches */
	int64_t watchdog_at_ms;		 /* monotonic: the next time to say that all is well */
	char trouble[256], status[1024]; /* of the last reload; of the ledger */
};

/* The file's bytes, and the configuration that they are. *config is NULL on failure. */
MUST_CHECK bool supervisor_load(
	const char *path, struct buffer *text, struct config **config, struct error *err);
/* Makes children fit the configuration: new ones are wanted, others no longer. */
void supervisor_plan_children(struct supervisor *supervisor);
/* Reads the file again and restarts what it changes; a bad file changes nothing. */
void supervisor_reload(struct supervisor *supervisor);
/* The ledger's process; there always is one. */
struct child *supervisor_ledger(struct supervisor *supervisor);
/* Gives the ledger the configuration that is in force now. */
MUST_CHECK bool supervisor_send_config(struct supervisor *supervisor, struct error *err);
/* The mailbox's password or token, appended; secret_done it. */
MUST_CHECK bool supervisor_read_secret(
	const struct config_mailbox *mailbox, struct buffer *secret, struct error *err);
/* ROLE_START's counterpart for the tokens role: every account, secrets read now. */
MUST_CHECK bool supervisor_send_accounts(
	struct supervisor *supervisor, struct child *child, struct error *err);
/* The tokens role is asked for what this reader wants, or will be as soon as it is ready. */
void supervisor_want_token(
	struct supervisor *supervisor, struct child *reader, enum child_wish wish);
/* The tokens role can't work: whoever waits for it hears why. */
void supervisor_tokens_refused(struct supervisor *supervisor, const struct role_refused *refused);
/* What waited for the tokens role, or for the ledger, to be ready. */
void supervisor_tokens_ready(struct supervisor *supervisor);
void supervisor_tell_token_states(struct supervisor *supervisor);
/* A frame of tokens_wire.h. */
MUST_CHECK bool supervisor_take_tokens_frame(
	struct supervisor *supervisor, const struct frame *frame, struct error *err);
/* Several times in the interval in which the service manager wants to hear of us. */
int64_t supervisor_progress_ms(const struct supervisor *supervisor);
/* Starts a child that is down, and makes it known to the ledger. */
void supervisor_start_child(struct supervisor *supervisor, struct child *child);
/* A reader died by accident: its mailbox says so in `postroom status`. */
void supervisor_report_death(struct supervisor *supervisor, const struct child *child, int status);
/* A frame that the child sent. */
MUST_CHECK bool supervisor_take_frame(struct supervisor *supervisor, struct child *child,
	const struct frame *frame, struct error *err);

#endif
