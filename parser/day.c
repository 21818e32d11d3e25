#include "parser/day.h"

#include "base/compiler.h"
#include "parser/month.h"

static const struct day_name {
	const char *full;
	enum weekday weekday;
} day_names[] = {
	{"monday", MONDAY},
	{"tuesday", TUESDAY},
	{"wednesday", WEDNESDAY},
	{"thursday", THURSDAY},
	{"friday", FRIDAY},
	{"saturday", SATURDAY},
	{"sunday", SUNDAY},
	{"montag", MONDAY},
	{"dienstag", TUESDAY},
	{"mittwoch", WEDNESDAY},
	{"donnerstag", THURSDAY},
	{"freitag", FRIDAY},
	{"samstag", SATURDAY},
	{"sonnabend", SATURDAY},
	{"sonntag", SUNDAY},
	{"maandag", MONDAY},
	{"dinsdag", TUESDAY},
	{"woensdag", WEDNESDAY},
	{"donderdag", THURSDAY},
	{"vrijdag", FRIDAY},
	{"zaterdag", SATURDAY},
	{"zondag", SUNDAY},
	{"lundi", MONDAY},
	{"mardi", TUESDAY},
	{"mercredi", WEDNESDAY},
	{"jeudi", THURSDAY},
	{"vendredi", FRIDAY},
	{"samedi", SATURDAY},
	{"dimanche", SUNDAY},
};

/* Words between "by" and the day that say nothing. */
static const char *const fillers[] = {"the", "on", "next", "this", "coming", "am", "zum", "den",
	"dem", "der", "die", "nächsten", "nächster", "nächste", "kommenden", "diesen", "spätestens",
	"spaetestens", "op", "de", "het", "a.s.", "aanstaande", "volgende", "komende", "uiterlijk",
	"le", "la", "au", "of", "du", "dans", "latest", "end"};

static const struct number_word {
	const char *word;
	int number;
} number_words[] = {
	{"one", 1},
	{"two", 2},
	{"three", 3},
	{"four", 4},
	{"five", 5},
	{"six", 6},
	{"a", 1},
	{"an", 1},
	{"einer", 1},
	{"einem", 1},
	{"eine", 1},
	{"zwei", 2},
	{"drei", 3},
	{"vier", 4},
	{"fünf", 5},
	{"sechs", 6},
	{"een", 1},
	{"twee", 2},
	{"drie", 3},
	{"vijf", 5},
	{"zes", 6},
	{"un", 1},
	{"une", 1},
	{"deux", 2},
	{"trois", 3},
	{"quatre", 4},
	{"cinq", 5},
};

enum unit { UNIT_DAY, UNIT_WEEK, UNIT_MONTH, UNIT_YEAR };
static const struct unit_word {
	const char *word;
	enum unit unit;
} unit_words[] = {
	{"day", UNIT_DAY},
	{"days", UNIT_DAY},
	{"tag", UNIT_DAY},
	{"tage", UNIT_DAY},
	{"tagen", UNIT_DAY},
	{"dag", UNIT_DAY},
	{"dagen", UNIT_DAY},
	{"jour", UNIT_DAY},
	{"jours", UNIT_DAY},
	{"week", UNIT_WEEK},
	{"weeks", UNIT_WEEK},
	{"woche", UNIT_WEEK},
	{"wochen", UNIT_WEEK},
	{"weken", UNIT_WEEK},
	{"semaine", UNIT_WEEK},
	{"semaines", UNIT_WEEK},
	{"month", UNIT_MONTH},
	{"months", UNIT_MONTH},
	{"monat", UNIT_MONTH},
	{"monaten", UNIT_MONTH},
	{"monate", UNIT_MONTH},
	{"maand", UNIT_MONTH},
	{"maanden", UNIT_MONTH},
	{"mois", UNIT_MONTH},
	{"year", UNIT_YEAR},
	{"years", UNIT_YEAR},
	{"jahr", UNIT_YEAR},
	{"jahren", UNIT_YEAR},
	{"jaar", UNIT_YEAR},
	{"an", UNIT_YEAR},
	{"ans", UNIT_YEAR},
};

static const struct relative_word {
	const char *word;
	int days;
} relative_words[] = {
	{"today", 0},
	{"heute", 0},
	{"vandaag", 0},
	{"aujourd'hui", 0},
	{"aujourd’hui", 0},
	{"tomorrow", 1},
	{"morgen", 1},
	{"demain", 1},
	{"day after tomorrow", 2},
	{"übermorgen", 2},
	{"overmorgen", 2},
	{"après-demain", 2},
};

/* The last day of this month, and the Friday of this week. */
static const char *const month_ends[] = {"end of month", "end of the month", "month end",
	"ende des monats", "monatsende", "ende monat", "eind van de maand", "einde maand",
	"einde van de maand", "eind deze maand", "fin du mois", "fin de mois"};
