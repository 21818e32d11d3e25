/* The sums of an invoice, of all that its labels give those that fit one another. */
#include <stdlib.h>
#include <string.h>

#include "parser/invoice_reading.h"

struct sums {
	const struct candidate *total, *net;
	int64_t tax_cents;
	int tax_score; /* 0: none */
	int score;
};

static void try_sums(struct sums *best, const struct candidate *total, const struct candidate *net,
	int64_t tax_cents, int tax_score)
{
	int score = total->score * 2 + net->score + tax_score;

	if (tax_cents == 0 || net->cents == 0 || net->cents + tax_cents != total->cents ||
		score < best->score)
		return;
	/* of rows that fit alike the last is their sum */
	if (score == best->score && llabs(total->cents) <= llabs(best->total->cents))
		return;
	/* a tax is less than what it is on */
	if (llabs(tax_cents) >= llabs(net->cents) || (tax_cents < 0) != (net->cents < 0))
		return;
	*best = (struct sums){total, net, tax_cents, tax_score, score};
}

static int64_t sum_of(const struct candidates *candidates, int *score)
{
	int64_t sum = 0;

	*score = 100;
	for (size_t i = 0; i < candidates->count; i++) {
		const struct candidate *one = &candidates->items[i];

		sum += one->cents;
		if (one->score < *score)
			*score = one->score;
	}
	return candidates->count > 1 ? sum : 0;
}

/* Net and tax that make the total, by the surest labels. */
static void sums_that_fit(const struct reading *reading, struct sums *best)
{
	const struct candidates *totals[] = {&reading->totals, &reading->payables};
	int together_score;
	int64_t together = sum_of(&reading->taxes, &together_score);

	*best = (struct sums){0};
	for (size_t s = 0; s < ARRAY_COUNT(totals); s++)
		for (size_t t = 0; t < totals[s]->count; t++)
			for (size_t n = 0; n < reading->nets.count; n++) {
				const struct candidate *total = &totals[s]->items[t];
				const struct candidate *net = &reading->nets.items[n];

				for (size_t x = 0; x < reading->taxes.count; x++)
					try_sums(best, total, net, reading->taxes.items[x].cents,
						reading->taxes.items[x].score);
				try_sums(best, total, net, together, together_score);
			}
}

/* Of labels that are about as sure, the larger sum: totals of pages and items are smaller. */
static const struct candidate *largest_of(const struct candidates *candidates)
{
	const struct candidate *best = NULL;

	for (size_t i = 0; i < candidates->count; i++) {
		const struct candidate *one = &candidates->items[i];

		if (!best || one->score > best->score + 12 ||
			(one->score >= best->score - 12 && llabs(one->cents) >= llabs(best->cents)))
			best = one;
	}
	return best;
}

static void set_amount(struct facts_amount *amount, int64_t cents, double confidence)
{
	*amount = (struct facts_amount){true, cents, confidence};
}

static bool is_largest(const struct reading *reading, int64_t cents)
{
	const struct candidates *lists[] = {&reading->totals, &reading->payables, &reading->nets};

	for (size_t l = 0; l < ARRAY_COUNT(lists); l++)
		for (size_t i = 0; i < lists[l]->count; i++)
			if (llabs(lists[l]->items[i].cents) > llabs(cents))
				return false;
	return true;
}

/* The largest amount with hundredths, where no label names a total. */
static bool guess_total(const struct reading *reading, struct candidate *guess)
{
	bool found = false;

	*guess = (struct candidate){.score = 0};
	for (size_t r = reading->first; r < reading->end; r++) {
		const struct paper_row *row = &reading->paper->rows[r];
		struct paper_amount amount;
		uint32_t from = 0;

		while (paper_amount_in(row, from, row->size, &amount)) {
			if (amount.has_hundredths && (!found || amount.cents >= guess->cents)) {
				guess->cents = amount.cents;
				guess->currency = amount.currency;
				found = true;
			}
			from = amount.to;
		}
	}
	return found;
}

/* What is to be paid, where it says more than a vague total does. */
static const struct candidate *total_of(
	const struct candidate *total, const struct candidate *payable)
{
	if (!total)
		return payable;
	return payable && payable->score > total->score + 20 &&
			       llabs(payable->cents) >= llabs(total->cents)
		       ? payable
		       : total;
}

static void choose_net_and_tax(struct reading *reading, const struct candidate *total)
{
	struct facts_invoice *invoice = reading->invoice;
	const struct candidate *net = largest_of(&reading->nets);
	const struct candidate *tax = largest_of(&reading->taxes);

	if (net && (!total || llabs(net->cents) <= llabs(total->cents)))
		set_amount(&invoice->net, net->cents, confidence_of(net->score));
	if (tax && (!total || llabs(tax->cents) < llabs(total->cents) || tax->cents == 0))
		set_amount(&invoice->tax, tax->cents, confidence_of(tax->score));
}

static void choose_sums(
	struct reading *reading, struct candidate *guess, const struct candidate **source)
{
	struct facts_invoice *invoice = reading->invoice;
	const struct candidate *payable = candidate_best(&reading->payables);
	struct sums sums;

	sums_that_fit(reading, &sums);
	if (sums.total) {
		bool proved = sums.total->score >= SCORE_SURE && sums.net->score >= 70 &&
			      sums.tax_score >= 70 && is_largest(reading, sums.total->cents);
		double least = proved ? PROVED : 0.7;

		*source = sums.total;
		set_amount(&invoice->total, sums.total->cents, least);
		set_amount(&invoice->net, sums.net->cents, proved ? PROVED : 0.7);
		set_amount(&invoice->tax, sums.tax_cents, proved ? PROVED : 0.7);
	} else {
		*source = total_of(largest_of(&reading->totals), payable);
		choose_net_and_tax(reading, *source);
		if (*source)
			set_amount(
				&invoice->total, (*source)->cents, confidence_of((*source)->score));
		else if (reading->options->is_document && guess_total(reading, guess)) {
			*source = guess;
			set_amount(&invoice->total, guess->cents, GUESSED);
		}
	}
	if (payable)
		set_amount(&invoice->payable, payable->cents, confidence_of(payable->score));
}

/* The currency that stands beside most amounts, or anywhere; NULL: none. */
static const char *currency_of_paper(const struct reading *reading)
{
	struct {
		const char *code;
		int count;
	} seen[8] = {{0}};
	size_t best = 0;

	for (size_t r = reading->first; r < reading->end; r++) {
		const struct paper_row *row = &reading->paper->rows[r];

		for (uint32_t at = 0; at < row->size; at++) {
			uint32_t taken;
			const char *code = paper_currency_at(row, at, &taken);

			for (size_t i = 0; code && i < ARRAY_COUNT(seen); i++)
				if (!seen[i].code || seen[i].code == code) {
					seen[i].code = code;
					seen[i].count++;
					best = seen[i].count > seen[best].count ? i : best;
					break;
				}
			at += code ? taken - 1 : 0;
		}
	}
	return seen[best].code;
}

static void choose_currency(struct reading *reading, const struct candidate *total)
{
	const char *code = total ? total->currency : NULL;
	double confidence = 0.7;

	/* one sign for several dollars: a code in the text says which */
	if (!code) {
		code = currency_of_paper(reading);
		confidence = AMBIGUOUS;
	}
	if (code)
		reading->invoice->currency = (struct facts_sure){span_from(code), confidence};
}

void invoice_sums_read(struct reading *reading)
{
	const struct candidate *total = NULL;
	struct candidate guess;

	choose_sums(reading, &guess, &total);
	choose_currency(reading, total);
}
