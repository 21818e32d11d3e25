#include "daemon/feed_fetch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "daemon/role.h"

#define CLIENT_NAME_BYTES 200
#define REPORT_MS	  INT64_C(60000)
#define KEPT		  256

struct fetch {
	int64_t feed_id, at_ms;
	enum calendar_kind kind;
	uint32_t count;
	int status;
	size_t items, sent_bytes;
	char client[CLIENT_NAME_BYTES + 1];
};

struct feed_fetches {
	struct fetch kept[KEPT];
	size_t count;
	int64_t reported_ms; /* monotonic */
};

struct feed_fetches *feed_fetches_new(void)
{
	struct feed_fetches *fetches = memory_alloc(sizeof *fetches);

	fetches->count = 0;
	fetches->reported_ms = 0;
	return fetches;
}

void feed_fetches_free(struct feed_fetches *fetches)
{
	free(fetches);
}

static struct fetch *fetch_of(
	struct feed_fetches *fetches, const struct feed_page *page, const char *client)
{
	struct fetch *fetch;

	for (size_t i = 0; i < fetches->count; i++) {
		fetch = &fetches->kept[i];
		if (fetch->feed_id == page->feed_id && fetch->kind == page->kind &&
			strncmp(fetch->client, client, CLIENT_NAME_BYTES) == 0)
			return fetch;
	}
	if (fetches->count == KEPT)
		return NULL;
	fetch = &fetches->kept[fetches->count++];
	*fetch = (struct fetch){.feed_id = page->feed_id, .kind = page->kind};
	snprintf(fetch->client, sizeof fetch->client, "%s", client);
	return fetch;
}

bool feed_fetch_note(struct feed_fetches *fetches, const struct feed_page *page, const char *client,
	int status, size_t sent_bytes, int64_t now_ms)
{
	struct fetch *fetch = fetch_of(fetches, page, client);

	if (!fetch)
		return false;
	fetch->at_ms = now_ms;
	fetch->status = status;
	fetch->items = page->items;
	if (sent_bytes > 0)
		fetch->sent_bytes = sent_bytes;
	fetch->count++;
	return true;
}

bool feed_fetches_are_due(const struct feed_fetches *fetches, int64_t monotonic_ms)
{
	return fetches->count > 0 && monotonic_ms - fetches->reported_ms >= REPORT_MS;
}

bool feed_fetches_report(struct feed_fetches *fetches, struct channel *ledger, int64_t monotonic_ms,
	struct error *err)
{
	CLEANUP(buffer_done) struct buffer body = {0};
	size_t count = fetches->count;

	fetches->count = 0;
	fetches->reported_ms = monotonic_ms;
	for (size_t i = 0; i < count; i++) {
		const struct fetch *fetch = &fetches->kept[i];
		struct role_fetched fetched = {
			.feed_id = fetch->feed_id,
			.client = span_from(fetch->client),
			.calendar = fetch->kind == CALENDAR_TASKS ? SPAN("tasks") : SPAN("events"),
			.at_ms = fetch->at_ms,
			.status = fetch->status,
			.items = (uint32_t)fetch->items,
			.size_bytes = (int64_t)fetch->sent_bytes,
			.count = fetch->count,
		};

		buffer_clear(&body);
		role_write_fetched(&fetched, &body);
		if (!channel_send(ledger, ROLE_FETCHED, buffer_span(&body), err))
			return false;
	}
	return true;
}
