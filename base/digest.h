/*
 * digest.h - SHA-256, HMAC and random bytes (OpenSSL's libcrypto).
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

#define DIGEST_BYTES	32
#define DIGEST_HEX_SIZE (2 * DIGEST_BYTES + 1)

struct digest {
	uint8_t bytes[DIGEST_BYTES];
};

struct digest_stream; /* bytes that come piece by piece */
struct digest_stream *digest_stream_new(void);
void digest_stream_add(struct digest_stream *stream, struct span span);
struct digest digest_stream_end(struct digest_stream *stream); /* frees it */

struct digest digest_of(struct span span);
struct digest digest_keyed(struct span key, struct span span); /* HMAC-SHA-256 */
/* In a time that does not depend on the bytes. */
bool digest_equal(const struct digest *a, const struct digest *b);
const char *digest_hex(const struct digest *digest, char hex[DIGEST_HEX_SIZE]);
bool digest_from_hex(struct span hex, struct digest *digest);
/* From the kernel; never fails (a kernel without getrandom is no Linux of ours). */
void digest_random(void *bytes, size_t size_bytes);

#endif
