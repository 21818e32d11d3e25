/* The days of an invoice; whether day or month stands first shows in the document itself. */
#include <string.h>

#include "parser/invoice_reading.h"

#define AMBIGUOUS_LITTLE 0.4
#define TERMS_MAX_DAYS	 120

struct region_word {
	const char *word;
	int points; /* > 0: the month stands first there */
};

static int region_points(const struct reading *reading)
{
	static const struct region_word words[] = {{"united states", 3}, {"u.s.a", 3}, {" usa", 3},
		{"usd", 1}, {"$", 1}, {" llc", 2}, {" inc.", 1}, {" inc,", 1}, {"sales tax", 2},
		{"zip code", 2}, {"po box", 0}, {"vat", -1}, {" gst", -2}, {"abn", -1},
		{"gmbh", -3}, {"b.v.", -2}, {" ltd", -1}, {"sarl", -3}, {"mwst", -3}, {"btw", -3},
		{"tva", -3}, {"iva ", -2}, {"moms", -3}, {"iban", -2}, {"united kingdom", -3},
		{"australia", -3}, {"canada", -1}, {"india", -3}, {"rechnung", -3}, {"factuur", -3},
		{"facture", -3}, {"factura", -3}, {"fattura", -3}, {"faktura", -3}};
	int points = 0;

	for (size_t i = 0; i < ARRAY_COUNT(words); i++)
		for (size_t r = reading->first; r < reading->end; r++)
			if (strstr(reading->paper->rows[r].fold, words[i].word)) {
				points += words[i].points;
				break;
			}
	for (size_t r = reading->first; r < reading->end; r++)
		if (strchr(reading->paper->rows[r].fold, PAPER_EURO) ||
			strchr(reading->paper->rows[r].fold, PAPER_POUND) ||
			strchr(reading->paper->rows[r].fold, PAPER_RUPEE))
			return points - 2;
	return points;
}

static int64_t days_between(struct date from, struct date to)
{
	return date_to_days(to) - date_to_days(from);
}

/* +1: the month stands first, -1: the day, 0: both readings of issue and due date are possible. */
static int order_of_terms(const struct reading *reading)
{
	const struct paper_date *issue, *due;
	int64_t day_first, month_first;
	int terms;

	if (reading->issues.count == 0 || reading->dues.count == 0)
		return 0;
	issue = &reading->issues.items[0].date;
	due = &reading->dues.items[0].date;
	if (!date_is_set(issue->other) || !date_is_set(due->other))
		return 0;
	day_first = days_between(issue->date, due->date);
	month_first = days_between(issue->other, due->other);
	terms = invoice_terms_days(reading->paper, reading->claims, reading->first, reading->end);
	if (terms > 0 && (day_first == terms) != (month_first == terms))
		return month_first == terms ? 1 : -1;
	bool day_fits = day_first >= 0 && day_first <= TERMS_MAX_DAYS;
	bool month_fits = month_first >= 0 && month_first <= TERMS_MAX_DAYS;
	return day_fits == month_fits ? 0 : month_fits ? 1 : -1;
}

static void find_order(struct reading *reading)
{
	int month_first = 0, day_first = 0, points;

	for (size_t r = reading->first; r < reading->end; r++) {
		const struct paper_row *row = &reading->paper->rows[r];
		struct paper_date date;
		uint32_t from = 0;

		while (paper_date_in(row, from, row->size, &date)) {
			month_first += date.month_first;
			day_first += date.day_first;
			from = date.to;
		}
	}
	reading->order_known = 2;
	if (month_first == 0 && day_first == 0) {
		month_first = order_of_terms(reading);
		day_first = -month_first;
	}
	if (month_first == day_first) {
		points = region_points(reading);
		month_first = points > 0;
		day_first = points < 0;
		reading->order_known = points >= 3 || points <= -3 ? 1 : 0;
	}
	reading->month_first = month_first > day_first;
}

