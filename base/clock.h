/*
 * clock.h - instants. Wall-clock time is int64 UTC milliseconds since 1970; timers use the
 * monotonic clock only.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

/* UTC milliseconds since 1970. */
int64_t clock_now_ms(void);
/* Milliseconds of a clock that only goes forward; meaningful only as a difference. */
int64_t clock_monotonic_ms(void);

#define CLOCK_RFC3339_SIZE sizeof("2026-11-21T10:00:00.000+01:00")
/* RFC 3339 with the given offset (0 is written Z); milliseconds only when they are not zero. */
const char *clock_rfc3339(int64_t instant_ms, int offset_minutes, char text[CLOCK_RFC3339_SIZE]);
/* Reads RFC 3339; false when it is none. */
bool clock_from_rfc3339(struct span text, int64_t *instant_ms, int *offset_minutes);

#endif
