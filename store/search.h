/*
 * search.h - full text over messages, and over what people wrote: notes, calls, meetings, articles
 * (SQLite FTS5 behind this one door).
 */
#ifndef STORE_SEARCH_H
#define STORE_SEARCH_H

#include "base/arena.h"
#include "base/span.h"
#include "store/db.h"

struct search_hit {
	struct span kind; /* mail, note, call, meeting, article */
	int64_t id;	  /* of the message, the activity or the article */
	int64_t date_ms;
	struct span subject;
	struct span from_address; /* of what was written: the user */
	struct span state;	  /* of a mail */
};

struct search_result {
	struct search_hit *hits; /* newest first */
	size_t count;
	bool complete;	 /* false: messages are not indexed yet */
	int64_t pending; /* how many */
};

/*
 * Words are joined by AND, "in quotes" is a phrase, word* a prefix, -word excludes; from:, to:,
 * contact:, since:, until: (dates), state:, kind: filter. Anything else is taken as words: no
 * syntax of the index reaches it. ERROR_INPUT for a filter that cannot be read.
 */
MUST_CHECK bool search_run(struct db *db, struct span query, int limit, struct arena *arena,
	struct search_result *result, struct error *err);
/*
 * Adds to the index what waits, at most limit messages; *left tells how many remain. A write
 * transaction of its own unless one is open.
 */
MUST_CHECK bool search_index(struct db *db, int limit, int64_t *left, struct error *err);
/* All messages in the index with this phrase, word by word, anywhere in them; oldest first. */
MUST_CHECK bool search_phrase(struct db *db, struct span phrase, struct arena *arena,
	int64_t **message_ids, size_t *count, struct error *err);
MUST_CHECK bool search_pending(struct db *db, int64_t *pending, struct error *err);
/*
 * Takes a message out of the index, for good (erasure) or to be read anew. The index is told by the
 * facts what it had, so they may only go after that. The words are gone from its pages after
 * search_optimize, from the log after db_checkpoint.
 */
MUST_CHECK bool search_forget(struct db *db, int64_t message_id, struct error *err);
MUST_CHECK bool search_optimize(struct db *db, struct error *err);

#endif
