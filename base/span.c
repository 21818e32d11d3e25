#include "base/span.h"

#include <stdint.h>
#include <strings.h>

#define SHORT_BYTES 256

static unsigned char lower(char byte)
{
	unsigned char b = (unsigned char)byte;

	return b >= 'A' && b <= 'Z' ? (unsigned char)(b + 32) : b;
}

static bool is_space(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static bool equal_fold_bytes(const char *a, const char *b, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

bool span_equal_fold(struct span a, struct span b)
{
	return a.size == b.size && equal_fold_bytes(a.data, b.data, a.size);
}

bool span_starts_fold(struct span span, struct span prefix)
{
	return span.size >= prefix.size && equal_fold_bytes(span.data, prefix.data, prefix.size);
}

bool span_ends(struct span span, struct span suffix)
{
	return span.size >= suffix.size &&
	       span_equal(span_after(span, span.size - suffix.size), suffix);
}

bool span_ends_fold(struct span span, struct span suffix)
{
	return span.size >= suffix.size &&
	       span_equal_fold(span_after(span, span.size - suffix.size), suffix);
}

int span_compare(struct span a, struct span b)
{
	size_t common = a.size < b.size ? a.size : b.size;
	int order = common > 0 ? memcmp(a.data, b.data, common) : 0;

	if (order != 0)
		return order;
	return (a.size > b.size) - (a.size < b.size);
}

/* memmem prepares a table first, which costs more than looking through a line. */
static ptrdiff_t find_in_line(struct span span, struct span needle)
{
	const char *last = span.data + (span.size - needle.size);

	for (const char *at = span.data; at <= last; at++) {
		at = memchr(at, needle.data[0], (size_t)(last - at) + 1);
		if (!at)
			break;
		if (memcmp(at, needle.data, needle.size) == 0)
			return at - span.data;
	}
	return -1;
}

ptrdiff_t span_find(struct span span, struct span needle)
{
	const char *hit;

	if (needle.size == 0)
		return 0;
	if (needle.size > span.size)
		return -1;
	if (span.size <= SHORT_BYTES)
		return find_in_line(span, needle);
	hit = memmem(span.data, span.size, needle.data, needle.size);
	return hit ? hit - span.data : -1;
}

static bool is_letter(char byte)
{
	return lower(byte) >= 'a' && lower(byte) <= 'z';
}

/* The needle's first byte that is no letter and no space; its size when there is none. */
static size_t find_rare(struct span needle)
{
	size_t at = 0;

	while (at < needle.size && (is_letter(needle.data[at]) || is_space(needle.data[at])))
		at++;
	return at;
}

/*
 * By a byte of the needle that has one form only and is rare in text ("Action:" by its colon), so
 * that memchr walks over nearly everything.
 */
static ptrdiff_t find_by_rare(struct span span, struct span needle, size_t rare)
{
	const char *last = span.data + (span.size - needle.size) + rare;

	for (const char *at = span.data + rare; at <= last; at++) {
		at = memchr(at, needle.data[rare], (size_t)(last - at) + 1);
		if (!at)
			break;
		if (equal_fold_bytes(at - rare, needle.data, needle.size))
			return at - rare - span.data;
	}
	return -1;
}

/* The place of the needle's letter that is least frequent in text of European languages. */
static size_t rarest_letter(struct span needle)
{
	/* of a to z in "eanitsrodlhucmgpfbvzwkyxjq" */
	static const unsigned char ranks[26] = {1, 17, 12, 8, 0, 16, 14, 10, 3, 24, 21, 9, 13, 2, 7,
		15, 25, 6, 5, 4, 11, 18, 20, 23, 22, 19};
	size_t at = 0;
	int best = -1;

	for (size_t i = 0; i < needle.size; i++) {
		int letter = lower(needle.data[i]) - 'a';

		if (letter >= 0 && letter < 26 && ranks[letter] > best) {
			best = ranks[letter];
			at = i;
		}
	}
	return at;
}

static const char *next_byte(const char *from, const char *last, int byte)
{
	return from <= last ? memchr(from, byte, (size_t)(last - from) + 1) : NULL;
}

/* By one of its letters, of which memchr finds the two forms. */
static ptrdiff_t find_by_letter(struct span span, struct span needle)
{
	size_t place = rarest_letter(needle);
	int small = lower(needle.data[place]);
	int capital = small >= 'a' && small <= 'z' ? small - 32 : small;
	const char *last = span.data + (span.size - needle.size) + place;
	const char *a = next_byte(span.data + place, last, small);
	const char *b = capital == small ? NULL : next_byte(span.data + place, last, capital);

	while (a || b) {
		bool first = a && (!b || a < b);
		const char *at = first ? a : b;

		if (equal_fold_bytes(at - place, needle.data, needle.size))
			return at - place - span.data;
		if (first)
			a = next_byte(a + 1, last, small);
		else
			b = next_byte(b + 1, last, capital);
	}
	return -1;
}

ptrdiff_t span_find_fold(struct span span, struct span needle)
{
	size_t rare = find_rare(needle);

	if (needle.size > span.size)
		return -1;
	if (needle.size == 0)
		return 0;
	return rare < needle.size ? find_by_rare(span, needle, rare) : find_by_letter(span, needle);
}

ptrdiff_t span_place(struct span span, struct span part)
{
	uintptr_t begin = (uintptr_t)span.data, at = (uintptr_t)part.data;

	if (part.size == 0 || at < begin || at - begin > span.size ||
		part.size > span.size - (at - begin))
		return -1;
	return (ptrdiff_t)(at - begin);
}

ptrdiff_t span_find_byte(struct span span, char byte)
{
	const char *hit = span.size > 0 ? memchr(span.data, byte, span.size) : NULL;

	return hit ? hit - span.data : -1;
}

ptrdiff_t span_rfind_byte(struct span span, char byte)
{
	const char *hit = span.size > 0 ? memrchr(span.data, byte, span.size) : NULL;

	return hit ? hit - span.data : -1;
}

struct span span_trim(struct span span)
{
	while (span.size > 0 && is_space(span.data[0]))
		span = span_after(span, 1);
	while (span.size > 0 && is_space(span.data[span.size - 1]))
		span.size--;
	return span;
}

bool span_next(struct span *rest, char separator, struct span *piece)
{
	ptrdiff_t at;

	if (rest->data == NULL)
		return false;
	at = span_find_byte(*rest, separator);
	if (at < 0) {
		*piece = *rest;
		*rest = (struct span){NULL, 0};
		return true;
	}
	*piece = span_part(*rest, 0, (size_t)at);
	*rest = span_after(*rest, (size_t)at + 1);
	return true;
}

/*
 * Bytes before the first LF or CR. Piece by piece, so that a text with one of them at its far end
 * and many of the other is not searched to its end for each line.
 */
static size_t line_size(struct span text)
{
	const size_t piece_bytes = 256;

	for (size_t at = 0; at < text.size; at += piece_bytes) {
		struct span piece = span_part(text, at, piece_bytes);
		const char *feed = memchr(piece.data, '\n', piece.size);
		size_t size = feed ? (size_t)(feed - piece.data) : piece.size;
		const char *carriage = memchr(piece.data, '\r', size);

		if (carriage)
			return at + (size_t)(carriage - piece.data);
		if (feed)
			return at + size;
	}
	return text.size;
}

bool span_next_line(struct span *rest, struct span *line)
{
	size_t end, skip;

	if (rest->size == 0)
		return false;
	end = line_size(*rest);
	*line = span_part(*rest, 0, end);
	skip = end;
	if (skip < rest->size && rest->data[skip] == '\r')
		skip++;
	if (skip < rest->size && rest->data[skip] == '\n')
		skip++;
	*rest = span_after(*rest, skip);
	return true;
}

bool span_to_u64(struct span span, unsigned long long max, unsigned long long *value)
{
	unsigned long long sum = 0;

	if (span.size == 0)
		return false;
	for (size_t i = 0; i < span.size; i++) {
		unsigned digit = (unsigned)(unsigned char)span.data[i] - '0';

		if (digit > 9 || digit > max || sum > (max - digit) / 10)
			return false;
		sum = sum * 10 + digit;
	}
	*value = sum;
	return true;
}
