/* Amounts on paper: "1.234,56 €", "$1,234.56", "EUR 5,-", "(12.00)", "1 234,56", "Rs 1,23,456.00".
 */
#include <string.h>

#include "base/compiler.h"
#include "parser/paper.h"

#define DIGITS_MAX 13

/* Folded; the longest that fits counts. Codes must end there, signs need not. */
static const struct currency {
	const char *sign, *code;
} currencies[] = {
	{(const char[]){PAPER_EURO, 0}, "EUR"},
	{"eur", "EUR"},
	{"euro", "EUR"},
	{"euros", "EUR"},
	{"$", "USD"},
	{"us$", "USD"},
	{"us $", "USD"},
	{"usd", "USD"},
	{"usd$", "USD"},
	{"c$", "CAD"},
	{"ca$", "CAD"},
	{"cad", "CAD"},
	{"a$", "AUD"},
	{"au$", "AUD"},
	{"aud", "AUD"},
	{"nz$", "NZD"},
	{"nzd", "NZD"},
	{"s$", "SGD"},
	{"sgd", "SGD"},
	{"hk$", "HKD"},
	{"hkd", "HKD"},
	{"r$", "BRL"},
	{"brl", "BRL"},
	{"mxn", "MXN"},
	{(const char[]){PAPER_POUND, 0}, "GBP"},
	{"gbp", "GBP"},
	{"chf", "CHF"},
	{"sfr", "CHF"},
	{"fr.", "CHF"},
	{(const char[]){PAPER_YEN, 0}, "JPY"},
	{"jpy", "JPY"},
	{"cny", "CNY"},
	{"rmb", "CNY"},
	{(const char[]){PAPER_RUPEE, 0}, "INR"},
	{"rs", "INR"},
	{"rs.", "INR"},
	{"inr", "INR"},
	{"sek", "SEK"},
	{"dkk", "DKK"},
	{"nok", "NOK"},
	{"isk", "ISK"},
	{"pln", "PLN"},
	{"zl", "PLN"},
	{"czk", "CZK"},
	{"kc", "CZK"},
	{"huf", "HUF"},
	{"ft", "HUF"},
	{"ron", "RON"},
	{"lei", "RON"},
	{"bgn", "BGN"},
	{"hrk", "HRK"},
	{"try", "TRY"},
	{"tl", "TRY"},
	{"ils", "ILS"},
	{"aed", "AED"},
	{"sar", "SAR"},
	{"zar", "ZAR"},
	{"thb", "THB"},
	{"krw", "KRW"},
	{"rub", "RUB"},
	{"uah", "UAH"},
};

const char *paper_currency_at(const struct paper_row *row, uint32_t from, uint32_t *taken)
{
	const char *text = row->fold + from, *code = NULL;

	*taken = 0;
	/* nearly every column fails here */
	if (from >= row->size || paper_is_digit(*text) || *text == ' ' ||
		(from > 0 && paper_is_letter(row->fold[from - 1])))
		return NULL;
	for (size_t i = 0; i < ARRAY_COUNT(currencies); i++) {
		const char *sign = currencies[i].sign;
		size_t size = strlen(sign);

		if (*sign != *text || size <= *taken || strncmp(text, sign, size) != 0 ||
			(paper_is_letter(sign[size - 1]) && paper_is_letter(text[size])))
			continue;
		*taken = (uint32_t)size;
		code = currencies[i].code;
	}
	return code;
}

/* Columns of the mark between groups of digits; a blank counts only before three digits. */
static bool is_group_mark(const char *text)
{
	if (!strchr(".,'` ", *text) || *text == '\0' || !paper_is_digit(text[1]))
		return false;
	return *text != ' ' ||
	       (paper_is_digit(text[2]) && paper_is_digit(text[3]) && !paper_is_digit(text[4]));
}

/*
 * The digits of an amount; returns the columns they take, 0: none. The last mark is the decimal one
 * when other than three digits stand behind it; "0.125" has three and begins with nothing.
 */
static uint32_t read_digits(const char *text, struct paper_amount *amount)
{
	uint32_t at = 0, count = 0, behind = 0, groups = 0, first = 0;
	char last = '\0', earlier = '\0';
	int64_t whole = 0, fraction = 0, sum = 0;
	uint32_t fraction_digits = 0;

	while (paper_is_digit(text[at]) || (count > 0 && is_group_mark(text + at))) {
		if (!paper_is_digit(text[at])) {
			/* a blank never follows a decimal part or a mark of another kind */
			if (text[at] == ' ' &&
				((last != '\0' && last != ' ') || (last == '\0' && behind > 3)))
				break;
			first = groups++ == 0 ? behind : first;
			earlier = last;
			last = text[at];
			whole = sum;
			fraction = 0;
			fraction_digits = 0;
			behind = 0;
			at++;
			continue;
		}
		if (++count > DIGITS_MAX)
			return 0;
		sum = sum * 10 + (text[at] - '0');
		fraction = fraction * 10 + (text[at] - '0');
		fraction_digits++;
		behind++;
		at++;
	}
	if (count == 0)
		return 0;
	bool decimal = (last == '.' || last == ',') &&
		       (behind != 3 || (groups == 1 && whole == 0) || first > 3) && last != earlier;
	if (!decimal) {
		amount->cents = sum * 100;
		amount->has_hundredths = false;
		/* "12.34.56" and groups of odd size are no amounts */
		return groups > 0 && behind != 3 ? 0 : at;
	}
	while (fraction_digits > 2) {
		fraction = fraction_digits == 3 ? (fraction + 5) / 10 : fraction / 10;
		fraction_digits--;
	}
	if (fraction_digits == 1)
		fraction *= 10;
	amount->cents = whole * 100 + fraction;
	amount->has_hundredths = behind == 2;
	return at;
}

