/*
 * user.h - colleagues, kept in step with the configuration; interactions stay when one leaves.
 */
#ifndef STORE_USER_H
#define STORE_USER_H

#include "base/arena.h"
#include "base/span.h"
#include "store/db.h"

struct user_row {
	int64_t id;
	struct span name, full_name;
	bool active;
};

/* Makes or renames the user, who is active then. */
MUST_CHECK bool user_ensure(
	struct db *db, struct span name, struct span full_name, int64_t *id, struct error *err);
/* Makes all others inactive: those that the configuration no longer names. */
MUST_CHECK bool user_retain(struct db *db, const int64_t *ids, size_t count, struct error *err);
/* *id 0: no such user. */
MUST_CHECK bool user_find(struct db *db, struct span name, int64_t *id, struct error *err);
MUST_CHECK bool user_list(struct db *db, struct arena *arena, struct user_row **rows, size_t *count,
	struct error *err);

#endif
