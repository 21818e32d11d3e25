#include "calendar/component.h"

#include "base/zone.h"
#include "calendar/line.h"

void component_append_common(struct buffer *out, const struct calendar_item *item)
{
	line_value(out, "UID", item->uid);
	line_instant(out, "DTSTAMP", item->changed_ms);
	line_instant(out, "CREATED", item->created_ms);
	line_instant(out, "LAST-MODIFIED", item->changed_ms);
	line_number(out, "SEQUENCE", item->sequence);
	line_text(out, "SUMMARY", item->title);
	if (!span_is_empty(item->description))
		line_text(out, "DESCRIPTION", item->description);
}

void component_append_instant(struct buffer *out, const char *name, int64_t instant_ms,
	const struct component_style *style)
{
	/* of an hour that comes twice RFC 5545 means the first, and python-icalendar the second */
	if (style->zone && !zone_comes_twice(style->zone, instant_ms))
		line_local(out, name, instant_ms, style->zone);
	else
		line_instant(out, name, instant_ms);
}

void component_append_alarm(
	struct buffer *out, const struct calendar_item *item, const char *trigger)
{
	line_string(out, "BEGIN", "VALARM");
	line_string(out, "ACTION", "DISPLAY");
	line_string(out, trigger, item->start_ms != 0 ? "PT0S" : "-PT9H");
	line_text(out, "DESCRIPTION", item->title);
	line_string(out, "END", "VALARM");
}
