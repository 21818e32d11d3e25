#include "base/gzip.h"

#include <stdint.h>
#include <zlib.h>

#include "base/memory.h"

#define GZIP_WINDOW (15 + 16) /* the largest window, gzip's header and trailer */
#define GZIP_MEMORY 8

void gzip_append(struct buffer *out, struct span plain)
{
	z_stream stream = {0};
	size_t room;

	if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY,
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
