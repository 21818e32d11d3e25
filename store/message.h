/*
 * message.h - mails: one message for all deliveries of the same mail, its raw bytes, what was read
 * in it and its state (docs/decisions). Its deliveries, its routes and what the server is asked to
 * do have headers of their own.
 */
#ifndef STORE_MESSAGE_H
#define STORE_MESSAGE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/digest.h"
#include "base/span.h"
#include "store/db.h"
#include "store/delivery.h"
#include "store/route.h"
#include "store/server_action.h"

/* No stored mail is larger: what limits.message can be set to. */
#define MESSAGE_MAX_BYTES ((size_t)1 << 30)

struct message_row {
	int64_t id;
	struct span state, message_id, from_name, from_address, subject, origin, language;
	struct span dead_stage, dead_error;
	struct span removed; /* why its bytes are gone for good: "retention", "erasure" or empty */
	int64_t date_ms, stored_ms; /* date_ms 0: none */
	int64_t size_bytes, raw_size_bytes;
	int parse_tries;
	bool history, same_id_differs;
};

/* What the parser read, for lists, matching and search. */
struct message_reading {
	struct span message_id, from_name, from_address, subject, origin, language;
	int64_t date_ms; /* 0: none */
	int facts_format;
	struct span facts; /* facts_write */
	struct span text;  /* for search; where it lies within `facts`, it is kept there only */
	const struct message_reading_address {
		const char *role;
		struct span address_folded;
	} * addresses;
	size_t address_count;
	const struct message_reading_attachment {
		struct span filename, content_type;
		int64_t size_bytes;
		struct digest sha256;
		bool decorative;
	} * attachments;
	size_t attachment_count;
};
/*
 * Records (or records anew) what was read. Search follows behind (search_index). Bcc is used for
 * matching and is not searchable.
 */
MUST_CHECK bool message_read(struct db *db, int64_t message_id,
	const struct message_reading *reading, struct error *err);
/*
 * Counts a failed try; after the third, or at once when final, the message is dead with stage and
 * error. A message that was decided before keeps what it has: only the try is counted.
 */
MUST_CHECK bool message_failed(struct db *db, int64_t message_id, struct span stage,
	struct span error, bool final, struct error *err);
/* Dead → received again, tries from zero. *found false: no such dead message. */
MUST_CHECK bool message_revive(struct db *db, int64_t message_id, bool *found, struct error *err);

MUST_CHECK bool message_get(struct db *db, int64_t message_id, struct arena *arena,
	struct message_row *row, bool *found, struct error *err);
/* Appends the raw mail as its zstd frame; nothing when it is purged. */
MUST_CHECK bool message_raw_frame(
	struct db *db, int64_t message_id, struct buffer *frame, struct error *err);
/* Gives a message that was stored without its body its raw bytes (a released quota). */
MUST_CHECK bool message_store_raw(
	struct db *db, int64_t message_id, struct span raw_frame, struct error *err);
/* The stored facts frame, empty when never read. */
MUST_CHECK bool message_facts_frame(struct db *db, int64_t message_id, struct arena *arena,
	struct span *frame, struct error *err);
/* By Message-ID without angle brackets; the oldest first; 0: none. */
MUST_CHECK bool message_by_message_id(
	struct db *db, struct span message_id, int64_t *id, struct error *err);

struct message_filter {
	/* empty: any; mailbox: where a copy was read or for which it was decided */
	struct span state, mailbox, address_folded, kind;
	int64_t since_ms, until_ms; /* 0: any */
	bool oldest_first;
	struct db_page
		page; /* newest first, after_id: before that id; or oldest first, behind it */
};
MUST_CHECK bool message_list(struct db *db, const struct message_filter *filter,
	struct arena *arena, struct message_row **rows, size_t *count, struct error *err);
/* Ids in state received (not decided yet), oldest first. */
MUST_CHECK bool message_undecided(struct db *db, struct arena *arena, int limit, int64_t after_id,
	int64_t **ids, size_t *count, struct error *err);

struct message_attachment {
	int64_t id;
	int position;
	struct span filename, content_type;
	int64_t size_bytes;
	struct digest sha256;
	bool decorative;
};
MUST_CHECK bool message_attachments(struct db *db, int64_t message_id, struct arena *arena,
	struct message_attachment **rows, size_t *count, struct error *err);

/*
 * The message's state from its routes and items: the first that applies of received, dead,
 * quarantined, waiting, filed, ignored, erased. A route whose last waiting item was settled
 * becomes filed or ignored.
 */
MUST_CHECK bool message_refresh_state(struct db *db, int64_t message_id, struct error *err);

/* ---------------------------------------------------------------- the sum */
struct ledger_sum {
	int64_t fetched; /* distinct messages; the sum of the states */
	int64_t received, filed, waiting, ignored, quarantined, dead, erased;
	int64_t deliveries, missing; /* beside it */
	int64_t purged;		     /* of them all: those whose bytes went by `retention` */
};
/* From counters, at once. */
MUST_CHECK bool message_sum(struct db *db, struct ledger_sum *sum, struct error *err);
/* Counts the rows anew; ERROR_STORAGE, with both numbers, when a counter differs. */
MUST_CHECK bool message_check_sum(struct db *db, struct error *err);

#endif
