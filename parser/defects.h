/*
 * defects.h - what was wrong with the bytes of one mail: a set of short names.
 */
#ifndef PARSER_DEFECTS_H
#define PARSER_DEFECTS_H

#include "base/span.h"
#include "parser/limits.h"

struct defects {
	struct span names[DEFECTS_MAX]; /* string literals */
	size_t count;
};

/* Adds the name once; `name` is a string literal. */
void defect_add(struct defects *defects, const char *name);

#endif
