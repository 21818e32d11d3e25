/*
 * Tags in an address: one table row a word. What is no tag gets an error that
 * says what was probably meant, because the person who wrote it sees only that.
 */
#include "parser/facts_request.h"

#include <stdio.h>

#define NUMBER_MAX	  999999999u /* of a deal, ticket or case */
#define CENTURY_DAYS	  36500u     /* no follow-up lies further away */
#define TAGS_MAX	  12	     /* words of one detail; a real one has two or three */
#define SUGGEST_DISTANCE  2	     /* typing errors that still name a word */
#define SUGGEST_WORD_SIZE 16

enum { DAY_TODAY = 7, DAY_TOMORROW = 8 };

/* English, German, Dutch, French; three letters or the full word. */
static const struct day_word {
	const char *word;
	int day; /* enum weekday, DAY_TODAY or DAY_TOMORROW */
} day_words[] = {
	{"today", DAY_TODAY},
	{"heute", DAY_TODAY},
	{"vandaag", DAY_TODAY},
	{"aujourdhui", DAY_TODAY},
	{"aujourd'hui", DAY_TODAY},
	{"tomorrow", DAY_TOMORROW},
	{"morgen", DAY_TOMORROW},
	{"demain", DAY_TOMORROW},
	{"mon", MONDAY},
	{"monday", MONDAY},
	{"montag", MONDAY},
	{"maa", MONDAY},
	{"maandag", MONDAY},
	{"lun", MONDAY},
	{"lundi", MONDAY},
	{"tue", TUESDAY},
	{"tuesday", TUESDAY},
	{"die", TUESDAY},
	{"dienstag", TUESDAY},
	{"din", TUESDAY},
	{"dinsdag", TUESDAY},
	{"mar", TUESDAY},
	{"mardi", TUESDAY},
	{"wed", WEDNESDAY},
	{"wednesday", WEDNESDAY},
	{"mit", WEDNESDAY},
	{"mittwoch", WEDNESDAY},
	{"woe", WEDNESDAY},
	{"woensdag", WEDNESDAY},
	{"mer", WEDNESDAY},
	{"mercredi", WEDNESDAY},
	{"thu", THURSDAY},
	{"thursday", THURSDAY},
	{"don", THURSDAY},
	{"donnerstag", THURSDAY},
	{"donderdag", THURSDAY},
	{"jeu", THURSDAY},
	{"jeudi", THURSDAY},
	{"fri", FRIDAY},
	{"friday", FRIDAY},
	{"fre", FRIDAY},
	{"freitag", FRIDAY},
	{"vri", FRIDAY},
	{"vrijdag", FRIDAY},
	{"ven", FRIDAY},
	{"vendredi", FRIDAY},
	{"sat", SATURDAY},
	{"saturday", SATURDAY},
	{"sam", SATURDAY},
	{"samstag", SATURDAY},
	{"sonnabend", SATURDAY},
	{"zat", SATURDAY},
	{"zaterdag", SATURDAY},
	{"samedi", SATURDAY},
	{"sun", SUNDAY},
	{"sunday", SUNDAY},
	{"son", SUNDAY},
	{"sonntag", SUNDAY},
	{"zon", SUNDAY},
	{"zondag", SUNDAY},
	{"dim", SUNDAY},
	{"dimanche", SUNDAY},
};

/* "2w": the unit behind the number. */
static const struct unit {
	const char *name;
	enum request_when when;
	unsigned max;
} units[] = {
	{"d", REQUEST_DAYS, CENTURY_DAYS},
	{"wd", REQUEST_WORKING_DAYS, CENTURY_DAYS * 5 / 7},
	{"w", REQUEST_WEEKS, CENTURY_DAYS / 7},
	{"m", REQUEST_MONTHS, 1200},
	{"y", REQUEST_YEARS, 100},
};

static const struct linked {
	const char *prefix;
	enum request_link link;
} links[] = {
	{"deal-", REQUEST_LINK_DEAL},
	{"ticket-", REQUEST_LINK_TICKET},
	{"case-", REQUEST_LINK_CASE},
};

