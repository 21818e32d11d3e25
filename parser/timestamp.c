#include "parser/timestamp.h"

#include "parser/month.h"

#define NUMBERS_MAX 4

/* RFC 5322 section 4.3 and those that mail in Europe carries. */
static const struct zone_name {
	const char *name;
	int offset_minutes;
} zone_names[] = {
	{"UT", 0},
	{"UTC", 0},
	{"GMT", 0},
	{"Z", 0},
	{"WET", 0},
	{"WEST", 60},
	{"BST", 60},
	{"CET", 60},
	{"MET", 60},
	{"MEZ", 60},
	{"CEST", 120},
	{"MEST", 120},
	{"MESZ", 120},
	{"HNEC", 60},
	{"HAEC", 120},
	{"SEČ", 60},
	{"SELČ", 120},
	{"OEZ", 120},
	{"OESZ", 180},
	{"EET", 120},
	{"EEST", 180},
	{"MSK", 180},
	{"МСК", 180},
	{"IST", 330},
	{"SGT", 480},
	{"HKT", 480},
	{"JST", 540},
	{"KST", 540},
	{"AEST", 600},
	{"AEDT", 660},
	{"NZST", 720},
	{"NZDT", 780},
	{"EST", -300},
	{"EDT", -240},
	{"CST", -360},
	{"CDT", -300},
	{"MST", -420},
	{"MDT", -360},
	{"PST", -480},
	{"PDT", -420},
	{"AKST", -540},
	{"AKDT", -480},
	{"HST", -600},
};

struct reading {
	struct date date;
	bool has_year;
	int hour, minute, second;
	bool has_time, has_zone, afternoon, forenoon;
	int offset_minutes;
	bool dotted; /* the last number ended with a dot */
};

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (unsigned char)byte >= 0x80;
}

/* The decimal number at the front, at most `max_digits` of it. */
static size_t take_number(struct span text, size_t max_digits, int *number)
{
	size_t digits = 0;

	*number = 0;
	while (digits < text.size && digits < max_digits && is_digit(text.data[digits]))
		*number = *number * 10 + (text.data[digits++] - '0');
	return digits;
}

/* RFC 5322 section 4.3: 00-49 is 2000, 50-99 1900, three digits count from 1900. */
static int full_year(int year, size_t digits)
{
	if (digits >= 4)
		return year;
	if (digits == 3)
		return year + 1900;
	return year < 50 ? year + 2000 : year + 1900;
}

static void set_year(struct reading *reading, int year, size_t digits)
{
	reading->date.year = full_year(year, digits);
	reading->has_year = true;
}

/* ":MM[:SS[.fraction]]" behind the hour */
static size_t take_time(struct span text, int hour, struct reading *reading)
{
	int minute, second = 0;
	size_t at = 1, digits = take_number(span_after(text, 1), 2, &minute);

	if (digits == 0)
		return 0;
	at += digits;
	if (at + 1 < text.size && (text.data[at] == ':' || text.data[at] == '.') &&
		is_digit(text.data[at + 1])) {
		at += 1 + take_number(span_after(text, at + 1), 2, &second);
		if (at < text.size && (text.data[at] == '.' || text.data[at] == ','))
			for (at++; at < text.size && is_digit(text.data[at]); at++)
				;
	}
	if (!reading->has_time) {
		reading->hour = hour;
		reading->minute = minute;
		reading->second = second;
		reading->has_time = true;
	}
	return at;
}

/* "+0100", "+01:00", "+1" behind a time or a zone's name */
static size_t take_offset(struct span text, struct reading *reading)
{
	int hours, minutes = 0;
	size_t digits = take_number(span_after(text, 1), 2, &hours), at = 1 + digits;

	if (digits == 0)
		return 0;
	if (at < text.size && text.data[at] == ':')
		at++;
	at += take_number(span_after(text, at), 2, &minutes);
	int offset = hours * 60 + minutes;
	if (hours > 23 || minutes > 59)
		offset = 0; /* "+9999" is no place on earth */
	if (!reading->has_zone || reading->offset_minutes == 0)
		reading->offset_minutes = text.data[0] == '-' ? -offset : offset;
	reading->has_zone = true;
	return at;
}

