/*
 * buffer.h - bytes that grow, up to a cap that the owner chose.
 */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "base/span.h"

struct buffer {
	char *data;
	size_t size, capacity;
	size_t max_bytes; /* 0: no cap of its own */
	bool full;	  /* something did not fit: what follows is dropped, the owner looks once */
};

/* {0} is an empty buffer without a cap. */
void buffer_init(struct buffer *buffer, size_t max_bytes);
void buffer_done(struct buffer *buffer);
/* Empties it and keeps the memory. */
void buffer_clear(struct buffer *buffer);

/* Empties it and overwrites what was in it, for secrets. */
void buffer_forget(struct buffer *buffer);

void buffer_append(struct buffer *buffer, struct span span);
/* An empty buffer gets the bytes, and no more room than they need: it is kept as it is. */
void buffer_copy(struct buffer *buffer, struct span span);
void buffer_append_byte(struct buffer *buffer, char byte);
void buffer_append_string(struct buffer *buffer, const char *string);
void buffer_format(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);
/* Room for size_bytes more (never NULL), to be written at data + size; the writer then adds to
 * size. */
char *buffer_reserve(struct buffer *buffer, size_t size_bytes);
/* Drops the first size_bytes. */
void buffer_drop(struct buffer *buffer, size_t size_bytes);

/* Valid until the next change. */
static inline struct span buffer_span(const struct buffer *buffer)
{
	return (struct span){buffer->data, buffer->size};
}
/* NUL-terminated; valid until the next change. */
const char *buffer_string(struct buffer *buffer);

#endif
