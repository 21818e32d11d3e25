#include "base/gzip.h"

#include <stdint.h>
#include <zlib.h>

#include "base/memory.h"

#define GZIP_WINDOW   (15 + 16) /* the largest window, gzip's header and trailer */
#define GZIP_MEMORY   8
#define INFLATE_BYTES 65536u

static void deflate_append(struct buffer *out, struct span plain, int window)
{
	z_stream stream = {0};
	size_t room;

	if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window, GZIP_MEMORY,
		    Z_DEFAULT_STRATEGY) != Z_OK)
		memory_exhausted();
	room = deflateBound(&stream, plain.size);
	stream.next_in = (Bytef *)(uintptr_t)plain.data;
	stream.avail_in = (uInt)plain.size;
	stream.next_out = (Bytef *)buffer_reserve(out, room);
	stream.avail_out = (uInt)room;
	deflate(&stream, Z_FINISH); /* room for all of it: ends in one call */
	out->size += room - stream.avail_out;
	deflateEnd(&stream);
}

void gzip_append(struct buffer *out, struct span plain)
{
	deflate_append(out, plain, GZIP_WINDOW);
}

void gzip_deflate(struct buffer *out, struct span plain, uint32_t *crc)
{
	*crc = (uint32_t)crc32(0, (const Bytef *)plain.data, (uInt)plain.size);
	deflate_append(out, plain, -MAX_WBITS);
}

bool gzip_inflate(struct buffer *out, struct span packed, size_t max_bytes, struct error *err)
{
	z_stream stream = {.next_in = (Bytef *)(uintptr_t)packed.data,
		.avail_in = (uInt)(packed.size < UINT32_MAX ? packed.size : UINT32_MAX)};
	size_t begin = out->size;
	int result = Z_OK;

	if (inflateInit(&stream) != Z_OK)
		memory_exhausted();
	while (result == Z_OK && out->size - begin <= max_bytes) {
		stream.next_out = (Bytef *)buffer_reserve(out, INFLATE_BYTES);
		stream.avail_out = INFLATE_BYTES;
		result = inflate(&stream, Z_NO_FLUSH);
		out->size += INFLATE_BYTES - stream.avail_out;
	}
	inflateEnd(&stream);
	if (out->size - begin > max_bytes)
		return error_set(err, ERROR_LIMIT, "more than %zu bytes when unpacked", max_bytes);
	if (result != Z_STREAM_END && (result != Z_BUF_ERROR || out->size == begin))
		return error_set(err, ERROR_INPUT, "no zlib stream");
	return true;
}
