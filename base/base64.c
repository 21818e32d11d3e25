#include "base/base64.h"

#include <limits.h>
#include <openssl/evp.h>

#include "base/memory.h"

void base64_append(struct buffer *out, struct span bytes)
{
	/* a multiple of 3, so that the pieces put together are one text */
	const size_t piece_bytes = (size_t)3 << 20;

	while (bytes.size > 0) {
		struct span piece = span_part(bytes, 0, piece_bytes);
		size_t room = (piece.size + 2) / 3 * 4;
		char *text = memory_alloc(room + 1);

		EVP_EncodeBlock(
			(unsigned char *)text, (const unsigned char *)piece.data, (int)piece.size);
		buffer_append(out, (struct span){text, room});
		memory_forget(text, room);
		bytes = span_after(bytes, piece.size);
	}
}

static bool is_base64(struct span text)
{
	size_t digits = text.size;

	if (text.size % 4 != 0 || text.size > INT_MAX)
		return false;
	while (digits > 0 && text.size - digits < 2 && text.data[digits - 1] == '=')
		digits--;
	for (size_t i = 0; i < digits; i++) {
		char c = text.data[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
			    c == '+' || c == '/'))
			return false;
	}
	return true;
}

bool base64_decode(struct buffer *out, struct span text)
{
	size_t padding = 0, room = text.size / 4 * 3;
	unsigned char *bytes;
	bool ok;

	if (!is_base64(text))
		return false;
	while (padding < 2 && text.size > 0 && text.data[text.size - 1 - padding] == '=')
		padding++;
	bytes = memory_alloc(room);
	ok = text.size == 0 ||
	     EVP_DecodeBlock(bytes, (const unsigned char *)text.data, (int)text.size) == (int)room;
	if (ok)
		buffer_append(out, (struct span){(const char *)bytes, room - padding});
	memory_forget(bytes, room);
	return ok;
}

/* ---------------------------------------------------------------- as mail has it */

enum { NO_DIGIT = 64, SPACE };

/* The value of each byte as a digit. */
static const unsigned char *digit_values(void)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	static unsigned char values[256];
	static bool made;

	if (made)
		return values;
	memset(values, NO_DIGIT, sizeof values);
	for (unsigned char i = 0; i < 64; i++)
		values[(unsigned char)digits[i]] = i;
	values['\r'] = values['\n'] = values[' '] = values['\t'] = SPACE;
	made = true;
	return values;
}

static char *put_group(char *to, unsigned bits)
{
	*to++ = (char)(bits >> 16);
	*to++ = (char)(bits >> 8);
	*to++ = (char)bits;
	return to;
}

/* Groups without white space in them, from *at on: nearly all of a line. */
static char *take_run(struct span text, const unsigned char *values, size_t *at, char *to)
{
	const unsigned char *from = (const unsigned char *)text.data + *at;
	const unsigned char *end = (const unsigned char *)text.data + text.size;

	for (; end - from >= 4; from += 4) {
		unsigned a = values[from[0]], b = values[from[1]];
		unsigned c = values[from[2]], d = values[from[3]];

		if ((a | b | c | d) >= NO_DIGIT)
			break;
		to = put_group(to, a << 18 | b << 12 | c << 6 | d);
	}
	*at = (size_t)((const char *)from - text.data);
	return to;
}

/* The next four digits from *at on, whatever white space is between them. */
static bool take_group(struct span text, const unsigned char *values, size_t *at, unsigned *bits)
{
	size_t i = *at;

	*bits = 0;
	for (int digits = 0; digits < 4;) {
		unsigned value = i < text.size ? values[(unsigned char)text.data[i++]] : NO_DIGIT;

		if (value == NO_DIGIT)
			return false;
		if (value == SPACE)
			continue;
		*bits = *bits << 6 | value;
		digits++;
	}
	*at = i;
	return true;
}

size_t base64_take(struct span text, char *out, size_t *taken)
{
	const unsigned char *values = digit_values();
	unsigned bits;
	char *to = out;

	*taken = 0;
	for (;;) {
		to = take_run(text, values, taken, to);
		if (!take_group(text, values, taken, &bits))
			break;
		to = put_group(to, bits);
	}
	return (size_t)(to - out);
}
