#include "calendar/alert.h"

#include "store/mailbox.h"
#include "store/message.h"
#include "store/unresolved.h"

struct alerts {
	struct calendar_alert *items; /* room for one a mailbox, and two */
	size_t count;
	int64_t now_ms, until_ms;
	struct arena *arena;
};

static void alert(struct alerts *alerts, struct span name, struct span title, const char *todo)
{
	alerts->items[alerts->count++] = (struct calendar_alert){name, title, span_from(todo)};
}

/* Something that began then is too long ago now; else it will be. since_ms 0: it never began. */
static bool is_over(struct alerts *alerts, int64_t since_ms, int64_t most_ms)
{
	int64_t over_ms = since_ms + most_ms + 1;

	if (since_ms == 0)
		return false;
	if (alerts->now_ms >= over_ms)
		return true;
	if (over_ms < alerts->until_ms)
		alerts->until_ms = over_ms;
	return false;
}

/* Only mailboxes that the configuration still names are in the list. */
static void add_mailboxes(struct alerts *alerts, const struct mailbox_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		bool never_read = rows[i].last_success_ms == 0 && rows[i].last_error_ms != 0;

		if (!never_read && !is_over(alerts, rows[i].last_success_ms, ALERT_SILENT_MS))
			continue;
		alert(alerts,
			arena_format(alerts->arena, "mailbox-%lld-silent", (long long)rows[i].id),
			arena_format(alerts->arena, "postroom: mailbox %.*s is silent",
				SPAN_ARG(rows[i].name)),
			"No mail is read from it. What to do: postroom doctor");
	}
}

static bool add_queues(struct alerts *alerts, struct db *db, struct error *err)
{
	struct unresolved_count waiting;
	struct ledger_sum sum;

	if (!message_sum(db, &sum, err) || !unresolved_waiting(db, &waiting, err))
		return false;
	if (sum.quarantined > 0)
		alert(alerts, SPAN("quarantine"), SPAN("postroom: mail is in quarantine"),
			"Release or drop it: postroom quarantine list");
	if (is_over(alerts, waiting.oldest_ms, ALERT_QUEUE_MS))
		alert(alerts, SPAN("queue-old"),
			SPAN("postroom: unresolved items wait for more than two weeks"),
			"Settle them: postroom triage");
	return true;
}

bool alerts_read(struct db *db, int64_t now_ms, struct arena *arena, struct calendar_now *now,
	struct error *err)
{
	struct alerts alerts = {.now_ms = now_ms, .until_ms = now->until_ms, .arena = arena};
	struct mailbox_row *rows;
	size_t count;

	if (!mailbox_list(db, arena, &rows, &count, err))
		return false;
	alerts.items = arena_array(arena, struct calendar_alert, count + 2);
	add_mailboxes(&alerts, rows, count);
	if (!add_queues(&alerts, db, err))
		return false;
	now->until_ms = alerts.until_ms;
	now->feed.alerts = alerts.items;
	now->feed.alert_count = alerts.count;
	return true;
}
