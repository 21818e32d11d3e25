/*
 * status.h - does the ledger balance, do the mailboxes work, what waits: the JSON of
 * `postroom status` and of the daemon's health address, which therefore can't differ.
 */
#ifndef INGEST_STATUS_H
#define INGEST_STATUS_H

#include <jansson.h>

#include "base/error.h"
#include "config/config.h"
#include "store/db.h"

/*
 * {"time", "ledger": {…}, "queue": {…}, "mailboxes": […]}, of one view of the database, so that the
 * sum balances while the ledger writes. The caller owns the reference.
 */
MUST_CHECK bool status_read(struct db *db, const struct config *config, int64_t now_ms,
	json_t **status, struct error *err);
/*
 * The mailboxes alone, in the order of the configuration; those that it no longer names don't
 * show, and one that the daemon never touched is "not-started".
 */
MUST_CHECK bool status_mailboxes(
	struct db *db, const struct config *config, json_t **mailboxes, struct error *err);

#endif
