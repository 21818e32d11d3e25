/*
 * component.h - a VEVENT or a VTODO around a calendar_item, for this folder's own files.
 */
#ifndef CALENDAR_COMPONENT_H
#define CALENDAR_COMPONENT_H

#include "base/buffer.h"
#include "calendar/item.h"

/* How times are written: UTC (zone NULL), or with the TZID of a VTIMEZONE in the calendar. */
struct component_style {
	const char *zone; /* IANA name or NULL */
	bool alarms;
};

/* Each appends the whole component; event.c and task.c. */
void component_append_event(
	struct buffer *out, const struct calendar_item *item, const struct component_style *style);
void component_append_task(
	struct buffer *out, const struct calendar_item *item, const struct component_style *style);

/* UID, DTSTAMP, CREATED, LAST-MODIFIED, SEQUENCE, SUMMARY, DESCRIPTION. DTSTAMP is the item's
 * change time, never now (rule 2). */
void component_append_common(struct buffer *out, const struct calendar_item *item);
/* DTSTART, DTEND or DUE of an instant, in the style; in UTC where the zone's clock is ambiguous. */
void component_append_instant(struct buffer *out, const char *name, int64_t instant_ms,
	const struct component_style *style);
/*
 * A display alarm: at the time of timed items, the day before at 15:00 of all-day ones (rule 10).
 * trigger: "TRIGGER", or with RELATED=END where the component has a DUE alone (RFC 5545 section
 * 3.8.6.3).
 */
void component_append_alarm(
	struct buffer *out, const struct calendar_item *item, const char *trigger);

/* The VTIMEZONE of an IANA zone. ERROR_INPUT: not known. */
MUST_CHECK bool timezone_append(struct buffer *out, const char *zone, struct error *err);

#endif
