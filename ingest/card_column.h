/*
 * card_column.h - what a column of a table of people is about, told from its name.
 */
#ifndef INGEST_CARD_COLUMN_H
#define INGEST_CARD_COLUMN_H

#include "base/arena.h"
#include "base/span.h"

enum card_field {
	FIELD_NONE, /* named in the map, and left out on purpose */
	FIELD_NAME,
	FIELD_PREFIX, /* the parts of a name, in the order in which they are spoken */
	FIELD_GIVEN,
	FIELD_ADDITIONAL,
	FIELD_FAMILY,
	FIELD_SUFFIX,
	FIELD_ADDRESS,
	FIELD_PHONE,
	FIELD_COMPANY,
	FIELD_OWNER,
	FIELD_SOURCE,
	FIELD_NOTE,
	FIELD_NOTE_LINE, /* "column: value" as a line of the note */
	FIELD_DO_NOT_CONTACT,
	FIELD_ALIAS,
	FIELD_UNKNOWN, /* the column has no meaning to us */
};

/* As our export and column maps call it; static. Not for FIELD_UNKNOWN. */
const char *card_field_name(enum card_field field);
/* The contrary, without regard to case; FIELD_UNKNOWN when there is none. */
enum card_field card_field_find(struct span name);
/*
 * By the headings that tables of people usually have in English, German, Dutch and French, without
 * regard to case, digits, blanks and punctuation ("E-Mail 2 Address"); our own names too.
 */
enum card_field card_field_of_heading(struct arena *arena, struct span heading);
/* Does the heading say given name in a language in which plain "name" beside it is the family's? */
bool card_heading_leaves_family(struct arena *arena, struct span heading);

#endif
