#include "base/compress.h"

#include <stdint.h>
#include <zstd.h>

#include "base/memory.h"

#define LEVEL 1

static void set_parameters(ZSTD_CCtx *context)
{
	ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, LEVEL);
	/* four bytes a frame, so that a damaged page is noticed and not filed as a mail */
	ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
}

/* One context a process, made at first use: setting one up costs more than a small mail. */
static ZSTD_CCtx *compressor(void)
{
	static ZSTD_CCtx *context;

	if (context)
		return context;
	context = ZSTD_createCCtx();
	if (!context)
		memory_exhausted();
	set_parameters(context);
	return context;
}

static ZSTD_DCtx *decompressor(void)
{
	static ZSTD_DCtx *context;

	if (!context)
		context = ZSTD_createDCtx();
	if (!context)
		memory_exhausted();
	return context;
}

/* The buffer's cap in one step: all of size_bytes fits, or `full` is set and nothing is added. */
static bool fits(struct buffer *out, size_t size_bytes)
{
	if (out->full)
		return false;
	if (out->max_bytes == 0 || size_bytes <= out->max_bytes - out->size)
		return true;
	out->full = true;
	return false;
}

void compress_append(struct buffer *out, struct span plain)
{
	size_t bound = ZSTD_compressBound(plain.size);
	char *room = buffer_reserve(out, bound);
	size_t size = ZSTD_compress2(compressor(), room, bound, plain.data, plain.size);

	if (ZSTD_isError(size)) /* with room for the worst case only memory can be missing */
		memory_exhausted();
	if (fits(out, size))
		out->size += size;
}

bool compress_plain_size(struct span frame, size_t *size_bytes, struct error *err)
{
	unsigned long long size = ZSTD_getFrameContentSize(frame.data, frame.size);

	if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > SIZE_MAX)
		return error_set(err, ERROR_INPUT, "no zstd frame that says its size");
	*size_bytes = (size_t)size;
	return true;
}

bool compress_unpack(struct buffer *out, struct span frame, size_t max_bytes, struct error *err)
{
	size_t expected, got;

	if (!compress_plain_size(frame, &expected, err))
		return false;
	if (expected > max_bytes)
		return error_set(err, ERROR_LIMIT,
			"the frame holds %zu bytes, more than the %zu allowed", expected,
			max_bytes);
	if (!fits(out, expected))
		return error_set(
			err, ERROR_LIMIT, "the frame holds %zu bytes, no room for them", expected);
	if (ZSTD_findFrameCompressedSize(frame.data, frame.size) != frame.size)
		return error_set(
			err, ERROR_INPUT, "zstd frame cut short or followed by other bytes");
	got = ZSTD_decompressDCtx(
		decompressor(), buffer_reserve(out, expected), expected, frame.data, frame.size);
	if (ZSTD_isError(got))
		return error_set(
			err, ERROR_INPUT, "damaged zstd frame: %s", ZSTD_getErrorName(got));
	if (got != expected)
		return error_set(
			err, ERROR_INPUT, "damaged zstd frame: %zu bytes of %zu", got, expected);
	out->size += got;
	return true;
}

/* A context of its own: other mails may be compressed in between. */
struct compress_stream *compress_stream_new(uint64_t plain_bytes)
{
	ZSTD_CCtx *context = ZSTD_createCCtx();

	if (!context)
		memory_exhausted();
	set_parameters(context);
	ZSTD_CCtx_setPledgedSrcSize(context, plain_bytes);
	return (struct compress_stream *)context;
}

/* Feeds the piece until it is taken, or with ZSTD_e_end until the frame is whole. */
static bool stream_feed(
	ZSTD_CCtx *context, struct buffer *out, struct span piece, ZSTD_EndDirective directive)
{
	ZSTD_inBuffer in = {piece.data, piece.size, 0};
	size_t left;

	do {
		size_t room = ZSTD_CStreamOutSize();
		ZSTD_outBuffer pieces = {buffer_reserve(out, room), room, 0};

		left = ZSTD_compressStream2(context, &pieces, &in, directive);
		if (ZSTD_isError(left))
			return false;
		if (fits(out, pieces.pos))
			out->size += pieces.pos;
	} while (directive == ZSTD_e_end ? left > 0 : in.pos < in.size);
	return true;
}

bool compress_stream_add(struct compress_stream *stream, struct buffer *out, struct span piece)
{
	return stream_feed((ZSTD_CCtx *)stream, out, piece, ZSTD_e_continue);
}

bool compress_stream_end(struct compress_stream *stream, struct buffer *out)
{
	return stream_feed((ZSTD_CCtx *)stream, out, (struct span){0}, ZSTD_e_end);
}

void compress_stream_free(struct compress_stream *stream)
{
	ZSTD_freeCCtx((ZSTD_CCtx *)stream);
}
