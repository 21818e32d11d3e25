/*
 * prefix.h - the words that make a line of minutes an action ("Board action:"), behind bullets,
 * numbers, check boxes, quote marks and borders.
 */
#ifndef PARSER_PREFIX_H
#define PARSER_PREFIX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/*
 * Where the prefix begins in the line, with nothing but marks before it; -1: it does not begin
 * with it. *size: the bytes that the prefix takes there. Case and the number of blanks make no
 * difference, nor does a blank before the colon (French).
 */
ptrdiff_t prefix_find(struct span line, struct span prefix, size_t *size);
/* "a)", "iv.", "(c)", "[x]", "o": what letters or ticks an item of a list. */
bool prefix_is_enumerator(struct span word);

#endif
