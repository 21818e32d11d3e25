/*
 * origin.h - mail that no person wrote: out-of-office notes, bounces, lists, newsletters. It never
 * opens anything, unless it brings an invoice or a web form (docs/kinds.md).
 */
#ifndef INGEST_ORIGIN_H
#define INGEST_ORIGIN_H

#include "ingest/plan.h"

bool origin_suppresses(const struct plan *plan);
/*
 * The rule `origin:NAME`. A bounce also marks the addresses that failed; of an out-of-office note
 * the day of return and the substitute are noted on the contact who sent it.
 */
MUST_CHECK bool origin_ignore(struct plan *plan, struct error *err);

#endif
