#include "daemon/feed_page.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/gzip.h"
#include "base/memory.h"
#include "base/zone.h"
#include "calendar/feed.h"
#include "daemon/feed_status.h"
#include "store/feed.h"
#include "store/feed_token.h"
#include "store/user.h"

#define PAGE_PREFIX    SPAN("/feed/")
#define KEPT_PAGES     64
#define PAGE_MAX_BYTES ((size_t)64 << 20)

/* What a rendering depends on beside the data. */
struct page_key {
	int64_t feed_id;
	enum calendar_kind kind;
	bool alarms, local_times;
	struct date today; /* or midnight would never move the window */
};

struct kept_page {
	struct page_key key;
	int64_t data_version;
	int64_t used; /* the least used one gives way */
	int64_t changed_ms;
	struct buffer plain, gzip;
	char etag[FEED_ETAG_SIZE], gzip_etag[FEED_ETAG_SIZE];
};

struct feed_pages {
	struct db *db;
	const struct config *config;
	int64_t uses;
	struct buffer text; /* of health and metrics */
	struct kept_page kept[KEPT_PAGES];
};

struct feed_pages *feed_pages_new(struct db *db, const struct config *config)
{
	struct feed_pages *pages = memory_alloc(sizeof *pages);

	*pages = (struct feed_pages){.db = db, .config = config};
	return pages;
}

void feed_pages_free(struct feed_pages *pages)
{
	if (!pages)
		return;
	for (size_t i = 0; i < KEPT_PAGES; i++) {
		buffer_done(&pages->kept[i].plain);
		buffer_done(&pages->kept[i].gzip);
	}
	buffer_done(&pages->text);
	free(pages);
}

static bool key_equal(const struct page_key *a, const struct page_key *b)
{
	return a->feed_id == b->feed_id && a->kind == b->kind && a->alarms == b->alarms &&
	       a->local_times == b->local_times && date_compare(a->today, b->today) == 0;
}

/* The kept page of the key, else the one that was not used for longest, emptied for it. */
static struct kept_page *kept_page_for(struct feed_pages *pages, const struct page_key *key)
{
	struct kept_page *oldest = &pages->kept[0];

	for (size_t i = 0; i < KEPT_PAGES; i++) {
		if (key_equal(&pages->kept[i].key, key))
			return &pages->kept[i];
		if (pages->kept[i].used < oldest->used)
			oldest = &pages->kept[i];
	}
	oldest->key = *key;
	oldest->data_version = -1;
	return oldest;
}

static void etag_of(struct span body, const char *encoding, char etag[FEED_ETAG_SIZE])
{
	struct digest digest = digest_of(body);
	char hex[DIGEST_HEX_SIZE];

	snprintf(etag, FEED_ETAG_SIZE, "\"%.24s%s\"", digest_hex(&digest, hex), encoding);
}

/* Whose items a feed shows, and in which zone its days begin. */
struct audience {
	int64_t *user_ids;
	size_t count;
	const char *zone;
	bool finance_run; /* one of them does it */
};

static const struct config_team *team_find(const struct config *config, struct span name)
{
	for (size_t i = 0; i < config->team_count; i++)
		if (span_equal(span_from(config->teams[i].name), name))
			return &config->teams[i];
	return NULL;
}

static bool does_finance_run(const struct config *config, const char *user)
{
	const struct config_strings *users = &config->finance_run.users;

	for (size_t i = 0; i < users->count; i++)
		if (strcmp(users->items[i], user) == 0)
			return true;
	return false;
}

static struct calendar_weekly finance_run(
	const struct config *config, const struct audience *audience, const struct feed_row *feed)
{
	const struct config_finance_run *run = &config->finance_run;

	return (struct calendar_weekly){
		.present = run->present && audience->finance_run,
		.name = SPAN("finance-run"),
		.title = SPAN("Finance run"),
		.on = run->on,
		.hour = run->hour,
		.minute = run->minute,
		.length_ms = run->length_ms,
		.since_ms = feed->created_ms,
	};
}

/* An empty audience: the configuration no longer knows the user or the team. */
static bool audience_of(struct feed_pages *pages, const struct feed_row *feed, struct arena *arena,
	struct audience *audience, struct error *err)
{
	const char *name = arena_string(arena, feed->name);
	const char **names = &name;
	size_t count = 1;

