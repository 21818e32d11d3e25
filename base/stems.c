#include "base/stems.h"

#include <string.h>

/* The two cases of a letter are one; what is no letter may fall together with one. */
static size_t pair_of(char first, char second)
{
	return ((size_t)first & 31) << 5 | ((size_t)second & 31);
}

void stems_make(struct stems *stems, const struct span *words, size_t count)
{
	*stems = (struct stems){.words = words, .count = count, .least = SIZE_MAX};
	for (size_t i = 0; i < count; i++)
		if (words[i].size < stems->least)
			stems->least = words[i].size;
	if (stems->least > UINT8_MAX)
		stems->least = UINT8_MAX;
	memset(stems->steps, (int)stems->least - 1, sizeof stems->steps);
	for (size_t i = 0; i < count; i++)
		for (size_t at = 1; at < stems->least; at++) {
			uint8_t *step =
				&stems->steps[pair_of(words[i].data[at - 1], words[i].data[at])];

			if (stems->least - 1 - at < *step)
				*step = (uint8_t)(stems->least - 1 - at);
		}
}

static bool any_begins(const struct stems *stems, struct span text)
{
	for (size_t i = 0; i < stems->count; i++)
		if (pair_of(text.data[0], 0) == pair_of(stems->words[i].data[0], 0) &&
			span_starts_fold(text, stems->words[i]))
			return true;
	return false;
}

ptrdiff_t stems_find(const struct stems *stems, struct span text)
{
	size_t end = stems->least - 1; /* of the window */

	while (end < text.size) {
		size_t step = stems->steps[pair_of(text.data[end - 1], text.data[end])];
		size_t begin = end + 1 - stems->least;

		if (step == 0 && any_begins(stems, span_after(text, begin)))
			return (ptrdiff_t)begin;
		end += step > 0 ? step : 1;
	}
	return -1;
}
