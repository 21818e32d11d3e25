#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

#define BLOCK_BYTES ((size_t)16 * 1024)
#define KEPT_BYTES  ((size_t)1 << 20) /* by arena_reset, at most */

struct arena_block {
	struct arena_block *next;
	size_t size, used;
	alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *arena)
{
	*arena = (struct arena){0};
}

static void blocks_free(struct arena_block *block)
{
	while (block) {
		struct arena_block *next = block->next;

		free(block);
		block = next;
	}
}

void arena_done(struct arena *arena)
{
	blocks_free(arena->blocks);
	arena_init(arena);
}

static struct arena_block *block_add(struct arena *arena, size_t at_least)
{
	size_t size = at_least > BLOCK_BYTES ? at_least : BLOCK_BYTES;
	struct arena_block *block = memory_alloc(sizeof *block + size);

	block->size = size;
	block->used = 0;
	arena->total_bytes += size;
	block->next = arena->blocks;
	arena->blocks = block;
	return block;
}

/* What one message needed, the next may need as well: then it is one block. */
void arena_reset(struct arena *arena)
{
	size_t total = arena->total_bytes < KEPT_BYTES ? arena->total_bytes : KEPT_BYTES;

	if (!arena->blocks)
		return;
	if (arena->blocks->next || arena->blocks->size > KEPT_BYTES) {
		arena_done(arena);
		block_add(arena, total);
	}
	arena->blocks->used = 0;
}

/* The bytes are not zeroed. */
static void *take(struct arena *arena, size_t size_bytes)
{
	const size_t align = alignof(max_align_t);
	size_t rounded = (size_bytes + align - 1) / align * align;
	struct arena_block *block = arena->blocks;
	void *piece;

	if (rounded < size_bytes)
		memory_exhausted();
	if (!block || block->size - block->used < rounded)
		block = block_add(arena, rounded);
	piece = block->bytes + block->used;
	block->used += rounded;
	return piece;
}

void *arena_alloc(struct arena *arena, size_t size_bytes)
{
	return memset(take(arena, size_bytes), 0, size_bytes);
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t item_bytes)
{
	if (item_bytes > 0 && count > SIZE_MAX / item_bytes)
		memory_exhausted();
	return arena_alloc(arena, count * item_bytes);
}

struct span arena_copy(struct arena *arena, struct span span)
{
	char *copy = take(arena, span.size + 1);

	if (span.size > 0)
		memcpy(copy, span.data, span.size);
	copy[span.size] = '\0';
	return (struct span){copy, span.size};
}

const char *arena_string(struct arena *arena, struct span span)
{
	return arena_copy(arena, span).data;
}

struct span arena_format(struct arena *arena, const char *format, ...)
{
	va_list values, again;
	int size;
	char *text;

	va_start(values, format);
	va_copy(again, values);
	size = vsnprintf(NULL, 0, format, values);
	va_end(values);
	text = arena_alloc(arena, (size_t)(size > 0 ? size : 0) + 1);
	if (size > 0)
		vsnprintf(text, (size_t)size + 1, format, again);
	va_end(again);
	return (struct span){text, size > 0 ? (size_t)size : 0};
}
