/* VEVENT: rules 6, 7, 9 and 10. */
#include "calendar/component.h"
#include "calendar/line.h"

void component_append_event(
	struct buffer *out, const struct calendar_item *item, const struct component_style *style)
{
	line_string(out, "BEGIN", "VEVENT");
	component_append_common(out, item);
	if (item->start_ms != 0) {
		component_append_instant(out, "DTSTART", item->start_ms, style);
		component_append_instant(out, "DTEND", item->start_ms + item->length_ms, style);
	} else {
		line_day(out, "DTSTART;VALUE=DATE", item->day);
		line_day(out, "DTEND;VALUE=DATE", date_add_days(item->day, 1));
	}
	line_string(out, "TRANSP", "TRANSPARENT");
	if (style->alarms)
		component_append_alarm(out, item, "TRIGGER");
	line_string(out, "END", "VEVENT");
}
