/*
 * exact.h - inputs of tests as heap blocks of exactly their size, so that a sanitizer sees one byte
 * read too many. Free with free((void *)(size_t)span.data).
 */
#ifndef TESTS_EXACT_H
#define TESTS_EXACT_H

#include "base/memory.h"
#include "base/span.h"

static inline struct span exact_copy(struct span span)
{
	char *copy = memory_alloc(span.size);

	if (span.size > 0)
		memcpy(copy, span.data, span.size);
	return (struct span){copy, span.size};
}

#endif
