#include "parser/language.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

#define LOOKED_AT_BYTES (4u << 10)
#define ENTRIES		1024 /* more than twice the words below; a power of two */
#define HASH_BEGIN	2166136261u
#define WORD_BYTES_MAX	16
#define HITS_MIN	3 /* below, short texts tell only by chance */

/*
 * Frequent words, most of them in one language only; a word of several counts for each of them.
 */
static const struct language {
	const char *name, *words;
} languages[] = {
	{"en", " the and you your is are was were for with that this have has not will would can "
	       "from "
	       "please thanks thank we our they been but all any about if what when there which "
	       "could should attached regards dear hello hi i my it of to be me us at on "},
	{"de", " der die das und ist nicht sie ich wir ein eine einen mit für auf dem den von zu "
	       "im "
	       "sich auch wird werden haben hat sind bitte danke gruß grüße grüßen freundlichen "
	       "ihre ihr ihnen uns bei nach aus oder noch nur wenn kann können sehr geehrte hallo "
	       "vielen dank anbei am zum zur über es wie als "},
	{"nl", " de het een en van ik je niet is dat die op te zijn met voor aan er maar om dan "
	       "zou "
	       "hebben heb heeft wij we u uw bij naar ook nog wel graag groet groeten vriendelijke "
	       "geachte beste hartelijk bedankt dank kunnen kan worden wordt deze dit als mij ons "
	       "onze bijlage over uit geen zal "},
	{"fr", " le la les des et est une un vous nous je ne pas que qui dans pour sur avec au aux "
	       "ce "
	       "cette ces votre vos notre nos sont avez avons merci bonjour cordialement bien par "
	       "plus mais ou donc être suis fait si tout très jour ci-joint veuillez en du il elle "
	       "de "},
	{"es", " el los las que y es por con para una un su se del lo como más pero muy gracias "
	       "hola "
	       "saludos usted estimado favor está este esta nos le les al no sí si también adjunto "
	       "buenos días en de "},
	{"it", " il lo gli che e è per con una un di del della dei delle non sono grazie "
	       "buongiorno "
	       "saluti cordiali gentile come più ma anche questo questa nel alla ai si ci vi le "
	       "allegato prego mi in "},
};

static bool is_word_byte(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (unsigned char)byte >= 0x80 || byte == '-';
}

/* All words, each with a bit for every language that has it: open addressing, made once. */
static struct entry {
	struct span word;
	unsigned languages;
} entries[ENTRIES];
static bool made;

static uint32_t hash_step(uint32_t hash, char byte) /* FNV-1a */
{
	return (hash ^ (unsigned char)byte) * 16777619u;
}

/* Its place, or the free one where it belongs. */
static struct entry *entry_of(struct span word, uint32_t hash)
{
	size_t at = (hash ^ hash >> 15) % ENTRIES;

	while (entries[at].word.size > 0 && !span_equal(entries[at].word, word))
		at = (at + 1) % ENTRIES;
	return &entries[at];
}

static void add_word(struct span word, unsigned language)
{
	uint32_t hash = HASH_BEGIN;

	for (size_t i = 0; i < word.size; i++)
		hash = hash_step(hash, word.data[i]);
	struct entry *entry = entry_of(word, hash);
	entry->word = word;
	entry->languages |= 1u << language;
}

static void make_entries(void)
{
	for (unsigned i = 0; i < ARRAY_COUNT(languages); i++) {
		struct span rest = span_from(languages[i].words), word;

		while (span_next(&rest, ' ', &word))
			if (word.size > 0)
				add_word(word, i);
	}
	made = true;
}

static void count_word(struct span word, unsigned *hits)
{
	char folded[WORD_BYTES_MAX];
	uint32_t hash = HASH_BEGIN;

	if (word.size > WORD_BYTES_MAX)
		return;
	for (size_t i = 0; i < word.size; i++) {
		char byte = word.data[i];
		bool capital = byte >= 'A' && byte <= 'Z';
		/* capitals of U+00C0 to U+00DE are 0x20 below theirs in the second byte of UTF-8 */
		bool latin = i > 0 && word.data[i - 1] == '\xc3' && (unsigned char)byte >= 0x80 &&
			     (unsigned char)byte <= 0x9e;

		folded[i] = capital || latin ? (char)((unsigned char)byte | 0x20) : byte;
		hash = hash_step(hash, folded[i]);
	}
	unsigned of = entry_of((struct span){folded, word.size}, hash)->languages;
	for (size_t i = 0; of != 0; i++, of >>= 1)
		hits[i] += of & 1;
}

struct span language_of(struct span text)
{
	unsigned hits[ARRAY_COUNT(languages)] = {0};
	struct span rest = span_part(text, 0, LOOKED_AT_BYTES);
	size_t best = 0, second = 0;

	if (!made)
		make_entries();
	for (size_t at = 0; at < rest.size;) {
		size_t end = at;

		while (end < rest.size && is_word_byte(rest.data[end]))
			end++;
		if (end > at)
			count_word(span_part(rest, at, end - at), hits);
		at = end + 1;
	}
	for (size_t i = 1; i < ARRAY_COUNT(languages); i++)
		if (hits[i] > hits[best])
			best = i;
	second = best == 0 ? 1 : 0;
	for (size_t i = 0; i < ARRAY_COUNT(languages); i++)
		if (i != best && hits[i] > hits[second])
			second = i;
	if (hits[best] < HITS_MIN || hits[best] * 4 < hits[second] * 5)
		return (struct span){0};
	return span_from(languages[best].name);
}
