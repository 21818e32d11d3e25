#include "parser/beginning.h"

#include "base/compiler.h"
#include "base/text.h"

/* Without the bit that tells capitals from small letters; beyond ASCII it is elsewhere. */
static size_t hash(struct span text)
{
	if ((unsigned char)text.data[0] >= 0x80)
		return 0;
	size_t first = (unsigned char)text.data[0] | 0x20;
	size_t second =
		(unsigned char)text.data[1] < 0x80 ? (unsigned char)text.data[1] | 0x20u : 0x80;

	return (first << 5 ^ second) % ARRAY_COUNT(((struct beginnings *)0)->heads);
}

static void make(struct beginnings *beginnings, const struct span *words, size_t count)
{
	for (size_t i = 0; i < count && i < BEGINNING_WORDS_MAX; i++) {
		uint16_t *head = &beginnings->heads[hash(words[i])];

		beginnings->next[i] = *head;
		*head = (uint16_t)(i + 1);
	}
	beginnings->made = true;
}

size_t beginning_first(
	struct beginnings *beginnings, const struct span *words, size_t count, struct span text)
{
	if (!beginnings->made)
		make(beginnings, words, count);
	return text.size > 1 ? beginnings->heads[hash(text)] : 0;
}

size_t beginning_size(
	struct beginnings *beginnings, const struct span *words, size_t count, struct span text)
{
	size_t longest = 0;

	for (size_t i = beginning_first(beginnings, words, count, text); i > 0;
		i = beginnings->next[i - 1]) {
		size_t size = text_starts_fold(text, words[i - 1]);

		longest = size > longest ? size : longest;
	}
	return longest;
}
