/*
 * readmit.h - an erased person may write again: he leaves the list, and his mail that waited is
 * decided as if it had just come.
 */
#ifndef INGEST_READMIT_H
#define INGEST_READMIT_H

#include "ingest/intake.h"

/* *found false: nobody with this address (folded) was erased. *decided: mails. */
MUST_CHECK bool readmit_person(struct intake *intake, struct span folded, const char *actor,
	int64_t now_ms, bool dry_run, bool *found, int64_t *decided, struct error *err);

#endif
