/*
 * gzip.h - a whole body as gzip (RFC 1952), for HTTP clients that ask for it, deflated for
 * archives, and zlib streams of documents unpacked (zlib).
 */
#ifndef BASE_GZIP_H
#define BASE_GZIP_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"

/* Appends one gzip member without a time in its header: the same bytes give the same bytes. */
void gzip_append(struct buffer *out, struct span plain);
/* Appends a bare deflate stream (RFC 1951), as archives hold them, and the CRC-32 of its content.
 */
void gzip_deflate(struct buffer *out, struct span plain, uint32_t *crc);
/*
 * Appends what a zlib stream (RFC 1950) holds; a cut one gives what is there. ERROR_LIMIT above
 * max_bytes, ERROR_INPUT for rubbish.
 */
MUST_CHECK bool gzip_inflate(
	struct buffer *out, struct span packed, size_t max_bytes, struct error *err);

#endif
