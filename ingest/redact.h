/*
 * redact.h - facts without the secrets of secret-tag mailboxes: such a tag must never reach the
 * record, a log or a terminal (threats, row 9b).
 */
#ifndef INGEST_REDACT_H
#define INGEST_REDACT_H

#include "ingest/directory.h"
#include "parser/facts.h"

/* The facts themselves when no secret is configured or none is in them, else a changed copy. */
const struct facts *redact_facts(
	const struct directory *directory, struct arena *arena, const struct facts *facts);

#endif
