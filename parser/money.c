#include "parser/money.h"

#define DIGITS_MAX   15 /* of an amount without its hundredths: fits int64_t a thousand times */
#define IBAN_LEAST   15
#define IBAN_LONGEST 34

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

bool money_from_decimal(struct span text, int64_t *cents)
{
	struct span rest = span_trim(text);
	bool negative = span_starts(rest, SPAN("-"));
	size_t digits = 0, at = 0;
	int64_t sum = 0;

	if (negative || span_starts(rest, SPAN("+")))
		rest = span_after(rest, 1);
	for (; at < rest.size && is_digit(rest.data[at]); at++, digits++)
		if (digits < DIGITS_MAX)
			sum = sum * 10 + (rest.data[at] - '0');
	if (digits > DIGITS_MAX || (digits == 0 && !span_starts(rest, SPAN("."))))
		return false;
	sum *= 100;
	if (at < rest.size && rest.data[at] == '.') {
		struct span fraction = span_after(rest, at + 1);

		for (size_t i = 0; i < fraction.size; i++) {
			if (!is_digit(fraction.data[i]))
				return false;
			int digit = fraction.data[i] - '0';
			sum += i == 0 ? digit * 10 : i == 1 ? digit : i == 2 ? digit >= 5 : 0;
		}
		at = rest.size;
	}
	if (at != rest.size)
		return false;
	*cents = negative ? -sum : sum;
	return true;
}

/* Bytes of a mark between groups of digits; 0: none. A space counts only before three digits. */
static size_t separator_size(struct span text)
{
	static const struct span wide[] = {
		SPAN_INIT("\xc2\xa0"), SPAN_INIT("\xe2\x80\xaf"), SPAN_INIT("\xe2\x80\x99")};
	size_t size = 0;

	if (text.size > 0 && memchr(".,' ", text.data[0], 4))
		size = 1;
	for (size_t i = 0; size == 0 && i < sizeof(wide) / sizeof(wide[0]); i++)
		if (span_starts(text, wide[i]))
			size = wide[i].size;
	return size > 0 && size < text.size && is_digit(text.data[size]) ? size : 0;
}

static size_t digits_at(struct span text)
{
	size_t size = 0;

	while (size < text.size && is_digit(text.data[size]))
		size++;
	return size;
}

bool money_read(struct span text, int64_t *cents, size_t *taken)
{
	bool negative = span_starts(text, SPAN("-"));
	size_t at = negative ? 1 : 0, group = digits_at(span_after(text, at)), total = 0, size;
	int64_t sum = 0;
	bool decimals = false;

	if (group == 0)
		return false;
	while (group > 0) {
		for (size_t i = 0; i < group; i++, total++)
			if (total <= DIGITS_MAX)
				sum = sum * 10 + (text.data[at + i] - '0');
		at += group;
		size = decimals ? 0 : separator_size(span_after(text, at));
		if (size == 0)
			break;
		group = digits_at(span_after(text, at + size));
		decimals = group <= 2 && memchr(".,", text.data[at], 2);
		if (!decimals && group != 3)
			break; /* the next word, a date, … */
		if (decimals && group == 1 && at + size + 1 < text.size &&
			memchr(".,", text.data[at + size + 1], 2))
			return false; /* "1.2.3" */
		at += size;
		if (decimals && group == 1) {
			sum = sum * 10 + (text.data[at] - '0');
			sum *= 10;
			at += 1;
			*cents = negative ? -sum : sum;
			*taken = at;
			return total <= DIGITS_MAX;
		}
	}
	/* "…,-" and "…,--" are whole amounts in Dutch and German */
	if (!decimals)
		sum *= 100;
	if (total > DIGITS_MAX)
		return false;
	*cents = negative ? -sum : sum;
	*taken = at;
	return true;
}