static struct date resolve(
	const struct reading *reading, const struct paper_date *date, double *confidence)
{
	struct date day = date->date, other = date->other;

	if (!date_is_set(other))
		return day;
	if (reading->month_first) {
		day = date->other;
		other = date->date;
	}
	/* an invoice's date lies not after the mail's */
	if (date_is_set(reading->options->from) && reading->order_known < 2 &&
		days_between(reading->options->from, day) > 2 * TERMS_MAX_DAYS &&
		days_between(reading->options->from, other) <= 31)
		day = other;
	double most = reading->order_known == 2	  ? confidence_of(100)
		      : reading->order_known == 1 ? AMBIGUOUS
						  : AMBIGUOUS_LITTLE;
	if (*confidence > most)
		*confidence = most;
	return day;
}

/* "Facture n° 17 du 2 juillet 2026", "Rechnung 17 vom 2.7.2026" */
static bool date_behind_number(const struct reading *reading, struct paper_date *date, int *score)
{
	static const char *const words[] = {"du ", "vom ", "von ", "van ", "dated ", "date ", "of ",
		"from ", "del ", "di ", "z dnia ", "de ", "d.d. ", "le ", "- ", "/ ", ", ",
		"datum "};
	const struct candidate *number = candidate_best(&reading->numbers);

	if (!number)
		return false;
	const struct paper_row *row = &reading->paper->rows[number->row];
	uint32_t at = number->to;
	while (at < row->size && strchr(" ,;:", row->fold[at]))
		at++;
	for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
		size_t size = strlen(words[i]);

		if (strncmp(row->fold + at, words[i], size) == 0 &&
			paper_date_in(row, at, at + (uint32_t)size + 4, date)) {
			*score = number->score * 9 / 10;
			return true;
		}
	}
	return false;
}

/* The first date that no other label claims: letters have theirs at the top. */
static bool date_unlabelled(const struct reading *reading, struct paper_date *date)
{
	for (size_t r = reading->first; r < reading->end; r++) {
		const struct paper_row *row = &reading->paper->rows[r];
		bool claimed = false;

		if (!paper_date_in(row, 0, row->size, date))
			continue;
		for (size_t i = reading->claims->rows[r]; i < reading->claims->rows[r + 1]; i++)
			claimed |= reading->claims->items[i].field == FIELD_OTHER ||
				   reading->claims->items[i].field == FIELD_DUE;
		if (!claimed)
			return true;
	}
	return false;
}

static void choose_issue_date(struct reading *reading)
{
	struct facts_invoice *invoice = reading->invoice;
	const struct candidate *best = candidate_best(&reading->issues);
	struct paper_date date;
	int score = best ? best->score : 0, behind;

	if (best)
		date = best->date;
	struct paper_date other;
	if (date_behind_number(reading, &other, &behind) && behind > score) {
		date = other;
		score = behind;
	}
	if (score > 0) {
		invoice->issue_date_confidence = confidence_of(score);
		invoice->issue_date = resolve(reading, &date, &invoice->issue_date_confidence);
	} else if (reading->options->is_document && date_unlabelled(reading, &date)) {
		invoice->issue_date_confidence = GUESSED;
		invoice->issue_date = resolve(reading, &date, &invoice->issue_date_confidence);
	}
}

static void choose_due_date(struct reading *reading)
{
	struct facts_invoice *invoice = reading->invoice;
	const struct candidate *best = candidate_best(&reading->dues);
	const struct candidate *issue = candidate_best(&reading->issues);
	int terms =
		invoice_terms_days(reading->paper, reading->claims, reading->first, reading->end);

	if (best) {
		invoice->due_date_confidence = confidence_of(best->score);
		invoice->due_date = resolve(reading, &best->date, &invoice->due_date_confidence);
		/* the terms prove both */
		if (terms > 0 && issue && date_is_set(invoice->issue_date) &&
			issue->score >= SCORE_SURE && best->score >= SCORE_SURE &&
			reading->order_known == 2 &&
			days_between(invoice->issue_date, invoice->due_date) == terms)
			invoice->due_date_confidence = invoice->issue_date_confidence = PROVED;
	} else if (terms > 0 && date_is_set(invoice->issue_date)) {
		invoice->due_date = date_add_days(invoice->issue_date, terms);
		invoice->due_date_confidence = invoice->issue_date_confidence < AMBIGUOUS
						       ? invoice->issue_date_confidence
						       : AMBIGUOUS;
	}
}

void invoice_days_read(struct reading *reading)
{
	find_order(reading);
	choose_issue_date(reading);
	choose_due_date(reading);
}
