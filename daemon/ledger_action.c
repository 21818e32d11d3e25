/*
 * ledger_action.c - what the servers are asked to do with mails that are recorded, sent to the
 * readers a few at a time and repeated until they are done.
 */
#include "base/clock.h"
#include "base/log.h"
#include "daemon/ledger.h"
#include "store/message.h"

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
