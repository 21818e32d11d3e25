/*
 * board.h - how much stands where: counts by state, for status, metrics and boards.
 */
#ifndef STORE_BOARD_H
#define STORE_BOARD_H

#include "base/arena.h"
#include "base/span.h"
#include "store/db.h"

enum board { BOARD_SALES, BOARD_FINANCE, BOARD_ACTIONS, BOARD_SUPPORT };

struct board_column {
	struct span state;
	int64_t count;
};

/* States that hold something, in the order of their names. */
MUST_CHECK bool board_count(struct db *db, enum board board, struct arena *arena,
	struct board_column **columns, size_t *count, struct error *err);

#endif
