#include "daemon/feed_header.h"

#include <stdio.h>

#include "base/date.h"

#define DAY_S 86400

/* strftime would use the locale's names. */
const char *http_date(int64_t instant_s, char text[HTTP_DATE_SIZE])
{
	static const char days[][4] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
	static const char months[][4] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	int64_t day = instant_s / DAY_S - (instant_s % DAY_S < 0);
	unsigned second = (unsigned)(instant_s - day * DAY_S) % DAY_S;
	struct date date = date_from_days(day);

	snprintf(text, HTTP_DATE_SIZE, "%s, %02u %s %04u %02u:%02u:%02u GMT",
		days[date_weekday(date)], (unsigned)date.day % 100, months[date.month - 1],
		(unsigned)date.year % 10000, second / 3600, second / 60 % 60, second % 60);
	return text;
}

bool http_matches_etag(struct span list, struct span etag)
{
	struct span piece;

	while (span_next(&list, ',', &piece)) {
		piece = span_trim(piece);
		if (span_starts(piece, SPAN("W/")))
			piece = span_after(piece, 2);
		if (span_equal(piece, SPAN("*")) || span_equal(piece, etag))
			return true;
	}
	return false;
}

/* "q=0", "q=0.0", … behind the coding. */
static bool is_refused(struct span parameters)
{
	struct span one;

	while (span_next(&parameters, ';', &one)) {
		one = span_trim(one);
		if (!span_starts(one, SPAN("q=")) && !span_starts(one, SPAN("Q=")))
			continue;
		one = span_after(one, 2);
		while (one.size > 0 && (one.data[0] == '0' || one.data[0] == '.'))
			one = span_after(one, 1);
		return one.size == 0;
	}
	return false;
}

bool http_accepts_gzip(struct span list)
{
	struct span piece, coding;
	bool any = false;

	while (span_next(&list, ',', &piece)) {
		if (!span_next(&piece, ';', &coding))
			continue;
		coding = span_trim(coding);
		/* what is said of gzip itself counts, wherever it stands */
		if (span_equal_fold(coding, SPAN("gzip")) ||
			span_equal_fold(coding, SPAN("x-gzip")))
			return !is_refused(piece);
		if (span_equal(coding, SPAN("*")))
			any = !is_refused(piece);
	}
	return any;
}
