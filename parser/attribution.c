#include "parser/attribution.h"

#include "base/text.h"
#include "parser/beginning.h"
#include "parser/label.h"
#include "parser/month.h"

#define ATTRIBUTION_LINES_MAX 5
#define ATTRIBUTION_BYTES_MAX 500
#define PERSON_BYTES_MAX      40 /* a name in front of an address */

/*
 * Words at the front of an attribution line, and words one of which must follow: by mail programs
 * in the languages of label_table.c.
 */
static const struct span attribution_leads[] = {SPAN_INIT("On "), SPAN_INIT("Am "),
	SPAN_INIT("Op "), SPAN_INIT("Le "), SPAN_INIT("El "), SPAN_INIT("Il "), SPAN_INIT("Em "),
	SPAN_INIT("No dia "), SPAN_INIT("Às "), SPAN_INIT("Den "), SPAN_INIT("D. "),
	SPAN_INIT("Dne "), SPAN_INIT("Dňa "), SPAN_INIT("Dana "), SPAN_INIT("W dniu "),
	SPAN_INIT("Dnia "), SPAN_INIT("Pe "), SPAN_INIT("La "), SPAN_INIT("În data "),
	SPAN_INIT("Il giorno "), SPAN_INIT("In data "), SPAN_INIT("On:"), SPAN_INIT("At "),
	SPAN_INIT("Vào "), SPAN_INIT("Pada "), SPAN_INIT("Tarihinde "), SPAN_INIT("Στις "),
	SPAN_INIT("Την "), SPAN_INIT("На "), SPAN_INIT("В "), SPAN_INIT("У "), SPAN_INIT("Dia "),
	SPAN_INIT("Kuupäev "), SPAN_INIT("Wiadomość "), SPAN_INIT("Message de "),
	SPAN_INIT("Missatge de "), SPAN_INIT("Mensaje de "), SPAN_INIT("Nachricht von "),
	SPAN_INIT("Bericht van "), SPAN_INIT("Op:"), SPAN_INIT("Le:"), SPAN_INIT("Em:"),
	SPAN_INIT("在"), SPAN_INIT("于"), SPAN_INIT("於"), SPAN_INIT("בתאריך"), SPAN_INIT("في"),
	SPAN_INIT("Quoting "), SPAN_INIT("Citát "), SPAN_INIT("Citando "), SPAN_INIT("Zitat von "),
	SPAN_INIT("Quoting: "), SPAN_INIT("Citeren "), SPAN_INIT("Citerar "), SPAN_INIT("Citace "),
	SPAN_INIT("Selon ")};

