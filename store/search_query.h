/*
 * search_query.h - what a person typed, taken apart. For store/ alone.
 */
#ifndef STORE_SEARCH_QUERY_H
#define STORE_SEARCH_QUERY_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"

struct search_query {
	struct buffer wanted, unwanted; /* in the language of FTS5, all words quoted */
	struct span state;		/* empty: any */
	int64_t since_ms, until_ms;	/* of Date; 0: any; until is exclusive */
};

/* Appends the text as one phrase in the language of FTS5. */
void search_query_phrase(struct buffer *out, struct span text);
void search_query_done(struct search_query *query);
/* ERROR_INPUT for a filter that cannot be read, and when nothing is asked for. */
MUST_CHECK bool search_query_read(
	struct span text, struct arena *arena, struct search_query *query, struct error *err);

#endif