static void set_numeric_date(struct reading *reading, const int *numbers, const size_t *digits,
	char separator, bool month_first)
{
	int day, month;

	if (digits[0] == 4) {
		set_year(reading, numbers[0], 4);
		month = numbers[1];
		day = numbers[2];
	} else {
		bool swapped =
			separator == '/' && (numbers[1] > 12 || (month_first && numbers[0] <= 12));
		set_year(reading, numbers[2], digits[2]);
		day = swapped ? numbers[1] : numbers[0];
		month = swapped ? numbers[0] : numbers[1];
	}
	reading->date.month = month;
	reading->date.day = day;
}

/* "21.11.2026", "11/21/2026", "2026-11-21" */
static size_t take_numeric_date(struct span text, bool month_first, struct reading *reading)
{
	int numbers[3];
	size_t digits[3], at = 0;
	char separator = 0;

	for (int i = 0; i < 3; i++) {
		digits[i] = take_number(span_after(text, at), 4, &numbers[i]);
		if (digits[i] == 0 || digits[i] == 3)
			return 0;
		at += digits[i];
		if (i == 2)
			break;
		if (at >= text.size || !memchr("./-", text.data[at], 3) ||
			(i == 1 && text.data[at] != separator))
			return 0;
		separator = text.data[at++];
		if (separator == '.' && at < text.size && text.data[at] == ' ')
			at++;
	}
	if (at < text.size && is_digit(text.data[at]))
		return 0;
	set_numeric_date(reading, numbers, digits, separator, month_first);
	return at;
}

/* "2026年11月21日", "2026년 11월 21일": the number before the sign of its unit. */
static bool take_counted(struct span behind, int number, size_t digits, struct reading *reading)
{
	if (span_starts(behind, SPAN("年")) || span_starts(behind, SPAN("년")))
		set_year(reading, number, digits);
	else if (span_starts(behind, SPAN("月")) || span_starts(behind, SPAN("월")))
		reading->date.month = number;
	else if (span_starts(behind, SPAN("日")) || span_starts(behind, SPAN("일")))
		reading->date.day = number;
	else
		return false;
	return true;
}

static size_t take_plain_number(struct span text, struct reading *reading)
{
	int number;
	size_t digits = take_number(text, 5, &number);

	if (digits <= 4 && take_counted(span_after(text, digits), number, digits, reading))
		return digits + 3;
	reading->dotted = span_starts(span_after(text, digits), SPAN("."));

	if (digits < text.size && (text.data[digits] == ':') && digits <= 2) {
		size_t more = take_time(span_after(text, digits), number, reading);
		return digits + (more ? more : 1);
	}
	/* "10h30", "10.30 Uhr" once the day is known */
	if (digits <= 2 && digits + 2 < text.size && reading->has_year && !reading->has_time &&
		memchr("hH.", text.data[digits], 3) && is_digit(text.data[digits + 1]))
		return digits + take_time(span_after(text, digits), number, reading);
	if (digits >= 3 && digits <= 4 && !reading->has_year)
		set_year(reading, number, digits);
	else if (digits <= 2 && reading->date.day == 0 && number <= 31)
		reading->date.day = number;
	else if (digits <= 2 && !reading->has_year)
		set_year(reading, number, digits);
	while (digits < text.size && is_digit(text.data[digits]))
		digits++;
	return digits;
}

static void take_zone_name(struct span word, struct reading *reading)
{
	if (reading->has_zone || !reading->has_time)
		return;
	for (size_t i = 0; i < ARRAY_COUNT(zone_names); i++) {
		if (!span_equal_fold(word, span_from(zone_names[i].name)))
			continue;
		reading->offset_minutes = zone_names[i].offset_minutes;
		reading->has_zone = true;
		return;
	}
}

