/*
 * ledger_apply.c - what one entry changes in the database. Everything here may be taken back and
 * done again; what must happen once comes after the commit (ledger_settle.c).
 */
#include <stdlib.h>
#include <string.h>

#include "base/compress.h"
#include "base/memory.h"
#include "base/zone.h"
#include "daemon/ledger.h"
#include "ingest/parser_client.h"
#include "store/feed.h"
#include "store/mailbox.h"
#include "store/message.h"

#define FACTS_MAX_BYTES ((size_t)64 << 20)

static const struct config_mailbox *entry_mailbox(
	const struct ledger *ledger, const struct entry *entry)
{
	return config_mailbox(ledger->config, entry->source->mailbox);
}

static bool mailbox_id(struct ledger *ledger, struct source *source, int64_t now_ms, int64_t *id,
	struct error *err)
{
	const struct config_mailbox *mailbox = config_mailbox(ledger->config, source->mailbox);
	CLEANUP(arena_done) struct arena arena = {0};

	if (source->mailbox_id == 0 &&
		!mailbox_ensure(ledger->db, span_from(mailbox->name),
			span_from(mailbox_kind_name(mailbox->kind)),
			config_account(mailbox, &arena), now_ms, &source->mailbox_id, err))
		return false;
	*id = source->mailbox_id;
	return true;
}

static const struct source_folder *known_folder(const struct source *source, struct span name)
{
	for (const struct source_folder *known = source->folders; known; known = known->next)
		if (span_equal(span_from(known->name), name))
			return known;
	return NULL;
}

static void know_folder(struct source *source, struct span name, int64_t id)
{
	struct source_folder *known;

	if (known_folder(source, name))
		return;
	known = memory_alloc(sizeof *known + name.size + 1);
	known->next = source->folders;
	known->id = id;
	memcpy(known->name, name.data, name.size);
	known->name[name.size] = '\0';
	source->folders = known;
}

static bool folder_row(struct ledger *ledger, struct entry *entry, struct span name, int64_t now_ms,
	struct folder_row *row, struct error *err)
{
	int64_t mailbox;

	if (!mailbox_id(ledger, entry->source, now_ms, &mailbox, err) ||
		!folder_ensure(ledger->db, mailbox, name, row, &entry->arena, err))
		return false;
	know_folder(entry->source, name, row->id);
	return true;
}

static bool folder_id(struct ledger *ledger, struct entry *entry, struct span name, int64_t now_ms,
	int64_t *id, struct error *err)
{
	const struct source_folder *known = known_folder(entry->source, name);
	struct folder_row row;

	if (known) {
		*id = known->id;
		return true;
	}
	if (!folder_row(ledger, entry, name, now_ms, &row, err))
		return false;
	*id = row.id;
	return true;
}

void source_forget_ids(struct source *source)
{
	while (source->folders) {
		struct source_folder *known = source->folders;

		source->folders = known->next;
		free(known);
	}
	source->mailbox_id = 0;
}

/* `since` of the mailbox: what the server had before that day is history. */
static bool is_history(const struct ledger *ledger, const struct entry *entry)
{
	const struct config_mailbox *mailbox = entry_mailbox(ledger, entry);
	const struct date *since = &mailbox->since;
	int64_t at_ms = entry->of.mail.internal_date_ms;

	if (at_ms == 0 && entry->facts.date.present)
		at_ms = entry->facts.date.instant_ms;
	return date_is_set(*since) && at_ms != 0 &&
	       at_ms < zone_instant(ledger->config->zone, *since, 0, 0, 0);
}

static bool store(struct ledger *ledger, struct entry *entry, int64_t now_ms,
	struct delivery_result *result, struct error *err)
{
	const struct wire_mail *mail = &entry->of.mail;
	struct delivery delivery = {
		.identity = mail->identity,
		.uidvalidity = mail->uidvalidity,
		.uid = mail->uid,
		.source = SPAN("imap"),
		.received_ms = mail->internal_date_ms,
		.size_bytes = (int64_t)mail->size_bytes,
		.history = is_history(ledger, entry),
	};
	enum intake_admission admission = INTAKE_WHOLE;

