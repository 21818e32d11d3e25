/*
 * component.h - what VEVENT and VTODO have in common, over libical. The only header of this folder
 * that knows libical, for this folder's own files.
 */
#ifndef CALENDAR_COMPONENT_H
#define CALENDAR_COMPONENT_H

#include <libical/ical.h>

#include "base/arena.h"
#include "calendar/item.h"

/* How times are written: UTC (zone NULL), or with the TZID of a VTIMEZONE in the calendar. */
struct component_style {
	const char *zone; /* IANA name or NULL */
	bool alarms;
};

/*
 * UID, DTSTAMP, CREATED, LAST-MODIFIED, SEQUENCE, SUMMARY, DESCRIPTION. DTSTAMP is the row's change
 * time, never now (rule 2).
 */
void component_add_common(
	icalcomponent *component, struct arena *arena, const struct calendar_item *item);
/* A display alarm: at the start of timed items, the day before at 15:00 of all-day ones (rule 10).
 */
void component_add_alarm(
	icalcomponent *component, struct arena *arena, const struct calendar_item *item);
/* DTSTART, DTEND or DUE of an instant, in the style. */
void component_add_instant(icalcomponent *component, icalproperty_kind kind, int64_t instant_ms,
	const struct component_style *style);
/* The same of a day (VALUE=DATE). */
void component_add_day(icalcomponent *component, icalproperty_kind kind, struct date day);
/* A property of free text that libical does not escape itself: the value must be clean. */
void component_add_x(icalcomponent *component, const char *name, const char *value);
/* Appends the component's lines (CRLF, folded). Frees nothing. */
void component_append(struct buffer *out, icalcomponent *component);

/* The two kinds of component, of event.c and task.c; the caller frees with icalcomponent_free. */
icalcomponent *component_new_event(
	struct arena *arena, const struct calendar_item *item, const struct component_style *style);
icalcomponent *component_new_task(
	struct arena *arena, const struct calendar_item *item, const struct component_style *style);

#endif