/* "PM", "p. m.", "μ.μ.", "下午" behind (in the east before) the time: bytes, 0: no such word. */
static size_t take_half_day(struct span text, struct reading *reading)
{
	static const struct half_day {
		struct span text;
		bool afternoon, before;
	} half_days[] = {
		{SPAN_INIT("a.m"), false, false},
		{SPAN_INIT("a. m"), false, false},
		{SPAN_INIT("a.\xc2\xa0m"), false, false},
		{SPAN_INIT("am"), false, false},
		{SPAN_INIT("p.m"), true, false},
		{SPAN_INIT("p. m"), true, false},
		{SPAN_INIT("p.\xc2\xa0m"), true, false},
		{SPAN_INIT("pm"), true, false},
		{SPAN_INIT("vorm"), false, false},
		{SPAN_INIT("nachm"), true, false},
		{SPAN_INIT("π.μ"), false, false},
		{SPAN_INIT("πμ"), false, false},
		{SPAN_INIT("μ.μ"), true, false},
		{SPAN_INIT("μμ"), true, false},
		{SPAN_INIT("上午"), false, true},
		{SPAN_INIT("午前"), false, true},
		{SPAN_INIT("오전"), false, true},
		{SPAN_INIT("下午"), true, true},
		{SPAN_INIT("午後"), true, true},
		{SPAN_INIT("오후"), true, true},
	};

	for (size_t i = 0; i < ARRAY_COUNT(half_days); i++) {
		struct span word = half_days[i].text, behind = span_after(text, word.size);

		if ((!half_days[i].before && !reading->has_time) || !span_starts_fold(text, word) ||
			(!half_days[i].before && behind.size > 0 && is_letter(behind.data[0])))
			continue;
		*(half_days[i].afternoon ? &reading->afternoon : &reading->forenoon) = true;
		return word.size;
	}
	return 0;
}

static size_t take_word(struct span text, struct reading *reading)
{
	size_t size = take_half_day(text, reading);

	if (size > 0)
		return size;
	while (size < text.size && is_letter(text.data[size]))
		size++;
	struct span word = span_part(text, 0, size);
	int month = month_of(word, reading->dotted);
	/* "mar. 21 nov." in French: mardi, not mars; the later word is the month */
	if (month > 0 && (reading->date.month == 0 || !reading->has_year))
		reading->date.month = month;
	else
		take_zone_name(word, reading);
	reading->dotted = false;
	return size;
}

static bool finish(const struct reading *reading, int default_offset, struct facts_time *time)
{
	int hour = reading->hour, second = reading->second > 59 ? 59 : reading->second;
	int offset = reading->has_zone ? reading->offset_minutes : default_offset;

	if (!reading->has_year || !date_is_valid(reading->date))
		return false;
	if (reading->afternoon && hour < 12)
		hour += 12;
	if (reading->forenoon && hour == 12)
		hour = 0;
	if (hour > 24 || reading->minute > 59)
		return false;
	int64_t minutes = date_to_days(reading->date) * 1440 + hour * 60 + reading->minute - offset;
	*time = (struct facts_time){true, (minutes * 60 + second) * 1000, offset};
	return true;
}

/* English with AM or PM is mostly American: the month stands first. */
static bool has_half_days(struct span text)
{
	return span_find_fold(text, SPAN(" am")) >= 0 || span_find_fold(text, SPAN(" pm")) >= 0 ||
	       span_find_fold(text, SPAN("\xe2\x80\xaf"
					 "am")) >= 0 ||
	       span_find_fold(text, SPAN("\xe2\x80\xaf"
					 "pm")) >= 0;
}

bool timestamp_read(struct span text, int default_offset_minutes, struct facts_time *time)
{
	struct reading reading = {0};
	bool month_first = has_half_days(text);
	struct span rest = span_part(span_trim(text), 0, 200);

	*time = (struct facts_time){0};
	while (rest.size > 0) {
		char byte = rest.data[0];
		size_t taken = 0;

		if (is_digit(byte)) {
			if (!reading.has_year && reading.date.day == 0)
				taken = take_numeric_date(rest, month_first, &reading);
			if (taken == 0)
				taken = take_plain_number(rest, &reading);
		} else if (rest.size >= 5 && byte == '\xe2' && !is_letter(rest.data[3])) {
			taken = 3; /* U+202F and kin between the time and AM */
		} else if (is_letter(byte)) {
			taken = take_word(rest, &reading);
		} else if ((byte == '+' || byte == '-') && reading.has_time) {
			taken = take_offset(rest, &reading);
		}
		rest = span_after(rest, taken > 0 ? taken : 1);
	}
	return finish(&reading, default_offset_minutes, time);
}
