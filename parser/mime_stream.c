#include "parser/mime_stream.h"

#include <string.h>

struct mime_stream {
	GMimeStream parent;
	struct span head, body;
};

struct mime_stream_class {
	GMimeStreamClass parent;
};

static struct mime_stream *own(GMimeStream *stream)
{
	return (struct mime_stream *)stream;
}

/* Where the stream ends: its bound, else behind the body. */
static gint64 end_of(GMimeStream *stream)
{
	gint64 size = (gint64)(own(stream)->head.size + own(stream)->body.size);

	return stream->bound_end >= 0 && stream->bound_end < size ? stream->bound_end : size;
}

static ssize_t stream_read(GMimeStream *stream, char *out, size_t room)
{
	gint64 left = end_of(stream) - stream->position;
	size_t head_size = own(stream)->head.size, at = (size_t)stream->position;
	struct span from;

	if (left <= 0)
		return 0;
	if (room > (size_t)left)
		room = (size_t)left;
	from = at < head_size ? span_part(own(stream)->head, at, room)
			      : span_part(own(stream)->body, at - head_size, room);
	memcpy(out, from.data, from.size);
	stream->position += (gint64)from.size;
	return (ssize_t)from.size;
}

static ssize_t stream_write(GMimeStream *stream, const char *bytes, size_t size)
{
	(void)stream, (void)bytes, (void)size;
	return -1;
}

static int stream_nothing(GMimeStream *stream)
{
	(void)stream;
	return 0;
}

static gboolean stream_eos(GMimeStream *stream)
{
	return stream->position >= end_of(stream);
}

static int stream_reset(GMimeStream *stream)
{
	stream->position = stream->bound_start;
	return 0;
}

static gint64 stream_seek(GMimeStream *stream, gint64 offset, GMimeSeekWhence whence)
{
	gint64 from = whence == GMIME_STREAM_SEEK_CUR	? stream->position
		      : whence == GMIME_STREAM_SEEK_END ? end_of(stream)
							: 0;

	if (from + offset < stream->bound_start || from + offset > end_of(stream))
		return -1;
	stream->position = from + offset;
	return stream->position;
}

static gint64 stream_tell(GMimeStream *stream)
{
	return stream->position;
}

static gint64 stream_length(GMimeStream *stream)
{
	return end_of(stream) - stream->bound_start;
}

static GMimeStream *stream_part(GMimeStream *stream, gint64 begin, gint64 end)
{
	GMimeStream *part = mime_stream_new(own(stream)->head, own(stream)->body);

	g_mime_stream_construct(part, begin, end);
	return part;
}

static void class_begin(gpointer class, gpointer data)
{
	GMimeStreamClass *methods = class;

	(void)data;
	methods->read = stream_read;
	methods->write = stream_write;
	methods->flush = stream_nothing;
	methods->close = stream_nothing;
	methods->eos = stream_eos;
	methods->reset = stream_reset;
	methods->seek = stream_seek;
	methods->tell = stream_tell;
	methods->length = stream_length;
	methods->substream = stream_part;
}

static GType stream_type(void)
{
	static GType type;
	const GTypeInfo info = {
		.class_size = sizeof(struct mime_stream_class),
		.class_init = class_begin,
		.instance_size = sizeof(struct mime_stream),
	};

	if (type == 0)
		type = g_type_register_static(GMIME_TYPE_STREAM, "PostroomMimeStream", &info, 0);
	return type;
}

GMimeStream *mime_stream_new(struct span head, struct span body)
{
	GMimeStream *stream = g_object_new(stream_type(), NULL);

	own(stream)->head = head;
	own(stream)->body = body;
	g_mime_stream_construct(stream, 0, -1);
	return stream;
}
