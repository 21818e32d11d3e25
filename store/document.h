/*
 * document.h - documents that count for a deal, such as its signed contract: which attachment of
 * which mail it is (the bytes stay in the mail), a file of which the bytes are kept here, or a
 * link.
 */
#ifndef STORE_DOCUMENT_H
#define STORE_DOCUMENT_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/digest.h"
#include "base/span.h"
#include "store/operation.h"

struct document {
	int64_t id;
	struct span kind;  /* contract */
	struct span title; /* file name, for display only */
	struct span content_type;
	bool is_signed;
	int64_t deal_id, message_id;
	struct span link;     /* "": it is a file */
	struct digest sha256; /* of the file's decoded bytes, or of the link's text */
	int64_t created_ms;
};

/* The same bytes as the same kind on the same deal change nothing (*added false). */
MUST_CHECK bool document_add(struct operation *operation, const struct document *document,
	int64_t *id, bool *added, struct error *err);
/* Marks it as signed. */
MUST_CHECK bool document_sign(struct operation *operation, int64_t id, struct error *err);
/* Of a deal, the oldest first. */
MUST_CHECK bool document_list(struct db *db, int64_t deal_id, struct arena *arena,
	struct document **rows, size_t *count, struct error *err);

/* The one that counts as the signed contract of the deal: *found false, there is none. */
MUST_CHECK bool document_signed(struct db *db, int64_t deal_id, struct arena *arena,
	struct document *document, bool *found, struct error *err);

/* Keeps the bytes of a file as a frame (base/compress.h), by their SHA-256. Twice is no error. */
MUST_CHECK bool document_keep(
	struct db *db, const struct digest *sha256, struct span frame, struct error *err);
/* The frame; empty when the bytes are not here. */
MUST_CHECK bool document_bytes(
	struct db *db, const struct digest *sha256, struct buffer *frame, struct error *err);

#endif
