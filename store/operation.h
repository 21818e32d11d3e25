/*
 * operation.h - everything that changes the record does so in an operation: who, when, what for.
 * Its changes stand in the audit with old and new value; from these it can be undone.
 */
#ifndef STORE_OPERATION_H
#define STORE_OPERATION_H

#include "base/arena.h"
#include "base/span.h"
#include "store/db.h"

struct operation {
	struct db *db;
	int64_t id;
	int64_t at_ms;
};

struct operation_row {
	int64_t id, at_ms, settled;
	bool undone;
	struct span actor, verb, summary;
};

/* Inside a write transaction. */
MUST_CHECK bool operation_begin(struct db *db, const char *actor, const char *verb,
	struct span summary, int64_t at_ms, struct operation *operation, struct error *err);
MUST_CHECK bool operation_settled(
	struct operation *operation, int64_t settled_items, struct error *err);

/*
 * Puts back every value that the operation changed, as a new operation by `actor`. ERROR_CONFLICT,
 * naming the record and the field, when anything of it was changed since; ERROR_INPUT when there
 * is no such operation or it was undone already. Inside a write transaction.
 */
MUST_CHECK bool operation_undo(struct db *db, int64_t operation_id, const char *actor,
	int64_t at_ms, struct operation_row *undone, struct arena *arena, struct error *err);
MUST_CHECK bool operation_get(struct db *db, int64_t id, struct arena *arena,
	struct operation_row *row, bool *found, struct error *err);
/* The newest first. */
MUST_CHECK bool operation_list(struct db *db, int limit, struct arena *arena,
	struct operation_row **rows, size_t *count, struct error *err);

struct audit_row {
	int64_t operation_id, at_ms, row_id;
	struct span actor, verb;
	struct span noun, field; /* field: a column; "+": the record was made, "-": removed */
	struct span old_value, new_value;
};
/* The history of one record ("contact", 12), oldest first. */
MUST_CHECK bool audit_list(struct db *db, struct span noun, int64_t row_id, struct arena *arena,
	struct audit_row **rows, size_t *count, struct error *err);

#endif
