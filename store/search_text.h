/*
 * search_text.h - what a message is found by, on its way into the index. For store/ alone.
 */
#ifndef STORE_SEARCH_TEXT_H
#define STORE_SEARCH_TEXT_H

#include "base/span.h"
#include "store/db.h"

struct search_columns {
	struct span subject, sender, recipients;
	struct span body;      /* where it lies within `facts`, only its place is kept */
	struct span facts;     /* as message_facts keeps them, plain */
	struct span filenames; /* found as if they stood behind the body */
};

/*
 * Keeps the text of a message that has none yet (search_forget), and leaves the indexing to
 * search_index.
 */
MUST_CHECK bool search_put(
	struct db *db, int64_t message_id, const struct search_columns *columns, struct error *err);

#endif
