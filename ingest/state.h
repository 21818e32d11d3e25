/*
 * state.h - what ingest/ keeps from one mail to the next, and the mail in hand. For ingest/ alone.
 */
#ifndef INGEST_STATE_H
#define INGEST_STATE_H

#include "ingest/directory.h"
#include "ingest/intake.h"
#include "store/erased.h"

/* How full the quarantine of a mailbox is; counted anew each minute. */
struct quota {
	int64_t count, counted_ms; /* counted_ms 0: never */
};

struct intake {
	struct db *db;
	const struct config *config;
	struct directory *directory;
	int64_t *user_ids;     /* by index in config->users */
	struct quota *quotas;  /* by index in config->mailboxes */
	struct erased *erased; /* who is kept out */
	struct arena arena;    /* of the mail in hand */
};

/* The stored messages that a mail answers, the nearest first. */
struct thread {
	bool known; /* was looked up */
	int64_t *messages;
	size_t count;
};

/* The mail in hand: its facts and what follows from them and the configuration alone. */
struct mail {
	struct intake *intake;
	struct arena *arena;
	const struct facts *facts; /* secrets taken out */
	int64_t message_id;	   /* 0: not stored (explain) */
	int64_t route_id;	   /* decided before on this route (replay, resolve), else 0 */
	int64_t now_ms;
	bool history; /* older than the mailbox's `since`: opens nothing */
	bool again;   /* replay: what this route did before is there, and persons went on from it */

	struct span from;   /* folded; empty unless there is exactly one From address */
	int sender;	    /* index in config->users, -1: from outside */
	bool vouched;	    /* that it is this user was checked: tags count */
	bool to_us;	    /* an address of a mailbox stands in To or Cc */
	int64_t arrival_ms; /* by the topmost Received field, else now */
	int64_t at_ms;	    /* by the Date field where it is plausible, else arrival */
	bool *secret_shown; /* by index in config->mailboxes: its secret tag stands in To or Cc */
	struct thread thread;
};

/*
 * Works out the plain members; facts must outlive the mail. Secrets in facts are replaced first
 * (a changed copy is made in the arena).
 */
void mail_init(struct mail *mail, struct intake *intake, struct arena *arena,
	const struct facts *facts, int64_t message_id, bool history, int64_t now_ms);

/* The secret tag of this very mailbox was shown to everybody who got the mail. */
bool mail_shows_secret(const struct mail *mail, const struct config_mailbox *mailbox);

/* Fills mail->thread once; at most THREAD_LOOKUPS ids are looked up. */
MUST_CHECK bool mail_thread(struct mail *mail, struct error *err);

/* The user's id in the database, 0 for index -1. */
int64_t intake_user_id(const struct intake *intake, int user);
/* Index of the user of that name in config->users, -1: none. */
int intake_user_index(const struct intake *intake, struct span name);

#endif
