/*
 * quarantine.h - a person's answer to mail from somebody who may not write to a mailbox.
 */
#ifndef INGEST_QUARANTINE_H
#define INGEST_QUARANTINE_H

#include "ingest/intake.h"
#include "store/operation.h"

/*
 * Decides the mail as if the check had passed. One of which only the header was kept is asked for
 * from its server first and decided when it comes; until then it stays quarantined, by the rule
 * "released by a person: …". Inside the caller's operation, which undo puts back.
 * ERROR_INPUT when it is not quarantined, was never read, or its mailbox is no longer configured.
 */
MUST_CHECK bool quarantine_release(struct intake *intake, struct operation *operation,
	int64_t message_id, const char *actor, struct error *err);
/* Ignored by the rule "dropped by a person"; its bytes go after retention.quarantined. */
MUST_CHECK bool quarantine_drop(struct intake *intake, struct operation *operation,
	int64_t message_id, const char *actor, struct error *err);

/*
 * Nobody can give the body of a released mail any more (why: the server's words): what its header
 * says is recorded, and an item of reason "body-gone" asks for the rest. Inside a write
 * transaction. A mail that does not wait for its body is left alone.
 */
MUST_CHECK bool quarantine_body_gone(struct intake *intake, int64_t message_id, struct span why,
	const char *actor, int64_t now_ms, struct error *err);

/* What would let this sender in for good. */
struct quarantine_advice {
	struct span option; /* "users[].addresses", "mailboxes[].may_write"; empty: nothing helps */
	struct span name;   /* of the user or mailbox; empty: nobody can say which user it is */
	struct span line;   /* as the configuration should have it: "addresses: [a@…, b@…]" */
	struct span why;    /* "x@example.com is no user's address" */
};
/* By what was read of the mail. In arena. */
MUST_CHECK bool quarantine_advise(struct intake *intake, int64_t message_id, struct arena *arena,
	struct quarantine_advice *advice, struct error *err);

#endif