/* What people write instead of a unit, in the languages of their mail. */
static const struct meant {
	const char *written, *meant;
} meant_units[] = {
	{"j", NULL}, /* day in French, year in German and Dutch: answered by itself */
	{"t", "d"},
	{"tag", "d"},
	{"tage", "d"},
	{"day", "d"},
	{"days", "d"},
	{"dag", "d"},
	{"dagen", "d"},
	{"jour", "d"},
	{"jours", "d"},
	{"wk", "w"},
	{"wks", "w"},
	{"week", "w"},
	{"weeks", "w"},
	{"weken", "w"},
	{"woche", "w"},
	{"wochen", "w"},
	{"s", "w"},
	{"sem", "w"},
	{"semaine", "w"},
	{"semaines", "w"},
	{"mo", "m"},
	{"mon", "m"},
	{"mnd", "m"},
	{"month", "m"},
	{"months", "m"},
	{"monat", "m"},
	{"monate", "m"},
	{"maand", "m"},
	{"maanden", "m"},
	{"mois", "m"},
	{"yr", "y"},
	{"year", "y"},
	{"years", "y"},
	{"jahr", "y"},
	{"jahre", "y"},
	{"jaar", "y"},
	{"jaren", "y"},
	{"a", "y"},
	{"an", "y"},
	{"ans", "y"},
	{"bd", "wd"},
	{"at", "wd"},
	{"werktage", "wd"},
	{"werkdagen", "wd"},
	{"dw", "wd"},
};

/* Two letters name different days in different languages; where only one is meant, say which. */
static const struct meant two_letters[] = {
	{"di", "die or din (Tuesday: Dienstag, dinsdag) or dim (Sunday: dimanche)"},
	{"ma", "maa (Monday: maandag) or mar (Tuesday: mardi)"},
	{"me", "mer (Wednesday: mercredi)"},
	{"mo", "mon (Monday)"},
	{"tu", "tue (Tuesday)"},
	{"we", "wed (Wednesday)"},
	{"th", "thu (Thursday)"},
	{"fr", "fri or fre (Friday)"},
	{"sa", "sat or sam (Saturday)"},
	{"su", "sun (Sunday)"},
	{"mi", "mit (Wednesday)"},
	{"do", "don (Thursday)"},
	{"so", "son (Sunday)"},
	{"wo", "woe (Wednesday)"},
	{"vr", "vri (Friday)"},
	{"za", "zat (Saturday)"},
	{"zo", "zon (Sunday)"},
	{"lu", "lun (Monday)"},
	{"je", "jeu (Thursday)"},
	{"ve", "ven (Friday)"},
};

static const char hint[] =
	"write for example 2w, 3wd, 1m, fri, 2026-12-03, 2w.t0930, to-anna, deal-12, done or keep";

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static size_t digits_at_start(struct span word)
{
	size_t count = 0;

	while (count < word.size && is_digit(word.data[count]))
		count++;
	return count;
}

static void fail(struct arena *arena, struct facts_request *request, struct span text)
{
	if (request->error.size == 0)
		request->error = arena_copy(arena, text);
}

/* One date a detail: a second one is an error, not the later of the two. */
static void set_when(struct arena *arena, struct facts_request *request, struct span word,
	enum request_when when, int amount)
{
	if (request->when != REQUEST_NO_DATE) {
		fail(arena, request,
			arena_format(arena,
				"\"%.*s\" is a second date in \"%.*s\": keep one of them",
				SPAN_ARG(word), SPAN_ARG(request->tag)));
		return;
	}
	request->when = when;
	request->amount = amount;
}

static bool read_day_word(struct arena *arena, struct span word, struct facts_request *request)
{
	for (size_t i = 0; i < ARRAY_COUNT(day_words); i++) {
		if (!span_equal_fold(word, span_from(day_words[i].word)))
			continue;
		int day = day_words[i].day;
		if (day >= DAY_TODAY)
			set_when(arena, request, word, REQUEST_DAYS, day - DAY_TODAY);
		else
			set_when(arena, request, word, REQUEST_WEEKDAY, day);
		return true;
	}
	return false;
}

