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
	/* The same for what people wrote, which has no sender and recipients. */
	struct buffer note_wanted, note_unwanted;
	struct span state, kind;     /* empty: any */
	struct span from;	     /* empty: any; the user who wrote it */
	struct span contact;	     /* folded name or a part of it, empty: any */
	struct span contact_address; /* folded; empty: it was none */
	bool mail_only;		     /* what was asked for only mail has */
	int64_t since_ms, until_ms;  /* of Date; 0: any; until is exclusive */
};

/*
 * Ids of contacts that are meant by the folded text ?7, or by the folded address ?8: by a part of
 * their name or alias, or by an address.
 */
#define SEARCH_CONTACTS                                                                           \
	"SELECT c.id FROM contact c WHERE replace(c.name_folded, ?7, '') <> c.name_folded UNION " \
	"SELECT ca.contact_id FROM contact_alias ca WHERE "                                       \
	"replace(ca.name_folded, ?7, '') <> ca.name_folded UNION "                                \
	"SELECT cd.contact_id FROM contact_address cd WHERE cd.address_folded = ?8"

/* Appends the text as one phrase in the language of FTS5. */
void search_query_phrase(struct buffer *out, struct span text);
void search_query_done(struct search_query *query);
/* ERROR_INPUT for a filter that cannot be read, and when nothing is asked for. */
MUST_CHECK bool search_query_read(
	struct span text, struct arena *arena, struct search_query *query, struct error *err);

#endif
