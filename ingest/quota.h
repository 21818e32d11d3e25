/*
 * quota.h - a flood into quarantine must not fill the disk: beyond so many mails of a sender or a
 * mailbox only the header is kept, and the mail stays on the server.
 */
#ifndef INGEST_QUOTA_H
#define INGEST_QUOTA_H

#include "ingest/plan.h"

/* Of a plan that quarantines: drops the body when a quota is used up, and says so in the rule. */
MUST_CHECK bool quota_keep(struct plan *plan, struct error *err);

#endif
