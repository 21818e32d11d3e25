#include "daemon/feed_cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define BUCKETS 1024u /* a power of two */
/* Several thousand users with some hundred items each; a larger one is kept alone. */
#define KEPT_BYTES ((size_t)64 << 20)

struct feed_cache {
	struct feed_cached *buckets[BUCKETS];
	int64_t uses;
};

struct feed_cache *feed_cache_new(void)
{
	struct feed_cache *cache = memory_alloc(sizeof *cache);

	*cache = (struct feed_cache){0};
	return cache;
}

static size_t entry_bytes(const struct feed_cached *entry)
{
	return sizeof *entry + entry->plain.capacity + entry->gzip.capacity;
}

static void forget(struct buffer *body)
{
	buffer_forget(body);
	buffer_done(body);
}

static void entry_free(struct feed_cached *entry)
{
	forget(&entry->plain);
	forget(&entry->gzip);
	free(entry);
}

void feed_cache_free(struct feed_cache *cache)
{
	if (!cache)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct feed_cached *entry = cache->buckets[i], *next; entry; entry = next) {
			next = entry->next;
			entry_free(entry);
		}
	free(cache);
}

static bool key_equal(const struct feed_key *a, const struct feed_key *b)
{
	return digest_equal(&a->token, &b->token) && a->options.kind == b->options.kind &&
	       a->options.alarms == b->options.alarms &&
	       a->options.local_times == b->options.local_times &&
	       a->options.before_days == b->options.before_days &&
	       a->options.after_days == b->options.after_days;
}

/* The place that points to the key's entry, or to the NULL behind the last of its bucket. */
static struct feed_cached **place_of(struct feed_cache *cache, const struct feed_key *key)
{
	struct feed_cached **place;
	unsigned hash;

	memcpy(&hash, key->token.bytes, sizeof hash);
	/* one address may be asked for with many options */
	hash += (unsigned)key->options.before_days * 31u + (unsigned)key->options.after_days * 37u +
		(unsigned)key->options.kind;
	place = &cache->buckets[hash % BUCKETS];
	while (*place && !key_equal(&(*place)->key, key))
		place = &(*place)->next;
	return place;
}

struct feed_cached *feed_cache_find(struct feed_cache *cache, const struct feed_key *key)
{
	return *place_of(cache, key);
}

struct feed_cached *feed_cache_add(struct feed_cache *cache, const struct feed_key *key)
{
	struct feed_cached **place = place_of(cache, key), *entry = memory_alloc(sizeof *entry);

	*entry = (struct feed_cached){.key = *key, .version = -1, .next = *place};
	*place = entry;
	return entry;
}

void feed_cache_drop(struct feed_cache *cache, const struct feed_key *key)
{
	struct feed_cached **place = place_of(cache, key), *entry = *place;

	if (!entry)
		return;
	*place = entry->next;
	entry_free(entry);
}

size_t feed_cache_forget(struct feed_cache *cache, int64_t version)
{
	size_t count = 0;

	for (size_t i = 0; i < BUCKETS; i++)
		for (struct feed_cached *entry = cache->buckets[i]; entry; entry = entry->next) {
			if (entry->version == version || entry->plain.size == 0)
				continue;
			forget(&entry->plain);
			forget(&entry->gzip);
			count++;
		}
	return count;
}

/* How much there is now; *oldest: the one used longest ago. */
static size_t measure(struct feed_cache *cache, size_t *count, struct feed_cached **oldest)
{
	size_t bytes = 0;

	*oldest = NULL;
	*count = 0;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct feed_cached *entry = cache->buckets[i]; entry; entry = entry->next) {
			bytes += entry_bytes(entry);
			++*count;
			if (!*oldest || entry->used < (*oldest)->used)
				*oldest = entry;
		}
	return bytes;
}

void feed_cache_use(struct feed_cache *cache, struct feed_cached *entry)
{
	entry->used = ++cache->uses;
}

void feed_cache_trim(struct feed_cache *cache, struct feed_cached *entry)
{
	struct feed_cached *oldest;
	size_t count;

	feed_cache_use(cache, entry); /* it is not the oldest then */
	while ((measure(cache, &count, &oldest) > KEPT_BYTES || count > FEED_CACHE_ENTRIES) &&
		oldest != entry)
		feed_cache_drop(cache, &oldest->key);
}
