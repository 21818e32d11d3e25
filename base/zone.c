#include "base/zone.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/span.h"

#define ZONEINFO    "/usr/share/zoneinfo/"
#define DAY_SECONDS 86400

/* The names come from a configuration or a mail: none may lead out of the folder. */
static bool name_is_safe(const char *zone)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789+-_/";

	return zone[0] != '\0' && zone[0] != '/' && strlen(zone) < 64 &&
	       zone[strspn(zone, allowed)] == '\0';
}

bool zone_is_known(const char *zone)
{
	char path[PATH_MAX], magic[4];
	ssize_t size;
	int file;

	if (!zone || !name_is_safe(zone))
		return false;
	snprintf(path, sizeof path, ZONEINFO "%s", zone);
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return false;
	size = read(file, magic, sizeof magic);
	close(file);
	/* RFC 8536 section 3.1; zone.tab and the other texts in the folder have none */
	return size == sizeof magic && memcmp(magic, "TZif", sizeof magic) == 0;
}

/*
 * Makes the C library's local time that of the zone; an unknown one counts as UTC. The colon makes
 * glibc take the name as a file's and never as a POSIX rule.
 */
static void zone_use(const char *zone)
{
	static char current[72];
	char wanted[72];

	snprintf(wanted, sizeof wanted, ":%s", zone && name_is_safe(zone) ? zone : "UTC");
	if (strcmp(wanted, current) == 0)
		return;
	memcpy(current, wanted, sizeof current);
	setenv("TZ", wanted, 1);
	tzset();
}

static int64_t seconds_of(int64_t instant_ms)
{
	/* localtime_r fails on years that an int can't hold */
	const int64_t first = date_to_days((struct date){1, 1, 2}) * DAY_SECONDS;
	const int64_t last = date_to_days((struct date){9999, 12, 30}) * DAY_SECONDS;
	int64_t seconds = instant_ms / 1000 - (instant_ms % 1000 < 0);

	if (seconds < first)
		return first;
	return seconds > last ? last : seconds;
}

struct zone_time zone_local(const char *zone, int64_t instant_ms)
{
	time_t seconds = (time_t)seconds_of(instant_ms);
	struct tm local;

	zone_use(zone);
	localtime_r(&seconds, &local);
	return (struct zone_time){
		.date = {local.tm_year + 1900, local.tm_mon + 1, local.tm_mday},
		.hour = local.tm_hour,
		.minute = local.tm_min,
		.second = local.tm_sec,
		.offset_minutes = (int)(local.tm_gmtoff / 60),
	};
}

static int64_t offset_seconds_at(int64_t instant_seconds)
{
	time_t seconds = (time_t)seconds_of(instant_seconds * 1000);
	struct tm local;

	localtime_r(&seconds, &local);
	return local.tm_gmtoff;
}

int64_t zone_instant(const char *zone, struct date date, int hour, int minute, int second)
{
	int64_t wall = date_to_days(date) * DAY_SECONDS + hour * 3600 + minute * 60 + second;
	int64_t before, after, early, late;

	zone_use(zone);
	/* offsets are below a day: a change near the wall time lies between these two */
	before = offset_seconds_at(wall - DAY_SECONDS);
	after = offset_seconds_at(wall + DAY_SECONDS);
	early = wall - (before > after ? before : after);
	late = wall - (before > after ? after : before);
	if (offset_seconds_at(early) == wall - early)
		return early * 1000;
	if (offset_seconds_at(late) == wall - late)
		return late * 1000;
	/* skipped: the offset from before the gap moves it forward by the gap */
	return (wall - before) * 1000;
}

bool zone_comes_twice(const char *zone, int64_t instant_ms)
{
	int64_t instant = seconds_of(instant_ms), wall, before, after;

	zone_use(zone);
	wall = instant + offset_seconds_at(instant);
	before = offset_seconds_at(wall - DAY_SECONDS);
	after = offset_seconds_at(wall + DAY_SECONDS);
	return before > after && offset_seconds_at(wall - before) == before &&
	       offset_seconds_at(wall - after) == after;
}