	if (entry->kind == ENTRY_MAIL && entry->state == ENTRY_DONE &&
		!intake_admits(ledger->intake, &entry->facts, now_ms, &admission, err))
		return false;
	if (admission != INTAKE_WHOLE)
		; /* of somebody who was erased: not a byte of it is written */
	else if (entry->kind == ENTRY_HEADER)
		delivery.header_frame = entry_raw(entry);
	else
		delivery.raw_frame = entry_raw(entry);
	if (!folder_id(ledger, entry, mail->folder, now_ms, &delivery.folder_id, err) ||
		!message_store(ledger->db, &delivery, now_ms, result, err))
		return false;
	entry->message_id = result->message_id;
	entry->new_delivery = entry->new_delivery || result->new_delivery;
	return true;
}

/*
 * The folder was made anew on the server (other UIDVALIDITY) and this mail was in it before: what
 * the server was asked to do with it then is not asked again.
 */
static bool was_seen_here(struct ledger *ledger, struct entry *entry, bool *seen, struct error *err)
{
	const struct wire_mail *mail = &entry->of.mail;
	struct message_delivery *rows;
	size_t count;

	*seen = false;
	if (!message_deliveries(ledger->db, entry->message_id, &entry->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (span_equal(rows[i].mailbox, span_from(entry->source->mailbox)) &&
			span_equal(rows[i].folder, mail->folder) &&
			rows[i].uidvalidity != mail->uidvalidity)
			*seen = true;
	return true;
}

static bool decide(struct ledger *ledger, struct entry *entry, const struct delivery_result *result,
	const struct facts *facts, int64_t now_ms, struct error *err)
{
	const struct config_mailbox *mailbox = entry_mailbox(ledger, entry);
	struct intake_copy copy = {
		.message_id = result->message_id,
		.delivery_id = result->delivery_id,
		.mailbox = mailbox,
		.folder = entry->of.mail.folder,
		.raw_frame = entry->kind == ENTRY_MAIL ? entry_raw(entry) : (struct span){0},
		.actor = "postroomd",
	};

	return intake_decide(ledger->intake, &copy, facts, now_ms, err);
}

/*
 * Asked for with the copy, whatever can be made of it: what may only be done to a mail that was
 * filed waits for that, also where a person has it read or released later.
 */
static bool ask_server(struct ledger *ledger, struct entry *entry,
	const struct delivery_result *result, int64_t now_ms, struct error *err)
{
	const struct config_mailbox *mailbox = entry_mailbox(ledger, entry);
	bool seen = false;

	if (!entry->new_delivery || entry->next_step == NEXT_READ_AGAIN)
		return true;
	if (!result->new_message && mailbox->action != ACTION_KEEP &&
		!was_seen_here(ledger, entry, &seen, err))
		return false;
	return seen ||
	       action_ask(ledger, mailbox, result->delivery_id, now_ms, &entry->action_added, err);
}

static bool is_state(
	struct ledger *ledger, struct entry *entry, struct span state, bool *is, struct error *err)
{
	struct message_row row;
	bool found;

	if (!message_get(ledger->db, entry->message_id, &entry->arena, &row, &found, err))
		return false;
	*is = found && span_equal(row.state, state);
	return true;
}

/* Counts the failed try; unless that was the last one, the mail is read again from the database. */
static bool count_failure(struct ledger *ledger, struct entry *entry, bool final, struct error *err)
{
	bool received;

	if (!intake_failed(
		    ledger->intake, entry->message_id, entry->stage, &entry->why, final, err) ||
		!is_state(ledger, entry, SPAN("received"), &received, err) ||
		!is_state(ledger, entry, SPAN("dead"), &entry->dead, err))
		return false;
	entry->next_step = received ? NEXT_READ_STORED : NEXT_NOTHING;
	return true;
}

/*
 * A further copy of a mail that was read and decided before, whose own reading failed three times:
 * it is decided by what was read of the first copy.
 */
static bool decide_by_stored_facts(struct ledger *ledger, struct entry *entry,
	const struct delivery_result *result, int64_t now_ms, struct error *err)
{
	CLEANUP(buffer_done) struct buffer bytes = {0};
	struct facts facts;
	struct span frame;

	if (!message_facts_frame(ledger->db, result->message_id, &entry->arena, &frame, err))
		return false;
	if (span_is_empty(frame))
		return count_failure(ledger, entry, true, err);
	return compress_unpack(&bytes, frame, FACTS_MAX_BYTES, err) &&
	       facts_read(buffer_span(&bytes), &entry->arena, &facts, err) &&
	       decide(ledger, entry, result, &facts, now_ms, err);
}

static bool apply_unreadable(struct ledger *ledger, struct entry *entry,
	const struct delivery_result *result, int64_t now_ms, struct error *err)
{
	bool received, dead;

	if (!is_state(ledger, entry, SPAN("received"), &received, err) ||
		!is_state(ledger, entry, SPAN("dead"), &dead, err))
		return false;
	if (received)
		return count_failure(ledger, entry, entry->final, err);
	if (dead) /* another copy of it was given up already */
		return true;
	if (!entry->final && entry->tries < PARSE_TRIES) {
		entry->next_step = NEXT_READ_AGAIN;
		return true;
	}
	return decide_by_stored_facts(ledger, entry, result, now_ms, err);
}

static bool apply_mail(
	struct ledger *ledger, struct entry *entry, int64_t now_ms, struct error *err)
{
	struct delivery_result result;

	if (!store(ledger, entry, now_ms, &result, err))
		return false;
	if (!(entry->state == ENTRY_FAILED
			    ? apply_unreadable(ledger, entry, &result, now_ms, err)
			    : decide(ledger, entry, &result, &entry->facts, now_ms, err)))
		return false;
	return ask_server(ledger, entry, &result, now_ms, err);
}

static bool apply_header(
	struct ledger *ledger, struct entry *entry, int64_t now_ms, struct error *err)
{
	struct delivery_result result;
	struct error why;

	if (!store(ledger, entry, now_ms, &result, err))
		return false;
	error_set(&why, ERROR_LIMIT,
		"too-large: %lld bytes, more than limits.message allows (%lld); its header is "
		"kept, the mail stays on the server",
		(long long)entry->of.mail.size_bytes,
		(long long)ledger->config->limit_message_bytes);
	return !result.new_message ||
	       intake_failed(ledger->intake, result.message_id, "fetch", &why, true, err);
}

/* A copy that came with a header of its own is read by that, and decided for itself. */
static bool has_own_header(struct ledger *ledger, struct entry *entry,
	const struct message_delivery *delivery, bool *own, struct error *err)
{
	struct span header;

	if (!message_delivery_header(ledger->db, delivery->id, &entry->arena, &header, err))
		return false;
	*own = header.size > 0;
	return true;
}

/* A copy of it that was fetched meanwhile may have been tried, and given up, before this one. */
static bool stored_failed(struct ledger *ledger, struct entry *entry, struct error *err)
{
	bool received;

	if (!is_state(ledger, entry, SPAN("received"), &received, err))
		return false;
	return !received || count_failure(ledger, entry, entry->final, err);
}

/* Every copy of it that we have, as if it had just come. */
static bool apply_stored(
	struct ledger *ledger, struct entry *entry, int64_t now_ms, struct error *err)
{
	struct message_delivery *rows;
	size_t count;

	if (entry->state == ENTRY_FAILED)
		return stored_failed(ledger, entry, err);
	if (!message_deliveries(ledger->db, entry->message_id, &entry->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		const char *name = arena_string(&entry->arena, rows[i].mailbox);
		const struct config_mailbox *mailbox = config_mailbox(ledger->config, name);
		struct intake_copy copy = {
			.message_id = entry->message_id,
			.delivery_id = rows[i].id,
			.mailbox = mailbox,
			.folder = rows[i].folder,
			.actor = "postroomd",
		};
		bool own;

		if (!has_own_header(ledger, entry, &rows[i], &own, err))
			return false;
		if (own && i > 0
				? !copy_soon(ledger, rows[i].id, now_ms, err)
				: !intake_decide(ledger->intake, &copy, &entry->facts, now_ms, err))
			return false;
	}
	entry->action_added = true; /* long ago; now it may be due */
	return true;
}

static bool apply_missing(
	struct ledger *ledger, struct entry *entry, int64_t now_ms, struct error *err)
{
	const struct wire_missing *missing = &entry->of.missing;
	int64_t folder;

	return folder_id(ledger, entry, missing->folder, now_ms, &folder, err) &&
	       message_store_missing(
		       ledger->db, folder, missing->uidvalidity, missing->uid, now_ms, err);
}

static bool apply_batch(
	struct ledger *ledger, struct entry *entry, int64_t now_ms, struct error *err)
{
	const struct wire_batch *batch = &entry->of.batch;
	int64_t folder;

	return folder_id(ledger, entry, batch->folder, now_ms, &folder, err) &&
	       folder_move_cursor(ledger->db, folder, batch->uidvalidity, batch->last_uid, err);
}

static bool apply_opened(
	struct ledger *ledger, struct entry *entry, int64_t now_ms, struct error *err)
{
	struct folder_row row;

	if (!folder_row(ledger, entry, entry->of.folder.folder, now_ms, &row, err))
		return false;
	entry->cursor =
		(struct wire_cursor){entry->of.folder.folder, row.uidvalidity, row.last_uid};
	return true;
}

static bool apply_state(
	struct ledger *ledger, struct entry *entry, int64_t now_ms, struct error *err)
{
	const struct wire_state *state = &entry->of.state;
	bool well = state->error == ERROR_NONE;
	int64_t id;

	return mailbox_id(ledger, entry->source, now_ms, &id, err) &&
	       mailbox_report(ledger->db, id, span_from(reader_state_name(state->state)),
		       state->waits_for, well ? (struct span){0} : state->text,
		       well && state->state == READER_WATCHING, now_ms, err);
}

static bool apply_fetched(struct ledger *ledger, struct entry *entry, struct error *err)
{
	const struct role_fetched *fetched = &entry->of.fetched;
	const struct feed_client fetch = {
		.feed_id = fetched->feed_id,
		.client = fetched->client,
		.calendar = fetched->calendar,
		.at_ms = fetched->at_ms,
		.status = fetched->status,
		.items = fetched->items,
		.size_bytes = fetched->size_bytes,
		.fetches = fetched->count,
	};

	return feed_fetched(ledger->db, &fetch, err);
}

static bool apply(struct ledger *ledger, struct entry *entry, int64_t now_ms, struct error *err)
{
	if (entry->source->broken)
		return true; /* fetched again by the next reader */
	if (entry->kind != ENTRY_STORED && entry->source->kind == PEER_READER &&
		!entry_mailbox(ledger, entry))
		return true; /* the mailbox left the configuration: what comes late is dropped */
	switch (entry->kind) {
	case ENTRY_MAIL:
		return apply_mail(ledger, entry, now_ms, err);
	case ENTRY_HEADER:
		return apply_header(ledger, entry, now_ms, err);
	case ENTRY_STORED:
		return entry->delivery_id ? copy_apply(ledger, entry, now_ms, err)
					  : apply_stored(ledger, entry, now_ms, err);
	case ENTRY_MISSING:
		return apply_missing(ledger, entry, now_ms, err);
	case ENTRY_BATCH:
		return apply_batch(ledger, entry, now_ms, err);
	case ENTRY_OPENED:
		return apply_opened(ledger, entry, now_ms, err);
	case ENTRY_STATE:
		return apply_state(ledger, entry, now_ms, err);
	case ENTRY_ACTION_DONE:
		return action_done_apply(ledger, entry, now_ms, err);
	case ENTRY_FETCHED:
		break;
	}
	return apply_fetched(ledger, entry, err);
}

bool entry_apply_failed(
	struct ledger *ledger, struct entry *entry, int64_t now_ms, struct error *err)
{
	struct delivery_result result = {0};
	bool received = true;

	if (entry->kind == ENTRY_STORED && entry->delivery_id)
		return copy_again(ledger, entry->delivery_id, now_ms, err);
	if (entry->kind != ENTRY_STORED &&
		(!store(ledger, entry, now_ms, &result, err) ||
			!is_state(ledger, entry, SPAN("received"), &received, err)))
		return false;
	if (!received) {
		entry->undecided = true;
		return copy_again(ledger, result.delivery_id, now_ms, err);
	}
	if (!count_failure(ledger, entry, entry->final, err))
		return false;
	return entry->kind != ENTRY_MAIL || ask_server(ledger, entry, &result, now_ms, err);
}

bool ledger_is_condemned(const struct ledger *ledger, const struct entry *entry)
{
	return suspect_deaths(ledger->suspects, entry) >= PARSE_TRIES;
}

static bool is_dead_already(struct ledger *ledger, struct entry *entry, bool *is, struct error *err)
{
	*is = false;
	if (!message_by_identity(ledger->db, &entry->of.mail.identity, &entry->message_id, err))
		return false;
	return entry->message_id == 0 || is_state(ledger, entry, SPAN("dead"), is, err);
}

/* Another copy of it was given up before: this one waits beside it for `postroom replay`. */
static bool keep_beside_dead(
	struct ledger *ledger, struct entry *entry, int64_t now_ms, struct error *err)
{
	struct delivery_result result;

	return store(ledger, entry, now_ms, &result, err) &&
	       ask_server(ledger, entry, &result, now_ms, err);
}

/*
 * Given up with the reason. One that came again behind a commit that was not reached is dead
 * already; one that was decided before is asked for the decision on this copy later.
 */
static bool condemn(struct ledger *ledger, struct entry *entry, int64_t now_ms, struct error *err)
{
	bool known = false;

	if (entry->kind == ENTRY_MAIL && !is_dead_already(ledger, entry, &known, err))
		return false;
	if (known)
		return keep_beside_dead(ledger, entry, now_ms, err);
	error_set(&entry->why, ERROR_BUG,
		"the ledger died %d times while it decided this mail; please report it",
		PARSE_TRIES);
	entry->stage = "decide";
	entry->state = ENTRY_FAILED;
	entry->final = true;
	return entry_apply_failed(ledger, entry, now_ms, err);
}

static bool apply_content(
	struct ledger *ledger, struct entry *entry, int64_t now_ms, struct error *err)
{
	bool condemned = ledger_is_condemned(ledger, entry);
	bool ok;

	if (condemned) {
		ok = condemn(ledger, entry, now_ms, err);
	} else {
		suspect_begin(ledger->suspects, entry);
		ok = apply(ledger, entry, now_ms, err);
		suspect_end(ledger->suspects);
	}
	/* what is fetched again stays condemned; what a person has tried again is not */
	if (ok && (!condemned || entry->kind == ENTRY_STORED))
		suspect_forget(ledger->suspects, entry);
	return ok;
}

bool entry_apply(struct ledger *ledger, struct entry *entry, int64_t now_ms, struct error *err)
{
	entry->next_step = NEXT_NOTHING;
	entry->action_added = false;
	entry->dead = entry->undecided = false;
	return entry_has_content(entry) ? apply_content(ledger, entry, now_ms, err)
					: apply(ledger, entry, now_ms, err);
}
