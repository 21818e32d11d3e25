/*
 * format_sales.c - the texts of the sales options: needs of deals, currencies, percents, deadlines.
 */
#include "config/format.h"

#include "base/compiler.h"

static bool is_one_of(struct span text, const char *const *words)
{
	for (size_t i = 0; words[i]; i++)
		if (span_equal(text, span_from(words[i])))
			return true;
	return false;
}

const char *format_win_need(struct span text)
{
	static const char *const words[] = {"contract", "quotation", "value", NULL};

	return is_one_of(text, words) ? NULL
				      : "is nothing that winning can need; there are contract, "
					"quotation and value";
}

const char *format_close_need(struct span text)
{
	static const char *const words[] = {"contract", "ticket", "project", NULL};

	return is_one_of(text, words) ? NULL
				      : "is nothing that closing can need; there are contract, "
					"ticket and project";
}

const char *format_review_contact(struct span text)
{
	static const char *const words[] = {"owner", "company", "phone", "source", NULL};

	return is_one_of(text, words)
		       ? NULL
		       : "is no field of a contact that the review can ask for; there are owner, "
			 "company, phone and source";
}

const char *format_review_deal(struct span text)
{
	static const char *const words[] = {"owner", "contact", "value", "expected", "type",
		"subject", "weight", "source", NULL};

	return is_one_of(text, words)
		       ? NULL
		       : "is no field of a deal that the review can ask for; there are owner, "
			 "contact, value, expected, type, subject, weight and source";
}

const char *format_currency(struct span text)
{
	bool good = text.size == 3;

	for (size_t i = 0; i < text.size; i++)
		good = good && text.data[i] >= 'A' && text.data[i] <= 'Z';
	return good ? NULL : "is no currency; they are three capitals like EUR (ISO 4217)";
}

const char *format_percent(struct span text)
{
	ptrdiff_t dot = span_find_byte(text, '.');
	struct span whole = dot < 0 ? text : span_part(text, 0, (size_t)dot);
	struct span part = dot < 0 ? SPAN("0") : span_after(text, (size_t)dot + 1);
	unsigned long long units, decimals;

	if (span_to_u64(whole, 100, &units) && part.size <= 2 && span_to_u64(part, 99, &decimals) &&
		(units < 100 || decimals == 0))
		return NULL;
	return "is no percentage; write 21 or 8.1";
}

const char *format_span_of_days(struct span text)
{
	static const char *const units[] = {"d", "w", "m", "y", "wd"};
	size_t digits = 0;
	unsigned long long number;

	while (digits < text.size && text.data[digits] >= '0' && text.data[digits] <= '9')
		digits++;
	if (span_to_u64(span_part(text, 0, digits), 999, &number) && number > 0) {
		for (size_t i = 0; i < ARRAY_COUNT(units); i++)
			if (span_equal(span_after(text, digits), span_from(units[i])))
				return NULL;
	}
	return "is no number of days; write 3d, 2w, 1m, 1y or 10wd (working days)";
}
