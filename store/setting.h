/*
 * setting.h - single values that the program keeps for itself, by name.
 */
#ifndef STORE_SETTING_H
#define STORE_SETTING_H

#include "base/arena.h"
#include "base/span.h"
#include "store/db.h"

/* The empty span when it was never set. */
MUST_CHECK bool setting_get(struct db *db, const char *name, struct arena *arena,
	struct span *value, struct error *err);
/* Inside a write transaction. */
MUST_CHECK bool setting_set(struct db *db, const char *name, struct span value, struct error *err);

#endif
