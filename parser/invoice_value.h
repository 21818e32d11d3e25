/*
 * invoice_value.h - the values beside the labels of a document: behind them, in the next cell, or
 * below them as in the head of a table.
 */
#ifndef PARSER_INVOICE_VALUE_H
#define PARSER_INVOICE_VALUE_H

#include "parser/invoice_label.h"

#define CANDIDATES_MAX 40

/* A value that a label may mean. Of a field only its own members are set. */
struct candidate {
	enum invoice_field field;
	int score; /* 0..100: weight of the label, less where the value stands farther away */
	uint32_t row, from, to;
	bool is_bill; /* only invoices have the label */
	struct span text;
	struct paper_date date;
	int64_t cents;
	const char *currency; /* NULL: none stands beside it */
};

struct candidates {
	struct candidate items[CANDIDATES_MAX]; /* in reading order */
	size_t count;
};

/*
 * All values of a field in rows [first, end). NUMBER, ORDER and the like give text, ISSUE and DUE
 * dates, TOTAL and the like amounts.
 */
void candidates_read(const struct paper *paper, const struct invoice_claims *claims, size_t first,
	size_t end, enum invoice_field field, struct candidates *found);

/* The days of "payment within 14 days", 0: none are named. */
int invoice_terms_days(
	const struct paper *paper, const struct invoice_claims *claims, size_t first, size_t end);

/* The next word with a digit in [from, to), as numbers of documents are written. */
bool invoice_number_in(const struct paper *paper, const struct paper_row *row, uint32_t from,
	uint32_t to, int weight, struct paper_cell *found);

#endif
