/* Dates on paper, in the languages of the trade. */
#include <string.h>

#include "base/compiler.h"
#include "parser/paper.h"

#define YEAR_FIRST 1990
#define YEAR_LAST  2099

/* Folded, as rows are; a word is a month when it begins with one of these (May and Mai only alone).
 */
static const struct month_word {
	const char *word;
	unsigned char month;
	bool whole; /* the word ends there, perhaps with a dot */
} month_words[] = {
	{"jan", 1, false},
	{"jaan", 1, false},
	{"janner", 1, false},
	{"ene", 1, true},
	{"enero", 1, true},
	{"gen", 1, true},
	{"gennaio", 1, true},
	{"sty", 1, false},
	{"led", 1, true},
	{"ledna", 1, true},
	{"tammi", 1, false},
	{"ocak", 1, true},
	{"feb", 2, false},
	{"fev", 2, false},
	{"lut", 2, false},
	{"unora", 2, true},
	{"helmi", 2, false},
	{"subat", 2, true},
	{"mar", 3, true},
	{"march", 3, true},
	{"marz", 3, true},
	{"mars", 3, true},
	{"marca", 3, true},
	{"marzo", 3, true},
	{"marco", 3, true},
	{"marts", 3, true},
	{"maret", 3, true},
	{"marcius", 3, true},
	{"martie", 3, true},
	{"mart", 3, true},
	{"maerz", 3, true},
	{"maart", 3, true},
	{"mrt", 3, true},
	{"mrz", 3, true},
	{"brezna", 3, true},
	{"maalis", 3, false},
	{"apr", 4, false},
	{"avr", 4, false},
	{"abr", 4, false},
	{"kwi", 4, false},
	{"dubna", 4, true},
	{"huhti", 4, false},
	{"nisan", 4, true},
	{"may", 5, true},
	{"mai", 5, true},
	{"mei", 5, true},
	{"maj", 5, true},
	{"maja", 5, true},
	{"mayo", 5, true},
	{"mag", 5, true},
	{"maggio", 5, true},
	{"maio", 5, true},
	{"majus", 5, true},
	{"kvetna", 5, true},
	{"touko", 5, false},
	{"mayis", 5, true},
	{"jun", 6, false},
	{"juin", 6, true},
	{"giu", 6, true},
	{"giugno", 6, true},
	{"cze", 6, false},
	{"cervna", 6, true},
	{"kesa", 6, false},
	{"haziran", 6, true},
	{"jul", 7, false},
	{"juil", 7, false},
	{"lug", 7, true},
	{"luglio", 7, true},
	{"lip", 7, true},
	{"lipca", 7, true},
	{"cervence", 7, true},
	{"heina", 7, false},
	{"temmuz", 7, true},
	{"aug", 8, false},
	{"aou", 8, false},
	{"ago", 8, false},
	{"sie", 8, false},
	{"srpna", 8, true},
	{"elo", 8, false},
	{"agustos", 8, true},
	{"sep", 9, false},
	{"set", 9, true},
	{"settembre", 9, true},
	{"setembro", 9, true},
	{"wrz", 9, false},
	{"zari", 9, true},
	{"syys", 9, false},
	{"eylul", 9, true},
	{"oct", 10, false},
	{"okt", 10, false},
	{"ott", 10, true},
	{"ottobre", 10, true},
	{"out", 10, true},
	{"outubro", 10, true},
	{"paz", 10, false},
	{"rijna", 10, true},
	{"loka", 10, false},
	{"ekim", 10, true},
	{"nov", 11, false},
	{"lis", 11, true},
	{"listopada", 11, true},
	{"listopadu", 11, true},
	{"marras", 11, false},
	{"kasim", 11, true},
	{"dec", 12, false},
	{"dez", 12, false},
	{"dic", 12, false},
	{"des", 12, true},
	{"desember", 12, true},
	{"gru", 12, false},
	{"prosince", 12, true},
	{"joulu", 12, false},
	{"aralik", 12, true},
};

