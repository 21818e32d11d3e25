/*
 * delivery.h - copies of mails: where each was seen (mailbox, folder, UIDVALIDITY, UID, or the path
 * of an import). Deliveries of the same mail are one message.
 */
#ifndef STORE_DELIVERY_H
#define STORE_DELIVERY_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/span.h"
#include "store/db.h"

/* A copy of a mail as it was seen somewhere. */
struct delivery {
	struct digest identity;
	int64_t folder_id; /* 0: imported */
	uint32_t uidvalidity, uid;
	struct span source;  /* "imap", or the path that was imported */
	int64_t received_ms; /* INTERNALDATE, 0: unknown */
	int64_t size_bytes;
	struct span raw_frame;	  /* the whole mail as one zstd frame; empty: header only */
	struct span header_frame; /* the header block as one zstd frame; empty: that of raw_frame */
	bool history;
};

struct delivery_result {
	int64_t message_id, delivery_id;
	bool new_message;  /* the mail was not known before */
	bool new_delivery; /* this copy was not known before; false: nothing was written */
};

/*
 * Stores the copy and, when the mail is new, its raw bytes with state received. Each copy of a
 * known mail keeps its own header block (taken out of raw_frame when header_frame is empty). Inside
 * a write transaction, the one that moves the cursor.
 */
MUST_CHECK bool message_store(struct db *db, const struct delivery *delivery, int64_t now_ms,
	struct delivery_result *result, struct error *err);
/*
 * Takes the bytes of a stored mail away but for the header, which its deliveries keep (outcome
 * header-only).
 */
MUST_CHECK bool message_drop_body(struct db *db, int64_t message_id, struct error *err);
/* And back, from a copy that came whole. */
MUST_CHECK bool message_restore_body(
	struct db *db, int64_t message_id, struct span raw_frame, struct error *err);
/* *id 0: no copy of this mail was ever seen. */
MUST_CHECK bool message_by_identity(
	struct db *db, const struct digest *identity, int64_t *id, struct error *err);
/* A UID that the server never gave. */
MUST_CHECK bool message_store_missing(struct db *db, int64_t folder_id, uint32_t uidvalidity,
	uint32_t uid, int64_t now_ms, struct error *err);

/* The header block (zstd frame) of a delivery of its own; empty: that of the raw mail. */
MUST_CHECK bool message_delivery_header(struct db *db, int64_t delivery_id, struct arena *arena,
	struct span *frame, struct error *err);
struct message_delivery {
	int64_t id;
	struct span mailbox, folder, source, outcome;
	uint32_t uidvalidity, uid;
	int64_t received_ms, seen_ms;
};
MUST_CHECK bool message_deliveries(struct db *db, int64_t message_id, struct arena *arena,
	struct message_delivery **rows, size_t *count, struct error *err);

#endif
