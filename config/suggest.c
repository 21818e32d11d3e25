#include "config/suggest.h"

/* No key or choice is longer; longer words get no suggestion. */
#define WORD_MAX 48

static char plain(char byte)
{
	if (byte >= 'A' && byte <= 'Z')
		return (char)(byte + 32);
	return byte == '-' ? '_' : byte;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: three rows of the usual table. */
size_t edit_distance(struct span a, struct span b)
{
	size_t rows[3][WORD_MAX + 1];
	size_t *before = rows[0], *last = rows[1], *row = rows[2];

	if (a.size > WORD_MAX || b.size > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= b.size; j++)
		last[j] = j;
	for (size_t i = 1; i <= a.size; i++) {
		size_t *oldest = before;

		row[0] = i;
		for (size_t j = 1; j <= b.size; j++) {
			char x = plain(a.data[i - 1]), y = plain(b.data[j - 1]);

			row[j] = least(least(last[j], row[j - 1]) + 1, last[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == plain(b.data[j - 2]) &&
				y == plain(a.data[i - 2]))
				row[j] = least(row[j], before[j - 2] + 1);
		}
		before = last;
		last = row;
		row = oldest;
	}
	return last[b.size];
}

struct suggestion suggestion_begin(struct span word)
{
	/* A third of the letters may differ; more is another word. */
	return (struct suggestion){word, NULL, word.size / 3 + 2};
}

void suggestion_try(struct suggestion *suggestion, const char *candidate)
{
	size_t distance;

	if (suggestion->word.size == 0 || suggestion->word.size > WORD_MAX)
		return;
	distance = edit_distance(suggestion->word, span_from(candidate));
	if (distance >= suggestion->distance || distance >= suggestion->word.size)
		return;
	suggestion->best = candidate;
	suggestion->distance = distance;
}
