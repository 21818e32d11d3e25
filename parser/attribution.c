#include "parser/attribution.h"

#include "parser/beginning.h"
#include "parser/label.h"

#define ATTRIBUTION_LINES_MAX 5
#define ATTRIBUTION_BYTES_MAX 500
#define PERSON_BYTES_MAX      40 /* a name in front of an address */

/* Words at the front of an attribution line, and words one of which must follow. */
static const struct span attribution_leads[] = {SPAN_INIT("On "), SPAN_INIT("Am "),
	SPAN_INIT("Op "), SPAN_INIT("Le "), SPAN_INIT("El "), SPAN_INIT("Il "), SPAN_INIT("Em "),
	SPAN_INIT("Den "), SPAN_INIT("Dne "), SPAN_INIT("Dňa "), SPAN_INIT("Dana "),
	SPAN_INIT("W dniu "), SPAN_INIT("Dnia "), SPAN_INIT("Pe "), SPAN_INIT("La "),
	SPAN_INIT("Il giorno "), SPAN_INIT("In data "), SPAN_INIT("On:"), SPAN_INIT("At "),
	SPAN_INIT("Vào "), SPAN_INIT("Mon"), SPAN_INIT("Tue"), SPAN_INIT("Wed"), SPAN_INIT("Thu"),
	SPAN_INIT("Fri"), SPAN_INIT("Sat"), SPAN_INIT("Sun"), SPAN_INIT("Op:"), SPAN_INIT("Le:"),
	SPAN_INIT("Пн"), SPAN_INIT("Вт"), SPAN_INIT("Ср"), SPAN_INIT("Чт"), SPAN_INIT("Пт"),
	SPAN_INIT("Сб"), SPAN_INIT("Вс"), SPAN_INIT("пн"), SPAN_INIT("вт"), SPAN_INIT("ср"),
	SPAN_INIT("чт"), SPAN_INIT("пт"), SPAN_INIT("сб"), SPAN_INIT("вс"), SPAN_INIT("нд"),
	SPAN_INIT("понедельник"), SPAN_INIT("понеділок"), SPAN_INIT("среда"), SPAN_INIT("середа"),
	SPAN_INIT("четвер"), SPAN_INIT("пятница"), SPAN_INIT("воскресенье"), SPAN_INIT("неділя"),
	SPAN_INIT("Em:"), SPAN_INIT("Lø"), SPAN_INIT("Fr"), SPAN_INIT("Ma"), SPAN_INIT("Ti"),
	SPAN_INIT("On"), SPAN_INIT("To"), SPAN_INIT("Ke")};

static const struct span attribution_verbs[] = {SPAN_INIT("wrote"), SPAN_INIT("writes"),
	SPAN_INIT("schrieb"), SPAN_INIT("geschrieben"), SPAN_INIT("schreef"),
	SPAN_INIT("geschreven"), SPAN_INIT("a écrit"), SPAN_INIT("a ecrit"), SPAN_INIT("écrit"),
	SPAN_INIT("escribió"), SPAN_INIT("escribio"), SPAN_INIT("ha scritto"), SPAN_INIT("scrisse"),
	SPAN_INIT("escreveu"), SPAN_INIT("skrev"), SPAN_INIT("kirjoitti"), SPAN_INIT("napisał"),
	SPAN_INIT("napsal"), SPAN_INIT("napísal"), SPAN_INIT("írta"), SPAN_INIT("a scris"),
	SPAN_INIT("napisao"), SPAN_INIT("napisala"), SPAN_INIT("je napisal"), SPAN_INIT("пише"),
	SPAN_INIT("написал"), SPAN_INIT("написав"), SPAN_INIT("yazdı"), SPAN_INIT("şunları"),
	SPAN_INIT("đã viết"), SPAN_INIT("sent the following"), SPAN_INIT("said"), SPAN_INIT("写道"),
	SPAN_INIT("schrieben")};

static bool has_digit(struct span text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] >= '0' && text.data[i] <= '9')
			return true;
	return false;
}

static bool begins_attribution(struct span text)
{
	static struct beginnings beginnings;

	if (text.size > 0 && text.data[0] >= '0' && text.data[0] <= '9')
		return true;
	if (!beginning_may_be(&beginnings, attribution_leads, ARRAY_COUNT(attribution_leads), text))
		return false;
	for (size_t i = 0; i < ARRAY_COUNT(attribution_leads); i++)
		if (span_starts_fold(text, attribution_leads[i]))
			return true;
	return false;
}

/* "12:46": an hour and a minute. */
static bool has_time(struct span text)
{
	for (size_t i = 1; i + 2 < text.size; i++)
		if (text.data[i] == ':' && has_digit(span_part(text, i - 1, 1)) &&
			has_digit(span_part(text, i + 1, 1)) &&
			has_digit(span_part(text, i + 2, 1)))
			return true;
	return false;
}

/* "2012/4/3 Anna <a@b.example>", as Gmail once wrote it, with or without a colon */
static bool is_dated_address(struct span text)
{
	return text.size > 10 && has_digit(span_part(text, 0, 1)) &&
	       has_digit(span_part(text, 3, 1)) && memchr("/-", text.data[4], 2) &&
	       span_find_byte(text, '<') > 0 &&
	       (span_ends(text, SPAN(">")) || span_ends(text, SPAN(">:")));
}

/* The joined text is a whole attribution: who, when, "wrote", a colon at the end. */
static bool is_attribution(struct span text, bool dashed_begin)
{
	struct span bare = line_trim(text);

	while (bare.size > 0 && memchr("-*_ ", bare.data[bare.size - 1], 4))
		bare = span_part(bare, 0, bare.size - 1);
	bool colon = span_ends(bare, SPAN(":")) || span_ends(bare, SPAN("\xef\xbc\x9a"));
	bool address = span_find_byte(bare, '@') > 0;
	bool dashed = dashed_begin && bare.size + 1 < text.size; /* "---- Anna wrote ----" */
	if (is_dated_address(bare))
		return true;
	if (!colon && !dashed)
		return false;
	bool verb = label_contains(bare, attribution_verbs, ARRAY_COUNT(attribution_verbs));
	if (dashed || !colon)
		return verb;
	if (verb)
		return begins_attribution(bare) ? has_digit(bare) || address : address;
	return address && span_find_byte(bare, '<') > 0 && begins_attribution(bare) &&
	       has_time(bare);
}

/* "Anna <a@b.example> …": an attribution may begin with the person. */
static bool begins_with_person(struct span line)
{
	ptrdiff_t open = span_find_byte(line, '<'), at = span_find_byte(line, '@');

	return open >= 0 && at > open && open <= PERSON_BYTES_MAX;
}

size_t attribution_lines(const struct lines *lines, size_t at)
{
	char joined[ATTRIBUTION_BYTES_MAX];
	size_t size = 0, dashes = 0;

	for (size_t i = at; i < lines->count && i - at < ATTRIBUTION_LINES_MAX; i++) {
		struct span line = line_trim(lines->items[i]);

		if (i == at) {
			line = line_trim(label_skip_dashes(line, &dashes));
			if (dashes < 2 && !begins_attribution(line) && !begins_with_person(line))
				return 0;
		}
		if (line.size == 0 || size + line.size + 1 > sizeof(joined))
			return 0;
		if (size > 0)
			joined[size++] = ' ';
		memcpy(joined + size, line.data, line.size);
		size += line.size;
		if (is_attribution((struct span){joined, size}, dashes >= 2))
			return i - at + 1;
	}
	return 0;
}
