/*
 * ledger.h - the role that writes: takes mails from the readers, has them read by the parsers,
 * decides and records them in batches, each one transaction with the mailbox's cursor. Has the
 * database; no network and no other process.
 */
#ifndef DAEMON_LEDGER_H
#define DAEMON_LEDGER_H

#include "base/arena.h"
#include "config/config.h"
#include "daemon/channel.h"
#include "daemon/role.h"
#include "daemon/wire.h"
#include "ingest/intake.h"
#include "parser/facts.h"
#include "parser/protocol.h"
#include "store/db.h"

/* `postroomd --role ledger`; returns the exit status. */
int ledger_main(void);

/* ---------------------------------------------------------------- between its files */

/* A batch is committed at the first of these; 50 ms is also what a single new mail may wait. */
#define BATCH_MESSAGES_MAX 400
#define BATCH_BYTES_MAX	   ((size_t)16 << 20)
#define BATCH_QUIET_MS	   50

/* One step of one source: a frame of a reader, or a stored mail that is not decided yet. */
enum entry_kind {
	ENTRY_MAIL,
	ENTRY_HEADER, /* too large: only its header came */
	ENTRY_STORED, /* already in the database in state received: to be read and decided */
	ENTRY_MISSING,
	ENTRY_BATCH,
	ENTRY_OPENED,
	ENTRY_STATE,
	ENTRY_ACTION_DONE,
	ENTRY_FETCHED,
};

enum entry_state {
	ENTRY_UNREAD,  /* waits for a parser */
	ENTRY_READING, /* a parser has it */
	ENTRY_DONE,    /* facts are there, or none are needed: can be applied */
	ENTRY_FAILED,  /* no facts: why says it */
};

/* What follows when the commit of an entry is through. */
enum entry_next {
	NEXT_NOTHING,
	NEXT_READ_STORED, /* stays received in the database: tried again from there */
	NEXT_READ_AGAIN,  /* was decided before, only this copy could not be read: asked again */
};

struct entry {
	struct entry *next;	   /* in its source, or in the batch */
	struct entry *next_unread; /* in the ledger's queue for the parsers */
	struct source *source;
	enum entry_kind kind;
	enum entry_state state;
	struct buffer body; /* the frame's bytes, which the spans below point into */
	union {
		struct wire_mail mail;
		struct wire_missing missing;
		struct wire_batch batch;
		struct wire_folder folder;
		struct wire_state state;
		struct wire_action_done done;
		struct role_fetched fetched;
	} of;
	struct buffer raw; /* the mail's zstd frame where it is not of.mail.zstd */
	bool alone;	   /* a parser died on it: nothing else goes to the same one meanwhile */
	int tries;	   /* failures since we have it */
	int tries_counted; /* failures before, as the database has them */
	struct arena arena;
	struct facts facts;
	struct error why; /* ENTRY_FAILED, or the decision failed */
	const char *stage;
	bool final; /* trying again is of no use */

	/* what applying it found; acted upon after the commit */
	int64_t message_id;
	int64_t delivery_id; /* ENTRY_STORED: this copy of it alone, decided once more */
	bool new_delivery;
	enum entry_next next_step;
	bool dead;
	bool undecided; /* ENTRY_MAIL: decided once more later */
	bool action_added;
	struct wire_cursor cursor; /* ENTRY_OPENED */
};

/* A queue of entries that are applied in their order: one a reader, one for stored mails. */
struct source {
	struct source *next;
	enum role_peer_kind kind;
	uint32_t id; /* the supervisor's */
	char *mailbox;
	struct channel channel;
	bool useful; /* the supervisor was told that it makes progress */
	struct entry *first, **last;
	size_t queued_bytes;
	struct buffer parts; /* WIRE_MAIL_PART so far */
	int64_t mailbox_id;  /* 0: not asked for yet, or a transaction was taken back */
	struct source_folder {
		struct source_folder *next;
		int64_t id;
		char name[];
	} * folders;   /* likewise */
	char *account; /* of a reader: whose mail it brings (config_account) */
	/* an entry could not be written, or the account changed: the rest is dropped, not acted on
	 */
	bool broken;
	bool paused;
	bool opened; /* a folder was opened: actions may be sent */
	int actions_out;
	int64_t action_after_id, actions_at_ms, actions_again_at_ms;
	int64_t retried_ms; /* UTC: the last `mailbox retry`; its start until that is known */
	bool retry_known;
	char trouble[256]; /* of its last state, empty: all well */
};

