#include "daemon/feed_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gzip.h"
#include "base/memory.h"
#include "daemon/feed_status.h"
#include "store/feed.h"
#include "store/feed_token.h"

#define PAGE_PREFIX    SPAN("/feed/")
#define PAGE_MAX_BYTES ((size_t)64 << 20)

struct feed_pages {
	struct db *db;
	const struct config *config;
	struct buffer text; /* of health and metrics */
	struct feed_cache *cache;
};

struct feed_pages *feed_pages_new(struct db *db, const struct config *config)
{
	struct feed_pages *pages = memory_alloc(sizeof *pages);

	*pages = (struct feed_pages){.db = db, .config = config, .cache = feed_cache_new()};
	return pages;
}

void feed_pages_free(struct feed_pages *pages)
{
	if (!pages)
		return;
	feed_cache_free(pages->cache);
	buffer_done(&pages->text);
	free(pages);
}

/* ---------------------------------------------------------------- rendering */

static void etag_of(const struct digest *digest, const char *encoding, char etag[FEED_ETAG_SIZE])
{
	char hex[DIGEST_HEX_SIZE];

	snprintf(etag, FEED_ETAG_SIZE, "\"%.24s%s\"", digest_hex(digest, hex), encoding);
}

/* Takes the body. Bytes that are what they were keep their validators. */
static void entry_fill(struct feed_cached *entry, struct buffer *body, int64_t now_ms)
{
	struct digest digest = digest_of(buffer_span(body));
	int64_t now_s = now_ms / 1000;
	char etag[FEED_ETAG_SIZE];

	etag_of(&digest, "", etag);
	if (strcmp(etag, entry->etag) != 0) {
		memcpy(entry->etag, etag, sizeof etag);
		etag_of(&digest, "-gzip", entry->gzip_etag);
		entry->modified_s = now_s > entry->modified_s ? now_s : entry->modified_s + 1;
		buffer_forget(&entry->gzip);
	}
	buffer_forget(&entry->plain);
	buffer_done(&entry->plain);
	entry->plain = *body;
	*body = (struct buffer){0};
}

static bool render(struct feed_pages *pages, const struct feed_row *row,
	const struct calendar_feed *feed, struct feed_cached *entry, int64_t now_ms,
	struct error *err)
{
	CLEANUP(buffer_done) struct buffer body = {.max_bytes = PAGE_MAX_BYTES};

	if (!calendar_render(pages->db, feed, &body, &entry->items, err))
		return false;
	if (body.full)
		return error_set(err, ERROR_LIMIT, "feed %lld: the calendar is above %zu bytes",
			(long long)row->id, PAGE_MAX_BYTES);
	entry_fill(entry, &body, now_ms);
	return true;
}

/* In a view of the database. page->feed_id is set as soon as it is known. */
static bool entry_render(struct feed_pages *pages, const struct feed_key *key, int64_t version,
	int64_t now_ms, struct feed_page *page, bool *found, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct calendar_now now;
	struct feed_cached *entry;
	struct feed_row row;

	if (!feed_by_token(pages->db, &key->token, &arena, &row, found, err))
		return false;
	if (!*found)
		return true;
	page->feed_id = row.id;
	page->kind = key->options.kind;
	if (!calendar_subscription(pages->db, pages->config,
		    &(struct calendar_subject){row.scope, row.name}, &key->options, now_ms, &arena,
		    &now, found, err))
		return false;
	if (!*found)
		return true;
	entry = feed_cache_find(pages->cache, key);
	if (!entry)
		entry = feed_cache_add(pages->cache, key);
	entry->version = -1;
	if (!render(pages, &row, &now.feed, entry, now_ms, err))
		return false;
	entry->feed_id = row.id;
	entry->version = version;
	entry->from_ms = now_ms;
	entry->until_ms = now.until_ms;
	feed_cache_trim(pages->cache, entry);
	return true;
}

