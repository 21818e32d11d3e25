/*
 * ledger_settle.c - what follows an entry once it is on the disk: answers to its reader, the next
 * try, the log.
 */
#include "base/log.h"
#include "daemon/ledger.h"

static void settle_batch(struct source *source, const struct wire_batch *batch)
{
	size_t mark;

	wire_write_batch(batch, source_begin(source, WIRE_COMMITTED, &mark));
	source_end(source, mark);
}

static void settle_opened(struct source *source, const struct entry *entry)
{
	const struct wire_folder *folder = &entry->of.folder;
	size_t mark;

	if (entry->cursor.uidvalidity != 0 && entry->cursor.uidvalidity != folder->uidvalidity)
		log_event(LOG_LEVEL_NOTICE, "folder-renewed",
			log_string("mailbox", source->mailbox), log_text("folder", folder->folder),
			log_number("uidvalidity", folder->uidvalidity),
			log_number("before", entry->cursor.uidvalidity),
			log_string("next", "read anew; known mails are recognised"));
	wire_write_cursor(&entry->cursor, source_begin(source, WIRE_FOLDER_CURSOR, &mark));
	source_end(source, mark);
	source->opened = true;
	source->actions_at_ms = 0;
}

static void settle_action_done(struct source *source, const struct wire_action_done *done)
{
	if (source->actions_out > 0)
		source->actions_out--;
	source->actions_at_ms = 0;
	if (done->result != WIRE_DONE)
		log_event(done->result == WIRE_FAILED ? LOG_LEVEL_WARNING : LOG_LEVEL_NOTICE,
			done->result == WIRE_FAILED ? "action-failed" : "action-dropped",
			log_string("mailbox", source->mailbox),
			log_number("action", (int64_t)done->id), log_text("why", done->text));
}

/* Of a mail that was decided before, only what this copy adds is left out. */
static void log_given_up(const struct entry *entry)
{
	bool again = entry->undecided || entry->delivery_id;

	log_event(LOG_LEVEL_ERROR, entry->dead ? "dead" : "copy-undecided",
		log_string("mailbox", entry->source->mailbox ? entry->source->mailbox : ""),
		log_number("message", entry->message_id), log_string("stage", entry->stage),
		log_string("error", entry->why.text),
		log_string("next", again ? "kept; tried again by itself"
					 : "kept; `postroom replay` tries it again"));
}

/* The reader did something useful: its supervisor may start it without delay next time. */
static void note_progress(struct ledger *ledger, struct source *source)
{
	struct error err;
	size_t mark;

	if (source->useful)
		return;
	source->useful = true;
	role_write_id(source->id, channel_begin(&ledger->control, ROLE_PEER_PROGRESS, &mark));
	if (channel_end(&ledger->control, mark, &err) && !ledger->useful)
		ledger->useful =
			channel_send(&ledger->control, ROLE_USEFUL, (struct span){0}, &err);
	/* when the supervisor is gone we end with it */
}

static void settle_mail(struct ledger *ledger, struct entry *entry)
{
	ledger->sum_changed = true;
	ledger->index_left = true;
	/* further even where the ledger dies on the mail behind it, before the batch is through */
	if (entry->new_delivery && entry->kind == ENTRY_MAIL)
		note_progress(ledger, entry->source);
	if (entry->action_added)
		for (struct source *source = ledger->sources; source; source = source->next)
			source->actions_at_ms = 0;
	if (entry->next_step == NEXT_READ_STORED)
		ledger_look_for_stored(ledger);
	else if (entry->state == ENTRY_FAILED && entry->stage)
		log_given_up(entry);
}

void entry_settle(struct ledger *ledger, struct entry *entry)
{
	struct source *source = entry->source;

	if (source->broken) {
		entry_free(entry);
		return;
	}
	switch (entry->kind) {
	case ENTRY_MAIL:
	case ENTRY_STORED:
		settle_mail(ledger, entry);
		break;
	case ENTRY_HEADER:
		ledger->sum_changed = true;
		log_event(LOG_LEVEL_WARNING, "too-large", log_string("mailbox", source->mailbox),
			log_number("uid", entry->of.mail.uid),
			log_number("bytes", (int64_t)entry->of.mail.size_bytes),
			log_string("next", "header kept, left on the server; see limits.message"));
		break;
	case ENTRY_MISSING:
		log_event(LOG_LEVEL_WARNING, "missing", log_string("mailbox", source->mailbox),
			log_text("folder", entry->of.missing.folder),
			log_number("uid", entry->of.missing.uid),
			log_text("server", entry->of.missing.text));
		break;
	case ENTRY_BATCH:
		settle_batch(source, &entry->of.batch);
		note_progress(ledger, source);
		break;
	case ENTRY_OPENED:
		settle_opened(source, entry);
		break;
	case ENTRY_ACTION_DONE:
		settle_action_done(source, &entry->of.done);
		break;
	case ENTRY_STATE:
		ledger->sum_changed = true;
		if (entry->of.state.state == READER_WATCHING)
			note_progress(ledger, source);
		break;
	case ENTRY_FETCHED:
		break;
	}
	entry_free(entry);
}
