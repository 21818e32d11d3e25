#include "parser/absence.h"

#include "base/buffer.h"
#include "base/text.h"
#include "parser/day.h"
#include "parser/limits.h"

/* A note is a few lines; what comes behind them is a disclaimer. */
#define NOTE_BYTES_MAX (8u << 10)
/* Nobody says today that he is back in more than a year. */
#define AWAY_DAYS_MAX 400

/* A sentence with one of these tells when somebody is there again … */
static const char *const back_words[] = {"back", "return", "returning", "returns", "again",
	"wieder", "zurück", "zurueck", "rückkehr", "terug", "weer", "retour", "reviens",
	"reviendrai", "nouveau"};
/* … with one of these, how long he is away. */
static const char *const away_words[] = {"out of", "away", "absent", "absence", "unavailable",
	"vacation", "holiday", "holidays", "leave", "abwesend", "abwesenheit", "urlaub", "nicht im",
	"nicht am", "nicht erreichbar", "nicht da", "afwezig", "afwezigheid", "vakantie", "verlof",
	"niet aanwezig", "niet bereikbaar", "niet op kantoor", "congé", "congés", "vacances",
	"ne suis pas", "serai pas"};
/* In front of the first day back. */
static const char *const back_leads[] = {"on", "from", "by", "ab", "am", "zum", "seit", "vanaf",
	"op", "per", "le", "dès", "du", "back", "return", "returning", "returns", "again", "zurück",
	"wieder", "terug", "weer", "retour", "office", "büro", "kantoor", "bureau"};
/* In front of the last day away, or of the day back: people mean either. */
static const char *const until_leads[] = {"until", "till", "til", "through", "thru", "to", "bis",
	"tot", "t/m", "tm", "jusqu'au", "jusqu’au", "jusqu'à", "jusqu’à", "au", "-", "–",
	"bis einschließlich", "bis einschl.", "bis inkl.", "bis inklusive", "tot en met",
	"up to and including", "until and including"};
/* They make it the last day away. */
static const char *const inclusive_words[] = {"through", "thru", "inclusive", "including",
	"einschließlich", "einschl", "inkl", "inklusive", "t/m", "tot en met", "inclusief",
	"inclus"};
/* A sentence with one of these names whom to write to instead. */
static const char *const substitute_words[] = {"contact", "contacteer", "contacteren", "contacter",
	"reach", "write", "email", "e-mail", "mail", "urgent", "urgently", "replacement",
	"substitute", "replaced", "colleague", "forward", "new address", "dringend", "dringenden",
	"vertretung", "vertritt", "vertreten", "wenden", "kontaktieren", "kollegin", "kollege",
	"kollegen", "nachfolger", "nachfolgerin", "neue adresse", "vervanger", "vervangt",
	"waarnemer", "waarneming", "collega", "opvolger", "nieuw adres", "spoed", "urgente",
	"remplaçant", "remplaçante", "remplace", "collègue", "adresser", "joindre", "écrire",
	"successeur", "nouvelle adresse"};

static bool ends_word(struct span text, size_t at)
{
	return at >= text.size || strchr(" ,.;:!?()\"'<>\n", text.data[at]);
}

/* The word or words stand in text at a word's begin; the position behind them, or -1. */
static ptrdiff_t behind_words(struct span text, const char *words, size_t from)
{
	struct span wanted = span_from(words);

	while (from < text.size) {
		ptrdiff_t at = span_find_fold(span_after(text, from), wanted);

		if (at < 0)
			return -1;
		size_t begin = from + (size_t)at, end = begin + wanted.size;
		if ((begin == 0 || strchr(" ,.;:(\"'\n", text.data[begin - 1])) &&
			ends_word(text, end))
			return (ptrdiff_t)end;
		from = begin + 1;
	}
	return -1;
}

static bool has_any(struct span text, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (behind_words(text, words[i], 0) >= 0)
			return true;
	return false;
}

/* A day that somebody may come back on, who is away today. */
static bool plausible_day(struct span text, struct date from, struct date *day)
{
	size_t taken;

	if (!day_read_certain(text, from, day, &taken))
		return false;
	return !date_is_set(from) ||
	       (date_compare(*day, from) >= 0 &&
		       date_to_days(*day) - date_to_days(from) <= AWAY_DAYS_MAX);
}

/* The last day behind one of the leads: "from 1 to 4 December" ends with the one that counts. */
static bool day_behind(struct span sentence, const char *const *leads, size_t count,
	struct date from, struct date *day)
{
	ptrdiff_t furthest = -1;

