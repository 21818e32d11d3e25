/*
 * amount.h - money as a person types it and as JSON carries it: decimal text with a dot.
 */
#ifndef CLI_AMOUNT_H
#define CLI_AMOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"

/* Reads 1234, 1234.5, 1234.50, -12.00 into hundredths; a comma as decimal sign is taken too. */
bool amount_from_text(struct span text, int64_t *cents);
/* "1234.50" */
struct span amount_text(struct arena *arena, int64_t cents);

#endif
