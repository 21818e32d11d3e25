/*
 * zone.h - instants in a named zone (IANA name) and back, by the C library's zone data. Processes
 * that use it have one thread.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/date.h"

struct zone_time {
	struct date date;
	int hour, minute, second;
	int offset_minutes; /* east of UTC */
};

/* The system knows the name ("Europe/Amsterdam", "UTC"). */
bool zone_is_known(const char *zone);
struct zone_time zone_local(const char *zone, int64_t instant_ms);
/*
 * The instant of a wall-clock time. In the hour that a change skips the time moves forward by the
 * gap; of an hour that comes twice the first is meant.
 */
int64_t zone_instant(const char *zone, struct date date, int hour, int minute, int second);
/* Clocks of the zone show this wall-clock time at another instant too: they are set back. */
bool zone_comes_twice(const char *zone, int64_t instant_ms);

#endif
