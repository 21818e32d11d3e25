/*
 * paper.h - a text as it is laid out on paper: rows of cells in columns, as `pdftotext -layout`
 * gives it, and the dates and amounts in it. A row has one byte a column, folded: small ASCII
 * letters without accents, so that tables of words need no more than that.
 */
#ifndef PARSER_PAPER_H
#define PARSER_PAPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/span.h"

/* Signs that have no ASCII byte, in folded rows; letters there are small, so these are free. */
#define PAPER_EURO  'E'
#define PAPER_POUND 'P'
#define PAPER_YEN   'Y'
#define PAPER_RUPEE 'R'
#define PAPER_OTHER 'X' /* a letter that is not Latin */

/* A run of text without two blanks in it; columns of its row. */
struct paper_cell {
	uint32_t from, to;
};

struct paper_row {
	const char *fold;   /* `size` bytes, then NUL */
	const uint32_t *at; /* where each column begins in the text; at[size] is the row's end */
	uint32_t size;
	const struct paper_cell *cells;
	uint32_t cell_count;
	uint32_t page; /* from 0 */
};

struct paper {
	struct span text;
	struct paper_row *rows;
	size_t count;
};

/* In the arena; nothing but `text` itself is pointed into. Rows end at LF and form feed. */
struct paper paper_read(struct arena *arena, struct span text);
/* What stands in columns [from, to) of a row, as it was written, without blanks at its ends. */
struct span paper_text(
	const struct paper *paper, const struct paper_row *row, uint32_t from, uint32_t to);

/* ---------------------------------------------------------------- dates (paper_date.c) */

struct paper_date {
	struct date date;  /* day before month where both are possible */
	struct date other; /* month before day; set only where both are possible */
	uint32_t from, to;
	bool month_first; /* could only be read with the month before the day */
	bool day_first;	  /* numbers alone, and could only be read with the day first */
};

/* A date that begins at the column; years 1990 to 2099. */
bool paper_date_at(const struct paper_row *row, uint32_t from, struct paper_date *date);
/* The first one that begins in columns [from, to). */
bool paper_date_in(
	const struct paper_row *row, uint32_t from, uint32_t to, struct paper_date *date);

/* ---------------------------------------------------------------- amounts (paper_amount.c) */

struct paper_amount {
	int64_t cents;
	uint32_t from, to;    /* sign and currency included */
	const char *currency; /* ISO 4217; NULL: none stands beside it */
	bool has_hundredths;  /* written with two digits behind the decimal mark */
};

/* The next amount that begins in columns [from, to); no percentage, date or part of a word. */
bool paper_amount_in(
	const struct paper_row *row, uint32_t from, uint32_t to, struct paper_amount *amount);
/* The currency whose sign or code stands at the column; *taken is its columns. */
const char *paper_currency_at(const struct paper_row *row, uint32_t from, uint32_t *taken);

static inline bool paper_is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static inline bool paper_is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || byte == PAPER_OTHER;
}

static inline bool paper_is_word(char byte)
{
	return paper_is_digit(byte) || paper_is_letter(byte);
}

#endif
