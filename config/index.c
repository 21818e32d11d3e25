#include "config/index.h"

#include <stdlib.h>

void index_init(struct index *index, struct arena *arena)
{
	*index = (struct index){.arena = arena};
}

static void grow(struct index *index)
{
	size_t capacity = index->capacity > 0 ? 2 * index->capacity : 16;
	struct index_entry *entries = arena_array(index->arena, struct index_entry, capacity);

	if (index->count > 0)
		memcpy(entries, index->entries, index->count * sizeof *entries);
	index->entries = entries;
	index->capacity = capacity;
}

void index_add(struct index *index, struct span key, const void *value, const void *place)
{
	if (index->count == index->capacity)
		grow(index);
	index->entries[index->count] = (struct index_entry){key, value, place, index->count};
	index->count++;
}

static int entry_compare(const void *a, const void *b)
{
	const struct index_entry *x = a, *y = b;
	int order = span_compare(x->key, y->key);

	return order != 0 ? order : (x->order > y->order) - (x->order < y->order);
}

void index_sort(struct index *index)
{
	if (index->count > 0)
		qsort(index->entries, index->count, sizeof *index->entries, entry_compare);
}

const struct index_entry *index_find(const struct index *index, struct span key)
{
	size_t low = 0, high = index->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (span_compare(index->entries[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == index->count || !span_equal(index->entries[low].key, key))
		return NULL;
	return &index->entries[low];
}

const struct index_entry *index_repeated(const struct index *index)
{
	const struct index_entry *first = NULL;

	for (size_t i = 1; i < index->count; i++) {
		const struct index_entry *entry = &index->entries[i];

		if (span_equal(entry->key, entry[-1].key) &&
			(first == NULL || entry->order < first->order))
			first = entry;
	}
	return first;
}
