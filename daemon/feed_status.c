#include "daemon/feed_status.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/clock.h"
#include "store/mailbox.h"
#include "store/message.h"
#include "store/unresolved.h"

struct status {
	struct ledger_sum sum;
	struct unresolved_count queue;
	struct mailbox_row *mailboxes;
	size_t mailbox_count;
};

static bool status_read(
	struct db *db, struct arena *arena, struct status *status, struct error *err)
{
	return message_sum(db, &status->sum, err) && unresolved_waiting(db, &status->queue, err) &&
	       mailbox_list(db, arena, &status->mailboxes, &status->mailbox_count, err);
}

static json_t *json_time(int64_t instant_ms)
{
	char text[CLOCK_RFC3339_SIZE];

	return instant_ms == 0 ? json_null() : json_string(clock_rfc3339(instant_ms, 0, text));
}

static json_t *json_words(struct span text)
{
	return span_is_empty(text) ? json_null() : json_stringn(text.data, text.size);
}

static json_t *sum_json(const struct ledger_sum *sum)
{
	return json_pack("{sI sI sI sI sI sI sI sI}", "fetched", (json_int_t)sum->fetched,
		"received", (json_int_t)sum->received, "filed", (json_int_t)sum->filed, "waiting",
		(json_int_t)sum->waiting, "ignored", (json_int_t)sum->ignored, "quarantined",
		(json_int_t)sum->quarantined, "dead", (json_int_t)sum->dead, "erased",
		(json_int_t)sum->erased);
}

static json_t *mailboxes_json(const struct status *status)
{
	json_t *list = json_array();

	for (size_t i = 0; i < status->mailbox_count; i++) {
		const struct mailbox_row *mailbox = &status->mailboxes[i];

		json_array_append_new(
			list, json_pack("{so so so so so}", "name", json_words(mailbox->name),
				      "state", json_words(mailbox->state), "waits_for",
				      json_words(mailbox->waits_for), "last_success",
				      json_time(mailbox->last_success_ms), "last_error",
				      json_words(mailbox->last_error)));
	}
	return list;
}

bool feed_write_health(
	struct db *db, const struct config *config, struct buffer *out, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct status status;
	json_t *health;
	char *text;

	(void)config;
	if (!status_read(db, &arena, &status, err))
		return false;
	health = json_pack("{so s{sI so} so}", "ledger", sum_json(&status.sum), "queue", "waiting",
		(json_int_t)status.queue.waiting, "oldest", json_time(status.queue.oldest_ms),
		"mailboxes", mailboxes_json(&status));
	text = json_dumps(health, JSON_COMPACT);
	buffer_append_string(out, text);
	buffer_append_byte(out, '\n');
	free(text);
	json_decref(health);
	return true;
}

static void metric_head(struct buffer *out, const char *name, const char *type, const char *help)
{
	buffer_format(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void metric_states(struct buffer *out, const struct ledger_sum *sum)
{
	const struct {
		const char *state;
		int64_t count;
	} states[] = {
		{"received", sum->received},
		{"filed", sum->filed},
		{"waiting", sum->waiting},
		{"ignored", sum->ignored},
		{"quarantined", sum->quarantined},
		{"dead", sum->dead},
		{"erased", sum->erased},
	};

	metric_head(out, "postroom_messages", "gauge", "Messages by state.");
	for (size_t i = 0; i < ARRAY_COUNT(states); i++)
		buffer_format(out, "postroom_messages{state=\"%s\"} %lld\n", states[i].state,
			(long long)states[i].count);
}

/* A label value: backslash, quote and line end are escaped (exposition format). */
static void append_label(struct buffer *out, struct span text)
{
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] == '\n') {
			buffer_append_string(out, "\\n");
			continue;
		}
		if (text.data[i] == '\\' || text.data[i] == '"')
			buffer_append_byte(out, '\\');
		buffer_append_byte(out, text.data[i]);
	}
}

static void metric_mailboxes(struct buffer *out, const struct status *status)
{
	metric_head(out, "postroom_mailbox_last_success_timestamp_seconds", "gauge",
		"When the mailbox was last reached with nothing left behind.");
	for (size_t i = 0; i < status->mailbox_count; i++) {
		buffer_append_string(
			out, "postroom_mailbox_last_success_timestamp_seconds{mailbox=\"");
		append_label(out, status->mailboxes[i].name);
		buffer_format(out, "\"} %lld\n",
			(long long)(status->mailboxes[i].last_success_ms / 1000));
	}
}

bool feed_write_metrics(
	struct db *db, const struct config *config, struct buffer *out, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct status status;

	(void)config;
	if (!status_read(db, &arena, &status, err))
		return false;
	metric_states(out, &status.sum);
	metric_head(
		out, "postroom_deliveries_total", "counter", "Copies of mails seen on servers.");
	buffer_format(out, "postroom_deliveries_total %lld\n", (long long)status.sum.deliveries);
	metric_head(out, "postroom_unresolved_waiting", "gauge", "Items that wait for a person.");
	buffer_format(out, "postroom_unresolved_waiting %lld\n", (long long)status.queue.waiting);
	metric_mailboxes(out, &status);
	return true;
}