/* What makes a number behind it part of a word, a date or a code. */
static bool is_bound(const struct paper_row *row, uint32_t at)
{
	char before = at > 0 ? row->fold[at - 1] : ' ';

	if (paper_is_word(before) || strchr("/\\_#@&=", before))
		return true;
	return at > 1 && strchr(".,-:", before) && paper_is_word(row->fold[at - 2]);
}

static bool is_continued(const struct paper_row *row, uint32_t to)
{
	char behind = row->fold[to], second = behind ? row->fold[to + 1] : '\0';

	if (behind == '\0' || behind == ' ')
		return behind == ' ' && second == '%';
	if (paper_is_word(behind) || strchr("%/\\_@", behind))
		return true;
	return strchr(".,:-'", behind) && paper_is_word(second);
}

/* Sign and currency before the digits; *from moves to the digits. */
static const char *read_front(const struct paper_row *row, uint32_t *from, bool *negative)
{
	const char *code = NULL;
	uint32_t at = *from, taken;

	for (int i = 0; i < 4; i++) {
		const char *found = code ? NULL : paper_currency_at(row, at, &taken);

		if (found) {
			code = found;
			at += taken;
		} else if (row->fold[at] == '-' || row->fold[at] == '(') {
			*negative = true;
			at++;
		} else if (at > *from && row->fold[at] == ' ' && row->fold[at + 1] != '\0') {
			/* "$     112.00": the sign at the left end of its column */
			uint32_t blanks = 0;

			while (row->fold[at + blanks] == ' ' && blanks < 12)
				blanks++;
			if (blanks > 1 && !code)
				break;
			at += blanks;
		} else if (at > *from && row->fold[at] == ':') {
			at++;
		} else {
			break;
		}
	}
	*from = at;
	return code;
}

/* Sign and currency behind: "12,50- EUR", "5,-- €", "(12.00)"; returns the column behind. */
static uint32_t read_back(
	const struct paper_row *row, uint32_t at, struct paper_amount *amount, bool *negative)
{
	uint32_t taken, next;

	if ((row->fold[at] == ',' || row->fold[at] == '.') && row->fold[at + 1] == '-') {
		at += row->fold[at + 2] == '-' ? 3 : 2;
		amount->has_hundredths = true;
	} else if (row->fold[at] == '-' && !paper_is_word(row->fold[at + 1])) {
		*negative = true;
		at++;
	} else if (row->fold[at] == ')') {
		at++;
	}
	next = at + (row->fold[at] == ' ');
	const char *code = amount->currency ? NULL : paper_currency_at(row, next, &taken);
	/* "12.00 $ 5.00": that sign is the next one's */
	if (code && !paper_is_digit(row->fold[next + taken]) &&
		!(row->fold[next + taken] == ' ' && paper_is_digit(row->fold[next + taken + 1]) &&
			next > at)) {
		amount->currency = code;
		at = next + taken;
	}
	return at;
}

static bool amount_at(const struct paper_row *row, uint32_t from, struct paper_amount *amount)
{
	bool negative = false;
	uint32_t at = from, size;
	const char *code;

	*amount = (struct paper_amount){.from = from};
	if (is_bound(row, from))
		return false;
	code = read_front(row, &at, &negative);
	if (at == from && !paper_is_digit(row->fold[from]))
		return false;
	size = read_digits(row->fold + at, amount);
	if (size == 0)
		return false;
	amount->currency = code;
	amount->to = read_back(row, at + size, amount, &negative);
	if (amount->to == at + size && is_continued(row, amount->to))
		return false;
	amount->cents = negative ? -amount->cents : amount->cents;
	return true;
}

bool paper_amount_in(
	const struct paper_row *row, uint32_t from, uint32_t to, struct paper_amount *amount)
{
	struct paper_date date;

	for (uint32_t at = from; at < to && at < row->size; at++) {
		if (row->fold[at] == ' ')
			continue;
		if (paper_is_digit(row->fold[at]) && paper_date_at(row, at, &date)) {
			at = date.to - 1;
			continue;
		}
		if (amount_at(row, at, amount))
			return true;
		/* not out of the middle of a word or number */
		while (paper_is_word(row->fold[at]) && at + 1 < to &&
			paper_is_word(row->fold[at + 1]))
			at++;
	}
	return false;
}