struct parser_peer {
	struct parser_peer *next;
	uint32_t id;
	struct channel channel;
	struct entry *sent[64]; /* ring, oldest first; sent[n]->state is ENTRY_READING */
	unsigned sent_first, sent_count;
	size_t sent_bytes;
	int64_t since_ms; /* monotonic: the last answer, or the first question after none */
	bool useful;
};

struct batch {
	bool open; /* a write transaction is begun */
	struct entry *first, **last;
	size_t messages, bytes;
	int64_t last_ms; /* monotonic: the last entry was applied */
	bool complete;	 /* that was the end of something, nothing belongs behind it */
};

struct ledger {
	struct channel control;
	struct config *config;
	struct arena options_arena;
	struct buffer token_states; /* TOKENS_STATE bodies, packed, that are not written yet */
	struct parse_options options;
	struct db *db;
	struct intake *intake;
	int lock;
	struct suspects *suspects;
	int64_t progress_ms;

	struct source *sources; /* oldest first */
	struct source stored;	/* mails in state received */
	size_t stored_count;
	int64_t stored_after_id;
	bool stored_left; /* there may be more of them */
	struct parser_peer *parsers;
	struct entry *unread, **unread_last; /* waiting for a parser */
	struct entry *unread_alone;	     /* these one by one */
	struct batch batch;
	size_t queued_bytes;

	bool useful; /* the supervisor was told of a commit */
	bool stopping, control_ended;
	bool paused; /* the disk is nearly full */
	char pause_text[256];
	bool index_left; /* search is behind */
	bool sum_changed;
	int64_t data_version;
	int64_t clock_ahead_ms; /* of the wall clock before the monotonic one, when last looked at
				 */
	int64_t absences_at_ms, copies_at_ms, people_at_ms, progress_at_ms, disk_at_ms,
		status_at_ms, look_at_ms, stop_at_ms; /* monotonic */
	struct {				      /* what is to be forgotten: chores alone */
		bool more;
		int64_t at_ms, count;
	} forget;
};

/* ledger_entry.c: entries and their queues */
struct entry *entry_new(struct source *source, enum entry_kind kind, struct span body);
void entry_free(struct entry *entry);
/* At the end of its source; it counts in the ledger's memory from now on. */
void ledger_queue(struct ledger *ledger, struct entry *entry);
/* The first one leaves its source. */
void ledger_unqueue(struct ledger *ledger, struct source *source);
struct source *source_new(struct ledger *ledger, const struct role_peer *peer, int socket);
/* Frees sources whose process is gone and whose entries are all done with. */
void ledger_drop_sources(struct ledger *ledger);
/* A mail's facts are decided upon. */
bool entry_has_content(const struct entry *entry);
/* The mail's zstd frame. */
struct span entry_raw(const struct entry *entry);

/* ledger_reader.c: what readers and the feed send */
void ledger_read_source(struct ledger *ledger, struct source *source);
/* A frame to a reader; a reader that is gone misses it, which harms nothing. */
struct buffer *source_begin(struct source *source, uint32_t type, size_t *mark);
void source_end(struct source *source, size_t mark);

/* ledger_parser.c: handing mails to parsers */
void parser_peer_new(struct ledger *ledger, uint32_t id, int socket);
void ledger_read_parser(struct ledger *ledger, struct parser_peer *parser);
void ledger_unread(struct ledger *ledger, struct entry *entry);
void ledger_dispatch(struct ledger *ledger);
/* Parsers that hang on a mail are given up; the supervisor ends them. */
void ledger_check_parsers(struct ledger *ledger);
void ledger_drop_parsers(struct ledger *ledger);
bool ledger_is_reading(const struct ledger *ledger);

/* ledger_apply.c: one entry into the database. ERROR_STORAGE ends the process. */
MUST_CHECK bool entry_apply(
	struct ledger *ledger, struct entry *entry, int64_t now_ms, struct error *err);
/*
 * The same for a mail that could not be decided (entry->why): it is kept, counted and tried again,
 * dead after the third time.
 */
