/*
 * quarantine.h - a person's answer to mail from somebody who may not write to a mailbox.
 */
#ifndef INGEST_QUARANTINE_H
#define INGEST_QUARANTINE_H

#include "ingest/intake.h"
#include "store/operation.h"

/*
 * Decides the mail as if the check had passed. Inside the caller's operation, which undo puts back.
 * ERROR_INPUT when it is not quarantined, was never read, or its mailbox is no longer configured.
 */
MUST_CHECK bool quarantine_release(struct intake *intake, struct operation *operation,
	int64_t message_id, const char *actor, struct error *err);
/* Ignored by the rule "dropped by a person"; its bytes go after retention.quarantined. */
MUST_CHECK bool quarantine_drop(struct intake *intake, struct operation *operation,
	int64_t message_id, const char *actor, struct error *err);

#endif
