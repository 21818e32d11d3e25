/*
 * wire.h - the frames (base/frame.h, bodies by base/pack.h) that a reader exchanges with the
 * supervisor (its descriptor 3) and with the ledger (its descriptor 4).
 *
 * A reader's life:
 *
 *   supervisor -> START                          everything it needs, secret included
 *   HELLO      -> ledger                         once, first
 *   FOLDER_OPENED -> ledger -> FOLDER_CURSOR     each time a folder was opened on the server
 *   { MAIL_PART* MAIL | MAIL_HEADER | MAIL_MISSING }* BATCH_END -> ledger -> COMMITTED
 *   ledger -> ACTION ... reader -> ACTION_DONE   after the commit of the mail it acts on
 *
 * Rules that both sides rely on:
 *  - Frames are handled in their order. The reader sends at most READER_WINDOW batches whose
 *    COMMITTED it has not seen, and opens a folder anew only when none is outstanding, so the
 *    cursor that it gets is never stale.
 *  - A batch belongs to one folder and one UIDVALIDITY. Its UIDs lie above the cursor, in any
 * order, but for the mail that a WIRE_FETCH action brings, which comes between two batches. What no
 *    BATCH_END closes (the connection broke, the reader died) may be committed or dropped, but its
 *    cursor may not move.
 *  - The ledger has at most READER_ACTIONS actions outstanding at one reader, so that neither side
 *    ever blocks on a full socket while the other one does.
 *  - When one of the sockets ends, the reader ends; the supervisor starts another one. Nothing is
 *    lost by that: what was not committed is fetched again.
 */
#ifndef DAEMON_WIRE_H
#define DAEMON_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/span.h"
#include "config/config.h"

#define READER_CONTROL_FD 3 /* to the supervisor */
#define READER_LEDGER_FD  4

/*
 * Batches sent and not yet committed: a commit of the ledger takes two, and while it works on them
 * the reader fetches the next two.
 */
#define READER_WINDOW  4
#define READER_ACTIONS 64 /* actions sent to one reader and not yet answered */

/* Body caps for frame_read: nobody has to hold more than this for one frame. */
#define WIRE_CONTROL_MAX_BYTES ((size_t)1 << 20) /* on descriptor 3, and ledger -> reader */
#define WIRE_MAIL_MAX_BYTES    ((size_t)4 << 20) /* reader -> ledger; larger mails come in parts */
#define WIRE_PART_BYTES	       ((size_t)1 << 20) /* about one MAIL_PART */
/* A reader sends PROGRESS at least this often, unless it hangs. */
#define READER_PROGRESS_MS 120000

/* On descriptor 3. */
enum control_frame {
	/* supervisor -> reader */
	CONTROL_START = 1,  /* struct wire_start */
	CONTROL_SECRET = 2, /* struct wire_secret: the answer to NEED_SECRET */
	CONTROL_STOP =
		3, /* empty: end after the command in hand; closing the socket does the same */
	CONTROL_RETRY =
		4, /* empty: stop waiting and try to connect now (`mailbox retry`, SIGHUP) */
	/* reader -> supervisor */
	CONTROL_NEED_SECRET = 16, /* empty: the server refused the one I have; read it again */
	CONTROL_PROGRESS = 17,	  /* empty: I am alive (for the watchdog) */
	CONTROL_NEED_TOKEN = 18,  /* empty: I am about to log in; a token that is valid now */
};

/* On descriptor 4. */
enum wire_frame {
	/* reader -> ledger */
	WIRE_HELLO = 1,		/* struct wire_hello */
	WIRE_FOLDER_OPENED = 2, /* struct wire_folder */
	WIRE_MAIL_PART = 3, /* raw bytes, no packing: the beginning of the next MAIL's zstd frame */
	WIRE_MAIL = 4,	    /* struct wire_mail */
	WIRE_MAIL_HEADER = 5,  /* struct wire_mail: only the header was taken, see reason */
	WIRE_MAIL_MISSING = 6, /* struct wire_missing */
	WIRE_BATCH_END = 7,    /* struct wire_batch */
	WIRE_MAIL_ABORT = 8, /* empty: the parts since the last MAIL belong to nothing; drop them */
	WIRE_STATE = 9,	     /* struct wire_state */
	WIRE_ACTION_DONE = 10, /* struct wire_action_done */
	/* ledger -> reader */
	WIRE_FOLDER_CURSOR = 32, /* struct wire_cursor */
	WIRE_COMMITTED = 33,	 /* struct wire_batch */
	WIRE_ACTION = 34,	 /* struct wire_action */
	WIRE_PAUSE = 35,  /* struct wire_pause: fetch nothing until RESUME (disk nearly full) */
	WIRE_RESUME = 36, /* empty */
	WIRE_RETRY = 37,  /* empty: as CONTROL_RETRY */
	WIRE_STOP = 38,	  /* empty: as CONTROL_STOP */
};