static bool calendar_page(struct feed_pages *pages, const struct feed_key *key, int64_t now_ms,
	struct feed_page *page, bool *found, struct error *err)
{
	struct feed_cached *entry = feed_cache_find(pages->cache, key);
	int64_t version;
	bool ok;

	if (!db_data_version(pages->db, &version, err))
		return false;
	*found = true;
	if (!entry || entry->version != version || now_ms < entry->from_ms ||
		now_ms >= entry->until_ms) {
		if (!db_begin_read(pages->db, err))
			return false;
		ok = entry_render(pages, key, version, now_ms, page, found, err);
		db_end_read(pages->db);
		if (!ok)
			return false;
		if (!*found) {
			feed_cache_drop(pages->cache, key);
			return true;
		}
		entry = feed_cache_find(pages->cache, key);
	}
	feed_cache_use(pages->cache, entry);
	*page = (struct feed_page){
		.feed_id = entry->feed_id,
		.kind = key->options.kind,
		.items = entry->items,
		.content_type = "text/calendar; charset=utf-8",
		.plain = buffer_span(&entry->plain),
		.modified_s = entry->modified_s,
		.cached = entry,
	};
	memcpy(page->etag, entry->etag, sizeof page->etag);
	memcpy(page->gzip_etag, entry->gzip_etag, sizeof page->gzip_etag);
	return true;
}

bool feed_pages_forget(struct feed_pages *pages, size_t *count, struct error *err)
{
	int64_t version;

	*count = 0;
	if (!db_data_version(pages->db, &version, err))
		return false;
	*count = feed_cache_forget(pages->cache, version);
	return true;
}

struct span feed_page_gzip(struct feed_pages *pages, const struct feed_page *page)
{
	struct feed_cached *entry = page->cached;

	if (!entry)
		return (struct span){0};
	if (entry->gzip.size == 0) {
		gzip_append(&entry->gzip, buffer_span(&entry->plain));
		feed_cache_trim(pages->cache, entry);
	}
	return buffer_span(&entry->gzip);
}

/* ---------------------------------------------------------------- paths */

/* "TOKEN/events.ics" into its parts; false when it has another shape. */
static bool split_feed_path(struct span rest, struct span *token, enum calendar_kind *kind)
{
	if (!span_next(&rest, '/', token))
		return false;
	if (span_equal(rest, SPAN("events.ics")))
		*kind = CALENDAR_EVENTS;
	else if (span_equal(rest, SPAN("tasks.ics")))
		*kind = CALENDAR_TASKS;
	else
		return false;
	return true;
}

static bool text_page(struct feed_pages *pages, const char *content_type,
	bool (*write)(
		struct db *db, const struct config *config, struct buffer *out, struct error *err),
	struct feed_page *page, struct error *err)
{
	struct digest digest;

	buffer_clear(&pages->text);
	if (!write(pages->db, pages->config, &pages->text, err))
		return false;
	*page = (struct feed_page){
		.content_type = content_type, .plain = buffer_span(&pages->text)};
	digest = digest_of(page->plain);
	etag_of(&digest, "", page->etag);
	return true;
}

bool feed_page_get(struct feed_pages *pages, struct span path, struct span query, int64_t now_ms,
	struct feed_page *page, bool *found, struct error *err)
{
	struct feed_key key = {0};
	enum calendar_kind kind;
	struct span token;

	*page = (struct feed_page){0};
	*found = true;
	if (span_equal(path, SPAN("/health")))
		return text_page(pages, "application/json", feed_write_health, page, err);
	if (span_equal(path, SPAN("/metrics")))
		return text_page(pages, "text/plain; version=0.0.4", feed_write_metrics, page, err);
	*found = false;
	if (!span_starts(path, PAGE_PREFIX) ||
		!split_feed_path(span_after(path, PAGE_PREFIX.size), &token, &kind))
		return true;
	key.token = feed_token_hash(token);
	key.options = calendar_options_read(kind, query);
	return calendar_page(pages, &key, now_ms, page, found, err);
}
