/*
 * document.h - documents that count for a deal, such as its signed contract: which attachment of
 * which mail it is. The bytes stay in the mail.
 */
#ifndef STORE_DOCUMENT_H
#define STORE_DOCUMENT_H

#include "base/arena.h"
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
	struct digest sha256; /* of the attachment's decoded bytes */
	int64_t created_ms;
};

/* The same bytes as the same kind on the same deal change nothing (*added false). */
MUST_CHECK bool document_add(struct operation *operation, const struct document *document,
	int64_t *id, bool *added, struct error *err);
/* Of a deal, the oldest first. */
MUST_CHECK bool document_list(struct db *db, int64_t deal_id, struct arena *arena,
	struct document **rows, size_t *count, struct error *err);

#endif
