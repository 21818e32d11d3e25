/*
 * arena.h - memory of one message (or one command): taken piece by piece, given back all at once.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/compiler.h"
#include "base/span.h"

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
	size_t total_bytes;	    /* asked of malloc so far */
};

/* {0} is an empty arena too. */
void arena_init(struct arena *arena);
/* Gives everything back; the arena is empty and usable again. */
void arena_done(struct arena *arena);
/* Empties the arena; the next message finds as much room as this one needed, 1 MiB at most. */
void arena_reset(struct arena *arena);

/*
 * size_bytes zeroed bytes, aligned for any type. Never NULL: memory that ends is the end of the
 * process (a restart loses nothing, see docs/decisions).
 */
void *arena_alloc(struct arena *arena, size_t size_bytes);
/* count items of type, zeroed. */
#define arena_array(arena, type, count) ((type *)arena_alloc_array((arena), (count), sizeof(type)))
void *arena_alloc_array(struct arena *arena, size_t count, size_t item_bytes);

/* A copy of the bytes; data[size] is NUL, so that it also serves as a C string. */
struct span arena_copy(struct arena *arena, struct span span);
/* The copy as a C string; a NUL inside ends it early. */
const char *arena_string(struct arena *arena, struct span span);
struct span arena_format(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
