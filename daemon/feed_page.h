/*
 * feed_page.h - the bodies that the feed serves: a calendar by its secret address, health and
 * metrics; rendered whole before a byte is sent, and kept while nothing changed. Knows no HTTP
 * library.
 */
#ifndef DAEMON_FEED_PAGE_H
#define DAEMON_FEED_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "calendar/feed.h"
#include "config/config.h"
#include "daemon/feed_cache.h"
#include "store/db.h"

struct feed_pages; /* the database, the configuration and what is kept rendered */

struct feed_pages *feed_pages_new(struct db *db, const struct config *config);
void feed_pages_free(struct feed_pages *pages);

struct feed_page {
	int64_t feed_id; /* 0: no calendar */
	enum calendar_kind kind;
	size_t items;
	const char *content_type;
	struct span plain;				      /* valid until the next page */
	char etag[FEED_ETAG_SIZE], gzip_etag[FEED_ETAG_SIZE]; /* strong, with quotes */
	int64_t modified_s;	    /* 0: unknown; may lie a second ahead (feed_cache.h) */
	struct feed_cached *cached; /* NULL: it is not compressed */
};

/*
 * The page of a path ("/feed/TOKEN/events.ics") with its query ("alarms=1", may be empty).
 * *found false: there is no such page, for whatever cause (never told apart). On failure
 * page->feed_id is that of the feed, where it got so far.
 */
MUST_CHECK bool feed_page_get(struct feed_pages *pages, struct span path, struct span query,
	int64_t now_ms, struct feed_page *page, bool *found, struct error *err);
/*
 * Overwrites what is kept from before the last commit, *count bodies; due now and then, since an
 * address that nobody fetches again would keep it. Pages got before are no longer valid.
 */
MUST_CHECK bool feed_pages_forget(struct feed_pages *pages, size_t *count, struct error *err);
/* page->plain as gzip, made when it is first asked for; empty where page->cached is NULL. */
struct span feed_page_gzip(struct feed_pages *pages, const struct feed_page *page);

#endif
