/*
 * feed_cache.h - calendars that were rendered, by address and options: as long as nothing changed
 * they are served without a query.
 */
#ifndef DAEMON_FEED_CACHE_H
#define DAEMON_FEED_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/digest.h"
#include "calendar/subscription.h"

#define FEED_ETAG_SIZE 40

struct feed_key {
	struct digest token; /* its hash, as the database has it */
	struct calendar_options options;
};

struct feed_cached {
	struct feed_key key;
	int64_t feed_id;
	/* It is what would be rendered while the database has this version, between these times. */
	int64_t version, from_ms, until_ms;
	/*
	 * Since when the bytes are these, in seconds; never the same for other bytes, so it may lie
	 * a second ahead (RFC 9110 section 8.8.2.2).
	 */
	int64_t modified_s;
	size_t items;
	struct buffer plain; /* empty: forgotten */
	struct buffer gzip;  /* empty until somebody asks */
	char etag[FEED_ETAG_SIZE], gzip_etag[FEED_ETAG_SIZE];
	int64_t used;
	struct feed_cached *next; /* of the same bucket */
};

#define FEED_CACHE_ENTRIES 4096 /* and 64 MiB: those used longest ago go */

struct feed_cache;

struct feed_cache *feed_cache_new(void);
void feed_cache_free(struct feed_cache *cache);
/* NULL: not known. Valid until it is dropped, or another one is trimmed for. */
struct feed_cached *feed_cache_find(struct feed_cache *cache, const struct feed_key *key);
/* A new one, empty. */
struct feed_cached *feed_cache_add(struct feed_cache *cache, const struct feed_key *key);
/* It is served now. */
void feed_cache_use(struct feed_cache *cache, struct feed_cached *entry);
/* The entry grew: those used longest ago go where there is too much, but never the entry. */
void feed_cache_trim(struct feed_cache *cache, struct feed_cached *entry);
/*
 * Overwrites the bodies that belong to another version of the database: an erased person stands in
 * none of them for longer. Returns how many; what is known about them stays.
 */
size_t feed_cache_forget(struct feed_cache *cache, int64_t version);
void feed_cache_drop(struct feed_cache *cache, const struct feed_key *key);

#endif
