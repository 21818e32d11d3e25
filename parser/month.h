/*
 * month.h - the names of the months as mail in Europe and beyond writes them: full, inflected and
 * short. Adding a language is adding rows.
 */
#ifndef PARSER_MONTH_H
#define PARSER_MONTH_H

#include <stdbool.h>

#include "base/span.h"

/*
 * 1 to 12; 0 when the word names no month. after_dot: the day in front of it ended with a dot, as
 * in "26. listopada": Croatian and Polish have names in common for different months.
 */
int month_of(struct span word, bool after_dot);

#endif
