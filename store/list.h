/*
 * list.h - rows that come one by one, in an arena. For store/ alone.
 */
#ifndef STORE_LIST_H
#define STORE_LIST_H

#include "base/arena.h"

struct list {
	struct arena *arena;
	void *items;
	size_t count, capacity, item_bytes;
};

#define LIST_OF(type, arena_pointer)                                 \
	(struct list)                                                \
	{                                                            \
		.arena = (arena_pointer), .item_bytes = sizeof(type) \
	}

/* Room for one more, zeroed. */
void *list_add(struct list *list);

#endif
