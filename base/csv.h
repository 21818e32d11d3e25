/*
 * csv.h - tables as RFC 4180 text, read and written. What is written opens in a spreadsheet without
 * doing anything there, and is read back as it was.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/span.h"

/* A longer cell is a quote that was never closed. */
#define CSV_MAX_CELL_BYTES 65536
#define CSV_MAX_CELLS	   1024

struct csv_reader {
	struct span rest;
	char separator;
	size_t line; /* where the next row begins, from 1 */
};

struct csv_row {
	struct span *cells;
	size_t count;
	size_t line;	   /* where the row began */
	const char *fault; /* what is wrong with the row, in words; NULL: nothing */
};

/*
 * The text must outlive the reader. A byte order mark goes; the separator is told by the first
 * line: comma, semicolon or TAB, whichever stands there most often outside quotes. ERROR_INPUT for
 * UTF-16, with the command that converts it.
 */
MUST_CHECK bool csv_open(struct csv_reader *reader, struct span text, struct error *err);
/*
 * The next row that is not empty; its cells lie in the arena or in the text. False at the end.
 * After a row with a fault reading goes on at the line behind the one on which it began. The
 * apostrophe that csv_append puts before a formula is taken off again.
 */
bool csv_next(struct csv_reader *reader, struct arena *arena, struct csv_row *row);

/*
 * Appends one cell of outside text; `first` says that no separator goes before it. A cell that a
 * spreadsheet would take for a formula (it begins with = + - @ TAB CR LF or their full-width forms)
 * gets an apostrophe before it; control and bidi characters but TAB and LF become \u{…}.
 */
void csv_append(struct buffer *out, bool first, struct span text);
/* The same for what we wrote ourselves: a number, an amount, a date. */
void csv_append_plain(struct buffer *out, bool first, struct span text);
/* Ends a row: CRLF. */
void csv_end_row(struct buffer *out);

#endif
