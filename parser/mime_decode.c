/* Contents of parts: base64, quoted-printable and uuencode (RFC 2045 section 6) to bytes. */
#include <gmime/gmime.h>

#include "base/base64.h"
#include "base/memory.h"
#include "parser/limits.h"
#include "parser/mime.h"

#define DECODE_BYTES	  ((size_t)64 << 10)
#define DECODE_ONCE_BYTES ((size_t)1 << 20)

static GMimeContentEncoding gmime_encoding(enum mime_encoding encoding)
{
	switch (encoding) {
	case MIME_BASE64:
		return GMIME_CONTENT_ENCODING_BASE64;
	case MIME_QUOTED_PRINTABLE:
		return GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
	case MIME_UUENCODE:
		return GMIME_CONTENT_ENCODING_UUENCODE;
	case MIME_IDENTITY:
		break;
	}
	return GMIME_CONTENT_ENCODING_DEFAULT;
}

/* What of the text is plain base64 is decoded faster than GMime does; the rest is left to it. */
static size_t take_base64(struct span *encoded, enum mime_encoding encoding, char *out)
{
	size_t taken, size;

	if (encoding != MIME_BASE64)
		return 0;
	size = base64_take(*encoded, out, &taken);
	*encoded = span_after(*encoded, taken);
	return size;
}

/* Behind "begin 644 name", at which GMime's decoder stumbles. */
static struct span without_begin(struct span encoded)
{
	struct span rest = encoded, line;

	while (span_next_line(&rest, &line))
		if (span_starts(line, SPAN("begin ")))
			return rest;
	return encoded;
}

struct span mime_decode_bytes(struct span encoded, enum mime_encoding encoding, struct arena *arena)
{
	GMimeEncoding state;

	if (encoding == MIME_IDENTITY || encoded.size == 0)
		return encoded;
	if (encoding == MIME_UUENCODE)
		encoded = without_begin(encoded);
	g_mime_encoding_init_decode(&state, gmime_encoding(encoding));
	char *out = arena_alloc(arena, g_mime_encoding_outlen(&state, encoded.size) + 1);
	size_t size = take_base64(&encoded, encoding, out);
	size += g_mime_encoding_flush(&state, encoded.data, encoded.size, out + size);
	return (struct span){out, size};
}

struct span mime_decode(const struct mime_part *part, struct arena *arena)
{
	if (!part->decoded->data)
		*part->decoded = mime_decode_bytes(part->raw, part->encoding, arena);
	return *part->decoded;
}

/* A content in pieces: what is still to decode, and how. */
struct decoding {
	enum mime_encoding encoding;
	GMimeEncoding state;
	struct span rest;
	bool plain; /* base64 without anything odd so far */
	bool ended;
};

static void decoding_begin(struct decoding *decoding, const struct mime_part *part)
{
	*decoding = (struct decoding){.encoding = part->encoding, .rest = part->raw, .plain = true};
	if (part->encoding == MIME_UUENCODE)
		decoding->rest = without_begin(part->raw);
	g_mime_encoding_init_decode(&decoding->state, gmime_encoding(part->encoding));
}

/* Room for one piece. */
static size_t decoding_room(struct decoding *decoding)
{
	return g_mime_encoding_outlen(&decoding->state, DECODE_BYTES) + 1;
}

/* The next piece into `out`, its size in *size; false behind the last. */
static bool decoding_next(struct decoding *decoding, char *out, size_t *size)
{
	struct span piece = span_part(decoding->rest, 0, DECODE_BYTES), left = piece;

	if (decoding->ended)
		return false;
	if (piece.size == 0) {
		*size = g_mime_encoding_flush(&decoding->state, "", 0, out);
		decoding->ended = true;
		return true;
	}
	*size = decoding->plain ? take_base64(&left, decoding->encoding, out) : 0;
	decoding->plain = *size > 0;
	if (!decoding->plain) {
		*size = g_mime_encoding_step(&decoding->state, piece.data, piece.size, out);
		left.size = 0;
	}
	decoding->rest = span_after(decoding->rest, piece.size - left.size);
	return true;
}

bool mime_has_room(const struct mime_part *part, const struct arena *arena)
{
	size_t wanted = part->encoding == MIME_IDENTITY ? 0 : part->raw.size / 4 * 3;

	return arena->total_bytes + wanted <= UNPACKED_BYTES_MAX || part->decoded->data;
}

struct span mime_decode_start(const struct mime_part *part, size_t max_bytes, struct arena *arena)
{
	struct decoding decoding;
	size_t size = 0, got;

	if (part->decoded->data || part->encoding == MIME_IDENTITY || part->raw.size <= max_bytes)
		return span_part(mime_decode(part, arena), 0, max_bytes);
	decoding_begin(&decoding, part);
	char *out = arena_alloc(arena, max_bytes + decoding_room(&decoding));
	while (size < max_bytes && decoding_next(&decoding, out + size, &got))
		size += got;
	return (struct span){out, size < max_bytes ? size : max_bytes};
}

static struct digest digest_decoded(const struct mime_part *part, uint64_t *size_bytes)
{
	struct digest_stream *stream = digest_stream_new();
	struct decoding decoding;
	size_t size;

	decoding_begin(&decoding, part);
	char *out = memory_alloc(decoding_room(&decoding));
	*size_bytes = 0;
	while (decoding_next(&decoding, out, &size)) {
		digest_stream_add(stream, (struct span){out, size});
		*size_bytes += size;
	}
	free(out);
	return digest_stream_end(stream);
}

/* A document of usual size is looked into as well: it is decoded once for both. */
struct digest mime_digest(const struct mime_part *part, struct arena *arena, uint64_t *size_bytes)
{
	if (!part->decoded->data && part->raw.size > DECODE_ONCE_BYTES)
		return digest_decoded(part, size_bytes);
	*size_bytes = mime_decode(part, arena).size;
	return digest_of(mime_decode(part, arena));
}
