#include "ingest/json.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/zone.h"

json_t *json_of_text(struct span text)
{
	json_t *value = text.size ? json_stringn(text.data, text.size) : NULL;
	return value ? value : json_null();
}

json_t *json_of_id(int64_t id)
{
	return id ? json_integer((json_int_t)id) : json_null();
}

json_t *json_of_date(struct date date)
{
	char text[DATE_TEXT_SIZE];
	return date_is_set(date) ? json_string(date_text(date, text)) : json_null();
}

json_t *json_of_cents(bool has, int64_t cents)
{
	char text[32];
	uint64_t size = cents < 0 ? 0 - (uint64_t)cents : (uint64_t)cents;
	if (!has)
		return json_null();
	snprintf(text, sizeof(text), "%s%" PRIu64 ".%02" PRIu64, cents < 0 ? "-" : "", size / 100,
		size % 100);
	return json_string(text);
}

json_t *json_of_time(int64_t instant_ms, const char *zone)
{
	char text[CLOCK_RFC3339_SIZE];
	if (!instant_ms)
		return json_null();
	int offset = zone_local(zone, instant_ms).offset_minutes;
	return json_string(clock_rfc3339(instant_ms, offset, text));
}
