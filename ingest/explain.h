/*
 * explain.h - all that the daemon would read out of a mail and do with it, writing nothing; and
 * why a stored message was decided as it was (docs/explain.md).
 */
#ifndef INGEST_EXPLAIN_H
#define INGEST_EXPLAIN_H

#include <jansson.h>

#include "ingest/intake.h"

/*
 * The facts' JSON object with route, matches, requests' dues and effects filled in. mailbox NULL:
 * the envelope decides. The caller owns the reference. Reads only.
 */
MUST_CHECK bool explain_mail(struct intake *intake, const struct facts *facts, const char *file,
	const struct config_mailbox *mailbox, struct span folder, int64_t now_ms, json_t **object,
	struct error *err);

/* For `why MESSAGE`: routes with rule and policy evidence, matches with rule, evidence and the
 * candidates that lost, effects, items and who settled them. */
MUST_CHECK bool explain_message(
	struct intake *intake, int64_t message_id, json_t **object, bool *found, struct error *err);

#endif
