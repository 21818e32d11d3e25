/* VEVENT: rules 6, 7, 9 and 10. */
#include "calendar/component.h"

icalcomponent *component_new_event(
	struct arena *arena, const struct calendar_item *item, const struct component_style *style)
{
	icalcomponent *event = icalcomponent_new_vevent();

	component_add_common(event, arena, item);
	if (item->start_ms != 0) {
		component_add_instant(event, ICAL_DTSTART_PROPERTY, item->start_ms, style);
		component_add_instant(
			event, ICAL_DTEND_PROPERTY, item->start_ms + item->length_ms, style);
	} else {
		component_add_day(event, ICAL_DTSTART_PROPERTY, item->day);
		component_add_day(event, ICAL_DTEND_PROPERTY, date_add_days(item->day, 1));
	}
	icalcomponent_add_property(event, icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT));
	if (style->alarms)
		component_add_alarm(event, arena, item);
	return event;
}