/* CONTROL_START */
struct wire_start {
	struct span mailbox; /* its name in the configuration */
	struct span host;
	uint16_t port;
	enum server_tls tls;
	struct span ca_file;	/* empty: the system's store */
	struct span pinned_key; /* SHA-256 of the SPKI in hex; empty: none */
	int64_t timeout_ms;	/* of one answer; 0: a minute */
	struct span user;
	enum login_auth auth;
	struct span secret;   /* password or access token; empty with fetches_token */
	struct span *folders; /* UTF-8; the first is the one that IDLE watches */
	size_t folder_count;
	enum server_action action; /* with ACTION_KEEP folders are opened read-only (EXAMINE) */
	struct span action_folder;
	bool idle;
	int64_t poll_ms;
	int64_t auth_retry_ms;
	int64_t max_message_bytes; /* larger ones: WIRE_MAIL_HEADER, READER_TOO_LARGE */
	uint32_t batch_messages;   /* 0: 200 */
	int64_t batch_bytes;	   /* 0: 8 MiB */
	bool fetches_token;	   /* asks for an access token before each login: it ends soon */
};

/* CONTROL_SECRET */
struct wire_secret {
	bool known;	    /* false: it could not be read, `text` says why */
	struct span secret; /* may be the same as before */
	struct span text;
	enum error_kind error; /* ERROR_TEMPORARY: worth another try soon; ERROR_NONE: known */
};

struct wire_hello {
	struct span mailbox;
};

/* WIRE_FOLDER_OPENED: what the server said of it. */
struct wire_folder {
	struct span folder; /* UTF-8, as configured */
	uint32_t uidvalidity;
	uint32_t uidnext; /* 0: the server did not say */
	uint32_t exists;  /* messages in it */
};

/*
 * WIRE_FOLDER_CURSOR: what the ledger knows of the folder. The reader goes on above last_uid when
 * uidvalidity is the one it opened; otherwise it scans from UID 1, and the ledger recognises by
 * identity what it has. Actions that wait for this folder follow as ACTION frames.
 */
struct wire_cursor {
	struct span folder;
	uint32_t uidvalidity; /* 0: never seen */
	uint32_t last_uid;    /* 0: nothing stored yet */
};

enum wire_flag { /* of wire_mail.flags */
	WIRE_FLAG_SEEN = 1,
	WIRE_FLAG_ANSWERED = 2,
	WIRE_FLAG_FLAGGED = 4,
	WIRE_FLAG_DELETED = 8,
	WIRE_FLAG_DRAFT = 16,
};

enum wire_reason {
	READER_WHOLE,
	READER_TOO_LARGE, /* above max_message_bytes: only its header block was fetched */
};

/* WIRE_MAIL, WIRE_MAIL_HEADER */
struct wire_mail {
	struct span folder;
	uint32_t uidvalidity, uid;
	int64_t internal_date_ms; /* UTC; when the server received it; 0: it did not say */
	uint64_t size_bytes;	  /* as counted; of a MAIL_HEADER: as the server claims */
	uint32_t flags;		  /* enum wire_flag */
	enum wire_reason reason;
	struct digest identity; /* ingest/identity.h; of a MAIL_HEADER over the header alone */
	struct span
		zstd; /* one frame; with parts before it: they and this together are the frame */
};

/* WIRE_MAIL_MISSING: listed by the server, but not given, also when asked for again alone. */
struct wire_missing {
	struct span folder;
	uint32_t uidvalidity, uid;
	struct span text; /* what the server said */
};

/* WIRE_BATCH_END: everything up to last_uid was sent. WIRE_COMMITTED: and is stored. */
struct wire_batch {
	struct span folder;
	uint32_t uidvalidity, last_uid;
};

enum reader_state {
	READER_CONNECTING,
	READER_FETCHING,
	READER_WATCHING, /* all folders are up to date; IDLE or the next poll */
	READER_RETRYING, /* the connection failed: text, error and until_ms say more */
	READER_REFUSED,	 /* the credentials were refused */
	READER_PAUSED,	 /* the ledger asked for it */
	READER_FOLDER,	 /* one folder is missing or can't be opened, the others go on */
};
#define READER_STATE_COUNT 7

/*
 * WIRE_STATE, sent when it changes; WATCHING also after each successful poll (that is when the
 * mailbox last succeeded).
 */
