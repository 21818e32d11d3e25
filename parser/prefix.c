#include "parser/prefix.h"

#include "parser/lines.h"

bool prefix_is_enumerator(struct span word)
{
	static const struct span boxes[] = {SPAN_INIT("[x]"), SPAN_INIT("[X]"), SPAN_INIT("(x)"),
		SPAN_INIT("(X)"), SPAN_INIT("o"), SPAN_INIT("O"), SPAN_INIT("x")};
	size_t letters = 0;

	for (size_t i = 0; i < ARRAY_COUNT(boxes); i++)
		if (span_equal(word, boxes[i]))
			return true;
	if (span_starts(word, SPAN("(")))
		word = span_after(word, 1);
	if (word.size < 2 || !memchr(".):", word.data[word.size - 1], 3))
		return false;
	word.size--;
	while (letters < word.size && strchr("ivxIVX", word.data[letters]))
		letters++;
	bool one_letter =
		word.size == 1 && ((word.data[0] | 0x20) >= 'a') && ((word.data[0] | 0x20) <= 'z');
	return one_letter || (letters == word.size && letters <= 5);
}

/* No letter in it: digits, punctuation, bullets, boxes, borders, arrows, pictures. */
static bool is_symbols(struct span word)
{
	for (size_t i = 0; i < word.size; i++) {
		unsigned char byte = (unsigned char)word.data[i];

		/* U+00C0 to U+1FFF are letters and their marks */
		if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
			(byte >= 0xc3 && byte <= 0xdf) || byte == 0xe0 || byte == 0xe1)
			return false;
	}
	return true;
}

/* What may stand in front of the prefix without being text. */
static bool is_marks(struct span head)
{
	struct span rest = head, word;

	while (span_next(&rest, ' ', &word)) {
		word = line_trim(word);
		if (!is_symbols(word) && !prefix_is_enumerator(word))
			return false;
	}
	return true;
}

static size_t blanks_at(struct span text)
{
	static const struct span blanks[] = {
		SPAN_INIT(" "), SPAN_INIT("\t"), SPAN_INIT("\xc2\xa0"), SPAN_INIT("\xe2\x80\xaf")};
	size_t size = 0;

	for (size_t i = 0; i < ARRAY_COUNT(blanks); i++) {
		if (!span_starts(span_after(text, size), blanks[i]))
			continue;
		size += blanks[i].size;
		i = (size_t)-1;
	}
	return size;
}

/*
 * How many bytes the prefix takes at the front of text, 0: it does not stand there. Case and the
 * number of blanks make no difference, nor does one before the colon (French).
 */
static size_t prefix_size(struct span text, struct span prefix)
{
	size_t at = 0;

	for (size_t i = 0; i < prefix.size; i++) {
		if (prefix.data[i] == ' ') {
			size_t blanks = blanks_at(span_after(text, at));

			if (blanks == 0 && i > 0 && prefix.data[i - 1] != ' ')
				return 0;
			at += blanks;
			continue;
		}
		if (prefix.data[i] == ':')
			at += blanks_at(span_after(text, at));
		if (!span_equal_fold(span_part(text, at, 1), span_part(prefix, i, 1)))
			return 0;
		at++;
	}
	return at;
}

ptrdiff_t prefix_find(struct span line, struct span prefix, size_t *size)
{
	for (size_t at = 0; at < line.size; at++) {
		*size = prefix_size(span_after(line, at), prefix);
		if (*size > 0)
			return is_marks(span_part(line, 0, at)) ? (ptrdiff_t)at : -1;
	}
	return -1;
}
