/*
 * card.h - people as files of other programs have them: CSV with a map of its columns, vCard, JSON.
 * Reading gives cards, each with what was wrong about it; a bad one costs nothing but itself.
 */
#ifndef INGEST_CARD_H
#define INGEST_CARD_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/span.h"

struct card_strings {
	struct span *items;
	size_t count, capacity;
};

struct card {
	struct span name, company, owner, source, note;
	struct card_strings addresses, phones, aliases;
	bool do_not_contact;
	size_t line;	   /* where it stands in the file, from 1; JSON: its number */
	const char *what;  /* what `line` counts: "line", "entry" */
	struct span fault; /* in words; empty: nothing is wrong */
};

struct card_file {
	struct card *cards;
	size_t count, capacity;
	struct card_strings unread; /* columns or properties of which nothing was kept, each once */
	/* CSV only: */
	bool no_column;		    /* no column of it has a meaning */
	bool no_address;	    /* no column of it gives mail addresses */
	struct span address_column; /* then: an unread column that holds some; empty: none does */
};

/* Everything lies in the arena or in the text, which must outlive the cards. */

/*
 * Rows below a line of column names. `map` is the text of a column map (a CSV file "column,field");
 * empty: the columns have the usual headings (card_column.h) or are called as our own export calls
 * them. ERROR_INPUT when the map is not valid or the line of column names cannot be read.
 */
MUST_CHECK bool card_read_csv(struct span text, struct span map, struct arena *arena,
	struct card_file *file, struct error *err);
/* vCard 3.0 (RFC 2426) and 4.0 (RFC 6350); what has no field of ours becomes lines of the note. */
MUST_CHECK bool card_read_vcard(
	struct span text, struct arena *arena, struct card_file *file, struct error *err);
/* What `contact export --format json` wrote. */
MUST_CHECK bool card_read_json(
	struct span text, struct arena *arena, struct card_file *file, struct error *err);

/* The line of column names, and a row. */
void card_write_csv_head(struct buffer *out);
void card_write_csv(struct buffer *out, const struct card *card);
/* vCard 3.0, which every address book reads; lines folded at 75 bytes. */
void card_write_vcard(struct buffer *out, const struct card *card);

/* ---------------------------------------------------------------- for the readers */
struct card *card_add(struct card_file *file, struct arena *arena, size_t line, const char *what);
/* Each text once, none that is empty. */
void card_string_add(struct card_strings *strings, struct arena *arena, struct span text);
/* Appends a line to the note; label empty: the text alone. */
void card_note_add(struct card *card, struct arena *arena, struct span label, struct span text);
/* Mail addresses, however separated, each perhaps as "Name <address>". What is none is a fault. */
void card_addresses_add(struct card *card, struct arena *arena, struct span text);
void card_phones_add(struct card *card, struct arena *arena, struct span text);
/* yes, true, 1, ja, oui, … or their contrary, else a fault. */
void card_flag_read(struct card *card, struct arena *arena, struct span text);
/* The parts with a blank between them. */
struct span card_name_join(struct arena *arena, const struct span *parts, size_t count);
/* When all was read: a card without name gets one; one that says nothing is a fault. */
void card_end(struct card *card);
/* The first fault stays. */
void card_fault(struct card *card, struct arena *arena, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
