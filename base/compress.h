/*
 * compress.h - one zstd frame a mail. Level 1: 24,000 mails/s against 18,000 at level 3.
 */
#ifndef BASE_COMPRESS_H
#define BASE_COMPRESS_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"

/* Appends one frame that holds all of `plain` and says its size. */
void compress_append(struct buffer *out, struct span plain);
/* Size in bytes of what the frame holds; ERROR_INPUT when it is no such frame. */
MUST_CHECK bool compress_plain_size(struct span frame, size_t *size_bytes, struct error *err);
/*
 * Appends what the frame holds. ERROR_LIMIT above max_bytes (nothing is unpacked then),
 * ERROR_INPUT when the frame is damaged.
 */
MUST_CHECK bool compress_unpack(
	struct buffer *out, struct span frame, size_t max_bytes, struct error *err);

/*
 * One frame of a mail that comes in pieces and whose size is known beforehand. Output is appended
 * as it comes; all of it together is one frame that says its size.
 */
struct compress_stream;
struct compress_stream *compress_stream_new(uint64_t plain_bytes);
/* False when more came than was announced. */
MUST_CHECK bool compress_stream_add(
	struct compress_stream *stream, struct buffer *out, struct span piece);
/* Ends the frame. False when less came than was announced. */
MUST_CHECK bool compress_stream_end(struct compress_stream *stream, struct buffer *out);
/* With or without an end. NULL is legal. */
void compress_stream_free(struct compress_stream *stream);

#endif
