#include "ingest/reading.h"

#include "base/text.h"
#include "store/message.h"

struct addresses {
	struct arena *arena;
	struct message_reading_address *items;
	size_t count;
};

static void address_add(struct addresses *addresses, const char *role, struct span address)
{
	struct span folded = text_fold_address(addresses->arena, address);
	if (folded.size)
		addresses->items[addresses->count++] =
			(struct message_reading_address){role, folded};
}

static void list_add(
	struct addresses *addresses, const char *role, const struct facts_addresses *list)
{
	for (size_t i = 0; i < list->count; i++)
		address_add(addresses, role, list->items[i].address);
}

static void addresses_read(struct mail *mail, struct message_reading *reading)
{
	const struct facts *facts = mail->facts;
	size_t most = facts->from.count + facts->reply_to.count + facts->to.count +
		      facts->cc.count + facts->bcc.count + facts->envelope_to.count + 2;
	struct addresses addresses = {.arena = mail->arena};
	addresses.items = arena_array(mail->arena, struct message_reading_address, most);
	list_add(&addresses, "from", &facts->from);
	address_add(&addresses, "sender", facts->sender.address);
	list_add(&addresses, "reply-to", &facts->reply_to);
	list_add(&addresses, "to", &facts->to);
	list_add(&addresses, "cc", &facts->cc);
	list_add(&addresses, "bcc", &facts->bcc);
	for (size_t i = 0; i < facts->envelope_to.count; i++)
		address_add(&addresses, "envelope", facts->envelope_to.items[i]);
	if (facts->forwarded.how != FORWARD_NONE)
		address_add(&addresses, "original", facts->forwarded.from.address);
	reading->addresses = addresses.items;
	reading->address_count = addresses.count;
}

static void attachments_read(struct mail *mail, struct message_reading *reading)
{
	const struct facts *facts = mail->facts;
	struct message_reading_attachment *items = arena_array(
		mail->arena, struct message_reading_attachment, facts->attachment_count);
	for (size_t i = 0; i < facts->attachment_count; i++) {
		const struct facts_attachment *attachment = &facts->attachments[i];
		items[i] = (struct message_reading_attachment){
			.filename = attachment->filename,
			.content_type = attachment->content_type,
			.size_bytes = (int64_t)attachment->size_bytes,
			.sha256 = attachment->sha256,
			.decorative = attachment->decorative,
		};
	}
	reading->attachments = items;
	reading->attachment_count = facts->attachment_count;
}

bool reading_record(struct mail *mail, struct error *err)
{
	const struct facts *facts = mail->facts;
	CLEANUP(buffer_done) struct buffer plain = {0};
	struct message_reading reading = {
		.message_id = facts->message_id,
		.subject = facts->subject,
		.origin = span_from(facts_origin_name(facts->origin)),
		.language = facts->language,
		.date_ms = facts->date.present ? facts->date.instant_ms : 0,
		.facts_format = FACTS_WIRE_FORMAT,
	};
	if (facts->from.count) {
		reading.from_name = facts->from.items[0].name;
		reading.from_address = facts->from.items[0].address;
	}
	addresses_read(mail, &reading);
	attachments_read(mail, &reading);
	facts_write(facts, &plain);
	reading.facts = buffer_span(&plain);
	reading.text = facts_written_text(reading.facts);
	return message_read(mail->intake->db, mail->message_id, &reading, err);
}
