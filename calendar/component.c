#include "calendar/component.h"

#include <stdlib.h>

#include "base/zone.h"

static struct icaltimetype time_of(const struct zone_time *at, bool utc)
{
	struct icaltimetype time = icaltime_null_time();

	time.year = at->date.year;
	time.month = at->date.month;
	time.day = at->date.day;
	time.hour = at->hour;
	time.minute = at->minute;
	time.second = at->second;
	if (utc)
		time.zone = icaltimezone_get_utc_timezone();
	return time;
}

static struct icaltimetype utc_time(int64_t instant_ms)
{
	struct zone_time at = zone_local("UTC", instant_ms);

	return time_of(&at, true);
}

void component_add_common(
	icalcomponent *component, struct arena *arena, const struct calendar_item *item)
{
	struct icaltimetype changed = utc_time(item->changed_ms);

	icalcomponent_add_property(component, icalproperty_new_uid(arena_string(arena, item->uid)));
	icalcomponent_add_property(component, icalproperty_new_dtstamp(changed));
	icalcomponent_add_property(component, icalproperty_new_created(utc_time(item->created_ms)));
	icalcomponent_add_property(component, icalproperty_new_lastmodified(changed));
	icalcomponent_add_property(component, icalproperty_new_sequence(item->sequence));
	icalcomponent_add_property(
		component, icalproperty_new_summary(arena_string(arena, item->title)));
	if (!span_is_empty(item->description))
		icalcomponent_add_property(component,
			icalproperty_new_description(arena_string(arena, item->description)));
}

void component_add_alarm(
	icalcomponent *component, struct arena *arena, const struct calendar_item *item)
{
	struct icaltriggertype trigger = {0};
	icalcomponent *alarm = icalcomponent_new_valarm();

	trigger.time = icaltime_null_time();
	trigger.duration = date_is_set(item->day) ? icaldurationtype_from_int(-9 * 3600)
						  : icaldurationtype_from_int(0);
	icalcomponent_add_property(alarm, icalproperty_new_action(ICAL_ACTION_DISPLAY));
	icalcomponent_add_property(alarm, icalproperty_new_trigger(trigger));
	icalcomponent_add_property(
		alarm, icalproperty_new_description(arena_string(arena, item->title)));
	icalcomponent_add_component(component, alarm);
}

void component_add_instant(icalcomponent *component, icalproperty_kind kind, int64_t instant_ms,
	const struct component_style *style)
{
	struct zone_time at = zone_local(style->zone ? style->zone : "UTC", instant_ms);
	icalproperty *property = icalproperty_new(kind);

	/* icalproperty_new_dtstart with a zone would silently write a floating time */
	icalproperty_set_value(property, icalvalue_new_datetime(time_of(&at, style->zone == NULL)));
	if (style->zone)
		icalproperty_add_parameter(property, icalparameter_new_tzid(style->zone));
	icalcomponent_add_property(component, property);
}

void component_add_day(icalcomponent *component, icalproperty_kind kind, struct date day)
{
	struct icaltimetype date = icaltime_null_date();
	icalproperty *property = icalproperty_new(kind);

	date.year = day.year;
	date.month = day.month;
	date.day = day.day;
	icalproperty_set_value(property, icalvalue_new_date(date));
	icalproperty_add_parameter(property, icalparameter_new_value(ICAL_VALUE_DATE));
	icalcomponent_add_property(component, property);
}

void component_add_x(icalcomponent *component, const char *name, const char *value)
{
	icalproperty *property = icalproperty_new_x(value);

	icalproperty_set_x_name(property, name);
	icalcomponent_add_property(component, property);
}

void component_append(struct buffer *out, icalcomponent *component)
{
	/* the _r function: the other returns a string from a ring of 2500 */
	char *lines = icalcomponent_as_ical_string_r(component);
	struct span rest = span_from(lines);
	ptrdiff_t at;

	/* libical 3.0 folds a line of 74 octets between the CR and the LF behind it */
	while ((at = span_find(rest, SPAN("\r\r\n \n"))) >= 0) {
		buffer_append(out, span_part(rest, 0, (size_t)at));
		buffer_append(out, SPAN("\r\n"));
		rest = span_after(rest, (size_t)at + 5);
	}
	buffer_append(out, rest);
	free(lines);
}
