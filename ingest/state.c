#include "ingest/state.h"

#include "base/text.h"
#include "ingest/redact.h"
#include "store/message.h"

/* References may name thousands of ids; the nearest few tell the thread. */
#define THREAD_LOOKUPS 24

#define DAY_MS (24 * INT64_C(3600000))
/* Clocks and zones of sending machines are off by up to a day. */
#define FUTURE_TOLERANCE_MS DAY_MS
/* A mail under way for longer has a wrong Date rather than a slow server. */
#define PAST_TOLERANCE_MS (30 * DAY_MS)
#define EARLIEST_MS	  INT64_C(631152000000) /* 1990-01-01 */

static size_t field_count(const struct facts *facts, struct span name)
{
	size_t count = 0;
	for (size_t i = 0; i < facts->field_count; i++)
		count += span_equal_fold(facts->fields[i].name, name);
	return count;
}

/* Two From fields or two addresses in it: nobody can say whom a check vouched for. */
static struct span from_only(struct arena *arena, const struct facts *facts)
{
	if (facts->from.count != 1 || field_count(facts, SPAN("From")) > 1)
		return (struct span){0};
	return text_fold_address(arena, facts->from.items[0].address);
}

static void times_init(struct mail *mail)
{
	const struct facts *facts = mail->facts;
	bool stamped = facts->received_count && facts->received[0].at.present;
	int64_t arrival = stamped ? facts->received[0].at.instant_ms : mail->now_ms;
	if (arrival > mail->now_ms + FUTURE_TOLERANCE_MS || arrival < EARLIEST_MS)
		arrival = mail->now_ms;
	mail->arrival_ms = arrival;

	int64_t date = facts->date.instant_ms;
	bool plausible = facts->date.present && date >= EARLIEST_MS &&
			 date <= arrival + FUTURE_TOLERANCE_MS &&
			 (!stamped || date >= arrival - PAST_TOLERANCE_MS);
	mail->at_ms = plausible ? date : arrival;
}

static void recipients_look(struct mail *mail, const struct facts_addresses *addresses)
{
	for (size_t i = 0; i < addresses->count; i++) {
		struct directory_entry entry = directory_find(mail->intake->directory,
			text_fold_address(mail->arena, addresses->items[i].address));
		mail->to_us = mail->to_us || entry.mailbox;
		if (entry.has_secret)
			mail->secret_shown[entry.mailbox - mail->intake->config->mailboxes] = true;
	}
}

void mail_init(struct mail *mail, struct intake *intake, struct arena *arena,
	const struct facts *facts, int64_t message_id, bool history, int64_t now_ms)
{
	*mail = (struct mail){
		.intake = intake,
		.arena = arena,
		.facts = facts,
		.message_id = message_id,
		.history = history,
		.now_ms = now_ms,
		.sender = -1,
		.secret_shown = arena_array(arena, bool, intake->config->mailbox_count),
	};
	recipients_look(mail, &facts->to);
	recipients_look(mail, &facts->cc);
	mail->facts = redact_facts(intake->directory, arena, facts);
	mail->from = from_only(arena, mail->facts);
	mail->sender = directory_find(intake->directory, mail->from).user;
	times_init(mail);
}

bool mail_shows_secret(const struct mail *mail, const struct config_mailbox *mailbox)
{
	const struct config *config = mail->intake->config;

	/* By name: a caller may ask about a copy under another policy. */
	for (size_t i = 0; i < config->mailbox_count; i++) {
		if (strcmp(config->mailboxes[i].name, mailbox->name) == 0)
			return mail->secret_shown[i];
	}
	return false;
}

static bool thread_add(struct mail *mail, struct span id, struct error *err)
{
	int64_t message = 0;
	if (!message_by_message_id(mail->intake->db, id, &message, err))
		return false;
	if (!message || message == mail->message_id)
		return true;
	for (size_t i = 0; i < mail->thread.count; i++) {
		if (mail->thread.messages[i] == message)
			return true;
	}
	mail->thread.messages[mail->thread.count++] = message;
	return true;
}

bool mail_thread(struct mail *mail, struct error *err)
{
	const struct facts_strings *reply = &mail->facts->in_reply_to;
	const struct facts_strings *references = &mail->facts->references;
	size_t left = THREAD_LOOKUPS;

	if (mail->thread.known)
		return true;
	mail->thread.known = true;
	if (!reply->count && !references->count)
		return true;
	mail->thread.messages = arena_array(mail->arena, int64_t, THREAD_LOOKUPS);
	for (size_t i = 0; i < reply->count && i < 4; i++, left--) {
		if (!thread_add(mail, reply->items[i], err))
			return false;
	}
	/* The last ones are the nearest, the very first is the root. */
	for (size_t i = references->count; i > 0 && left > 1; i--, left--) {
		if (!thread_add(mail, references->items[i - 1], err))
			return false;
	}
	if (references->count >= left && references->count && left)
		return thread_add(mail, references->items[0], err);
	return true;
}

int64_t intake_user_id(const struct intake *intake, int user)
{
	return user < 0 ? 0 : intake->user_ids[user];
}

int intake_user_index(const struct intake *intake, struct span name)
{
	for (size_t i = 0; i < intake->config->user_count; i++) {
		if (span_equal_fold(span_from(intake->config->users[i].name), name))
			return (int)i;
	}
	return -1;
}
