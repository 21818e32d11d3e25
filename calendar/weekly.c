#include "base/zone.h"
#include "calendar/item.h"

bool calendar_in_window(const struct calendar_feed *feed, struct date day)
{
	int64_t distance = date_to_days(day) - date_to_days(feed->today);

	return distance >= -feed->before_days && distance <= feed->after_days;
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
		.start_ms = zone_instant(weekly->zone, day, weekly->hour, weekly->minute, 0),
		.length_ms = weekly->length_ms,
		.created_ms = weekly->changed_ms,
		.changed_ms = weekly->changed_ms,
		.sequence = weekly->sequence,
	};
}

bool calendar_weekly_items(
	const struct calendar_feed *feed, calendar_each *each, void *context, struct error *err)
{
	struct date before = date_add_days(feed->today, -feed->before_days - 1);
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

bool calendar_alert_items(
	const struct calendar_feed *feed, calendar_each *each, void *context, struct error *err)
{
	/* what the day's item is made of does not change: it is as old as the day */
	int64_t since_ms = zone_instant(feed->zone, feed->today, 0, 0, 0);
	CLEANUP(arena_done) struct arena arena = {0};
	char text[DATE_TEXT_SIZE];

	for (size_t i = 0; i < feed->alert_count; i++) {
		const struct calendar_alert *alert = &feed->alerts[i];
		struct calendar_item item = {
			.uid = arena_format(&arena, "%.*s-%s@%s", SPAN_ARG(alert->name),
				date_text(feed->today, text), feed->instance),
			.title = calendar_clean(&arena, alert->title, 250, false),
			.description = alert->description,
			.day = feed->today,
			.created_ms = since_ms,
			.changed_ms = since_ms,
		};

		if (!each(context, &item, err))
			return false;
	}
	return true;
}
