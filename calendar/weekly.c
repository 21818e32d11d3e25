#include "base/zone.h"
#include "calendar/item.h"

#define WINDOW_BEFORE_DAYS 30
#define WINDOW_AFTER_DAYS  400

bool calendar_in_window(const struct calendar_feed *feed, struct date day)
{
	int64_t distance = date_to_days(day) - date_to_days(feed->today);

	return distance >= -WINDOW_BEFORE_DAYS && distance <= WINDOW_AFTER_DAYS;
}

static struct calendar_item item_of_day(
	struct arena *arena, const struct calendar_feed *feed, struct date day)
{
	const struct calendar_weekly *weekly = &feed->weekly;
	char text[DATE_TEXT_SIZE];

	return (struct calendar_item){
		.uid = arena_format(arena, "%.*s-%s@%s", SPAN_ARG(weekly->name),
			date_text(day, text), feed->instance),
		.title = weekly->title,
		.start_ms = zone_instant(feed->zone, day, weekly->hour, weekly->minute, 0),
		.length_ms = weekly->length_ms,
		.created_ms = weekly->since_ms,
		.changed_ms = weekly->since_ms,
	};
}

bool calendar_weekly_items(const struct calendar_feed *feed,
	bool (*each)(void *context, const struct calendar_item *item, struct error *err),
	void *context, struct error *err)
{
	struct date before = date_add_days(feed->today, -WINDOW_BEFORE_DAYS - 1);
	struct date day = date_next_weekday(before, feed->weekly.on);
	CLEANUP(arena_done) struct arena arena = {0};

	if (!feed->weekly.present)
		return true;
	for (; calendar_in_window(feed, day); day = date_add_days(day, 7)) {
		struct calendar_item item = item_of_day(&arena, feed, day);

		if (!each(context, &item, err))
			return false;
	}
	return true;
}
