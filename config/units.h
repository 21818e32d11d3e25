/*
 * units.h - sizes and durations as people write them: "100MiB", "30m", "10y".
 */
#ifndef CONFIG_UNITS_H
#define CONFIG_UNITS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

#define UNITS_TEXT_SIZE 32

/* A whole number and B, KiB, MiB, GiB or TiB. False when it is none, or more than fits. */
bool units_size(struct span text, int64_t *size_bytes);
/*
 * A whole number and s, m (minutes), h, d, w or y. A year is 366 days: what is kept "for 10y" is
 * never dropped before ten years are over.
 */
bool units_duration(struct span text, int64_t *duration_ms);

/* The shortest text that reads back as the same number; parts of a second are dropped. */
const char *units_size_text(int64_t size_bytes, char text[UNITS_TEXT_SIZE]);
const char *units_duration_text(int64_t duration_ms, char text[UNITS_TEXT_SIZE]);

#endif
