#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

void buffer_init(struct buffer *buffer, size_t max_bytes)
{
	*buffer = (struct buffer){.max_bytes = max_bytes};
}

void buffer_done(struct buffer *buffer)
{
	free(buffer->data);
	buffer_init(buffer, buffer->max_bytes);
}

void buffer_clear(struct buffer *buffer)
{
	buffer->size = 0;
	buffer->full = false;
}

void buffer_forget(struct buffer *buffer)
{
	if (buffer->data)
		explicit_bzero(buffer->data, buffer->capacity);
	buffer_clear(buffer);
}

static void grow(struct buffer *buffer, size_t needed)
{
	size_t capacity = buffer->capacity > 0 ? buffer->capacity : 256;

	if (buffer->data && needed <= buffer->capacity)
		return;
	while (capacity < needed) {
		if (capacity > (size_t)-1 / 2)
			memory_exhausted();
		capacity *= 2;
	}
	buffer->data = memory_resize(buffer->data, capacity);
	buffer->capacity = capacity;
}

char *buffer_reserve(struct buffer *buffer, size_t size_bytes)
{
	if (size_bytes > (size_t)-1 - buffer->size)
		memory_exhausted();
	grow(buffer, buffer->size + size_bytes);
	return buffer->data + buffer->size;
}

void buffer_append(struct buffer *buffer, struct span span)
{
	if (span.size == 0 || buffer->full)
		return;
	if (buffer->max_bytes > 0 && span.size > buffer->max_bytes - buffer->size) {
		buffer->full = true;
		return;
	}
	memcpy(buffer_reserve(buffer, span.size), span.data, span.size);
	buffer->size += span.size;
}

void buffer_copy(struct buffer *buffer, struct span span)
{
	if (!buffer->data && span.size > 0) {
		buffer->data = memory_alloc(span.size);
		buffer->capacity = span.size;
	}
	buffer_append(buffer, span);
}

void buffer_append_byte(struct buffer *buffer, char byte)
{
	buffer_append(buffer, (struct span){&byte, 1});
}

void buffer_append_string(struct buffer *buffer, const char *string)
{
	buffer_append(buffer, span_from(string));
}

void buffer_format(struct buffer *buffer, const char *format, ...)
{
	va_list values, again;
	int size;

	va_start(values, format);
	va_copy(again, values);
	size = vsnprintf(NULL, 0, format, values);
	va_end(values);
	if (size > 0 && !buffer->full) {
		if (buffer->max_bytes > 0 && (size_t)size > buffer->max_bytes - buffer->size) {
			buffer->full = true;
		} else {
			char *room = buffer_reserve(buffer, (size_t)size + 1);

			vsnprintf(room, (size_t)size + 1, format, again);
			buffer->size += (size_t)size;
		}
	}
	va_end(again);
}

void buffer_drop(struct buffer *buffer, size_t size_bytes)
{
	if (size_bytes >= buffer->size) {
		buffer->size = 0;
		return;
	}
	buffer->size -= size_bytes;
	memmove(buffer->data, buffer->data + size_bytes, buffer->size);
}

const char *buffer_string(struct buffer *buffer)
{
	*buffer_reserve(buffer, 1) = '\0';
	return buffer->data;
}