static uint32_t digits_at(const struct paper_row *row, uint32_t at, int *number)
{
	uint32_t size = 0;

	*number = 0;
	while (size < 9 && paper_is_digit(row->fold[at + size]))
		*number = *number * 10 + (row->fold[at + size++] - '0');
	return size;
}

/* The month whose name stands at the column; *to is the column behind it and its dot. */
static int month_at(const struct paper_row *row, uint32_t at, uint32_t *to)
{
	const char *text = row->fold + at;
	size_t size = 0, longest = 0;
	int month = 0;

	while (paper_is_letter(text[size]))
		size++;
	if (size < 3 || size > 12)
		return 0;
	for (size_t i = 0; i < ARRAY_COUNT(month_words); i++) {
		if (month_words[i].word[0] != *text)
			continue;
		size_t length = strlen(month_words[i].word);

		if (length > size || length <= longest ||
			memcmp(text, month_words[i].word, length) != 0 ||
			(month_words[i].whole && length != size))
			continue;
		longest = length;
		month = month_words[i].month;
	}
	*to = at + (uint32_t)size + (text[size] == '.');
	return month;
}

/* The year at the column, of four digits or two ("'24"); 0: none. */
static int year_at(const struct paper_row *row, uint32_t at, uint32_t *to)
{
	int year;

	if (row->fold[at] == '\'')
		at++;
	uint32_t size = digits_at(row, at, &year);
	*to = at + size;
	if (paper_is_letter(row->fold[*to]) && row->fold[*to] != 'r') /* "2015r." */
		return 0;
	if (size == 2)
		return 2000 + year;
	return size == 4 && year >= YEAR_FIRST && year <= YEAR_LAST ? year : 0;
}

static bool set(struct paper_date *found, int year, int month, int day)
{
	struct date date = {year, month, day};

	if (!date_is_valid(date))
		return false;
	found->date = date;
	return true;
}

/* "2026-11-21", "2026/11/21", "2026.11.21.", "20261121" */
static bool year_first(const struct paper_row *row, uint32_t at, struct paper_date *found)
{
	int year, month, day;
	uint32_t size = digits_at(row, at, &year);

	if (size == 8) {
		found->to = at + 8;
		return year / 10000 >= YEAR_FIRST && year / 10000 <= YEAR_LAST &&
		       set(found, year / 10000, year / 100 % 100, year % 100);
	}
	char mark = row->fold[at + 4];
	if (size != 4 || year < YEAR_FIRST || year > YEAR_LAST || mark == '\0' ||
		!strchr("-/.", mark))
		return false;
	at += row->fold[at + 5] == ' ' ? 6 : 5;
	size = digits_at(row, at, &month);
	if (size < 1 || size > 2) {
		uint32_t to;

		month = month_at(row, at, &to);
		if (month == 0 || row->fold[to] != mark)
			return false;
		size = to - at;
	} else if (row->fold[at + size] != mark) {
		return false;
	}
	at += size + 1;
	at += row->fold[at] == ' ';
	size = digits_at(row, at, &day);
	found->to = at + size;
	return size >= 1 && size <= 2 && set(found, year, month, day);
}

/* "21.11.2026", "21/11/26", "11-21-2026", "21. 11. 2026", "21 11 2026" */
static bool numbers(const struct paper_row *row, uint32_t at, struct paper_date *found)
{
	int first, second, year;
	uint32_t size = digits_at(row, at, &first), more;
	char mark = size > 0 ? row->fold[at + size] : '\0';

	if (size < 1 || size > 2 || mark == '\0' || !strchr("-/. ", mark))
		return false;
	at += size + 1;
	at += mark != ' ' && row->fold[at] == ' ';
	size = digits_at(row, at, &second);
	if (size < 1 || size > 2 || row->fold[at + size] != mark)
		return false;
	at += size + 1;
	at += mark != ' ' && row->fold[at] == ' ';
	year = year_at(row, at, &found->to);
	/* blanks between numbers alone say little: the year must be whole */
	if (year == 0 || (mark == ' ' && (digits_at(row, at, &(int){0}) != 4 || size != 2)))
		return false;
	more = found->to;
	if (row->fold[more] == mark && mark != ' ' && paper_is_digit(row->fold[more + 1]))
		return false; /* a version, an address, a number of four parts */
	if (!set(found, year, second, first)) {
		found->month_first = set(found, year, first, second);
		return found->month_first;
	}
	/* nobody writes the month first with dots */
	if (first <= 12 && first != second && mark != '.')
		found->other = (struct date){year, first, second};
	found->day_first = first > 12 && mark != '.';
	return true;
}