MUST_CHECK bool entry_apply_failed(
	struct ledger *ledger, struct entry *entry, int64_t now_ms, struct error *err);
/* The ledger died on it so often that it is given up: never looked into again. */
bool ledger_is_condemned(const struct ledger *ledger, const struct entry *entry);
/* What was learnt of the database in a transaction that was taken back. */
void source_forget_ids(struct source *source);
/* After the commit: answers, and what follows. The entry is freed or goes on its way. */
void entry_settle(struct ledger *ledger, struct entry *entry);

/* ledger_batch.c: entries into transactions. False: the database failed, the process must end. */
MUST_CHECK bool ledger_apply_ready(struct ledger *ledger, struct error *err);
/* Commits when the batch is large or old enough, or nothing more belongs to it. */
MUST_CHECK bool ledger_commit_due(struct ledger *ledger, struct error *err);
MUST_CHECK bool ledger_commit(struct ledger *ledger, struct error *err);
/* Something stands first in its queue and can be applied. */
bool ledger_has_ready(const struct ledger *ledger);

/* ledger_suspect.c: mails on which the ledger itself died */
struct suspects;
/* Its file in the state directory; counts what the ledger before us died on. */
MUST_CHECK bool suspects_open(const char *directory, struct suspects **suspects, struct error *err);
void suspects_close(struct suspects *suspects);
/* How often a ledger died while it decided this mail. */
unsigned suspect_deaths(struct suspects *suspects, const struct entry *entry);
/* Around whatever follows the content of one mail. */
void suspect_begin(struct suspects *suspects, const struct entry *entry);
void suspect_end(struct suspects *suspects);
/* It was decided, or given up. */
void suspect_forget(struct suspects *suspects, const struct entry *entry);

/* ledger_stored.c: mails that are stored, but not decided */
/* At the end of its source and to the parsers; a failure when its raw bytes are not kept. */
void ledger_queue_raw(struct ledger *ledger, struct entry *entry);
/* At the end of its source; it can't be read, and why. */
void ledger_queue_failed(struct ledger *ledger, struct entry *entry, const struct error *why);
MUST_CHECK bool ledger_queue_stored(struct ledger *ledger, struct error *err);
void ledger_look_for_stored(struct ledger *ledger);

/* ledger_action.c: what servers are asked to do */
MUST_CHECK bool ledger_send_actions(struct ledger *ledger, struct error *err);
/* The mailbox's own action (mailboxes[].action), counted from from_ms; *added: there is one. */
MUST_CHECK bool action_ask(struct ledger *ledger, const struct config_mailbox *mailbox,
	int64_t delivery_id, int64_t from_ms, bool *added, struct error *err);
/* An answer of the reader's. */
MUST_CHECK bool action_done_apply(
	struct ledger *ledger, struct entry *entry, int64_t now_ms, struct error *err);

/* ledger_copy.c: further copies that could not be decided, tried again until they are */
MUST_CHECK bool ledger_queue_copies(struct ledger *ledger, struct error *err);
/* To be read and decided for itself. */
MUST_CHECK bool copy_soon(
	struct ledger *ledger, int64_t delivery_id, int64_t now_ms, struct error *err);
/* It failed: asked for once more, after a growing time. */
MUST_CHECK bool copy_again(
	struct ledger *ledger, int64_t delivery_id, int64_t now_ms, struct error *err);
/* An entry of such a copy: read (decided), or not (tried again). */
MUST_CHECK bool copy_apply(
	struct ledger *ledger, struct entry *entry, int64_t now_ms, struct error *err);

/* ledger_people.c: what people at the terminal changed in the database, or asked for */
MUST_CHECK bool ledger_look_for_people(struct ledger *ledger, struct error *err);

/* ledger_tokens.c: how the OAuth tokens do */
MUST_CHECK bool ledger_take_token_state(struct ledger *ledger, struct span body, struct error *err);
MUST_CHECK bool ledger_write_token_states(struct ledger *ledger, struct error *err);

/* ledger_chores.c: what is done beside the mail: progress, disk, status, index */
MUST_CHECK bool ledger_do_chores(struct ledger *ledger, struct error *err);
/* No mail is queued, read or in an open batch. */
bool ledger_is_idle(const struct ledger *ledger);

#endif
