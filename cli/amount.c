#include "cli/amount.h"

#include <inttypes.h>

/* Ten digits before the sign: more than any invoice, and far from overflow. */
#define AMOUNT_MAX 9999999999ull

bool amount_from_text(struct span text, int64_t *cents)
{
	bool negative = span_starts(text, SPAN("-"));
	struct span whole = span_after(text, negative), part = {0};
	ptrdiff_t sign = span_find_byte(whole, '.');
	unsigned long long units, hundredths = 0;

	if (sign < 0)
		sign = span_find_byte(whole, ',');
	if (sign >= 0) {
		part = span_after(whole, (size_t)sign + 1);
		whole = span_part(whole, 0, (size_t)sign);
		if (part.size < 1 || part.size > 2 || !span_to_u64(part, 99, &hundredths))
			return false;
		if (part.size == 1)
			hundredths *= 10;
	}
	if (!span_to_u64(whole, AMOUNT_MAX, &units))
		return false;
	*cents = (int64_t)(units * 100 + hundredths);
	if (negative)
		*cents = -*cents;
	return true;
}

struct span amount_text(struct arena *arena, int64_t cents)
{
	uint64_t size = cents < 0 ? 0 - (uint64_t)cents : (uint64_t)cents;

	return arena_format(
		arena, "%s%" PRIu64 ".%02" PRIu64, cents < 0 ? "-" : "", size / 100, size % 100);
}