struct span money_currency(struct span text, size_t *taken)
{
	static const struct {
		struct span sign, code;
	} signs[] = {
		{SPAN_INIT("\xe2\x82\xac"), SPAN_INIT("EUR")},
		{SPAN_INIT("EUR"), SPAN_INIT("EUR")},
		{SPAN_INIT("Euro"), SPAN_INIT("EUR")},
		{SPAN_INIT("US$"), SPAN_INIT("USD")},
		{SPAN_INIT("USD"), SPAN_INIT("USD")},
		{SPAN_INIT("$"), SPAN_INIT("USD")},
		{SPAN_INIT("\xc2\xa3"), SPAN_INIT("GBP")},
		{SPAN_INIT("GBP"), SPAN_INIT("GBP")},
		{SPAN_INIT("CHF"), SPAN_INIT("CHF")},
		{SPAN_INIT("Fr."), SPAN_INIT("CHF")},
		{SPAN_INIT("SEK"), SPAN_INIT("SEK")},
		{SPAN_INIT("DKK"), SPAN_INIT("DKK")},
		{SPAN_INIT("NOK"), SPAN_INIT("NOK")},
		{SPAN_INIT("PLN"), SPAN_INIT("PLN")},
		{SPAN_INIT("CZK"), SPAN_INIT("CZK")},
		{SPAN_INIT("CAD"), SPAN_INIT("CAD")},
		{SPAN_INIT("AUD"), SPAN_INIT("AUD")},
		{SPAN_INIT("JPY"), SPAN_INIT("JPY")},
	};

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (span_starts_fold(text, signs[i].sign)) {
			*taken = signs[i].sign.size;
			return signs[i].code;
		}
	return (struct span){0};
}

static bool is_capital(char byte)
{
	return byte >= 'A' && byte <= 'Z';
}

struct span iban_clean(struct arena *arena, struct span text)
{
	char *out = arena_alloc(arena, IBAN_LONGEST + 1);
	size_t size = 0;

	for (size_t i = 0; i < text.size; i++) {
		char byte = text.data[i];

		if (byte == ' ' || byte == '\t')
			continue;
		if (byte >= 'a' && byte <= 'z')
			byte = (char)(byte - 32);
		if (size >= IBAN_LONGEST || (!is_capital(byte) && !is_digit(byte)))
			return (struct span){0};
		out[size++] = byte;
	}
	if (size < IBAN_LEAST || !is_capital(out[0]) || !is_capital(out[1]) || !is_digit(out[2]) ||
		!is_digit(out[3]))
		return (struct span){0};
	return (struct span){out, size};
}

/* Lengths of the countries whose mail we mostly get (ISO 13616 registry). */
static size_t iban_length(struct span iban)
{
	static const struct {
		char country[3];
		unsigned char length;
	} lengths[] = {{"AT", 20}, {"BE", 16}, {"CH", 21}, {"CZ", 24}, {"DE", 22}, {"DK", 18},
		{"ES", 24}, {"FI", 18}, {"FR", 27}, {"GB", 22}, {"IE", 22}, {"IT", 27}, {"LI", 21},
		{"LT", 20}, {"LU", 20}, {"LV", 21}, {"EE", 20}, {"NL", 18}, {"NO", 15}, {"PL", 28},
		{"PT", 25}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"HU", 28}, {"RO", 24}, {"HR", 21},
		{"BG", 22}, {"GR", 27}, {"CY", 28}, {"MT", 31}, {"MC", 27}, {"SM", 27}, {"IS", 26}};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		if (memcmp(iban.data, lengths[i].country, 2) == 0)
			return lengths[i].length;
	return iban.size;
}

bool iban_is_valid(struct span iban)
{
	unsigned remainder = 0;

	if (iban.size < IBAN_LEAST || iban.size > IBAN_LONGEST || iban_length(iban) != iban.size)
		return false;
	for (size_t i = 0; i < iban.size; i++) {
		char byte = iban.data[(i + 4) % iban.size];

		if (is_digit(byte))
			remainder = (remainder * 10 + (unsigned)(byte - '0')) % 97;
		else if (is_capital(byte))
			remainder = (remainder * 100 + (unsigned)(byte - 'A') + 10) % 97;
		else
			return false;
	}
	return remainder == 1;
}
