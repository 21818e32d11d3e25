/*
 * beginning.h - tables of words that every line of a text is compared with: which of them a text
 * may begin with is told by its first two bytes, and nearly always it is none.
 */
#ifndef PARSER_BEGINNING_H
#define PARSER_BEGINNING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

#define BEGINNING_WORDS_MAX 1024 /* of one table; more are not found */

/* Filled at first use: the words chained by a hash of two bytes. */
struct beginnings {
	bool made;
	uint16_t heads[1024], next[BEGINNING_WORDS_MAX]; /* number of a word + 1; 0: the end */
};

/*
 * The first of the words (each of two bytes at least) that the text may begin with, without case:
 * its number + 1, 0: none. The others are behind it in beginnings->next[number].
 */
size_t beginning_first(
	struct beginnings *beginnings, const struct span *words, size_t count, struct span text);
/* The bytes of the longest of the words that the text begins with; 0: it begins with none. */
size_t beginning_size(
	struct beginnings *beginnings, const struct span *words, size_t count, struct span text);

#endif
