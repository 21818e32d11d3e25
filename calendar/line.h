/*
 * line.h - content lines of iCalendar (RFC 5545 section 3.1), for this folder's own files: ended by
 * CRLF, folded at 75 octets between code points (rule 12), text escaped (section 3.3.11, rule 13).
 */
#ifndef CALENDAR_LINE_H
#define CALENDAR_LINE_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/date.h"

/* A property of the type TEXT; the text as calendar_clean gives it. */
void line_text(struct buffer *out, const char *name, struct span text);
/* A value as it stands, of our own making; name may carry parameters ("DUE;VALUE=DATE"). */
void line_value(struct buffer *out, const char *name, struct span value);
void line_string(struct buffer *out, const char *name, const char *value);
void line_number(struct buffer *out, const char *name, int number);
/* 20261121 */
void line_day(struct buffer *out, const char *name, struct date day);
/* 20261121T093000Z */
void line_instant(struct buffer *out, const char *name, int64_t instant_ms);
/* 20261121T103000 of the zone (IANA name), which stands beside the name as its TZID. */
void line_local(struct buffer *out, const char *name, int64_t instant_ms, const char *zone);

#endif
