/*
 * search_note.h - the part of a search that is about what people wrote. For store/ alone.
 */
#ifndef STORE_SEARCH_NOTE_H
#define STORE_SEARCH_NOTE_H

#include "store/list.h"
#include "store/search.h"
#include "store/search_query.h"

/* Appends to a list of struct search_hit: notes, calls, meetings and articles, the newest first. */
MUST_CHECK bool search_notes(struct db *db, const struct search_query *query, int limit,
	struct list *hits, struct error *err);

#endif