static bool read_distance(struct arena *arena, struct span word, struct facts_request *request)
{
	size_t digits = digits_at_start(word);
	struct span name = span_after(word, digits);
	unsigned long long amount;

	if (digits == 0)
		return false;
	for (size_t i = 0; i < ARRAY_COUNT(units); i++) {
		if (!span_equal_fold(name, span_from(units[i].name)))
			continue;
		if (span_to_u64(span_part(word, 0, digits), units[i].max, &amount))
			set_when(arena, request, word, units[i].when, (int)amount);
		else
			fail(arena, request,
				arena_format(arena,
					"\"%.*s\" is more than a hundred years away: "
					"%u%s is the most",
					SPAN_ARG(word), units[i].max, units[i].name));
		return true;
	}
	return false;
}

/* "t0930"; also behind a date, as ISO 8601 writes it: "2026-12-03t0930". */
static bool read_time(struct arena *arena, struct span word, struct facts_request *request)
{
	unsigned long long value;

	if (word.size != 5 || (word.data[0] | 0x20) != 't' ||
		digits_at_start(span_after(word, 1)) != 4)
		return false;
	if (!span_to_u64(span_after(word, 1), 2359, &value) || value % 100 > 59) {
		fail(arena, request,
			arena_format(arena, "\"%.*s\" is no time of day: t0000 to t2359",
				SPAN_ARG(word)));
		return true;
	}
	if (request->hour >= 0)
		fail(arena, request,
			arena_format(arena, "\"%.*s\" is a second time: keep one of them",
				SPAN_ARG(word)));
	request->hour = (int)(value / 100);
	request->minute = (int)(value % 100);
	return true;
}

static bool looks_like_iso_date(struct span word)
{
	if (word.size != 10 || word.data[4] != '-' || word.data[7] != '-')
		return false;
	for (size_t i = 0; i < word.size; i++)
		if (i != 4 && i != 7 && !is_digit(word.data[i]))
			return false;
	return true;
}

static bool read_date(struct arena *arena, struct span word, struct facts_request *request)
{
	struct span day = span_part(word, 0, 10);
	struct span rest = span_after(word, day.size);
	struct date date;

	if (!looks_like_iso_date(day))
		return false;
	if (rest.size > 0 && !read_time(arena, rest, request))
		return false;
	if (!date_from_text(day, &date)) {
		fail(arena, request,
			arena_format(arena, "\"%.*s\": there is no such day (year-month-day)",
				SPAN_ARG(day)));
		return true;
	}
	set_when(arena, request, word, REQUEST_ON, 0);
	request->on = date;
	return true;
}

static bool read_link(struct arena *arena, struct span word, struct facts_request *request)
{
	for (size_t i = 0; i < ARRAY_COUNT(links); i++) {
		struct span prefix = span_from(links[i].prefix);
		unsigned long long number;

		if (!span_starts_fold(word, prefix))
			continue;
		if (!span_to_u64(span_after(word, prefix.size), NUMBER_MAX, &number) || number == 0)
			fail(arena, request,
				arena_format(arena,
					"\"%.*s\" has no number: write for example %s12",
					SPAN_ARG(word), links[i].prefix));
		else if (request->link != REQUEST_LINK_NONE)
			fail(arena, request,
				arena_format(arena,
					"\"%.*s\" is a second record: one address files on one; "
					"use a second address",
					SPAN_ARG(word)));
		else {
			request->link = links[i].link;
			request->link_number = (uint32_t)number;
		}
		return true;
	}
	return false;
}

static bool read_word(struct arena *arena, struct span word, struct facts_request *request)
{
	if (span_equal_fold(word, SPAN("task")))
		return request->task = true;
	if (span_equal_fold(word, SPAN("done")))
		return request->done = true;
	if (span_equal_fold(word, SPAN("keep")))
		return request->keep = true;
	if (span_equal_fold(word, SPAN("contract")))
		return request->contract = true;
	if (!span_starts_fold(word, SPAN("to-")))
		return false;
	struct span user = span_after(word, 3);
	if (user.size == 0)
		fail(arena, request, SPAN("\"to-\" names nobody: write for example to-anna"));
	else if (request->to.size > 0)
		fail(arena, request,
			arena_format(arena, "\"%.*s\" is a second person: keep one of them",
				SPAN_ARG(word)));
	request->to = user;
	return true;
}

