#include "store/list.h"

#include <string.h>

void *list_add(struct list *list)
{
	if (list->count == list->capacity) {
		size_t capacity = list->capacity ? 2 * list->capacity : 16;
		void *items = arena_alloc_array(list->arena, capacity, list->item_bytes);

		if (list->count)
			memcpy(items, list->items, list->count * list->item_bytes);
		list->items = items;
		list->capacity = capacity;
	}
	return (char *)list->items + list->count++ * list->item_bytes;
}
