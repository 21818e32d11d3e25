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
