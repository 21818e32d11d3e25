/*
 * feed_status.h - how the daemon is, for machines: JSON for a health check and Prometheus text.
 * No names of people, no addresses, no subjects.
 */
#ifndef DAEMON_FEED_STATUS_H
#define DAEMON_FEED_STATUS_H

#include "base/buffer.h"
#include "base/error.h"
#include "config/config.h"
#include "store/db.h"

/* The JSON of `postroom status --json` (ingest/status.h). */
MUST_CHECK bool feed_write_health(
	struct db *db, const struct config *config, struct buffer *out, struct error *err);
/* Prometheus text exposition format, version 0.0.4. */
MUST_CHECK bool feed_write_metrics(
	struct db *db, const struct config *config, struct buffer *out, struct error *err);

#endif
