/*
 * alias.h - other names by which contacts and companies are found: what they were called before, or
 * are called by others.
 */
#ifndef STORE_ALIAS_H
#define STORE_ALIAS_H

#include "base/arena.h"
#include "base/span.h"
#include "store/operation.h"

enum alias_of { ALIAS_OF_CONTACT, ALIAS_OF_COMPANY };

struct alias {
	int64_t id, owner_id; /* of the contact or the company */
	struct span name;
};

/* A name that it has already changes nothing (*added false). */
MUST_CHECK bool alias_add(struct operation *operation, enum alias_of of, int64_t owner_id,
	struct span name, bool *added, struct error *err);
/* *removed false: it has no such alias. */
MUST_CHECK bool alias_remove(struct operation *operation, enum alias_of of, int64_t owner_id,
	struct span name, bool *removed, struct error *err);
/* In the order in which they were added. */
MUST_CHECK bool alias_list(struct db *db, enum alias_of of, int64_t owner_id, struct arena *arena,
	struct alias **rows, size_t *count, struct error *err);
/* All aliases that contain the text; for finding what a person typed. */
MUST_CHECK bool alias_find(struct db *db, enum alias_of of, struct span part_folded,
	struct arena *arena, struct alias **rows, size_t *count, struct error *err);

#endif
