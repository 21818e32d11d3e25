/*
 * gzip.h - a whole body as gzip (RFC 1952), for HTTP clients that ask for it (zlib).
 */
#ifndef BASE_GZIP_H
#define BASE_GZIP_H

#include "base/buffer.h"
#include "base/span.h"

/* Appends one gzip member without a time in its header: the same bytes give the same bytes. */
void gzip_append(struct buffer *out, struct span plain);

#endif
