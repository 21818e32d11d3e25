/*
 * ledger_action.c - what the servers are asked to do with mails that are recorded, sent to the
 * readers a few at a time and repeated until they are done.
 */
#include "base/clock.h"
#include "base/log.h"
#include "daemon/ledger.h"
#include "ingest/quarantine.h"
#include "store/message.h"

/* A server that could not do it gets a rest. */
#define AGAIN_MS 60000
/* A mail that a person filed, or whose time to be deleted came, is found within this time. */
#define LOOK_AGAIN_MS 60000

static bool verb_of(struct span name, enum wire_verb *verb)
{
	for (int i = 0; i < WIRE_VERB_COUNT; i++) {
		if (span_equal(name, span_from(wire_verb_name((enum wire_verb)i)))) {
			*verb = (enum wire_verb)i;
			return true;
		}
	}
	return false;
}

static void send_action(
	struct source *source, const struct server_action_row *row, struct span message_id)
{
	struct wire_action action = {
		.id = (uint64_t)row->id,
		.folder = row->folder,
		.uidvalidity = row->uidvalidity,
		.uid = row->uid,
		.target = row->target,
		.identity = row->identity,
		.message_id = message_id,
	};
	size_t mark;

	if (!verb_of(row->verb, &action.verb)) {
		log_event(LOG_LEVEL_ERROR, "unknown-action", log_text("verb", row->verb),
			log_number("action", row->id));
		return;
	}
	wire_write_action(&action, source_begin(source, WIRE_ACTION, &mark));
	source_end(source, mark);
	source->actions_out++;
}

/* The Message-ID with its brackets, by which a mail that moved can be found again. */
static bool bracketed_id(struct ledger *ledger, int64_t message, struct arena *arena,
	struct span *id, struct error *err)
{
	struct message_row row;
	bool found;

	*id = (struct span){0};
	if (!message_get(ledger->db, message, arena, &row, &found, err))
		return false;
	if (found && !span_is_empty(row.message_id))
		*id = arena_format(arena, "<%.*s>", SPAN_ARG(row.message_id));
	return true;
}

static bool send_due(
	struct ledger *ledger, struct source *source, struct arena *arena, struct error *err)
{
	int limit = READER_ACTIONS - source->actions_out;
	struct server_action_row *rows;
	struct span message_id;
	size_t count;

	if (!server_action_due(ledger->db, span_from(source->mailbox), clock_now_ms(),
		    source->action_after_id, limit, arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!bracketed_id(ledger, rows[i].message_id, arena, &message_id, err))
			return false;
		send_action(source, &rows[i], message_id);
		source->action_after_id = rows[i].id;
	}
	if (count < (size_t)limit) /* the rest when something new comes, or after a while */
		source->actions_at_ms = INT64_MAX;
	return true;
}

/* Failed ones, and those that became due, have ids that were passed: begin again. */
static void look_again(struct source *source, int64_t now)
{
	if (now < source->actions_again_at_ms || source->actions_out > 0)
		return;
	source->action_after_id = 0;
	source->actions_at_ms = 0;
	source->actions_again_at_ms = now + LOOK_AGAIN_MS;
}

bool ledger_send_actions(struct ledger *ledger, struct error *err)
{
	int64_t now = clock_monotonic_ms();
	struct arena arena = {0};
	bool ok = true;

	/* What the open batch says may still be taken back: nothing follows before its commit. */
	if (ledger->batch.open)
		return true;

	for (struct source *source = ledger->sources; ok && source; source = source->next) {
		if (source->kind != PEER_READER || !source->opened || ledger->stopping ||
			!channel_is_open(&source->channel))
			continue;
		look_again(source, now);
		if (now >= source->actions_at_ms && source->actions_out < READER_ACTIONS)
			ok = send_due(ledger, source, &arena, err);
	}
	arena_done(&arena);
	return ok;
}

/* ---------------------------------------------------------------- asking and answers */

bool action_ask(struct ledger *ledger, const struct config_mailbox *mailbox, int64_t delivery_id,
	int64_t from_ms, bool *added, struct error *err)
{
	bool deletes = mailbox->action == ACTION_DELETE;

	if (mailbox->action == ACTION_KEEP)
		return true;
	*added = true;
	return server_action_add(ledger->db, delivery_id,
		span_from(server_action_name(mailbox->action)),
		span_from(mailbox->action == ACTION_MOVE ? mailbox->action_folder : NULL),
		deletes ? from_ms + mailbox->action_delete_after_ms : 0, err);
}

/* The mail came and is whole again: the mailbox's own action is due as if it had come today. */
static bool body_came(struct ledger *ledger, struct entry *entry,
	const struct server_action_row *row, int64_t now_ms, struct error *err)
{
	const struct config_mailbox *mailbox =
		config_mailbox(ledger->config, arena_string(&entry->arena, row->mailbox));

	return server_action_done(ledger->db, row->id, (struct span){0}, err) &&
	       (!mailbox || action_ask(ledger, mailbox, row->delivery_id, now_ms,
				    &entry->action_added, err));
}

/* No server has it any more, once every delivery was asked for. */
static bool body_gone(struct ledger *ledger, const struct server_action_row *row, struct span why,
	int64_t now_ms, struct error *err)
{
	int64_t others = 0;

	if (!server_action_done(ledger->db, row->id, why, err) ||
		!server_action_count(ledger->db, row->message_id, row->verb, &others, err))
		return false;
	return others > 0 ||
	       quarantine_body_gone(ledger->intake, row->message_id, why, "postroomd", now_ms, err);
}

static bool fetch_done(struct ledger *ledger, struct entry *entry,
	const struct server_action_row *row, int64_t now_ms, struct error *err)
{
	const struct wire_action_done *done = &entry->of.done;
	struct message_row message;
	bool found;

	if (!message_get(ledger->db, row->message_id, &entry->arena, &message, &found, err))
		return false;
	if (found && message.raw_size_bytes)
		return body_came(ledger, entry, row, now_ms, err);
	/* Something else lies under its UID now: what came is a mail of its own. */
	return body_gone(ledger, row,
		done->text.size ? done->text : SPAN("another mail is in its place"), now_ms, err);
}

bool action_done_apply(
	struct ledger *ledger, struct entry *entry, int64_t now_ms, struct error *err)
{
	const struct wire_action_done *done = &entry->of.done;
	bool finding = done->result == WIRE_GONE || done->result == WIRE_DROPPED;
	struct server_action_row row;
	bool found;

	if (done->result == WIRE_FAILED)
		return server_action_tried(ledger->db, (int64_t)done->id, now_ms + AGAIN_MS, err);
	if (!server_action_get(ledger->db, (int64_t)done->id, &entry->arena, &row, &found, err))
		return false;
	if (found && span_equal(row.verb, span_from(wire_verb_name(WIRE_FETCH))))
		return fetch_done(ledger, entry, &row, now_ms, err);
	return server_action_done(
		ledger->db, (int64_t)done->id, finding ? done->text : (struct span){0}, err);
}
