/*
 * invoice_reading.h - one document while it is read: its rows, labels and what they may mean.
 */
#ifndef PARSER_INVOICE_READING_H
#define PARSER_INVOICE_READING_H

#include "parser/invoice.h"
#include "parser/invoice_value.h"

/* Confidences; 0.8 and more only where something else proves the value. */
#define GUESSED	     0.3  /* no label */
#define AMBIGUOUS    0.55 /* a vague one, or one of two readings */
#define PROVED	     0.85
#define NAMED	     0.9  /* in the mail's subject or the file's name as well */
#define NAMED_WEAKLY 0.75 /* the same, where the label alone says little */

#define SCORE_SURE 85 /* a strong label right beside the value */

struct reading {
	const struct paper *paper;
	const struct invoice_claims *claims;
	const struct invoice_text_options *options;
	struct arena *arena;
	size_t first, end; /* rows */
	struct candidates numbers, issues, dues, totals, payables, nets, taxes;
	bool month_first;
	int order_known; /* 2: another date shows it, 1: the country does, 0: nothing */
	struct facts_invoice *invoice;
};

/* Of a candidate's score: 0.75 at most. */
static inline double confidence_of(int score)
{
	return 0.3 + 0.45 * (score > 100 ? 100 : score) / 100;
}

/* The first one of the highest score; NULL: there is none. */
static inline const struct candidate *candidate_best(const struct candidates *candidates)
{
	const struct candidate *best = NULL;

	for (size_t i = 0; i < candidates->count; i++)
		if (!best || candidates->items[i].score > best->score)
			best = &candidates->items[i];
	return best;
}

/* invoice_sum.c: net, tax, total, payable and currency of reading->invoice. */
void invoice_sums_read(struct reading *reading);
/* invoice_day.c: date of issue and due date; the numbers are read before. */
void invoice_days_read(struct reading *reading);

#endif
