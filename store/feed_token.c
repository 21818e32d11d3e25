#include "store/feed_token.h"

#include "base/base64.h"

#define TOKEN_BYTES 32

void feed_token_new(char token[FEED_TOKEN_SIZE])
{
	CLEANUP(buffer_done) struct buffer text = {0};
	char bytes[TOKEN_BYTES];

	digest_random(bytes, sizeof bytes);
	base64_append(&text, (struct span){bytes, sizeof bytes});
	for (size_t i = 0; i < FEED_TOKEN_SIZE - 1; i++) {
		char letter = text.data[i];

		token[i] = letter == '+' ? '-' : letter == '/' ? '_' : letter;
	}
	token[FEED_TOKEN_SIZE - 1] = '\0';
}

struct digest feed_token_hash(struct span token)
{
	return digest_of(token);
}
