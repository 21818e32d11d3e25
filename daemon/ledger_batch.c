/*
 * ledger_batch.c - entries into transactions. A batch is one transaction that stays open while
 * further mails are read, so that parsers and readers never wait for the disk; a batch in which
 * something fails is taken back and done again entry by entry.
 */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "daemon/ledger.h"

/* Then the sockets want to be looked at again. */
#define APPLY_SLICE_MS 4

/* Anything else is the matter of one mail, a mistake of ours in deciding it included. */
static bool ends_process(const struct error *err)
{
	return err->kind == ERROR_STORAGE;
}

/* *begun false: somebody else writes for long; later. */
static bool begin(struct ledger *ledger, bool *begun, struct error *err)
{
	*begun = ledger->batch.open || db_begin_write(ledger->db, err);
	if (!*begun && err->kind != ERROR_BUSY)
		return false;
	if (!*begun)
		log_failure(LOG_LEVEL_WARNING, "database-busy", err);
	else if (!ledger->batch.open)
		ledger->batch = (struct batch){.open = true, .last = &ledger->batch.first};
	return true;
}

static void take_back(struct ledger *ledger)
{
	db_rollback(ledger->db);
	for (struct source *source = ledger->sources; source; source = source->next)
		source_forget_ids(source);
}

static void add(struct batch *batch, struct entry *entry)
{
	*batch->last = entry;
	batch->last = &entry->next;
	batch->messages += entry_has_content(entry);
	batch->bytes += entry_raw(entry).size;
	batch->complete = entry->kind != ENTRY_MAIL && entry->kind != ENTRY_HEADER &&
			  entry->kind != ENTRY_MISSING;
	batch->last_ms = clock_monotonic_ms();
}

/* Nothing of this reader goes on: its cursor may not move past what could not be written. */
static void give_up_source(const struct entry *entry, const struct error *why)
{
	struct source *source = entry->source;

	log_event(LOG_LEVEL_ERROR, "not-written",
		log_string("mailbox", source->mailbox ? source->mailbox : ""),
		log_number("message", entry->message_id), log_string("error", why->text),
		log_string("next", "the mailbox is read again from its last commit"));
	source->broken = source->kind == PEER_READER && source->mailbox;
	channel_close(&source->channel);
}

static bool is_mail(const struct entry *entry)
{
	return entry->kind == ENTRY_MAIL || entry->kind == ENTRY_STORED ||
	       entry->kind == ENTRY_HEADER;
}

/* What may be left out without harm: a report that does not fit, an action that is gone. */
static bool is_report(const struct entry *entry)
{
	return entry->kind == ENTRY_STATE || entry->kind == ENTRY_ACTION_DONE ||
	       entry->kind == ENTRY_FETCHED;
}

static void cannot_decide(struct entry *entry, const struct error *why)
{
	log_event(LOG_LEVEL_ERROR, "not-decided",
		log_string("mailbox", entry->source->mailbox ? entry->source->mailbox : ""),
		log_number("message", entry->message_id),
		log_string("error_kind", error_kind_name(why->kind)),
		log_string("error", why->text));
	entry->why = *why;
	entry->stage = "decide";
	entry->state = ENTRY_FAILED;
	entry->final = false;
}

/* One entry that may fail without harm to the others of the transaction. */
static bool apply_alone(
	struct ledger *ledger, struct entry *entry, int64_t now_ms, struct error *err)
{
	struct error why;

	if (!db_savepoint(ledger->db, err))
		return false;
	if (entry_apply(ledger, entry, now_ms, &why)) {
		if (entry->next_step == NEXT_READ_AGAIN) /* it left its queue, so from the server */
			give_up_source(entry, &entry->why);
		return db_savepoint_keep(ledger->db, err);
	}
	db_savepoint_undo(ledger->db);
	source_forget_ids(entry->source);
	if (ends_process(&why)) {
		*err = why;
		return false;
	}
	if (is_mail(entry)) {
		cannot_decide(entry, &why);
		if (!db_savepoint(ledger->db, err))
			return false;
		if (entry_apply_failed(ledger, entry, now_ms, &why))
			return db_savepoint_keep(ledger->db, err);
		db_savepoint_undo(ledger->db);
		source_forget_ids(entry->source);
	}
	if (is_report(entry))
		log_failure(LOG_LEVEL_WARNING, "report-dropped", &why);
	else
		give_up_source(entry, &why);
	return true;
}

