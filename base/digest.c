#include "base/digest.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/random.h>

#include "base/memory.h"

/*
 * One fetch a process: EVP_sha256() looks the algorithm up again at every use, which costs more
 * than hashing a header.
 */
static const EVP_MD *sha256(void)
{
	static EVP_MD *algorithm;

	if (!algorithm)
		algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (!algorithm)
		memory_exhausted();
	return algorithm;
}

/* OpenSSL's hashing fails only when memory ends. */
static void must(int ok)
{
	if (ok != 1)
		memory_exhausted();
}

struct digest_stream *digest_stream_new(void)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	if (!context)
		memory_exhausted();
	must(EVP_DigestInit_ex(context, sha256(), NULL));
	return (struct digest_stream *)context;
}

void digest_stream_add(struct digest_stream *stream, struct span span)
{
	if (span.size > 0)
		must(EVP_DigestUpdate((EVP_MD_CTX *)stream, span.data, span.size));
}

struct digest digest_stream_end(struct digest_stream *stream)
{
	struct digest digest = {0};

	must(EVP_DigestFinal_ex((EVP_MD_CTX *)stream, digest.bytes, NULL));
	EVP_MD_CTX_free((EVP_MD_CTX *)stream);
	return digest;
}

struct digest digest_of(struct span span)
{
	struct digest_stream *stream = digest_stream_new();

	digest_stream_add(stream, span);
	return digest_stream_end(stream);
}

struct digest digest_keyed(struct span key, struct span span)
{
	static const unsigned char nothing[1];
	struct digest digest = {0};
	unsigned size = sizeof digest.bytes;
	const unsigned char *text = span.size > 0 ? (const unsigned char *)span.data : nothing;
	const void *key_bytes = key.size > 0 ? (const void *)key.data : nothing;

	if (!HMAC(sha256(), key_bytes, (int)key.size, text, span.size, digest.bytes, &size))
		memory_exhausted();
	return digest;
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
	return CRYPTO_memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

const char *digest_hex(const struct digest *digest, char hex[DIGEST_HEX_SIZE])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < DIGEST_BYTES; i++) {
		hex[2 * i] = digits[digest->bytes[i] >> 4];
		hex[2 * i + 1] = digits[digest->bytes[i] & 15];
	}
	hex[DIGEST_HEX_SIZE - 1] = '\0';
	return hex;
}

static int hex_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

bool digest_from_hex(struct span hex, struct digest *digest)
{
	struct digest read;

	if (hex.size != DIGEST_HEX_SIZE - 1)
		return false;
	for (size_t i = 0; i < DIGEST_BYTES; i++) {
		int high = hex_value(hex.data[2 * i]), low = hex_value(hex.data[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		read.bytes[i] = (uint8_t)(high * 16 + low);
	}
	*digest = read;
	return true;
}

void digest_random(void *bytes, size_t size_bytes)
{
	char *at = bytes;

	while (size_bytes > 0) {
		ssize_t got = getrandom(at, size_bytes, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			memory_exhausted();
		at += got;
		size_bytes -= (size_t)got;
	}
}
