/*
 * The configuration has no change times and no history; so the record keeps how the finance run was
 * configured last, since when, and how often it was otherwise before: "SEQUENCE CHANGED_MS HOW".
 */
#include "calendar/finance_run.h"

#include <inttypes.h>

#include "calendar/subscription.h"
#include "store/setting.h"

#define SETTING "finance-run"

struct memory {
	struct span how;
	int64_t changed_ms;
	int sequence;
};

static struct span how_of(const struct config *config, struct arena *arena)
{
	const struct config_finance_run *run = &config->finance_run;

	return arena_format(arena, "%d %d:%02d %" PRId64 " %s", (int)run->on, run->hour,
		run->minute, run->length_ms, config->zone);
}

static bool recall(struct db *db, struct arena *arena, struct memory *memory, struct error *err)
{
	struct span text, sequence, changed;
	unsigned long long number, instant;

	*memory = (struct memory){.sequence = -1};
	if (!setting_get(db, SETTING, arena, &text, err))
		return false;
	if (span_next(&text, ' ', &sequence) && span_next(&text, ' ', &changed) &&
		span_to_u64(sequence, INT32_MAX - 1, &number) &&
		span_to_u64(changed, INT64_MAX, &instant))
		*memory = (struct memory){text, (int64_t)instant, (int)number};
	return true;
}

bool finance_run_read(
	struct db *db, const struct config *config, struct calendar_weekly *run, struct error *err)
{
	const struct config_finance_run *configured = &config->finance_run;
	CLEANUP(arena_done) struct arena arena = {0};
	struct memory memory;

	if (!recall(db, &arena, &memory, err))
		return false;
	*run = (struct calendar_weekly){
		.present = configured->present,
		.name = SPAN("finance-run"),
		.title = SPAN("Finance run"),
		.zone = config->zone,
		.on = configured->on,
		.hour = configured->hour,
		.minute = configured->minute,
		.length_ms = configured->length_ms,
		.changed_ms = memory.changed_ms,
		.sequence = memory.sequence < 0 ? 0 : memory.sequence,
	};
	return true;
}

bool calendar_remember(
	struct db *db, const struct config *config, int64_t now_ms, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct memory memory;
	struct span how;

	if (!config->finance_run.present)
		return true;
	how = how_of(config, &arena);
	if (!recall(db, &arena, &memory, err))
		return false;
	if (span_equal(memory.how, how))
		return true;
	return setting_set(db, SETTING,
		arena_format(
			&arena, "%d %" PRId64 " %.*s", memory.sequence + 1, now_ms, SPAN_ARG(how)),
		err);
}
