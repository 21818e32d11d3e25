#include "config/units.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/compiler.h"

struct unit {
	const char *name;
	int64_t factor;
};

/* Largest first: formatting takes the first that divides the number. */
static const struct unit size_units[] = {
	{"TiB", INT64_C(1) << 40},
	{"GiB", INT64_C(1) << 30},
	{"MiB", INT64_C(1) << 20},
	{"KiB", INT64_C(1) << 10},
	{"B", 1},
};

#define SECOND_MS INT64_C(1000)
#define DAY_MS	  (24 * 60 * 60 * SECOND_MS)

static const struct unit duration_units[] = {
	{"y", 366 * DAY_MS},
	{"w", 7 * DAY_MS},
	{"d", DAY_MS},
	{"h", 60 * 60 * SECOND_MS},
	{"m", 60 * SECOND_MS},
	{"s", SECOND_MS},
};

static bool units_read(struct span text, const struct unit *units, size_t count, int64_t *value)
{
	size_t digits = 0;
	struct span name;
	unsigned long long number;

	while (digits < text.size && text.data[digits] >= '0' && text.data[digits] <= '9')
		digits++;
	name = span_after(text, digits);
	if (name.size > 0 && name.data[0] == ' ')
		name = span_after(name, 1);
	for (size_t i = 0; i < count; i++)
		if (span_equal(name, span_from(units[i].name))) {
			unsigned long long max = (unsigned long long)(INT64_MAX / units[i].factor);

			if (!span_to_u64(span_part(text, 0, digits), max, &number))
				return false;
			*value = (int64_t)number * units[i].factor;
			return true;
		}
	return false;
}

static const char *units_write(
	int64_t value, const struct unit *units, size_t count, char text[UNITS_TEXT_SIZE])
{
	size_t i = 0;

	while (i < count - 1 && (value == 0 || value % units[i].factor != 0))
		i++;
	snprintf(text, UNITS_TEXT_SIZE, "%" PRId64 "%s", value / units[i].factor, units[i].name);
	return text;
}

bool units_size(struct span text, int64_t *size_bytes)
{
	return units_read(text, size_units, ARRAY_COUNT(size_units), size_bytes);
}

bool units_duration(struct span text, int64_t *duration_ms)
{
	return units_read(text, duration_units, ARRAY_COUNT(duration_units), duration_ms);
}

const char *units_size_text(int64_t size_bytes, char text[UNITS_TEXT_SIZE])
{
	return units_write(size_bytes, size_units, ARRAY_COUNT(size_units), text);
}

const char *units_duration_text(int64_t duration_ms, char text[UNITS_TEXT_SIZE])
{
	return units_write(duration_ms, duration_units, ARRAY_COUNT(duration_units), text);
}