static uint32_t skip(const struct paper_row *row, uint32_t at, const char *marks)
{
	while (at < row->size && strchr(marks, row->fold[at]))
		at++;
	return at;
}

/* "st", "er", "o" and the like behind a day. */
static uint32_t skip_ordinal(const struct paper_row *row, uint32_t at)
{
	static const char *const endings[] = {
		"st", "nd", "rd", "th", "er", "re", "ste", "de", "e", "o", "a"};

	for (size_t i = 0; i < ARRAY_COUNT(endings); i++) {
		size_t size = strlen(endings[i]);

		if (strncmp(row->fold + at, endings[i], size) == 0 &&
			!paper_is_letter(row->fold[at + size]))
			return at + (uint32_t)size;
	}
	return at;
}

static uint32_t skip_of(const struct paper_row *row, uint32_t at)
{
	static const char *const words[] = {"de ", "of ", "del ", "do ", "den "};

	for (size_t i = 0; i < ARRAY_COUNT(words); i++)
		if (strncmp(row->fold + at, words[i], strlen(words[i])) == 0)
			return at + (uint32_t)strlen(words[i]);
	return at;
}

/* "21 November 2026", "21. Nov. 26", "1er mars 2026", "21-Nov-2026", "2 de enero de 2026" */
static bool day_and_name(const struct paper_row *row, uint32_t at, struct paper_date *found)
{
	int day, year;
	uint32_t size = digits_at(row, at, &day);

	if (size < 1 || size > 2)
		return false;
	at = skip(row, skip_ordinal(row, at + size), " .-/,");
	at = skip_of(row, at);
	int month = month_at(row, at, &at);
	if (month == 0)
		return false;
	at = skip_of(row, skip(row, at, " .-/,"));
	year = year_at(row, at, &found->to);
	return year > 0 && set(found, year, month, day);
}

/* "November 21, 2026", "Nov 21st 2026", "Nov-21-2026" */
static bool name_and_day(const struct paper_row *row, uint32_t at, struct paper_date *found)
{
	int month = month_at(row, at, &at), day, year;

	if (month == 0)
		return false;
	at = skip(row, at, " .-/,");
	uint32_t size = digits_at(row, at, &day);
	if (size < 1 || size > 2)
		return false;
	uint32_t behind = skip_ordinal(row, at + size);
	at = skip(row, behind, " .-/,");
	year = at == behind ? 0 : year_at(row, at, &found->to);
	/* "March 20 15:00": a year of two digits wants its apostrophe here */
	if (year == 0 || (found->to - at < 4 && row->fold[at] != '\'' && row->fold[behind] == ' '))
		return false;
	return set(found, year, month, day);
}

bool paper_date_at(const struct paper_row *row, uint32_t from, struct paper_date *date)
{
	char before = from > 0 ? row->fold[from - 1] : ' ';
	bool found;

	if (from >= row->size || paper_is_word(before) ||
		(from > 1 && strchr("-/.,", before) && paper_is_digit(row->fold[from - 2])))
		return false;
	*date = (struct paper_date){.from = from};
	found = paper_is_digit(row->fold[from])
			? year_first(row, from, date) || day_and_name(row, from, date) ||
				  numbers(row, from, date)
			: paper_is_letter(row->fold[from]) && name_and_day(row, from, date);
	/* "2026-11-21T10:00" is one, "2026-11-210" none */
	return found && !paper_is_digit(row->fold[date->to]);
}

bool paper_date_in(const struct paper_row *row, uint32_t from, uint32_t to, struct paper_date *date)
{
	for (uint32_t at = from; at < to && at < row->size; at++)
		if (paper_date_at(row, at, date))
			return true;
	return false;
}