static bool apply_each(struct ledger *ledger, struct error *err)
{
	int64_t now_ms = clock_now_ms();

	take_back(ledger);
	if (!db_begin_write(ledger->db, err))
		return false; /* nobody else can have it for long; the next ledger starts anew */
	for (struct entry *entry = ledger->batch.first; entry; entry = entry->next)
		if (!apply_alone(ledger, entry, now_ms, err))
			return false;
	return ledger_commit(ledger, err);
}

bool ledger_commit(struct ledger *ledger, struct error *err)
{
	struct entry *entry = ledger->batch.first;

	if (!ledger->batch.open)
		return true;
	if (!db_commit(ledger->db, err))
		return false;
	ledger->batch = (struct batch){0};
	while (entry) {
		struct entry *next = entry->next;

		entry_settle(ledger, entry);
		entry = next;
	}
	return true;
}

/* No more into this transaction: it is full, or somebody else waits for his. */
static bool is_enough(const struct ledger *ledger)
{
	const struct batch *batch = &ledger->batch;

	return batch->messages >= BATCH_MESSAGES_MAX || batch->bytes >= BATCH_BYTES_MAX ||
	       db_is_awaited(ledger->db);
}

bool ledger_commit_due(struct ledger *ledger, struct error *err)
{
	const struct batch *batch = &ledger->batch;
	bool quiet = clock_monotonic_ms() - batch->last_ms >= BATCH_QUIET_MS;

	if (!batch->open ||
		(!is_enough(ledger) && !quiet && !(batch->complete && ledger->queued_bytes == 0)))
		return true;
	return ledger_commit(ledger, err);
}

static bool is_ready(const struct source *source)
{
	return source->first &&
	       (source->first->state == ENTRY_DONE || source->first->state == ENTRY_FAILED);
}

/* What an earlier reader of the same mailbox left goes first, so that cursors are never stale. */
static bool must_wait(const struct ledger *ledger, const struct source *source)
{
	for (const struct source *older = ledger->sources; older && older != source;
		older = older->next)
		if (older->first && strcmp(older->mailbox, source->mailbox) == 0)
			return true;
	return false;
}

static bool apply_first(struct ledger *ledger, struct source *source, struct error *err)
{
	struct entry *entry = source->first;
	struct error why;

	if (!entry_apply(ledger, entry, clock_now_ms(), &why)) {
		if (ends_process(&why)) {
			*err = why;
			return false;
		}
		ledger_unqueue(ledger, source);
		add(&ledger->batch, entry);
		return apply_each(ledger, err);
	}
	if (entry->next_step == NEXT_READ_AGAIN) { /* stays first of its queue */
		entry->alone = true;
		ledger_unread(ledger, entry);
		return true;
	}
	ledger_unqueue(ledger, source);
	add(&ledger->batch, entry);
	return !is_enough(ledger) || ledger_commit(ledger, err);
}

/* What the ledger died on before takes no other mail's work along. */
static bool is_suspect(const struct ledger *ledger, const struct entry *entry)
{
	return entry_has_content(entry) && suspect_deaths(ledger->suspects, entry) > 0;
}

static bool apply_source(
	struct ledger *ledger, struct source *source, int64_t until_ms, struct error *err)
{
	bool begun, suspect;

	while (is_ready(source) && clock_monotonic_ms() < until_ms) {
		suspect = is_suspect(ledger, source->first);
		if (suspect && !ledger_commit(ledger, err))
			return false;
		if (!begin(ledger, &begun, err))
			return false;
		if (!begun)
			return true;
		if (!apply_first(ledger, source, err) || (suspect && !ledger_commit(ledger, err)))
			return false;
	}
	return true;
}

bool ledger_has_ready(const struct ledger *ledger)
{
	for (const struct source *source = ledger->sources; source; source = source->next)
		if (is_ready(source) && !must_wait(ledger, source))
			return true;
	return is_ready(&ledger->stored);
}

bool ledger_apply_ready(struct ledger *ledger, struct error *err)
{
	int64_t until_ms = clock_monotonic_ms() + APPLY_SLICE_MS;

	if (!apply_source(ledger, &ledger->stored, until_ms, err))
		return false;
	for (struct source *source = ledger->sources; source; source = source->next)
		if (!must_wait(ledger, source) && !apply_source(ledger, source, until_ms, err))
			return false;
	return true;
}
