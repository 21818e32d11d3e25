/*
 * quarantine.h - a person's answer to mail from somebody who may not write to a mailbox.
 */
#ifndef INGEST_QUARANTINE_H
#define INGEST_QUARANTINE_H

#include "ingest/intake.h"

/*
 * Decides the mail as if the check had passed; *state is the message's afterwards. A transaction of
 * its own, one operation (undo puts it back). ERROR_INPUT when it is not quarantined.
 */
MUST_CHECK bool quarantine_release(struct intake *intake, int64_t message_id, const char *actor,
	int64_t now_ms, int64_t *operation_id, struct error *err);
/* Ignored by the rule "dropped by a person"; its bytes go after retention.quarantined. */
MUST_CHECK bool quarantine_drop(struct intake *intake, int64_t message_id, const char *actor,
	int64_t now_ms, int64_t *operation_id, struct error *err);

#endif
