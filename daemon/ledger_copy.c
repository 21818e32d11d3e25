/*
 * ledger_copy.c - further copies of mails that were decided before, whose own deciding failed: each
 * is built from its own header block and the body that all copies share, read and decided once
 * more, after a growing time, until it is done. What is to be done stands in the database
 * (server_action, verb decide), so a restart forgets none.
 */
#include "base/clock.h"
#include "base/compress.h"
#include "daemon/ledger.h"
#include "ingest/stored_copy.h"
#include "store/message.h"

#define COPIES_WINDOW 16
/* How often the database is asked for those whose time has come. */
#define LOOK_MS 5000
/* The first wait, doubled each time up to the last. */
#define AGAIN_MS 5000

static int64_t wait_ms(int tries)
{
	int64_t wait = AGAIN_MS;

	while (tries-- > 0 && wait < SERVER_ACTION_WAIT_MAX_MS)
		wait *= 2;
	return wait < SERVER_ACTION_WAIT_MAX_MS ? wait : SERVER_ACTION_WAIT_MAX_MS;
}

static bool is_queued(const struct ledger *ledger, int64_t delivery_id)
{
	for (const struct entry *entry = ledger->stored.first; entry; entry = entry->next)
		if (entry->delivery_id == delivery_id)
			return true;
	return false;
}

/* entry->raw becomes the copy as it came. */
static bool load(struct ledger *ledger, struct entry *entry, struct error *err)
{
	CLEANUP(buffer_done) struct buffer mail = {0};
	CLEANUP(buffer_done) struct buffer copy = {0};
	bool own = false;

	if (!message_raw_frame(ledger->db, entry->message_id, &entry->raw, err) || !entry->raw.size)
		return entry->raw.size == 0;
	if (!compress_unpack(&mail, buffer_span(&entry->raw), MESSAGE_MAX_BYTES, err) ||
		!stored_copy_build(ledger->db, entry->delivery_id, buffer_span(&mail),
			&entry->arena, &copy, &own, err))
		return false;
	if (!own)
		return true;
	buffer_clear(&entry->raw);
	compress_append(&entry->raw, buffer_span(&copy));
	return true;
}

static bool queue(struct ledger *ledger, const struct server_action_row *row, struct error *err)
{
	struct entry *entry = entry_new(&ledger->stored, ENTRY_STORED, (struct span){0});

	entry->message_id = row->message_id;
	entry->delivery_id = row->delivery_id;
	if (load(ledger, entry, err)) {
		ledger_queue_raw(ledger, entry);
		return true;
	}
	if (err->kind == ERROR_STORAGE) {
		entry_free(entry);
		return false;
	}
	/* one damaged mail costs itself; a ledger that ended on it would meet it again */
	ledger_queue_failed(ledger, entry, err);
	return true;
}

bool ledger_queue_copies(struct ledger *ledger, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = {0};
	int64_t now = clock_monotonic_ms();
	struct server_action_row *rows;
	size_t count;

	/* what the open batch holds is not there yet */
	if (now < ledger->copies_at_ms || ledger->batch.open || ledger->stopping)
		return true;
	ledger->copies_at_ms = now + LOOK_MS;
	if (!server_action_undecided(
		    ledger->db, clock_now_ms(), COPIES_WINDOW, &arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!is_queued(ledger, rows[i].delivery_id) && !queue(ledger, &rows[i], err))
			return false;
	}
	return true;
}

/* The delivery's row that asks for it, id 0: there is none. */
static bool asked(struct ledger *ledger, int64_t delivery_id, struct arena *arena,
	struct server_action_row *row, struct error *err)
{
	struct server_action_row *rows;
	size_t count;

	*row = (struct server_action_row){0};
	if (!server_action_undecided(ledger->db, INT64_MAX, INT32_MAX, arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (rows[i].delivery_id == delivery_id)
			*row = rows[i];
	return true;
}

bool copy_soon(struct ledger *ledger, int64_t delivery_id, int64_t now_ms, struct error *err)
{
	ledger->copies_at_ms = 0;
	return server_action_add(
		ledger->db, delivery_id, SPAN("decide"), (struct span){0}, now_ms, err);
}

bool copy_again(struct ledger *ledger, int64_t delivery_id, int64_t now_ms, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct server_action_row row;

	if (!asked(ledger, delivery_id, &arena, &row, err))
		return false;
	if (row.id)
		return server_action_tried(
			ledger->db, row.id, now_ms + wait_ms(row.tries + 1), err);
	return server_action_add(ledger->db, delivery_id, SPAN("decide"), (struct span){0},
		now_ms + wait_ms(0), err);
}

static bool decide(struct ledger *ledger, struct entry *entry,
	const struct message_delivery *delivery, const struct config_mailbox *mailbox,
	int64_t now_ms, struct error *err)
{
	struct intake_copy copy = {
		.message_id = entry->message_id,
		.delivery_id = entry->delivery_id,
		.mailbox = mailbox,
		.folder = delivery->folder,
		.actor = "postroomd",
	};

	return intake_decide(ledger->intake, &copy, &entry->facts, now_ms, err);
}

bool copy_apply(struct ledger *ledger, struct entry *entry, int64_t now_ms, struct error *err)
{
	struct message_delivery *rows;
	struct server_action_row row;
	size_t count;

	if (entry->state == ENTRY_FAILED)
		return copy_again(ledger, entry->delivery_id, now_ms, err);
	if (!asked(ledger, entry->delivery_id, &entry->arena, &row, err) ||
		!message_deliveries(
			ledger->db, entry->message_id, &entry->arena, &rows, &count, err))
		return false;
	if (row.id && !server_action_done(ledger->db, row.id, (struct span){0}, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct config_mailbox *mailbox = config_mailbox(
			ledger->config, arena_string(&entry->arena, rows[i].mailbox));

		/* the mailbox may have left the configuration meanwhile */
		if (rows[i].id != entry->delivery_id || !mailbox)
			continue;
		return decide(ledger, entry, &rows[i], mailbox, now_ms, err) &&
		       action_ask(ledger, mailbox, rows[i].id, rows[i].seen_ms,
			       &entry->action_added, err);
	}
	return true;
}