/* Days of the week, from their first letters on. */
static const struct span attribution_days[] = {SPAN_INIT("Mon"), SPAN_INIT("Tue"), SPAN_INIT("Wed"),
	SPAN_INIT("Thu"), SPAN_INIT("Fri"), SPAN_INIT("Sat"), SPAN_INIT("Sun"), SPAN_INIT("Lø"),
	SPAN_INIT("Fr"), SPAN_INIT("Ma"), SPAN_INIT("Ti"), SPAN_INIT("On"), SPAN_INIT("To"),
	SPAN_INIT("Ke"), SPAN_INIT("La"), SPAN_INIT("Su"), SPAN_INIT("Pe"), SPAN_INIT("So"),
	SPAN_INIT("Mo"), SPAN_INIT("Di"), SPAN_INIT("Mi"), SPAN_INIT("Do"), SPAN_INIT("Sa"),
	SPAN_INIT("Lun"), SPAN_INIT("Mar"), SPAN_INIT("Mer"), SPAN_INIT("Jeu"), SPAN_INIT("Ven"),
	SPAN_INIT("Sam"), SPAN_INIT("Dim"), SPAN_INIT("Mié"), SPAN_INIT("Jue"), SPAN_INIT("Vie"),
	SPAN_INIT("Sáb"), SPAN_INIT("Dom"), SPAN_INIT("Gio"), SPAN_INIT("Seg"), SPAN_INIT("Ter"),
	SPAN_INIT("Qua"), SPAN_INIT("Qui"), SPAN_INIT("Sex"), SPAN_INIT("Maa"), SPAN_INIT("Woe"),
	SPAN_INIT("Don"), SPAN_INIT("Vri"), SPAN_INIT("Zat"), SPAN_INIT("Zon"), SPAN_INIT("Wo"),
	SPAN_INIT("Vr"), SPAN_INIT("Za"), SPAN_INIT("Zo"), SPAN_INIT("Man"), SPAN_INIT("Tir"),
	SPAN_INIT("Ons"), SPAN_INIT("Tor"), SPAN_INIT("Lør"), SPAN_INIT("Søn"), SPAN_INIT("Tors"),
	SPAN_INIT("Fre"), SPAN_INIT("Lör"), SPAN_INIT("Sön"), SPAN_INIT("Mån"), SPAN_INIT("Tis"),
	SPAN_INIT("Pon"), SPAN_INIT("Wt"), SPAN_INIT("Śr"), SPAN_INIT("Czw"), SPAN_INIT("Pt"),
	SPAN_INIT("Sob"), SPAN_INIT("Niedz"), SPAN_INIT("Ndz"), SPAN_INIT("Út"), SPAN_INIT("Ut"),
	SPAN_INIT("St"), SPAN_INIT("Čt"), SPAN_INIT("Št"), SPAN_INIT("Pá"), SPAN_INIT("Pi"),
	SPAN_INIT("Ne"), SPAN_INIT("Po"), SPAN_INIT("Vas"), SPAN_INIT("Kedd"), SPAN_INIT("Hét"),
	SPAN_INIT("Sze"), SPAN_INIT("Csüt"), SPAN_INIT("Pén"), SPAN_INIT("Szo"), SPAN_INIT("Uto"),
	SPAN_INIT("Sri"), SPAN_INIT("Čet"), SPAN_INIT("Pet"), SPAN_INIT("Ned"), SPAN_INIT("Sre"),
	SPAN_INIT("Joi"), SPAN_INIT("Vin"), SPAN_INIT("Sâm"), SPAN_INIT("Dum"), SPAN_INIT("Mie"),
	SPAN_INIT("Sal"), SPAN_INIT("Çar"), SPAN_INIT("Per"), SPAN_INIT("Cum"), SPAN_INIT("Cmt"),
	SPAN_INIT("Paz"), SPAN_INIT("Pzt"), SPAN_INIT("Пн"), SPAN_INIT("Вт"), SPAN_INIT("Ср"),
	SPAN_INIT("Чт"), SPAN_INIT("Пт"), SPAN_INIT("Сб"), SPAN_INIT("Вс"), SPAN_INIT("Нд"),
	SPAN_INIT("Нед"), SPAN_INIT("Пон"), SPAN_INIT("Вто"), SPAN_INIT("Сре"), SPAN_INIT("Чет"),
	SPAN_INIT("Пет"), SPAN_INIT("Съб"), SPAN_INIT("Суб"), SPAN_INIT("Уто"),
	SPAN_INIT("Понедельник"), SPAN_INIT("Понеділок"), SPAN_INIT("Вторник"),
	SPAN_INIT("Вівторок"), SPAN_INIT("Среда"), SPAN_INIT("Середа"), SPAN_INIT("Четвер"),
	SPAN_INIT("Пятница"), SPAN_INIT("П'ятниця"), SPAN_INIT("П’ятниця"), SPAN_INIT("Суббота"),
	SPAN_INIT("Субота"), SPAN_INIT("Воскресенье"), SPAN_INIT("Неділя"), SPAN_INIT("Δευ"),
	SPAN_INIT("Τρι"), SPAN_INIT("Τρί"), SPAN_INIT("Τετ"), SPAN_INIT("Πεμ"), SPAN_INIT("Πέμ"),
	SPAN_INIT("Παρ"), SPAN_INIT("Σαβ"), SPAN_INIT("Σάβ"), SPAN_INIT("Κυρ"), SPAN_INIT("T2"),
	SPAN_INIT("Th")};

