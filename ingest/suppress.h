/*
 * suppress.h - those who were erased stay out: mail from before it that comes again (another
 * mailbox, an import) is kept without them, mail of theirs from afterwards waits for a person.
 */
#ifndef INGEST_SUPPRESS_H
#define INGEST_SUPPRESS_H

#include "ingest/intake.h"
#include "ingest/plan.h"

/* The reason of items about somebody who was erased. */
#define SUPPRESS_REASON "erased-person"

/*
 * What of a mail may be kept; others' copies are told apart by it before a byte is stored.
 * Received by the topmost Received field, else by its Date.
 */
MUST_CHECK bool suppress_judge(struct intake *intake, const struct facts *facts, int64_t now_ms,
	enum intake_admission *admission, struct error *err);
/* Of one that is kept in part: the facts without those who were erased, in the intake's arena. */
MUST_CHECK bool suppress_scrub(struct intake *intake, const struct facts *facts, int64_t now_ms,
	struct facts *scrubbed, struct error *err);

/* Whether the address (folded) is on the list. */
MUST_CHECK bool suppress_is_erased(
	struct intake *intake, struct span folded, bool *erased, struct error *err);
/* The item that asks to readmit him. */
void suppress_ask(struct plan *plan, struct span address, const char *role);

#endif
