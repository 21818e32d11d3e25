#include <string.h>

#include "ingest/erase.h"

/* A larger block with what was in it, in the arena. */
static void *grow(
	struct arena *arena, const void *items, size_t count, size_t *capacity, size_t item_bytes)
{
	void *grown;

	*capacity = *capacity ? 2 * *capacity : 64;
	grown = arena_alloc_array(arena, *capacity, item_bytes);
	if (count)
		memcpy(grown, items, count * item_bytes);
	return grown;
}

void erase_report_touched(struct erase_report *report, int64_t message_id)
{
	if (report->touched_count == report->touched_capacity)
		report->touched = grow(report->arena, report->touched, report->touched_count,
			&report->touched_capacity, sizeof *report->touched);
	report->touched[report->touched_count++] = message_id;
}

void erase_report_held(struct erase_report *report, int64_t message_id, int64_t ticket_id,
	int64_t until_ms, struct span subject)
{
	if (report->held_count == report->held_capacity)
		report->held = grow(report->arena, report->held, report->held_count,
			&report->held_capacity, sizeof *report->held);
	report->held[report->held_count++] = (struct erase_held){
		message_id, ticket_id, until_ms, arena_copy(report->arena, subject)};
}
