/*
 * beginning.h - tables of words that every line of a text is compared with: whether a text can
 * begin with one of them at all is told by its first two bytes, and nearly always it can't.
 */
#ifndef PARSER_BEGINNING_H
#define PARSER_BEGINNING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/* Filled at first use: bits of a hash of two bytes. */
struct beginnings {
	bool made;
	bool has[1024];
};

/* False: the text begins with none of the words (each of two bytes at least), without case. */
bool beginning_may_be(
	struct beginnings *beginnings, const struct span *words, size_t count, struct span text);

#endif