static const struct span attribution_verbs[] = {SPAN_INIT("wrote"), SPAN_INIT("writes"),
	SPAN_INIT("schrieb"), SPAN_INIT("geschrieben"), SPAN_INIT("schrieben"),
	SPAN_INIT("schreibt"), SPAN_INIT("schreef"), SPAN_INIT("geschreven"), SPAN_INIT("schrijft"),
	SPAN_INIT("a écrit"), SPAN_INIT("a ecrit"), SPAN_INIT("écrit"), SPAN_INIT("écrivit"),
	SPAN_INIT("escribió"), SPAN_INIT("escribio"), SPAN_INIT("escribe"), SPAN_INIT("ha escrit"),
	SPAN_INIT("va escriure"), SPAN_INIT("escriu"), SPAN_INIT("ha scritto"),
	SPAN_INIT("scrisse"), SPAN_INIT("scrive"), SPAN_INIT("escreveu"), SPAN_INIT("escreve"),
	SPAN_INIT("a scris"), SPAN_INIT("scrie"), SPAN_INIT("skrev"), SPAN_INIT("skriver"),
	SPAN_INIT("följande"), SPAN_INIT("skrifaði"), SPAN_INIT("kirjoitti"),
	SPAN_INIT("kirjoittaa"), SPAN_INIT("kirjutas"), SPAN_INIT("kirjutatud"),
	SPAN_INIT("rakstīja"), SPAN_INIT("rašė"), SPAN_INIT("parašė"), SPAN_INIT("napisał"),
	SPAN_INIT("pisze"), SPAN_INIT("napisana"), SPAN_INIT("napsal"), SPAN_INIT("píše"),
	SPAN_INIT("napísal"), SPAN_INIT("írta"), SPAN_INIT("írja"), SPAN_INIT("napisao"),
	SPAN_INIT("napisala"), SPAN_INIT("napisal"), SPAN_INIT("je pisao"), SPAN_INIT("je pisala"),
	SPAN_INIT("пише"), SPAN_INIT("пишет"), SPAN_INIT("написа"), SPAN_INIT("писал"),
	SPAN_INIT("писао"), SPAN_INIT("έγραψε"), SPAN_INIT("έγραψαν"), SPAN_INIT("yazdı"),
	SPAN_INIT("şunları"), SPAN_INIT("şunu"), SPAN_INIT("yazmış"), SPAN_INIT("yazan"),
	SPAN_INIT("đã viết"), SPAN_INIT("viết"), SPAN_INIT("menulis"),
	SPAN_INIT("sent the following"), SPAN_INIT("said"), SPAN_INIT("quoting"),
	SPAN_INIT("zitat"), SPAN_INIT("citando"), SPAN_INIT("写道"), SPAN_INIT("寫道"),
	SPAN_INIT("のメール"), SPAN_INIT("さんは書きました"), SPAN_INIT("作成"), SPAN_INIT("작성"),
	SPAN_INIT("님이"), SPAN_INIT("כתב"), SPAN_INIT("תמת כתיבת"), SPAN_INIT("كتب"),
	SPAN_INIT("تمت كتابة"), SPAN_INIT("เขียน"), SPAN_INIT("lähetti"), SPAN_INIT("scripsit")};

static bool has_digit(struct span text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] >= '0' && text.data[i] <= '9')
			return true;
	return false;
}

static struct span without_word(struct span text)
{
	size_t size = 0;

	while (size < text.size && !memchr(" .,-0123456789\t", text.data[size], 15))
		size++;
	text = span_after(text, size);
	while (text.size > 0 && memchr(" .,-\t", text.data[0], 5))
		text = span_after(text, 1);
	return text;
}

/* "Tue, 27 Oct", "tisdag den 27", "Tuesday, October 27": and not "to test it in 27 weeks". */
static bool begins_with_day(struct span text)
{
	static const struct span articles[] = {SPAN_INIT("den "), SPAN_INIT("der "),
		SPAN_INIT("le "), SPAN_INIT("the "), SPAN_INIT("d. ")};
	static struct beginnings beginnings;

	if (beginning_size(&beginnings, attribution_days, ARRAY_COUNT(attribution_days), text) == 0)
		return false;
	struct span rest = without_word(text);
	for (size_t i = 0; i < ARRAY_COUNT(articles); i++)
		if (span_starts_fold(rest, articles[i]))
			rest = span_after(rest, articles[i].size);
	struct span behind = without_word(rest);
	size_t size = rest.size - behind.size;
	while (size > 0 && memchr(" .,-", rest.data[size - 1], 4))
		size--;
	return has_digit(span_part(rest, 0, 1)) || month_of(span_part(rest, 0, size), false) > 0;
}

static bool begins_attribution(struct span text)
{
	static struct beginnings beginnings;

	return (text.size > 0 && text.data[0] >= '0' && text.data[0] <= '9') ||
	       beginning_size(
		       &beginnings, attribution_leads, ARRAY_COUNT(attribution_leads), text) > 0 ||
	       begins_with_day(text);
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

/* "21.11.2026", "2026-11-21": three numbers. */
static bool has_numeric_date(struct span text)
{
	size_t numbers = 0;

	for (size_t i = 0; i < text.size && numbers < 3; i++) {
		bool digit = text.data[i] >= '0' && text.data[i] <= '9';

		if (digit)
			numbers += i == 0 || !has_digit(span_part(text, i - 1, 1));
		else if (!memchr("./-", text.data[i], 3))
			numbers = 0;
	}
	return numbers == 3;
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
	       (has_time(bare) || has_numeric_date(bare));
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
			if (dashes < 2 && !begins_attribution(line) && !begins_with_person(line) &&
				!has_time(line))
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