static const char *const week_ends[] = {"end of week", "end of the week", "ende der woche",
	"ende dieser woche", "eind van de week", "einde van de week", "einde week",
	"eind deze week", "fin de la semaine", "fin de semaine"};

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (unsigned char)byte >= 0x80 || byte == '\'';
}

static size_t spaces(struct span text)
{
	size_t size = 0;

	while (size < text.size && (text.data[size] == ' ' || text.data[size] == ','))
		size++;
	return size;
}

static struct span word_at(struct span text)
{
	size_t size = 0;

	while (size < text.size && is_letter(text.data[size]))
		size++;
	return span_part(text, 0, size);
}

static size_t number_at(struct span text, int *number)
{
	size_t size = 0;

	*number = 0;
	while (size < text.size && size < 4 && is_digit(text.data[size]))
		*number = *number * 10 + (text.data[size++] - '0');
	return size < text.size && is_digit(text.data[size]) ? 0 : size;
}

static bool ends_word(struct span text, size_t at)
{
	return at >= text.size || (!is_letter(text.data[at]) && !is_digit(text.data[at]));
}

static size_t phrase_at(struct span text, const char *const *phrases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct span phrase = span_from(phrases[i]);

		if (span_starts_fold(text, phrase) && ends_word(text, phrase.size))
			return phrase.size;
	}
	return 0;
}

/* The day and month in the first year that puts them on or after `from`. */
static bool next_such_day(struct date from, int month, int day, struct date *found)
{
	for (int year = from.year; year <= from.year + 8; year++) {
		struct date date = {year, month, day};

		if (date_is_valid(date) && date_compare(date, from) >= 0) {
			*found = date;
			return true;
		}
	}
	return false;
}

static bool set_day(
	struct date from, int year, size_t year_digits, int month, int day, struct date *found)
{
	if (year_digits == 0)
		return next_such_day(from, month, day, found);
	*found = (struct date){year_digits <= 2 ? 2000 + year : year, month, day};
	return date_is_valid(*found);
}

/* "2026-12-03", "3.12.", "03/12/2026", "3-12-26" */
static size_t numeric_day(struct span text, struct date from, struct date *day)
{
	int a, b, c = 0;
	size_t size = number_at(text, &a), at = size, digits;

	if (size == 0 || at >= text.size || !memchr("-./", text.data[at], 3))
		return 0;
	char separator = text.data[at++];
	digits = number_at(span_after(text, at), &b);
	if (digits == 0 || digits > 2)
		return 0;
	at += digits;
	size_t third = 0;
	if (at + 1 < text.size && text.data[at] == separator && is_digit(text.data[at + 1])) {
		third = number_at(span_after(text, at + 1), &c);
		at += 1 + third;
	} else if (at < text.size && text.data[at] == '.' && separator == '.') {
		at++;
	}
	if (size == 4)
		return third > 0 && third <= 2 && set_day(from, a, 4, b, c, day) ? at : 0;
	if (size > 2 || third == 1 || third == 3 || (third == 0 && separator == '-'))
		return 0;
	return set_day(from, c, third, b, a, day) ? at : 0;
}

static size_t year_at(struct span text, int *year, size_t *digits)
{
	size_t skipped = spaces(text);

	*digits = number_at(span_after(text, skipped), year);
	if (*digits == 4)
		return skipped + 4;
	*digits = 0;
	return 0;
}

/* "3. Dezember 2026", "3rd of December", "1er décembre" */
static size_t day_then_month(struct span text, struct date from, struct date *day)
{
	static const char *const endings[] = {"st", "nd", "rd", "th", "er", "e", "."};
	int number, year = 0;
	size_t size = number_at(text, &number), year_digits;

	if (size == 0 || size > 2)
		return 0;
	for (size_t i = 0; i < ARRAY_COUNT(endings); i++) {
		struct span ending = span_from(endings[i]);

		if (span_starts_fold(span_after(text, size), ending)) {
			size += ending.size;
			break;
		}
	}
	size += spaces(span_after(text, size));
	if (span_starts_fold(span_after(text, size), SPAN("of ")))
		size += 3;
	struct span word = word_at(span_after(text, size));
	int month = month_of(word, false);
	if (month == 0)
		return 0;
	size += word.size;
	if (size < text.size && text.data[size] == '.')
		size++;
	size += year_at(span_after(text, size), &year, &year_digits);
	return set_day(from, year, year_digits, month, number, day) ? size : 0;
}

/* "December 3rd, 2026" */
static size_t month_then_day(struct span text, struct date from, struct date *day)
{
	struct span word = word_at(text);
	int month = month_of(word, false), number, year = 0;
	size_t size = word.size, digits, year_digits;

	if (month == 0)
		return 0;
	if (size < text.size && text.data[size] == '.')
		size++;
	size += spaces(span_after(text, size));
	digits = number_at(span_after(text, size), &number);
	if (digits == 0 || digits > 2)
		return 0;
	size += digits;
	struct span ending = word_at(span_after(text, size));
	if (ending.size == 2)
		size += 2;
	size += year_at(span_after(text, size), &year, &year_digits);
	return set_day(from, year, year_digits, month, number, day) ? size : 0;
}

