/*
 * fuzz.h - what a fuzz target defines. It returns 0; whatever is wrong it says by abort().
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/span.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline struct span fuzz_span(const uint8_t *data, size_t size)
{
	return (struct span){(const char *)data, size};
}

/* An assertion that NDEBUG does not take away. */
static inline void fuzz_must(bool holds)
{
	if (!holds)
		abort();
}

#endif
