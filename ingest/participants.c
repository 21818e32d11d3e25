#include "ingest/participants.h"

#include "base/text.h"

/* Address lists can be long; every one of them is looked up. */
#define PARTICIPANTS_MAX 2000

struct collector {
	struct mail *mail;
	struct match *first, **last;
	size_t count;
};

bool participants_forwarded(const struct mail *mail, enum mailbox_kind kind)
{
	if (mail->facts->forwarded.how == FORWARD_NONE || mail->sender < 0)
		return false;
	/* A forward that was BCC'd to a capture address went to somebody else: it is about him. */
	return mail->to_us || kind != KIND_CAPTURE;
}

bool participants_uncertain(const struct mail *mail, enum mailbox_kind kind)
{
	return participants_forwarded(mail, kind) &&
	       mail->facts->forwarded.confidence < FORWARD_CERTAIN;
}

/* Up to some dozens a walk is cheaper than any index; beyond, copies cost only a second row. */
static bool collected(const struct collector *collector, struct span folded)
{
	size_t walked = 0;
	for (const struct match *match = collector->first; match && walked < 100;
		match = match->next, walked++) {
		if (span_equal(match->folded, folded))
			return true;
	}
	return false;
}

static void collect(struct collector *collector, const struct facts_address *address,
	const char *role, bool outgoing)
{
	struct mail *mail = collector->mail;
	struct span folded = text_fold_address(mail->arena, address->address);
	if (span_is_empty(folded) || collector->count >= PARTICIPANTS_MAX ||
		directory_is_ours(mail->intake->directory, folded) || collected(collector, folded))
		return;
	struct match *match = arena_alloc(mail->arena, sizeof(*match));
	*match = (struct match){
		.address = address->address,
		.name = address->name,
		.folded = folded,
		.role = role,
		.rule = "none",
		.outgoing = outgoing,
	};
	*collector->last = match;
	collector->last = &match->next;
	collector->count++;
}

static void collect_all(struct collector *collector, const struct facts_addresses *addresses,
	const char *role, bool outgoing)
{
	for (size_t i = 0; i < addresses->count; i++)
		collect(collector, &addresses->items[i], role, outgoing);
}

static void collect_forwarded(struct collector *collector)
{
	const struct facts_forwarded *forwarded = &collector->mail->facts->forwarded;
	collect(collector, &forwarded->from, "original", false);
	if (collector->first)
		return;
	/* One of us wrote the original: then it is about whom it went to. */
	collect_all(collector, &forwarded->to, "original", true);
	collect_all(collector, &forwarded->cc, "original", true);
}

/* Who is invited, and by whom: a calendar program writes to each of them alone. */
static void collect_invited(struct collector *collector, bool outgoing)
{
	const struct facts *facts = collector->mail->facts;

	for (size_t i = 0; i < facts->invite_count; i++) {
		const struct facts_invite *invite = &facts->invites[i];

		collect(collector, &(struct facts_address){.address = invite->organizer},
			"attendee", outgoing);
		for (size_t j = 0; j < invite->attendee_count; j++)
			collect(collector,
				&(struct facts_address){.address = invite->attendees[j].address},
				"attendee", outgoing);
	}
}

struct match *participants_all(struct mail *mail, enum mailbox_kind kind)
{
	const struct facts *facts = mail->facts;
	struct collector collector = {.mail = mail};
	bool outgoing = mail->sender >= 0;

	collector.last = &collector.first;
	if (participants_forwarded(mail, kind) && !participants_uncertain(mail, kind))
		collect_forwarded(&collector);
	collect_all(&collector, &facts->from, "from", false);
	collect_all(&collector, &facts->to, "to", outgoing);
	collect_all(&collector, &facts->cc, "cc", outgoing);
	collect_all(&collector, &facts->bcc, "bcc", outgoing);
	collect_invited(&collector, outgoing);
	return collector.first;
}

bool participants_author(struct mail *mail, enum mailbox_kind kind, struct match *match)
{
	struct collector collector = {.mail = mail};
	collector.last = &collector.first;
	if (participants_forwarded(mail, kind))
		collect(&collector, &mail->facts->forwarded.from, "original", false);
	else if (mail->facts->from.count)
		collect(&collector, &mail->facts->from.items[0], "from", false);
	*match =
		collector.first ? *collector.first : (struct match){.role = "from", .rule = "none"};
	match->next = NULL;
	return collector.first != NULL;
}
