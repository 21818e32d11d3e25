#include "cli/period.h"

#include <string.h>

#include "base/zone.h"

bool period_has(const struct period *period, struct date date)
{
	return date_is_set(date) && date_compare(date, period->first) >= 0 &&
	       date_compare(date, period->last) <= 0;
}

static struct period months(int year, int month, int count)
{
	struct date first = {year, month, 1};

	return (struct period){first, date_add_days(date_add_months(first, count), -1)};
}

static struct date monday_of(struct date date)
{
	return date_add_days(date, -(int)date_weekday(date));
}

/* ISO 8601: week 1 is that of January 4th. */
static bool week_of_year(int year, int week, struct period *period)
{
	struct date first = date_add_days(monday_of((struct date){year, 1, 4}), 7 * (week - 1));

	*period = (struct period){first, date_add_days(first, 6)};
	/* Week 53 is there when its Thursday is. */
	return week >= 1 && week <= 53 && date_add_days(first, 3).year == year;
}

static bool read_number(struct span text, int max, int *number)
{
	unsigned long long value;

	if (!span_to_u64(text, (unsigned long long)max, &value) || value == 0)
		return false;
	*number = (int)value;
	return true;
}

/* today, week, month, quarter, year; last- before it goes one back. */
static bool read_word(struct span text, struct date today, struct period *period)
{
	bool last = span_starts(text, SPAN("last-"));
	struct span word = span_after(text, last ? 5 : 0);
	int back = last ? 1 : 0;
	struct date begin;

	if (span_equal(word, SPAN("today")) || span_equal(word, SPAN("day"))) {
		begin = date_add_days(today, -back);
		*period = (struct period){begin, begin};
	} else if (span_equal(word, SPAN("week"))) {
		begin = date_add_days(monday_of(today), -7 * back);
		*period = (struct period){begin, date_add_days(begin, 6)};
	} else if (span_equal(word, SPAN("month"))) {
		begin = date_add_months((struct date){today.year, today.month, 1}, -back);
		*period = months(begin.year, begin.month, 1);
	} else if (span_equal(word, SPAN("quarter"))) {
		begin = date_add_months(
			(struct date){today.year, (today.month - 1) / 3 * 3 + 1, 1}, -3 * back);
		*period = months(begin.year, begin.month, 3);
	} else if (span_equal(word, SPAN("year"))) {
		*period = months(today.year - back, 1, 12);
	} else {
		return false;
	}
	return true;
}

/* 2026 and what may stand behind it. */
static bool read_year(struct span text, struct period *period)
{
	struct span rest = span_after(text, 5);
	struct date day;
	int year, number;

	if (date_from_text(text, &day)) {
		*period = (struct period){day, day};
		return true;
	}
	if (text.size < 4 || !read_number(span_part(text, 0, 4), 9998, &year))
		return false;
	if (text.size == 4) {
		*period = months(year, 1, 12);
		return true;
	}
	if (text.data[4] != '-')
		return false;
	if (span_starts(rest, SPAN("Q")) && rest.size == 2 &&
		read_number(span_after(rest, 1), 4, &number)) {
		*period = months(year, 3 * number - 2, 3);
		return true;
	}
	if (span_starts(rest, SPAN("W")) && rest.size == 3 &&
		read_number(span_after(rest, 1), 53, &number))
		return week_of_year(year, number, period);
	if (rest.size != 2 || !read_number(rest, 12, &number))
		return false;
	*period = months(year, number, 1);
	return true;
}

bool period_read(struct span text, struct date today, struct period *period)
{
	ptrdiff_t dots = span_find(text, SPAN(".."));

	if (dots >= 0)
		return date_from_text(span_part(text, 0, (size_t)dots), &period->first) &&
		       date_from_text(span_after(text, (size_t)dots + 2), &period->last) &&
		       date_compare(period->first, period->last) <= 0;
	return read_word(text, today, period) || read_year(text, period);
}

enum exit_code period_option(struct cli *cli, const char *usual, struct period *period)
{
	const char *word = cli_option(cli, "period");

	if (period_read(span_from(word ? word : usual), cli_today(cli), period))
		return EXIT_DONE;
	return cli_usage("`%s` is no period; write 2026, 2026-Q4, 2026-11, 2026-W47, 2026-11-21, "
			 "2026-11-01..2026-11-15, week, month, quarter, year or last-month",
		word);
}

int64_t period_begin_ms(const struct cli *cli, const struct period *period)
{
	return zone_instant(cli->config->zone, period->first, 0, 0, 0);
}

int64_t period_end_ms(const struct cli *cli, const struct period *period)
{
	return zone_instant(cli->config->zone, date_add_days(period->last, 1), 0, 0, 0);
}
