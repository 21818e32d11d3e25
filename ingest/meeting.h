/*
 * meeting.h - a mail's invite (parser/invite.h) as a meeting on somebody's timeline, and what later
 * mails say of it.
 */
#ifndef INGEST_MEETING_H
#define INGEST_MEETING_H

#include "ingest/plan.h"

/*
 * Makes the activity of a mail that carries an event a meeting at the event's time. When the
 * contact (else the company) has that meeting already, it stays the mail that it is, and the
 * meeting is changed by an effect of its own if this mail is newer (SEQUENCE, DTSTAMP; RFC 5546
 * section 2.1.5).
 */
MUST_CHECK bool meeting_plan(struct plan *plan, struct effect *activity, struct error *err);

#endif
