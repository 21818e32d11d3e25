/*
 * child.h - one process of the daemon as its supervisor sees it: started, watched, started again
 * after growing delays, ended.
 */
#ifndef DAEMON_CHILD_H
#define DAEMON_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/span.h"
#include "daemon/channel.h"

enum child_kind { CHILD_LEDGER, CHILD_TOKENS, CHILD_PARSER, CHILD_READER, CHILD_FEED };

/* What a reader waits for. */
enum child_wish { WISH_NOTHING, WISH_TOKEN, WISH_OTHER_TOKEN /* the last one was refused */ };

enum child_state {
	CHILD_DOWN,   /* not running; wanted: started again at restart_at_ms */
	CHILD_UP,     /* running */
	CHILD_ENDING, /* told to end; killed at kill_at_ms */
};

struct child {
	enum child_kind kind;
	char *name; /* of a reader: its mailbox; of a parser: its number; owned */
	bool wanted;
	enum child_state state;
	pid_t pid;
	uint32_t id; /* of this process, as the ledger knows it */
	struct channel control;
	bool ready;		   /* it said ROLE_READY (ledger, tokens and feed) */
	enum child_wish wish;	   /* of a reader, to the tokens role */
	struct buffer token_state; /* of a reader: its mailbox's last TOKENS_STATE */
	/* monotonic */
	int64_t started_at_ms, progress_at_ms, restart_at_ms, kill_at_ms;
	int64_t delay_ms; /* before the next start; 0: none yet */
};

/* "ledger", "reader": for --role and the log. */
const char *child_kind_name(enum child_kind kind);

/*
 * Starts the process. peer: its end of the socket to the ledger (-1: none), which the caller
 * closes; the control socket is made here (a parser has none: its peer is descriptor 3).
 */
MUST_CHECK bool child_start(struct child *child, uint32_t id, int peer, struct error *err);
/* It ended: logs how, with the largest memory that it had, and sets the time of its next start. */
void child_ended(struct child *child, int status, long peak_kib);
/* It could not even be started: as child_ended, without a process. */
void child_not_started(struct child *child, const struct error *err);
/* It says that it does not hang. Its delays begin anew only when it has lived for a while. */
void child_alive(struct child *child);
/* It did what it is there for (a commit): its delays begin anew. */
void child_useful(struct child *child);
/* Asks it to end (CONTROL_STOP, or by closing what it reads) and kills it after grace_ms. */
void child_stop(struct child *child, int64_t grace_ms);
/* Ends it at once; child_ended follows when it is gone. */
void child_kill(struct child *child);
/* Forgets a child that is down. */
void child_free(struct child *child);

#endif
