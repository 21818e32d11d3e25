/*
 * feed_fetch.h - who fetched which calendar and what he got, until the ledger is told: one report a
 * client, calendar and minute, so that clients that poll in a loop cost the ledger nothing.
 */
#ifndef DAEMON_FEED_FETCH_H
#define DAEMON_FEED_FETCH_H

#include "base/error.h"
#include "daemon/channel.h"
#include "daemon/feed_page.h"

struct feed_fetches;

struct feed_fetches *feed_fetches_new(void);
void feed_fetches_free(struct feed_fetches *fetches);

/*
 * Notes an answer of a calendar page. client: User-Agent, cut to 200 bytes. sent_bytes: of the
 * body. False: there is no room, report first and note again.
 */
MUST_CHECK bool feed_fetch_note(struct feed_fetches *fetches, const struct feed_page *page,
	const char *client, int status, size_t sent_bytes, int64_t now_ms);
/* There is something, and it is a minute ago that something was reported. */
bool feed_fetches_are_due(const struct feed_fetches *fetches, int64_t monotonic_ms);
/* Sends and forgets them all; what can't be sent is lost. */
MUST_CHECK bool feed_fetches_report(struct feed_fetches *fetches, struct channel *ledger,
	int64_t monotonic_ms, struct error *err);

#endif
