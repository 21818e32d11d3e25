#include "store/feed_token.h"

#define TOKEN_BYTES 32

void feed_token_new(char token[FEED_TOKEN_SIZE])
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	uint8_t bytes[TOKEN_BYTES + 1] = {0}; /* one more, so that the last group is whole */
	size_t used = 0;

	digest_random(bytes, TOKEN_BYTES);
	for (size_t i = 0; i < TOKEN_BYTES; i += 3) {
		uint32_t group = (uint32_t)bytes[i] << 16 | (uint32_t)bytes[i + 1] << 8 |
				 (i + 2 < sizeof bytes ? bytes[i + 2] : 0);

		for (int shift = 18; shift >= 0 && used < FEED_TOKEN_SIZE - 1; shift -= 6)
			token[used++] = alphabet[group >> shift & 63];
	}
	token[used] = '\0';
}

struct digest feed_token_hash(struct span token)
{
	return digest_of(token);
}
