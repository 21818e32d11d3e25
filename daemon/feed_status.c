#include "daemon/feed_status.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/clock.h"
#include "ingest/status.h"
#include "store/mailbox.h"
#include "store/message.h"
#include "store/unresolved.h"

struct status {
	struct ledger_sum sum;
	struct unresolved_count queue;
	struct mailbox_row *mailboxes;
	size_t mailbox_count;
};

static bool metrics_read(
	struct db *db, struct arena *arena, struct status *status, struct error *err)
{
	return message_sum(db, &status->sum, err) && unresolved_waiting(db, &status->queue, err) &&
	       mailbox_list(db, arena, &status->mailboxes, &status->mailbox_count, err);
}

bool feed_write_health(
	struct db *db, const struct config *config, struct buffer *out, struct error *err)
{
	json_t *health;
	char *text;

	if (!status_read(db, config, clock_now_ms(), &health, err))
		return false;
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
	if (!metrics_read(db, &arena, &status, err))
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
