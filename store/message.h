/*
 * message.h - mails: one message for all deliveries of the same mail, its raw bytes, its routes
 * and its state (product.md section 1).
 */
#ifndef STORE_MESSAGE_H
#define STORE_MESSAGE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/digest.h"
#include "base/span.h"
#include "store/db.h"

struct message_row {
	int64_t id;
	struct span state, message_id, from_name, from_address, subject, origin, language;
	struct span dead_stage, dead_error;
	int64_t date_ms, stored_ms; /* date_ms 0: none */
	int64_t size_bytes, raw_size_bytes;
	int parse_tries;
	bool history, same_id_differs;
};

/* A copy of a mail as it was seen somewhere. */
struct delivery {
	struct digest identity;
	int64_t folder_id; /* 0: imported */
	uint32_t uidvalidity, uid;
	struct span source;  /* "imap", or the path that was imported */
	int64_t received_ms; /* INTERNALDATE, 0: unknown */
	int64_t size_bytes;
	struct span raw_frame; /* the whole mail as one zstd frame; empty: header only */
	struct span
		header_frame; /* the header block as one zstd frame, for header-only deliveries */
	bool history;
};

struct delivery_result {
	int64_t message_id, delivery_id;
	bool new_message;  /* the mail was not known before */
	bool new_delivery; /* this copy was not known before; false: nothing was written */
};

/*
 * Stores the copy and, when the mail is new, its raw bytes with state received. Inside a write
 * transaction, the one that moves the cursor.
 */
MUST_CHECK bool message_store(struct db *db, const struct delivery *delivery, int64_t now_ms,
	struct delivery_result *result, struct error *err);
/* A UID that the server never gave. */
MUST_CHECK bool message_store_missing(struct db *db, int64_t folder_id, uint32_t uidvalidity,
	uint32_t uid, int64_t now_ms, struct error *err);

/* What the parser read, for lists, matching and search. */
struct message_reading {
	struct span message_id, from_name, from_address, subject, origin, language;
	int64_t date_ms; /* 0: none */
	int facts_format;
	struct span facts_frame; /* facts_write, one zstd frame */
	struct span text;	 /* for search */
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
/* Records (or records anew) what was read. Search follows. */
MUST_CHECK bool message_read(struct db *db, int64_t message_id,
	const struct message_reading *reading, struct error *err);
/* Counts a failed try; after the third the message is dead with stage and error. */
MUST_CHECK bool message_failed(struct db *db, int64_t message_id, struct span stage,
	struct span error, bool final, struct error *err);
/* Dead → received again, tries from zero. *found false: no such dead message. */
MUST_CHECK bool message_revive(struct db *db, int64_t message_id, bool *found, struct error *err);

MUST_CHECK bool message_get(struct db *db, int64_t message_id, struct arena *arena,
	struct message_row *row, bool *found, struct error *err);
/* Appends the raw mail as its zstd frame; nothing when it is purged. */
MUST_CHECK bool message_raw_frame(
	struct db *db, int64_t message_id, struct buffer *frame, struct error *err);
/* The stored facts frame, empty when never read. */
MUST_CHECK bool message_facts_frame(struct db *db, int64_t message_id, struct arena *arena,
	struct span *frame, struct error *err);
/* The header block (zstd frame) of a delivery of its own; empty: that of the raw mail. */
MUST_CHECK bool message_delivery_header(struct db *db, int64_t delivery_id, struct arena *arena,
	struct span *frame, struct error *err);
/* By Message-ID without angle brackets; the oldest first; 0: none. */
MUST_CHECK bool message_by_message_id(
	struct db *db, struct span message_id, int64_t *id, struct error *err);

struct message_filter {
	struct span state, mailbox, address_folded, kind; /* empty: any */
	int64_t since_ms, until_ms;			  /* 0: any */
	struct db_page page; /* newest first; after_id: before that id */
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

struct message_delivery {
	int64_t id;
	struct span mailbox, folder, source, outcome;
	uint32_t uidvalidity, uid;
	int64_t received_ms, seen_ms;
};
MUST_CHECK bool message_deliveries(struct db *db, int64_t message_id, struct arena *arena,
	struct message_delivery **rows, size_t *count, struct error *err);

/* ---------------------------------------------------------------- routes */
struct route_row {
	int64_t id, message_id;
	struct span kind, mailbox, address, decided_by, state, rule;
	int64_t decided_ms;
};
/* *existing true: this kind was decided before and nothing was written. */
MUST_CHECK bool route_add(struct db *db, const struct route_row *route, int64_t *id, bool *existing,
	struct error *err);
/* Sets state and rule of the route and refreshes the message's state. */
MUST_CHECK bool route_set_state(
	struct db *db, int64_t route_id, struct span state, struct span rule, struct error *err);
MUST_CHECK bool route_list(struct db *db, int64_t message_id, struct arena *arena,
	struct route_row **rows, size_t *count, struct error *err);
MUST_CHECK bool route_get(struct db *db, int64_t route_id, struct arena *arena,
	struct route_row *row, bool *found, struct error *err);
/* Removes what was decided on this route so that it can be decided anew (activities, open items,
 * matches that no person touched). Records that a person edited stay. */
MUST_CHECK bool route_reset(struct db *db, int64_t route_id, struct error *err);
/*
 * The message's state from its routes and items: the first that applies of received, dead,
 * quarantined, waiting, filed, ignored, erased. A route whose last waiting item was settled
 * becomes filed or ignored.
 */
MUST_CHECK bool message_refresh_state(struct db *db, int64_t message_id, struct error *err);

struct match_row {
	struct span address, role, rule, evidence, also;
	int64_t contact_id, company_id; /* 0: none */
	double score;
};
MUST_CHECK bool match_add(
	struct db *db, int64_t route_id, const struct match_row *match, struct error *err);
MUST_CHECK bool match_list(struct db *db, int64_t route_id, struct arena *arena,
	struct match_row **rows, size_t *count, struct error *err);

/* ---------------------------------------------------------------- the sum */
struct ledger_sum {
	int64_t fetched; /* distinct messages; the sum of the states */
	int64_t received, filed, waiting, ignored, quarantined, dead, erased;
	int64_t deliveries, missing; /* beside it */
};
MUST_CHECK bool message_sum(struct db *db, struct ledger_sum *sum, struct error *err);

/* ---------------------------------------------------------------- what the server is asked to do
 */
struct server_action_row {
	int64_t id, delivery_id, message_id;
	struct span verb, mailbox, folder, target;
	uint32_t uidvalidity, uid;
	struct digest identity;
	int tries;
};
MUST_CHECK bool server_action_add(struct db *db, int64_t delivery_id, struct span verb,
	struct span target, int64_t not_before_ms, struct error *err);
/*
 * Due ones of a mailbox; move and delete only when the message is filed or ignored. Ids above
 * after_id, at most limit.
 */
MUST_CHECK bool server_action_due(struct db *db, struct span mailbox, int64_t now_ms,
	int64_t after_id, int limit, struct arena *arena, struct server_action_row **rows,
	size_t *count, struct error *err);
/* Done (removed), or dropped with a finding when finding is not empty. */
MUST_CHECK bool server_action_done(
	struct db *db, int64_t id, struct span finding, struct error *err);

#endif