/* Typing errors between two ASCII words, without case (Levenshtein). */
static unsigned typing_distance(struct span a, struct span b)
{
	unsigned row[SUGGEST_WORD_SIZE + 1];

	for (unsigned i = 0; i <= b.size; i++)
		row[i] = i;
	for (unsigned i = 1; i <= a.size; i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (unsigned j = 1; j <= b.size; j++) {
			bool same = (a.data[i - 1] | 0x20) == (b.data[j - 1] | 0x20);
			unsigned best = diagonal + !same;

			diagonal = row[j];
			best = row[j] + 1 < best ? row[j] + 1 : best;
			row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
		}
	}
	return row[b.size];
}

static const char *similar_word(struct span word)
{
	const char *best = NULL;
	unsigned least = SUGGEST_DISTANCE + 1;

	if (word.size < 5 || word.size > SUGGEST_WORD_SIZE)
		return NULL;
	for (size_t i = 0; i < ARRAY_COUNT(day_words); i++) {
		struct span candidate = span_from(day_words[i].word);

		if (candidate.size < 5)
			continue;
		unsigned distance = typing_distance(word, candidate);
		if (distance < least) {
			least = distance;
			best = day_words[i].word;
		}
	}
	return best;
}

static struct span explain_unit(struct arena *arena, struct span word, size_t digits)
{
	struct span unit = span_after(word, digits);

	if (span_equal_fold(unit, SPAN("j")))
		return arena_format(arena,
			"\"%.*s\": j is day in French (jour) and year in German and Dutch "
			"(Jahr, jaar): write %.*sd for days or %.*sy for years",
			SPAN_ARG(word), (int)digits, word.data, (int)digits, word.data);
	for (size_t i = 0; i < ARRAY_COUNT(meant_units); i++)
		if (meant_units[i].meant &&
			span_equal_fold(unit, span_from(meant_units[i].written)))
			return arena_format(arena, "\"%.*s\" is no tag: did you mean %.*s%s?",
				SPAN_ARG(word), (int)digits, word.data, meant_units[i].meant);
	return (struct span){0};
}

/* "12-03": a day without its year, and nobody can tell which number is the month. */
static struct span explain_date(struct arena *arena, struct span word)
{
	size_t first = digits_at_start(word);
	struct span rest = span_after(word, first + 1);
	size_t second = digits_at_start(rest);

	if (first == 0 || first > 2 || first >= word.size || second == 0 || second > 2)
		return (struct span){0};
	if (second < rest.size)
		return arena_format(arena,
			"\"%.*s\" is no date tag: write year-month-day, for example 2026-12-03",
			SPAN_ARG(word));
	unsigned a = (unsigned)word.data[0] - '0', b = (unsigned)rest.data[0] - '0';
	a = first == 2 ? a * 10 + (unsigned)word.data[1] - '0' : a;
	b = second == 2 ? b * 10 + (unsigned)rest.data[1] - '0' : b;
	if (a > 12 && b <= 12)
		return arena_format(arena,
			"\"%.*s\" is a date without a year: write YYYY-%02u-%02u", SPAN_ARG(word),
			b, a);
	return arena_format(arena,
		"\"%.*s\" is a date without a year: write YYYY-%02u-%02u (month-day) or "
		"YYYY-%02u-%02u (day-month), for example 2026-%02u-%02u",
		SPAN_ARG(word), a, b, b, a, a, b);
}

static struct span explain(struct arena *arena, struct span word)
{
	size_t digits = digits_at_start(word);
	struct span text = {0};

