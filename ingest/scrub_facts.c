#include "ingest/scrub_facts.h"

#include "base/text.h"
#include "store/erase.h"

struct scrubber {
	const struct scrub *scrub;
	const struct person *person;
	struct arena *arena;
	bool words, changed;
};

bool scrub_person_has(const struct person *person, struct span address, struct arena *arena)
{
	return person_has(person, text_fold_address(arena, address));
}

static bool list_has(
	const struct person *person, const struct facts_addresses *list, struct arena *arena)
{
	for (size_t i = 0; i < list->count; i++)
		if (scrub_person_has(person, list->items[i].address, arena))
			return true;
	return false;
}

enum scrub_part scrub_part_of(
	const struct person *person, const struct facts *facts, struct arena *arena)
{
	const struct facts_forwarded *forwarded = &facts->forwarded;

	if (list_has(person, &facts->from, arena) ||
		scrub_person_has(person, facts->sender.address, arena) ||
		scrub_person_has(person, forwarded->from.address, arena))
		return SCRUB_WROTE;
	if (list_has(person, &facts->reply_to, arena) || list_has(person, &facts->to, arena) ||
		list_has(person, &facts->cc, arena) || list_has(person, &facts->bcc, arena) ||
		list_has(person, &forwarded->to, arena) || list_has(person, &forwarded->cc, arena))
		return SCRUB_RECEIVED;
	return SCRUB_MENTIONED;
}

static void text_scrub(struct scrubber *scrubber, struct span *text)
{
	scrubber->changed |=
		scrub_text(scrubber->scrub, scrubber->words, *text, scrubber->arena, text);
}

static void list_scrub(struct scrubber *scrubber, struct facts_addresses *list)
{
	struct facts_address *items =
		arena_array(scrubber->arena, struct facts_address, list->count);
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (scrub_person_has(scrubber->person, list->items[i].address, scrubber->arena)) {
			scrubber->changed = true;
			continue;
		}
		items[count] = list->items[i];
		/* Somebody of the same family keeps his own name. */
		scrubber->changed |= scrub_text(scrubber->scrub, false, items[count].name,
			scrubber->arena, &items[count].name);
		count++;
	}
	*list = (struct facts_addresses){items, count};
}

static void strings_scrub(struct scrubber *scrubber, struct facts_strings *strings)
{
	struct span *items = arena_array(scrubber->arena, struct span, strings->count);

	for (size_t i = 0; i < strings->count; i++) {
		items[i] = strings->items[i];
		text_scrub(scrubber, &items[i]);
	}
	strings->items = items;
}

static void attachments_scrub(struct scrubber *scrubber, struct facts *facts)
{
	struct facts_attachment *items =
		arena_array(scrubber->arena, struct facts_attachment, facts->attachment_count);

	for (size_t i = 0; i < facts->attachment_count; i++) {
		items[i] = facts->attachments[i];
		text_scrub(scrubber, &items[i].filename);
		text_scrub(scrubber, &items[i].content_id);
	}
	facts->attachments = items;
}

static void actions_scrub(struct scrubber *scrubber, struct facts *facts)
{
	struct facts_action *items =
		arena_array(scrubber->arena, struct facts_action, facts->action_count);

	for (size_t i = 0; i < facts->action_count; i++) {
		items[i] = facts->actions[i];
		text_scrub(scrubber, &items[i].text);
		text_scrub(scrubber, &items[i].assignee);
	}
	facts->actions = items;
}

static void forwarded_scrub(struct scrubber *scrubber, struct facts_forwarded *forwarded)
{
	list_scrub(scrubber, &forwarded->to);
	list_scrub(scrubber, &forwarded->cc);
	text_scrub(scrubber, &forwarded->from.name);
	text_scrub(scrubber, &forwarded->subject);
	text_scrub(scrubber, &forwarded->text);
	text_scrub(scrubber, &forwarded->note);
	forwarded->date_text = forwarded->message_id = (struct span){0};
}

/* His own words are all of it. */
static void forget_content(struct facts *facts)
{
	facts->subject = facts->text = facts->reply_text = SPAN(ERASED_TEXT);
	facts->signature = facts->message_id = (struct span){0};
	facts->attachment_count = facts->action_count = facts->bounced_count = 0;
	facts->invoice_count = 0;
	facts->forwarded = (struct facts_forwarded){.how = FORWARD_NONE};
	facts->sender = (struct facts_address){0};
}

/* What was quoted may be his; what was written above it is not. */
static void forget_quotes(struct facts *facts)
{
	if (facts->reply_text.size)
		facts->text = facts->reply_text;
}

static void forget_header(struct facts *facts)
{
	facts->field_count = facts->received_count = facts->authentication_count = 0;
	facts->invite_count = facts->in_reply_to.count = facts->references.count = 0;
}

void scrub_facts(const struct scrub *scrub, const struct person *person, enum scrub_part part,
	const struct facts *facts, struct arena *arena, struct facts *scrubbed, bool *changed)
{
	struct scrubber scrubber = {scrub, person, arena, part != SCRUB_MENTIONED, false};

	*scrubbed = *facts;
	forget_header(scrubbed);
	if (part == SCRUB_WROTE)
		forget_content(scrubbed);
	list_scrub(&scrubber, &scrubbed->from);
	list_scrub(&scrubber, &scrubbed->reply_to);
	list_scrub(&scrubber, &scrubbed->to);
	list_scrub(&scrubber, &scrubbed->cc);
	list_scrub(&scrubber, &scrubbed->bcc);
	if (scrub_person_has(person, scrubbed->sender.address, arena))
		scrubbed->sender = (struct facts_address){0};
	text_scrub(&scrubber, &scrubbed->message_id);
	text_scrub(&scrubber, &scrubbed->subject);
	text_scrub(&scrubber, &scrubbed->text);
	text_scrub(&scrubber, &scrubbed->reply_text);
	if (scrubber.changed || part == SCRUB_RECEIVED)
		forget_quotes(scrubbed);
	text_scrub(&scrubber, &scrubbed->signature);
	strings_scrub(&scrubber, &scrubbed->envelope_to);
	strings_scrub(&scrubber, &scrubbed->defects);
	attachments_scrub(&scrubber, scrubbed);
	actions_scrub(&scrubber, scrubbed);
	forwarded_scrub(&scrubber, &scrubbed->forwarded);
	/* A bounce is about an address, an invoice of whom is not asked for here. */
	scrubbed->bounced_count = scrubbed->invoice_count = 0;
	*changed = scrubber.changed || part != SCRUB_MENTIONED;
}
