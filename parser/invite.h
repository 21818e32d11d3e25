/*
 * invite.h - the only door to libical here: events that a mail carries as text/calendar (iTIP, RFC
 * 5546; iMIP, RFC 6047).
 */
#ifndef PARSER_INVITE_H
#define PARSER_INVITE_H

#include "parser/body.h"
#include "parser/defects.h"
#include "parser/facts.h"

/* Once a process, before the sandbox closes. */
void invite_init(void);

/*
 * Fills facts->invites with the events of every calendar in the two bodies. Of one event (UID and
 * RECURRENCE-ID) the newest by SEQUENCE and DTSTAMP counts, be it there as text and as .ics.
 * Calendars beyond CALENDAR_BYTES_MAX and its kin are a defect and stay unread.
 */
void invites_read(const struct body *body, const struct body *forwarded, struct arena *arena,
	struct defects *defects, struct facts *facts);

#endif