static size_t weekday_at(struct span text, struct date from, struct date *day)
{
	struct span word = word_at(text);

	for (size_t i = 0; i < ARRAY_COUNT(day_names); i++) {
		struct span full = span_from(day_names[i].full);

		if (!span_equal_fold(word, full) && !span_equal_fold(word, span_part(full, 0, 3)))
			continue;
		size_t size = word.size + (word.size < text.size && word.size == 3 &&
						  text.data[word.size] == '.');
		*day = date_next_weekday(from, day_names[i].weekday);
		/* "Friday, 3 December": the date decides */
		size_t gap = spaces(span_after(text, size));
		struct span rest = span_after(text, size + gap);
		struct date dated;
		size_t more = numeric_day(rest, from, &dated);
		if (more == 0)
			more = day_then_month(rest, from, &dated);
		if (more == 0)
			more = month_then_day(rest, from, &dated);
		if (more == 0)
			return size;
		*day = dated;
		return size + gap + more;
	}
	return 0;
}

static size_t relative_day(struct span text, struct date from, struct date *day)
{
	for (size_t i = 0; i < ARRAY_COUNT(relative_words); i++) {
		struct span word = span_from(relative_words[i].word);

		if (!span_starts_fold(text, word) || !ends_word(text, word.size))
			continue;
		*day = date_add_days(from, relative_words[i].days);
		return word.size;
	}
	size_t size = phrase_at(text, month_ends, ARRAY_COUNT(month_ends));
	if (size > 0) {
		*day = from;
		day->day = date_days_in_month(from.year, from.month);
		return size;
	}
	size = phrase_at(text, week_ends, ARRAY_COUNT(week_ends));
	if (size > 0)
		*day = date_weekday(from) == FRIDAY ? from : date_next_weekday(from, FRIDAY);
	return size;
}

static size_t count_at(struct span text, int *count)
{
	size_t digits = number_at(text, count);
	struct span word = word_at(text);

	if (digits > 0)
		return digits <= 2 ? digits : 0;
	for (size_t i = 0; i < ARRAY_COUNT(number_words); i++) {
		if (!span_equal_fold(word, span_from(number_words[i].word)))
			continue;
		*count = number_words[i].number;
		return word.size;
	}
	return 0;
}

/* "in two weeks", "over 3 dagen", "dans un mois" */
static size_t distance(struct span text, struct date from, struct date *day)
{
	static const char *const leads[] = {
		"in", "within", "over", "binnen", "dans", "innerhalb von"};
	size_t size = phrase_at(text, leads, ARRAY_COUNT(leads)), taken;
	int count;

	if (size == 0)
		return 0;
	size += spaces(span_after(text, size));
	taken = count_at(span_after(text, size), &count);
	if (taken == 0)
		return 0;
	size += taken;
	size += spaces(span_after(text, size));
	struct span word = word_at(span_after(text, size));
	for (size_t i = 0; i < ARRAY_COUNT(unit_words); i++) {
		if (!span_equal_fold(word, span_from(unit_words[i].word)))
			continue;
		switch (unit_words[i].unit) {
		case UNIT_DAY:
			*day = date_add_days(from, count);
			break;
		case UNIT_WEEK:
			*day = date_add_days(from, 7 * count);
			break;
		case UNIT_MONTH:
			*day = date_add_months(from, count);
			break;
		case UNIT_YEAR:
			*day = date_add_months(from, 12 * count);
			break;
		}
		return size + word.size;
	}
	return 0;
}

static size_t plain_day(struct span text, struct date from, struct date *day)
{
	size_t size = numeric_day(text, from, day);

	if (size == 0)
		size = day_then_month(text, from, day);
	if (size == 0)
		size = month_then_day(text, from, day);
	if (size == 0)
		size = weekday_at(text, from, day);
	if (size == 0)
		size = relative_day(text, from, day);
	if (size == 0)
		size = distance(text, from, day);
	return size;
}

bool day_read(struct span text, struct date from, struct date *day, size_t *taken)
{
	size_t at = spaces(text);

	for (int fillers_left = 3; fillers_left >= 0; fillers_left--) {
		size_t size = plain_day(span_after(text, at), from, day);

		if (size > 0) {
			*taken = at + size;
			return true;
		}
		size = phrase_at(span_after(text, at), fillers, ARRAY_COUNT(fillers));
		if (size == 0)
			return false;
		at += size;
		at += spaces(span_after(text, at));
	}
	return false;
}

bool day_read_certain(struct span text, struct date from, struct date *day, size_t *taken)
{
	static const struct date bases[] = {{2000, 1, 1}, {2015, 6, 17}};
	struct date other;

	if (date_is_set(from))
		return day_read(text, from, day, taken);
	return day_read(text, bases[0], day, taken) && day_read(text, bases[1], &other, taken) &&
	       date_compare(*day, other) == 0;
}