	for (size_t i = 0; i < ARRAY_COUNT(two_letters); i++)
		if (span_equal_fold(word, span_from(two_letters[i].written)))
			return arena_format(arena,
				"\"%.*s\": two letters are too few for a weekday: write %s",
				SPAN_ARG(word), two_letters[i].meant);
	if (digits > 0)
		text = explain_unit(arena, word, digits);
	if (text.size == 0)
		text = explain_date(arena, word);
	if (text.size == 0 && digits == 4 && word.size == 4)
		text = arena_format(arena, "\"%.*s\" is no tag: did you mean t%.*s?",
			SPAN_ARG(word), SPAN_ARG(word));
	const char *similar = text.size == 0 ? similar_word(word) : NULL;
	if (similar)
		text = arena_format(
			arena, "\"%.*s\" is no tag: did you mean %s?", SPAN_ARG(word), similar);
	if (text.size == 0)
		text = arena_format(arena, "\"%.*s\" is no tag: %s", SPAN_ARG(word), hint);
	return text;
}

/* What only makes sense together. */
static void check_whole(struct arena *arena, struct facts_request *request)
{
	bool dated = request->when != REQUEST_NO_DATE;

	if (request->contract && request->link != REQUEST_LINK_DEAL)
		fail(arena, request,
			SPAN("\"contract\" needs its deal: write for example deal-12.contract"));
	if (request->hour >= 0 && !dated)
		fail(arena, request,
			SPAN("a time needs its day: write for example today.t0930 or 2w.t0930"));
	if (request->keep && !dated)
		fail(arena, request, SPAN("\"keep\" needs a day: write for example 2w.keep"));
	if (request->to.size > 0 && !dated && !request->task)
		fail(arena, request,
			arena_format(arena,
				"\"to-%.*s\" needs a day or task: write for example 2w.to-%.*s",
				SPAN_ARG(request->to), SPAN_ARG(request->to)));
}

void request_read_tag(struct arena *arena, struct span tag, struct facts_request *request)
{
	struct span rest, word;
	size_t words = 0;

	*request = (struct facts_request){
		.tag = arena_copy(arena, tag), .source = request->source, .hour = -1, .minute = -1};
	rest = request->tag;
	while (span_next(&rest, '.', &word)) {
		if (++words > TAGS_MAX) {
			fail(arena, request, SPAN("too many words in one tag"));
			break;
		}
		if (!read_distance(arena, word, request) && !read_day_word(arena, word, request) &&
			!read_date(arena, word, request) && !read_time(arena, word, request) &&
			!read_link(arena, word, request) && !read_word(arena, word, request))
			fail(arena, request, explain(arena, word));
	}
	check_whole(arena, request);
	if (request->error.size == 0)
		return;
	/* Half of what was asked for would be worse than nothing. */
	request->when = REQUEST_NO_DATE;
	request->amount = 0;
	request->on = (struct date){0};
	request->hour = request->minute = -1;
}

bool request_read(
	struct arena *arena, struct span address, char tag_separator, struct facts_request *request)
{
	ptrdiff_t at = span_rfind_byte(address, '@');
	struct span local = at >= 0 ? span_part(address, 0, (size_t)at) : address;
	ptrdiff_t separator = span_find_byte(local, tag_separator);

	*request = (struct facts_request){.hour = -1, .minute = -1};
	if (separator <= 0 || (size_t)separator + 1 >= local.size)
		return false;
	request->source = arena_copy(arena, address);
	request_read_tag(arena, span_after(local, (size_t)separator + 1), request);
	return true;
}

static struct date due_day(const struct facts_request *request, struct date from,
	const struct date *days_off, size_t days_off_count)
{
	switch (request->when) {
	case REQUEST_DAYS:
		return date_add_days(from, request->amount);
	case REQUEST_WEEKS:
		return date_add_days(from, 7 * request->amount);
	case REQUEST_WORKING_DAYS:
		return date_add_working_days(from, request->amount, days_off, days_off_count);
	case REQUEST_MONTHS:
		return date_add_months(from, request->amount);
	case REQUEST_YEARS:
		return date_add_months(from, 12 * request->amount);
	case REQUEST_WEEKDAY:
		return date_next_weekday(from, (enum weekday)request->amount);
	case REQUEST_ON:
		return request->on;
	case REQUEST_NO_DATE:
		break;
	}
	return (struct date){0};
}

struct date request_due(const struct facts_request *request, struct date from,
	const struct date *days_off, size_t days_off_count)
{
	struct date due = due_day(request, from, days_off, days_off_count);

	return date_is_valid(due) ? due : (struct date){0};
}
