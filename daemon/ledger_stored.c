/*
 * ledger_stored.c - mails that lie in the database and are not decided yet: a parser died on them,
 * or the daemon did. Read from there again, with their tries counted there.
 */
#include "base/log.h"
#include "daemon/ledger.h"
#include "store/message.h"

#define STORED_WINDOW 16

void ledger_look_for_stored(struct ledger *ledger)
{
	ledger->stored_left = true;
	ledger->stored_after_id = 0;
}

static bool is_queued(const struct ledger *ledger, int64_t message_id)
{
	for (const struct entry *entry = ledger->stored.first; entry; entry = entry->next)
		if (entry->message_id == message_id)
			return true;
	return false;
}

void ledger_queue_failed(struct ledger *ledger, struct entry *entry, const struct error *why)
{
	entry->why = *why;
	entry->state = ENTRY_FAILED;
	entry->stage = "parse";
	entry->final = true;
	ledger_queue(ledger, entry);
}

void ledger_queue_raw(struct ledger *ledger, struct entry *entry)
{
	struct error why;

	if (entry->raw.size == 0) {
		error_write(&why, ERROR_INPUT, "its raw bytes are not kept");
		ledger_queue_failed(ledger, entry, &why);
		return;
	}
	ledger_queue(ledger, entry);
	ledger_unread(ledger, entry);
}

static bool queue(struct ledger *ledger, int64_t message_id, struct error *err)
{
	struct entry *entry = entry_new(&ledger->stored, ENTRY_STORED, (struct span){0});
	struct message_row row;
	bool found;

	entry->message_id = message_id;
	if (!message_get(ledger->db, message_id, &entry->arena, &row, &found, err) ||
		!message_raw_frame(ledger->db, message_id, &entry->raw, err)) {
		entry_free(entry);
		return false;
	}
	if (!found) {
		entry_free(entry);
		return true;
	}
	entry->alone = row.parse_tries > 0;
	entry->tries_counted = row.parse_tries;
	ledger_queue_raw(ledger, entry);
	return true;
}

bool ledger_queue_stored(struct ledger *ledger, struct error *err)
{
	struct arena arena = {0};
	int64_t *ids;
	size_t count;
	bool ok;

	/* what the open batch holds is not there yet */
	if (!ledger->stored_left || ledger->stored.first || ledger->batch.open || ledger->stopping)
		return true;
	ok = message_undecided(
		ledger->db, &arena, STORED_WINDOW, ledger->stored_after_id, &ids, &count, err);
	for (size_t i = 0; ok && i < count; i++) {
		ledger->stored_after_id = ids[i];
		ok = is_queued(ledger, ids[i]) || queue(ledger, ids[i], err);
	}
	if (ok && count < STORED_WINDOW)
		ledger->stored_left = false;
	arena_done(&arena);
	return ok;
}
