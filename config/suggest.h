/*
 * suggest.h - "did you mean …?": the nearest of some words by edit distance.
 */
#ifndef CONFIG_SUGGEST_H
#define CONFIG_SUGGEST_H

#include "base/span.h"

struct suggestion {
	struct span word; /* what stood there */
	const char *best; /* the nearest so far; NULL when nothing is near enough */
	size_t distance;  /* of best */
};

struct suggestion suggestion_begin(struct span word);
/* Takes the candidate when it is nearer than all before. It is not copied. */
void suggestion_try(struct suggestion *suggestion, const char *candidate);
/* Insertions, deletions, replacements and swaps of neighbours; case and - for _ cost nothing. */
size_t edit_distance(struct span a, struct span b);

#endif