	*audience = (struct audience){.zone = pages->config->zone};
	if (span_equal(feed->scope, SPAN("team"))) {
		const struct config_team *team = team_find(pages->config, feed->name);

		if (!team)
			return true;
		names = team->users.items;
		count = team->users.count;
	} else {
		const struct config_user *user = config_user(pages->config, name);

		if (!user)
			return true;
		audience->zone = user->zone;
	}
	audience->user_ids = arena_array(arena, int64_t, count);
	for (size_t i = 0; i < count; i++) {
		int64_t id;

		if (!user_find(pages->db, span_from(names[i]), &id, err))
			return false;
		if (id != 0)
			audience->user_ids[audience->count++] = id;
		audience->finance_run |= does_finance_run(pages->config, names[i]);
	}
	return true;
}

static bool render(struct feed_pages *pages, struct kept_page *kept, const struct feed_row *feed,
	const struct audience *audience, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct calendar_content content;
	struct calendar_feed calendar = {
		.kind = kept->key.kind,
		.title = arena_format(
			&arena, "%s: %.*s", pages->config->organisation, SPAN_ARG(feed->name)),
		.instance = pages->config->instance,
		.zone = audience->zone,
		.user_ids = audience->user_ids,
		.user_count = audience->count,
		.alarms = kept->key.alarms,
		.local_times = kept->key.local_times,
		.today = kept->key.today,
		.follow_up_length_ms = pages->config->follow_up_length_ms,
		.weekly = finance_run(pages->config, audience, feed),
	};

	buffer_clear(&kept->plain);
	buffer_clear(&kept->gzip);
	kept->plain.max_bytes = PAGE_MAX_BYTES;
	if (!calendar_render(pages->db, &calendar, &kept->plain, &content, err))
		return false;
	if (kept->plain.full)
		return error_set(err, ERROR_LIMIT, "feed %lld: the calendar is above %zu bytes",
			(long long)feed->id, PAGE_MAX_BYTES);
	gzip_append(&kept->gzip, buffer_span(&kept->plain));
	etag_of(buffer_span(&kept->plain), "", kept->etag);
	etag_of(buffer_span(&kept->plain), "-gzip", kept->gzip_etag);
	kept->changed_ms = content.changed_ms;
	return true;
}

static bool query_has(struct span query, struct span wanted)
{
	struct span piece;

	while (span_next(&query, '&', &piece))
		if (span_equal(piece, wanted))
			return true;
	return false;
}

static bool calendar_page(struct feed_pages *pages, const struct feed_row *feed,
	enum calendar_kind kind, struct span query, int64_t now_ms, struct feed_page *page,
	bool *found, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct audience audience;
	struct page_key key = {feed->id, kind, query_has(query, SPAN("alarms=1")),
		query_has(query, SPAN("tzid=1")), {0}};
	struct kept_page *kept;
	int64_t version;

	if (!audience_of(pages, feed, &arena, &audience, err))
		return false;
	*found = audience.count > 0;
	if (!*found)
		return true;
	key.today = zone_local(audience.zone, now_ms).date;
	kept = kept_page_for(pages, &key);
	if (!db_data_version(pages->db, &version, err))
		return false;
	if (kept->data_version != version) {
		kept->data_version = -1;
		if (!render(pages, kept, feed, &audience, err))
			return false;
		kept->data_version = version;
	}
	kept->used = ++pages->uses;
	*page = (struct feed_page){
		.feed_id = feed->id,
		.content_type = "text/calendar; charset=utf-8",
		.plain = buffer_span(&kept->plain),
		.gzip = buffer_span(&kept->gzip),
		.changed_ms = kept->changed_ms,
	};
	memcpy(page->etag, kept->etag, sizeof page->etag);
	memcpy(page->gzip_etag, kept->gzip_etag, sizeof page->gzip_etag);
	return true;
}

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
	buffer_clear(&pages->text);
	if (!write(pages->db, pages->config, &pages->text, err))
		return false;
	*page = (struct feed_page){
		.content_type = content_type, .plain = buffer_span(&pages->text)};
	etag_of(page->plain, "", page->etag);
	return true;
}

bool feed_page_get(struct feed_pages *pages, struct span path, struct span query, int64_t now_ms,
	struct feed_page *page, bool *found, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = {0};
	enum calendar_kind kind;
	struct span token;
	struct digest hash;
	struct feed_row feed;

	*found = true;
	if (span_equal(path, SPAN("/health")))
		return text_page(pages, "application/json", feed_write_health, page, err);
	if (span_equal(path, SPAN("/metrics")))
		return text_page(pages, "text/plain; version=0.0.4", feed_write_metrics, page, err);
	*found = false;
	if (!span_starts(path, PAGE_PREFIX) ||
		!split_feed_path(span_after(path, PAGE_PREFIX.size), &token, &kind))
		return true;
	hash = feed_token_hash(token);
	if (!feed_by_token(pages->db, &hash, &arena, &feed, found, err))
		return false;
	if (!*found)
		return true;
	return calendar_page(pages, &feed, kind, query, now_ms, page, found, err);
}
