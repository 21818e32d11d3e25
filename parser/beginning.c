#include "parser/beginning.h"

#include "base/compiler.h"

/* Without the bit that tells capitals from small letters; beyond ASCII it is elsewhere. */
static size_t hash(struct span text)
{
	if ((unsigned char)text.data[0] >= 0x80)
		return 0;
	size_t first = (unsigned char)text.data[0] | 0x20;
	size_t second = (unsigned char)text.data[1] | 0x20;

	return (first << 5 ^ second) % ARRAY_COUNT(((struct beginnings *)0)->has);
}

bool beginning_may_be(
	struct beginnings *beginnings, const struct span *words, size_t count, struct span text)
{
	for (size_t i = 0; !beginnings->made && i < count; i++)
		beginnings->has[hash(words[i])] = true;
	beginnings->made = true;
	return text.size > 1 && beginnings->has[hash(text)];
}
