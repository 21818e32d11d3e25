/* The calendar around its components: rules 4, 9, 11 and 12. */
#include "calendar/feed.h"

#include <string.h>

#include "calendar/component.h"

#define REFRESH "PT1H"

struct render {
	const struct calendar_feed *feed;
	struct component_style style;
	struct arena arena; /* of one item */
	struct buffer *out;
};

static bool render_item(void *context, const struct calendar_item *item, struct error *err)
{
	struct render *render = context;
	icalcomponent *component =
		render->feed->kind == CALENDAR_EVENTS
			? component_new_event(&render->arena, item, &render->style)
			: component_new_task(&render->arena, item, &render->style);

	(void)err;
	component_append(render->out, component);
	icalcomponent_free(component);
	arena_reset(&render->arena);
	return true;
}

/* The VTIMEZONE of style.zone under its plain IANA name, not libical's prefixed TZID. */
static bool add_zone(icalcomponent *calendar, const struct calendar_feed *feed, struct error *err)
{
	icaltimezone *zone = icaltimezone_get_builtin_timezone(feed->zone);
	icalcomponent *definition;
	icalproperty *tzid;

	if (!zone)
		return error_set(err, ERROR_INPUT, "calendar: zone %s is not known", feed->zone);
	definition = icalcomponent_new_clone(icaltimezone_get_component(zone));
	icaltimezone_truncate_vtimezone(
		definition, icaltime_from_string("20200101T000000Z"), icaltime_null_time(), true);
	tzid = icalcomponent_get_first_property(definition, ICAL_TZID_PROPERTY);
	if (tzid)
		icalproperty_set_tzid(tzid, feed->zone);
	icalcomponent_add_component(calendar, definition);
	return true;
}

static icalcomponent *calendar_new(struct arena *arena, const struct calendar_feed *feed)
{
	const char *title = arena_string(arena, calendar_clean(arena, feed->title, 200, false));
	icalcomponent *calendar = icalcomponent_new(ICAL_VCALENDAR_COMPONENT);
	icalproperty *refresh;

	icalcomponent_add_property(calendar, icalproperty_new_version("2.0"));
	icalcomponent_add_property(
		calendar, icalproperty_new_prodid("-//postroom//" POSTROOM_VERSION "//EN"));
	icalcomponent_add_property(calendar, icalproperty_new_calscale("GREGORIAN"));
	icalcomponent_add_property(calendar, icalproperty_new_method(ICAL_METHOD_PUBLISH));
	icalcomponent_add_property(calendar, icalproperty_new_name(title));
	component_add_x(calendar, "X-WR-CALNAME", title);
	refresh = icalproperty_new_refreshinterval(icaldurationtype_from_string(REFRESH));
	icalproperty_add_parameter(refresh, icalparameter_new_value(ICAL_VALUE_DURATION));
	icalcomponent_add_property(calendar, refresh);
	component_add_x(calendar, "X-PUBLISHED-TTL", REFRESH);
	icalcomponent_add_property(calendar,
		icalproperty_new_color(feed->kind == CALENDAR_EVENTS ? "steelblue" : "seagreen"));
	return calendar;
}

static bool render_items(
	struct db *db, struct render *render, struct calendar_content *content, struct error *err)
{
	bool is_tasks = render->feed->kind == CALENDAR_TASKS;

	return calendar_items(db, render->feed, is_tasks, render_item, render, content, err) &&
	       (is_tasks || calendar_weekly_items(render->feed, render_item, render, err));
}

bool calendar_render(struct db *db, const struct calendar_feed *feed, struct buffer *out,
	struct calendar_content *content, struct error *err)
{
	static const char end[] = "END:VCALENDAR\r\n";
	struct render render = {
		.feed = feed,
		.style = {.zone = feed->local_times ? feed->zone : NULL, .alarms = feed->alarms},
		.out = out,
	};
	CLEANUP(arena_done) struct arena arena = {0};
	icalcomponent *calendar = calendar_new(&arena, feed);
	bool ok = !feed->local_times || add_zone(calendar, feed, err);

	if (ok) {
		component_append(out, calendar);
		out->size -= strlen(end); /* the components go in before it */
		ok = render_items(db, &render, content, err);
		buffer_append_string(out, end);
	}
	icalcomponent_free(calendar);
	arena_done(&render.arena);
	if (!ok)
		buffer_clear(out);
	return ok;
}
