#include "base/clock.h"

#include <stdio.h>
#include <time.h>

#include "base/date.h"

#define MS_PER_DAY ((int64_t)86400000)

static int64_t read_clock_ms(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_now_ms(void)
{
	return read_clock_ms(CLOCK_REALTIME);
}

int64_t clock_monotonic_ms(void)
{
	return read_clock_ms(CLOCK_MONOTONIC);
}

/* RFC 3339 writes the years 0000 to 9999 only; an instant beyond them is written as the nearest. */
static int64_t clamp_to_writable(int64_t local_ms)
{
	const int64_t first = date_to_days((struct date){1, 1, 1}) * MS_PER_DAY;
	const int64_t last = (date_to_days((struct date){9999, 12, 31}) + 1) * MS_PER_DAY - 1;

	if (local_ms < first)
		return first;
	return local_ms > last ? last : local_ms;
}

static size_t append_number(char *text, size_t at, const char *before, unsigned value, int digits)
{
	unsigned scale = 1;

	for (; *before; before++)
		text[at++] = *before;
	for (int i = 1; i < digits; i++)
		scale *= 10;
	for (; scale > 0; scale /= 10)
		text[at++] = (char)('0' + value / scale % 10);
	return at;
}

static size_t append_offset(char *text, size_t at, int offset_minutes)
{
	unsigned size = (unsigned)(offset_minutes < 0 ? -offset_minutes : offset_minutes);

	if (offset_minutes == 0) {
		text[at++] = 'Z';
		return at;
	}
	at = append_number(text, at, offset_minutes < 0 ? "-" : "+", size / 60 % 100, 2);
	return append_number(text, at, ":", size % 60, 2);
}

const char *clock_rfc3339(int64_t instant_ms, int offset_minutes, char text[CLOCK_RFC3339_SIZE])
{
	int64_t offset_ms = (int64_t)offset_minutes * 60000;
	int64_t local_ms, days;
	unsigned ms;
	struct date date;
	size_t at;

	if (__builtin_add_overflow(instant_ms, offset_ms, &local_ms))
		local_ms = instant_ms;
	local_ms = clamp_to_writable(local_ms);
	days = (local_ms >= 0 ? local_ms : local_ms - (MS_PER_DAY - 1)) / MS_PER_DAY;
	ms = (unsigned)(local_ms - days * MS_PER_DAY);
	date = date_from_days(days);

	at = append_number(text, 0, "", (unsigned)date.year, 4);
	at = append_number(text, at, "-", (unsigned)date.month, 2);
	at = append_number(text, at, "-", (unsigned)date.day, 2);
	at = append_number(text, at, "T", ms / 3600000, 2);
	at = append_number(text, at, ":", ms / 60000 % 60, 2);
	at = append_number(text, at, ":", ms / 1000 % 60, 2);
	if (ms % 1000 != 0)
		at = append_number(text, at, ".", ms % 1000, 3);
	text[append_offset(text, at, offset_minutes)] = '\0';
	return text;
}

/* Exactly two digits of at most max at the front of *rest. */
static bool take_two_digits(struct span *rest, unsigned max, int *number)
{
	unsigned long long value;

	if (rest->size < 2 || !span_to_u64(span_part(*rest, 0, 2), max, &value))
		return false;
	*number = (int)value;
	*rest = span_after(*rest, 2);
	return true;
}

static bool take_byte(struct span *rest, char byte)
{
	if (rest->size == 0 || rest->data[0] != byte)
		return false;
	*rest = span_after(*rest, 1);
	return true;
}

/* Milliseconds are kept, finer digits are dropped. */
static bool take_fraction(struct span *rest, int *ms)
{
	int scale = 100;
	size_t digits = 0;

	*ms = 0;
	if (!take_byte(rest, '.'))
		return true;
	while (digits < rest->size && rest->data[digits] >= '0' && rest->data[digits] <= '9') {
		*ms += (rest->data[digits] - '0') * scale;
		scale /= 10;
		digits++;
	}
	*rest = span_after(*rest, digits);
	return digits > 0;
}

static bool take_offset(struct span *rest, int *offset_minutes)
{
	int hours, minutes, sign;

	*offset_minutes = 0;
	if (take_byte(rest, 'Z') || take_byte(rest, 'z'))
		return true;
	if (take_byte(rest, '+'))
		sign = 1;
	else if (take_byte(rest, '-'))
		sign = -1;
	else
		return false;
	if (!take_two_digits(rest, 23, &hours) || !take_byte(rest, ':') ||
		!take_two_digits(rest, 59, &minutes))
		return false;
	*offset_minutes = sign * (hours * 60 + minutes);
	return true;
}

bool clock_from_rfc3339(struct span text, int64_t *instant_ms, int *offset_minutes)
{
	struct span rest = span_after(text, 10);
	int hour, minute, second, ms, offset;
	struct date date;

	if (!date_from_text(span_part(text, 0, 10), &date))
		return false;
	/* section 5.6: T may be lower case, and readers may allow a space */
	if (!take_byte(&rest, 'T') && !take_byte(&rest, 't') && !take_byte(&rest, ' '))
		return false;
	if (!take_two_digits(&rest, 23, &hour) || !take_byte(&rest, ':') ||
		!take_two_digits(&rest, 59, &minute) || !take_byte(&rest, ':') ||
		!take_two_digits(&rest, 60 /* a leap second */, &second) ||
		!take_fraction(&rest, &ms) || !take_offset(&rest, &offset) || rest.size > 0)
		return false;
	*instant_ms = date_to_days(date) * MS_PER_DAY +
		      ((int64_t)(hour * 60 + minute - offset) * 60 + second) * 1000 + ms;
	*offset_minutes = offset;
	return true;
}