	for (size_t i = 0; i < count; i++) {
		ptrdiff_t at = 0;

		while ((at = behind_words(sentence, leads[i], (size_t)at)) >= 0) {
			struct date found;

			if (at > furthest &&
				plausible_day(span_after(sentence, (size_t)at), from, &found)) {
				furthest = at;
				*day = found;
			}
		}
	}
	return furthest >= 0;
}

/* "Am 5. Dezember bin ich wieder da": the day stands first. */
static bool returns_in(struct span sentence, struct date from, struct date *day)
{
	return has_any(sentence, back_words, ARRAY_COUNT(back_words)) &&
	       day_behind(sentence, back_leads, ARRAY_COUNT(back_leads), from, day);
}

static bool away_until(struct span sentence, struct date from, struct date *day)
{
	if (!has_any(sentence, away_words, ARRAY_COUNT(away_words)) &&
		!has_any(sentence, back_words, ARRAY_COUNT(back_words)))
		return false;
	if (!day_behind(sentence, until_leads, ARRAY_COUNT(until_leads), from, day))
		return false;
	if (has_any(sentence, inclusive_words, ARRAY_COUNT(inclusive_words)))
		*day = date_add_days(*day, 1);
	return true;
}

static bool is_address_byte(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || strchr(".+-_=#~", byte);
}

static bool is_named_by(const struct facts_addresses *list, struct span address)
{
	for (size_t i = 0; i < list->count; i++)
		if (span_equal_fold(list->items[i].address, address))
			return true;
	return false;
}

/* The first address in the text that is neither the sender's nor one of whom he answers. */
static struct span other_address(struct span text, const struct facts *facts)
{
	for (size_t at = 1; at + 1 < text.size; at++) {
		size_t begin = at, end = at + 1;

		if (text.data[at] != '@')
			continue;
		while (begin > 0 && is_address_byte(text.data[begin - 1]))
			begin--;
		while (end < text.size && is_address_byte(text.data[end]))
			end++;
		while (end > at && strchr(".-", text.data[end - 1]))
			end--;
		struct span address = span_part(text, begin, end - begin);
		if (begin < at && span_find_byte(span_after(text, at), '.') > 0 && end > at + 3 &&
			address.size <= ADDRESS_BYTES_MAX && !is_named_by(&facts->from, address) &&
			!is_named_by(&facts->reply_to, address) &&
			!is_named_by(&facts->to, address))
			return address;
		at = end;
	}
	return (struct span){0};
}

/* Lines that were wrapped are one; what an empty line parts stays apart. */
static struct span flat(struct arena *arena, struct span text)
{
	struct buffer out = {0};
	struct span line;

	while (span_next_line(&text, &line)) {
		line = span_trim(line);
		buffer_append_byte(&out, line.size ? ' ' : '\n');
		buffer_append(&out, line);
	}
	struct span copy = arena_copy(arena, buffer_span(&out));
	buffer_done(&out);
	return copy;
}

/* Up to the end of a sentence: ". " behind a digit is a German date. */
static bool next_sentence(struct span *rest, struct span *sentence)
{
	size_t end = 0;

	if (rest->size == 0)
		return false;
	while (end < rest->size) {
		bool stop = strchr(".!?", rest->data[end]) && end + 1 < rest->size &&
			    rest->data[end + 1] == ' ' &&
			    !(end > 0 && rest->data[end - 1] >= '0' && rest->data[end - 1] <= '9');
		if (rest->data[end++] == '\n' || stop)
			break;
	}
	*sentence = span_part(*rest, 0, end);
	*rest = span_after(*rest, end);
	return true;
}

void absence_read(struct arena *arena, struct facts *facts)
{
	struct facts_absence *absence = &facts->absence;
	struct date from = facts_day(&facts->date), until = {0};
	struct span rest, sentence;
	bool names = false; /* "in urgent cases write to:" ends with the line */

	if (facts->origin != ORIGIN_AUTO_REPLY)
		return;
	rest = flat(arena, text_cut(facts->reply_text, NOTE_BYTES_MAX));
	while (next_sentence(&rest, &sentence)) {
		if (!date_is_set(absence->returns))
			(void)returns_in(sentence, from, &absence->returns);
		if (!date_is_set(until))
			(void)away_until(sentence, from, &until);
		bool about = has_any(sentence, substitute_words, ARRAY_COUNT(substitute_words));
		if (absence->substitute.size == 0 && (about || names))
			absence->substitute = other_address(sentence, facts);
		names = about || (names && span_trim(sentence).size == 0);
	}
	if (!date_is_set(absence->returns))
		absence->returns = until;
}
