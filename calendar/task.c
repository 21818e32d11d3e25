/* VTODO: rules 6, 7, 9 and 10. */
#include "calendar/component.h"

icalcomponent *component_new_task(
	struct arena *arena, const struct calendar_item *item, const struct component_style *style)
{
	icalcomponent *task = icalcomponent_new_vtodo();

	component_add_common(task, arena, item);
	if (item->start_ms != 0)
		component_add_instant(task, ICAL_DUE_PROPERTY, item->start_ms, style);
	else if (date_is_set(item->day))
		component_add_day(task, ICAL_DUE_PROPERTY, item->day);
	icalcomponent_add_property(task, icalproperty_new_status(ICAL_STATUS_NEEDSACTION));
	/* an alarm needs a time to count from */
	if (style->alarms && (item->start_ms != 0 || date_is_set(item->day)))
		component_add_alarm(task, arena, item);
	return task;
}
