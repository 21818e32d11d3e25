/*
 * stems.h - which of a few words stands in a text first, in one pass: the text is walked in steps
 * as long as the shortest word allows (Wu and Manber, A fast algorithm for multi-pattern searching,
 * 1994).
 */
#ifndef BASE_STEMS_H
#define BASE_STEMS_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct stems {
	const struct span *words; /* ASCII, of STEM_LEAST bytes or more */
	size_t count, least;	  /* bytes of the shortest one */
	uint8_t steps[1024]; /* by the last two letters of what may be a word's first `least` */
};

#define STEM_LEAST 2

/* The words are pointed to, not copied. */
void stems_make(struct stems *stems, const struct span *words, size_t count);
/* Where the first of them stands in either case, within words too; -1: none. Linear. */
ptrdiff_t stems_find(const struct stems *stems, struct span text);

#endif
