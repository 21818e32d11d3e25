/*
 * role.h - the frames between the supervisor and its other roles (the reader's are in wire.h), and
 * between the feed and the ledger. Bodies are packed (base/pack.h).
 *
 *   supervisor -> ledger   ROLE_START; ROLE_CONFIG after SIGHUP; ROLE_PEER with a socket for every
 *                          process that talks to the ledger; CONTROL_STOP
 *   ledger -> supervisor   ROLE_READY or ROLE_REFUSED; then CONTROL_PROGRESS, ROLE_STATUS,
 *                          ROLE_USEFUL, ROLE_PEER_PROGRESS, ROLE_PEER_STALLED
 *   supervisor -> ledger   ROLE_TOKEN_STATE: what the tokens role said, passed on
 *   supervisor -> tokens   the frames of tokens_wire.h, both ways
 *   supervisor -> feed     ROLE_START, CONTROL_STOP
 *   feed -> supervisor     ROLE_READY or ROLE_REFUSED; then CONTROL_PROGRESS
 *   feed -> ledger         ROLE_FETCHED
 */
#ifndef DAEMON_ROLE_H
#define DAEMON_ROLE_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"
#include "daemon/wire.h"

#define ROLE_CONTROL_FD 3		  /* to the supervisor, in every role */
#define ROLE_LEDGER_FD	4		  /* to the ledger, of the feed and of readers */
#define ROLE_MAX_BYTES	((size_t)8 << 20) /* the largest frame body; the file stands in one */

enum role_frame { /* beside CONTROL_STOP and CONTROL_PROGRESS of wire.h */
	ROLE_START = 64,
	ROLE_CONFIG = 65,      /* struct role_start: the new one */
	ROLE_PEER = 66,	       /* struct role_peer, with the ledger's end of the socket */
	ROLE_TOKEN_STATE = 67, /* struct tokens_state of tokens_wire.h */
	ROLE_READY = 80,       /* empty */
	ROLE_REFUSED = 81,
	ROLE_STATUS = 82,	 /* text, one line for STATUS= */
	ROLE_PEER_PROGRESS = 83, /* u32, the peer's id: it did something useful */
	ROLE_PEER_STALLED = 84,	 /* u32: it does not answer any more; end it */
	ROLE_USEFUL = 85,	 /* empty, of the ledger: it committed something */
	ROLE_FETCHED = 96,
};

/* ROLE_START and ROLE_CONFIG. No secret stands in the file. */
struct role_start {
	struct span path;    /* of the configuration file, for messages */
	struct span text;    /* its bytes, for config_load_text */
	int64_t progress_ms; /* send CONTROL_PROGRESS about this often while all is well */
	struct span secrets; /* of the ledger: struct role_secret, one behind the other */
};

/*
 * The secret tag of a mailbox. The ledger can't read it itself: it has neither systemd's
 * credentials nor, once in its sandbox, the files and commands.
 */
struct role_secret {
	struct span mailbox;
	bool known;	  /* false: `text` says why it can't be read */
	struct span text; /* the secret */
};

enum role_peer_kind { PEER_READER, PEER_PARSER, PEER_FEED };

/* ROLE_PEER */
struct role_peer {
	uint32_t id; /* the supervisor's; never used again for another process */
	enum role_peer_kind kind;
	struct span name; /* of a reader: its mailbox */
};

/* ROLE_REFUSED: it can't work and trying again at once won't help. */
struct role_refused {
	enum error_kind kind;
	struct span text;
};

/* ROLE_FETCHED: a calendar client's fetches since the last report (one a client and minute). */
struct role_fetched {
	int64_t feed_id;
	struct span client;   /* User-Agent, cut */
	struct span calendar; /* "events", "tasks" */
	int64_t at_ms;	      /* of the last one */
	int32_t status;	      /* HTTP status of the last one */
	uint32_t items;	      /* in the calendar then */
	int64_t size_bytes;   /* of the last body that was sent, 0: none */
	uint32_t count;
};

void role_write_start(const struct role_start *start, struct buffer *out);
void role_write_secret(const struct role_secret *secret, struct buffer *out);
void role_write_peer(const struct role_peer *peer, struct buffer *out);
void role_write_refused(const struct role_refused *refused, struct buffer *out);
void role_write_fetched(const struct role_fetched *fetched, struct buffer *out);
void role_write_id(uint32_t id, struct buffer *out);

/* Spans point into `body`. ERROR_INPUT when it does not fit. */
MUST_CHECK bool role_read_start(struct span body, struct role_start *start, struct error *err);
/* Takes the first one off role_start.secrets. */
MUST_CHECK bool role_read_secret(
	struct span *secrets, struct role_secret *secret, struct error *err);
MUST_CHECK bool role_read_peer(struct span body, struct role_peer *peer, struct error *err);
MUST_CHECK bool role_read_refused(
	struct span body, struct role_refused *refused, struct error *err);
MUST_CHECK bool role_read_fetched(
	struct span body, struct role_fetched *fetched, struct error *err);
MUST_CHECK bool role_read_id(struct span body, uint32_t *id, struct error *err);

#endif
