/* VTODO: rules 6, 7, 9 and 10. */
#include "calendar/component.h"
#include "calendar/line.h"

void component_append_task(
	struct buffer *out, const struct calendar_item *item, const struct component_style *style)
{
	bool has_day = date_is_set(item->day);

	line_string(out, "BEGIN", "VTODO");
	component_append_common(out, item);
	if (item->start_ms != 0)
		component_append_instant(out, "DUE", item->start_ms, style);
	else if (has_day)
		line_day(out, "DUE;VALUE=DATE", item->day);
	line_string(out, "STATUS", "NEEDS-ACTION");
	/* an alarm needs a time to count from */
	if (style->alarms && (item->start_ms != 0 || has_day))
		component_append_alarm(out, item, "TRIGGER;RELATED=END");
	line_string(out, "END", "VTODO");
}
