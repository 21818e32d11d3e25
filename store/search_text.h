/*
 * search_text.h - what a message is found by, on its way into the index. For store/ alone.
 */
#ifndef STORE_SEARCH_TEXT_H
#define STORE_SEARCH_TEXT_H

#include "base/span.h"
#include "store/db.h"

struct search_columns {
	struct span subject, sender, recipients, body;
};

/* Keeps the text and leaves the indexing to search_index; an earlier text leaves the index. */
MUST_CHECK bool search_put(
	struct db *db, int64_t message_id, const struct search_columns *columns, struct error *err);

#endif