struct wire_state {
	enum reader_state state;
	enum error_kind error; /* ERROR_NONE: all is well; WATCHING can miss a folder */
	struct span folder;    /* READER_FOLDER, else empty */
	struct span text;      /* one line that a person can act on; empty when all is well */
	struct span waits_for; /* "new mail", "the next try", "another secret; …" */
	int64_t until_ms;      /* the wait ends at that instant; 0: open */
};

enum wire_verb {
	WIRE_SEEN,   /* UID STORE +FLAGS.SILENT \Seen */
	WIRE_FLAG,   /* the same with \Flagged */
	WIRE_MOVE,   /* to target */
	WIRE_DELETE, /* \Deleted, and UID EXPUNGE where the server has UIDPLUS */
	WIRE_FETCH,  /* send this mail (again): a MAIL of that UID comes before ACTION_DONE */
};
#define WIRE_VERB_COUNT 5

struct wire_action {
	uint64_t id; /* the ledger's; comes back in ACTION_DONE */
	enum wire_verb verb;
	struct span folder;
	uint32_t uidvalidity, uid; /* under which it was decided */
	struct span target;	   /* WIRE_MOVE: folder, UTF-8 */
	struct digest identity;	   /* of the mail: the only proof that it is the same one */
	struct span message_id;	   /* with <>, may be empty: to find it again on the server */
};

enum wire_result {
	WIRE_DONE,    /* it is so on the server now (also when it was so already) */
	WIRE_GONE,    /* the mail is no longer there; nothing to do any more; text is a finding */
	WIRE_DROPPED, /* not done and not to be tried again; text is a finding */
	WIRE_FAILED,  /* not done; send the action again later */
};
#define WIRE_RESULT_COUNT 4

struct wire_action_done {
	uint64_t id;
	enum wire_result result;
	struct span text; /* a finding or the server's words; empty when all went well */
};

struct wire_pause {
	struct span text; /* why, in words a person can act on */
};

/*
 * Each wire_write_X appends a frame body to `out`; each wire_read_X reads one, its spans pointing
 * into `body` (wire_start's list of folders lies in the arena). ERROR_INPUT when it does not fit.
 */
void wire_write_start(const struct wire_start *start, struct buffer *out);
void wire_write_secret(const struct wire_secret *secret, struct buffer *out);
void wire_write_hello(const struct wire_hello *hello, struct buffer *out);
void wire_write_folder(const struct wire_folder *folder, struct buffer *out);
void wire_write_cursor(const struct wire_cursor *cursor, struct buffer *out);
void wire_write_mail(const struct wire_mail *mail, struct buffer *out);
void wire_write_missing(const struct wire_missing *missing, struct buffer *out);
void wire_write_batch(const struct wire_batch *batch, struct buffer *out);
void wire_write_state(const struct wire_state *state, struct buffer *out);
void wire_write_action(const struct wire_action *action, struct buffer *out);
void wire_write_action_done(const struct wire_action_done *done, struct buffer *out);
void wire_write_pause(const struct wire_pause *pause, struct buffer *out);

MUST_CHECK bool wire_read_start(
	struct span body, struct arena *arena, struct wire_start *start, struct error *err);
MUST_CHECK bool wire_read_secret(struct span body, struct wire_secret *secret, struct error *err);
MUST_CHECK bool wire_read_hello(struct span body, struct wire_hello *hello, struct error *err);
MUST_CHECK bool wire_read_folder(struct span body, struct wire_folder *folder, struct error *err);
MUST_CHECK bool wire_read_cursor(struct span body, struct wire_cursor *cursor, struct error *err);
MUST_CHECK bool wire_read_mail(struct span body, struct wire_mail *mail, struct error *err);
MUST_CHECK bool wire_read_missing(
	struct span body, struct wire_missing *missing, struct error *err);
MUST_CHECK bool wire_read_batch(struct span body, struct wire_batch *batch, struct error *err);
MUST_CHECK bool wire_read_state(struct span body, struct wire_state *state, struct error *err);
MUST_CHECK bool wire_read_action(struct span body, struct wire_action *action, struct error *err);
MUST_CHECK bool wire_read_action_done(
	struct span body, struct wire_action_done *done, struct error *err);
MUST_CHECK bool wire_read_pause(struct span body, struct wire_pause *pause, struct error *err);

/* START for a mailbox of the configuration; the spans point into it and into `secret`. */
void wire_start_from_config(const struct config_mailbox *mailbox, struct span secret,
	int64_t max_message_bytes, struct arena *arena, struct wire_start *start);

/* "watching", "refused": as in `postroom status --json`. */
const char *reader_state_name(enum reader_state state);
const char *wire_verb_name(enum wire_verb verb);

#endif
