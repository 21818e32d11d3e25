/*
 * date.h - days of the civil (proleptic Gregorian) calendar, without time or zone.
 */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

struct date {
	int year, month, day; /* month 1..12, day 1..31; all 0: no date */
};

enum weekday { MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY };

static inline bool date_is_set(struct date date)
{
	return date.year != 0;
}

/* Such a day exists, in the years 1 to 9999. */
bool date_is_valid(struct date date);
int date_days_in_month(int year, int month);
/* Days since 1970-01-01, negative before. */
int64_t date_to_days(struct date date);
struct date date_from_days(int64_t days);
enum weekday date_weekday(struct date date);
int date_compare(struct date a, struct date b);

struct date date_add_days(struct date date, int days);
/* The same day of the month, clamped to the last: 2027-01-31 and 1 month give 2027-02-28. */
struct date date_add_months(struct date date, int months);
/* The first such weekday strictly after date. */
struct date date_next_weekday(struct date date, enum weekday weekday);
/* Monday to Friday less the given days off, counted strictly after date. */
struct date date_add_working_days(
	struct date date, int working_days, const struct date *days_off, size_t days_off_count);

#define DATE_TEXT_SIZE sizeof("2026-11-21")
/* ISO 8601; "" when not set. */
const char *date_text(struct date date, char text[DATE_TEXT_SIZE]);
/* Reads YYYY-MM-DD of a day that exists. */
bool date_from_text(struct span text, struct date *date);

#endif
