#include "base/date.h"

#include <stdio.h>

/* Days from 0000-03-01, where the count by eras of 400 years begins, to 1970-01-01. */
#define EPOCH_DAYS   719468
#define DAYS_PER_ERA 146097

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int date_days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (month < 1 || month > 12)
		return 0;
	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

bool date_is_valid(struct date date)
{
	return date.year >= 1 && date.year <= 9999 && date.day >= 1 &&
	       date.day <= date_days_in_month(date.year, date.month);
}

/* The year begins in March here, so that the leap day is its last. */
int64_t date_to_days(struct date date)
{
	int64_t year = (int64_t)date.year - (date.month <= 2);
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t year_of_era = year - era * 400;
	int64_t month = (date.month + 9) % 12;
	int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * DAYS_PER_ERA + day_of_era - EPOCH_DAYS;
}

struct date date_from_days(int64_t days)
{
	int64_t shifted = days + EPOCH_DAYS;
	int64_t era = (shifted >= 0 ? shifted : shifted - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
	int64_t day_of_era = shifted - era * DAYS_PER_ERA;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
				      day_of_era / (DAYS_PER_ERA - 1)) /
			      365;
	int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month = (5 * day_of_year + 2) / 153;
	struct date date;

	date.day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
	date.month = (int)(month < 10 ? month + 3 : month - 9);
	date.year = (int)(year_of_era + era * 400 + (date.month <= 2));
	return date;
}

enum weekday date_weekday(struct date date)
{
	/* 1970-01-01 was a Thursday */
	int64_t weekday = (date_to_days(date) + THURSDAY) % 7;

	return (enum weekday)(weekday < 0 ? weekday + 7 : weekday);
}

int date_compare(struct date a, struct date b)
{
	if (a.year != b.year)
		return a.year < b.year ? -1 : 1;
	if (a.month != b.month)
		return a.month < b.month ? -1 : 1;
	return (a.day > b.day) - (a.day < b.day);
}

struct date date_add_days(struct date date, int days)
{
	return date_from_days(date_to_days(date) + days);
}

struct date date_add_months(struct date date, int months)
{
	int64_t sum = (int64_t)date.year * 12 + date.month - 1 + months;
	int64_t year = (sum >= 0 ? sum : sum - 11) / 12;
	int last;

	date.year = (int)year;
	date.month = (int)(sum - year * 12) + 1;
	last = date_days_in_month(date.year, date.month);
	if (date.day > last)
		date.day = last;
	return date;
}

struct date date_next_weekday(struct date date, enum weekday weekday)
{
	int ahead = ((int)weekday - (int)date_weekday(date) + 7) % 7;

	return date_add_days(date, ahead == 0 ? 7 : ahead);
}

static bool is_working_day(struct date date, const struct date *days_off, size_t days_off_count)
{
	if (date_weekday(date) >= SATURDAY)
		return false;
	for (size_t i = 0; i < days_off_count; i++)
		if (date_compare(days_off[i], date) == 0)
			return false;
	return true;
}

struct date date_add_working_days(
	struct date date, int working_days, const struct date *days_off, size_t days_off_count)
{
	while (working_days > 0) {
		date = date_add_days(date, 1);
		if (is_working_day(date, days_off, days_off_count))
			working_days--;
	}
	return date;
}

const char *date_text(struct date date, char text[DATE_TEXT_SIZE])
{
	if (date_is_valid(date))
		snprintf(text, DATE_TEXT_SIZE, "%04u-%02u-%02u", (unsigned)date.year % 10000,
			(unsigned)date.month % 100, (unsigned)date.day % 100);
	else
		text[0] = '\0';
	return text;
}

static bool number_of(struct span text, size_t from, size_t size, int *number)
{
	unsigned long long value;

	if (!span_to_u64(span_part(text, from, size), 9999, &value))
		return false;
	*number = (int)value;
	return true;
}

bool date_from_text(struct span text, struct date *date)
{
	struct date read;

	if (text.size != 10 || text.data[4] != '-' || text.data[7] != '-')
		return false;
	if (!number_of(text, 0, 4, &read.year) || !number_of(text, 5, 2, &read.month) ||
		!number_of(text, 8, 2, &read.day) || !date_is_valid(read))
		return false;
	*date = read;
	return true;
}
