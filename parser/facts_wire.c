/*
 * Facts as bytes and back. Each struct has one table of its members; writer and reader walk the
 * same table, so that they cannot drift apart. The bytes begin with a magic number and the format.
 */
#include "parser/facts.h"

#include <stddef.h>

#include "base/pack.h"
#include "base/text.h"

#define WIRE_MAGIC   0x31544346u /* "FCT1" */
#define WIRE_MILLION 1000000.0	 /* confidences travel as millionths */

enum wire_type {
	WIRE_END,
	WIRE_SPAN,
	WIRE_BOOL,
	WIRE_ENUM, /* an int-sized enum of 0..max */
	WIRE_INT,  /* an int of min..max */
	WIRE_U32,
	WIRE_U64,
	WIRE_I64,
	WIRE_SURE, /* a double of 0..1 */
	WIRE_DIGEST,
	WIRE_DATE,
	WIRE_STRUCT,
	WIRE_LIST, /* a pointer at offset, its size_t count at count_offset */
};

struct wire_member {
	enum wire_type type;
	size_t offset, count_offset, item_bytes;
	int64_t min, max;
	const struct wire_member *members; /* of STRUCT and LIST */
};

#define MEMBER(kind, owner, name)                                      \
	{                                                              \
		.type = (kind), .offset = offsetof(struct owner, name) \
	}
#define ENUM(owner, name, last)                                                          \
	{                                                                                \
		.type = WIRE_ENUM, .offset = offsetof(struct owner, name), .max = (last) \
	}
#define INT(owner, name, least, most)                                                     \
	{                                                                                 \
		.type = WIRE_INT, .offset = offsetof(struct owner, name), .min = (least), \
		.max = (most)                                                             \
	}
#define STRUCT(owner, name, table)                                                              \
	{                                                                                       \
		.type = WIRE_STRUCT, .offset = offsetof(struct owner, name), .members = (table) \
	}
#define LIST(owner, items, counter, table)                                            \
	{                                                                             \
		.type = WIRE_LIST, .offset = offsetof(struct owner, items),           \
		.count_offset = offsetof(struct owner, counter),                      \
		.item_bytes = sizeof(*((struct owner *)0)->items), .members = (table) \
	}
#define SPANS(owner, name) MEMBER(WIRE_SPAN, owner, name)

_Static_assert(sizeof(enum facts_origin) == sizeof(int), "enums are written through int");

static const struct wire_member span_members[] = {{.type = WIRE_SPAN}, {0}};

static const struct wire_member strings_members[] = {
	LIST(facts_strings, items, count, span_members), {0}};

static const struct wire_member address_members[] = {
	SPANS(facts_address, name), SPANS(facts_address, address), {0}};

static const struct wire_member addresses_members[] = {
	LIST(facts_addresses, items, count, address_members), {0}};

static const struct wire_member time_members[] = {
	MEMBER(WIRE_BOOL, facts_time, present),
	MEMBER(WIRE_I64, facts_time, instant_ms),
	INT(facts_time, offset_minutes, -24 * 60 + 1, 24 * 60 - 1),
	{0},
};

static const struct wire_member attachment_members[] = {
	SPANS(facts_attachment, filename),
	SPANS(facts_attachment, content_type),
	SPANS(facts_attachment, content_id),
	SPANS(facts_attachment, container),
	MEMBER(WIRE_U64, facts_attachment, size_bytes),
	MEMBER(WIRE_DIGEST, facts_attachment, sha256),
	MEMBER(WIRE_BOOL, facts_attachment, is_inline),
	MEMBER(WIRE_BOOL, facts_attachment, decorative),
	{0},
};

static const struct wire_member bounced_members[] = {
	SPANS(facts_bounced, address),
	SPANS(facts_bounced, status),
	SPANS(facts_bounced, reply_code),
	SPANS(facts_bounced, reason),
	{0},
};

static const struct wire_member authentication_members[] = {
	MEMBER(WIRE_U32, facts_authentication, field_index),
	SPANS(facts_authentication, authserv_id),
	SPANS(facts_authentication, method),
	SPANS(facts_authentication, result),
	SPANS(facts_authentication, domain),
	SPANS(facts_authentication, property),
	{0},
};

static const struct wire_member received_members[] = {
	MEMBER(WIRE_U32, facts_received, field_index),
	SPANS(facts_received, from),
	SPANS(facts_received, by),
	SPANS(facts_received, with),
	SPANS(facts_received, for_address),
	STRUCT(facts_received, at, time_members),
	{0},
};

static const struct wire_member field_members[] = {
	SPANS(facts_field, name), SPANS(facts_field, value), {0}};

static const struct wire_member forwarded_members[] = {
	ENUM(facts_forwarded, how, FORWARD_INLINE),
	STRUCT(facts_forwarded, from, address_members),
	STRUCT(facts_forwarded, to, addresses_members),
	STRUCT(facts_forwarded, cc, addresses_members),
	SPANS(facts_forwarded, subject),
	SPANS(facts_forwarded, date_text),
	SPANS(facts_forwarded, text),
	SPANS(facts_forwarded, note),
	SPANS(facts_forwarded, message_id),
	STRUCT(facts_forwarded, date, time_members),
	MEMBER(WIRE_SURE, facts_forwarded, confidence),
	{0},
};

static const struct wire_member request_members[] = {
	SPANS(facts_request, tag),
	SPANS(facts_request, source),
	ENUM(facts_request, when, REQUEST_ON),
	INT(facts_request, amount, 0, 100000),
	MEMBER(WIRE_DATE, facts_request, on),
	INT(facts_request, hour, -1, 23),
	INT(facts_request, minute, -1, 59),
	SPANS(facts_request, to),
	ENUM(facts_request, link, REQUEST_LINK_CASE),
	MEMBER(WIRE_U32, facts_request, link_number),
	MEMBER(WIRE_BOOL, facts_request, contract),
	MEMBER(WIRE_BOOL, facts_request, done),
	MEMBER(WIRE_BOOL, facts_request, keep),
	MEMBER(WIRE_BOOL, facts_request, task),
	SPANS(facts_request, error),
	{0},
};

static const struct wire_member action_members[] = {
	SPANS(facts_action, text),
	SPANS(facts_action, assignee),
	MEMBER(WIRE_DATE, facts_action, due),
	{0},
};

static const struct wire_member party_members[] = {
	SPANS(facts_party, name),
	SPANS(facts_party, vat_id),
	SPANS(facts_party, tax_id),
	SPANS(facts_party, address),
	SPANS(facts_party, reference),
	{0},
};

static const struct wire_member amount_members[] = {
	MEMBER(WIRE_BOOL, facts_amount, present),
	MEMBER(WIRE_I64, facts_amount, cents),
	MEMBER(WIRE_SURE, facts_amount, confidence),
	{0},
};

static const struct wire_member sure_members[] = {
	SPANS(facts_sure, text), MEMBER(WIRE_SURE, facts_sure, confidence), {0}};

static const struct wire_member invoice_members[] = {
	ENUM(facts_invoice, source, INVOICE_TEXT),
	ENUM(facts_invoice, kind, INVOICE_ORDER),
	SPANS(facts_invoice, attachment),
	MEMBER(WIRE_DIGEST, facts_invoice, document),
	STRUCT(facts_invoice, number, sure_members),
	STRUCT(facts_invoice, currency, sure_members),
	STRUCT(facts_invoice, iban, sure_members),
	STRUCT(facts_invoice, bic, sure_members),
	STRUCT(facts_invoice, order_reference, sure_members),
	STRUCT(facts_invoice, payment_reference, sure_members),
	MEMBER(WIRE_DATE, facts_invoice, issue_date),
	MEMBER(WIRE_DATE, facts_invoice, due_date),
	MEMBER(WIRE_SURE, facts_invoice, issue_date_confidence),
	MEMBER(WIRE_SURE, facts_invoice, due_date_confidence),
	STRUCT(facts_invoice, net, amount_members),
	STRUCT(facts_invoice, tax, amount_members),
	STRUCT(facts_invoice, total, amount_members),
	STRUCT(facts_invoice, payable, amount_members),
	STRUCT(facts_invoice, seller, party_members),
	STRUCT(facts_invoice, buyer, party_members),
	MEMBER(WIRE_U32, facts_invoice, lines),
	{0},
};

static const struct wire_member attendee_members[] = {
	SPANS(facts_attendee, address), SPANS(facts_attendee, status), {0}};

static const struct wire_member invite_members[] = {
	SPANS(facts_invite, uid),
	SPANS(facts_invite, recurrence_id),
	SPANS(facts_invite, method),
	SPANS(facts_invite, summary),
	SPANS(facts_invite, organizer),
	SPANS(facts_invite, status),
	SPANS(facts_invite, recurrence_rule),
	SPANS(facts_invite, zone),
	MEMBER(WIRE_U32, facts_invite, sequence),
	MEMBER(WIRE_I64, facts_invite, stamp_ms),
	STRUCT(facts_invite, start, time_members),
	STRUCT(facts_invite, end, time_members),
	MEMBER(WIRE_DATE, facts_invite, start_date),
	MEMBER(WIRE_DATE, facts_invite, end_date),
	MEMBER(WIRE_BOOL, facts_invite, all_day),
	MEMBER(WIRE_BOOL, facts_invite, time_certain),
	LIST(facts_invite, attendees, attendee_count, attendee_members),
	{0},
};

static const struct wire_member facts_members[] = {
	SPANS(facts, message_id),
	STRUCT(facts, in_reply_to, strings_members),
	STRUCT(facts, references, strings_members),
	STRUCT(facts, date, time_members),
	STRUCT(facts, from, addresses_members),
	STRUCT(facts, reply_to, addresses_members),
	STRUCT(facts, to, addresses_members),
	STRUCT(facts, cc, addresses_members),
	STRUCT(facts, bcc, addresses_members),
	STRUCT(facts, sender, address_members),
	SPANS(facts, subject),
	STRUCT(facts, envelope_to, strings_members),
	SPANS(facts, text),
	SPANS(facts, reply_text),
	SPANS(facts, signature),
	SPANS(facts, language),
	MEMBER(WIRE_BOOL, facts, has_html),
	LIST(facts, attachments, attachment_count, attachment_members),
	ENUM(facts, origin, ORIGIN_SYSTEM),
	LIST(facts, bounced, bounced_count, bounced_members),
	LIST(facts, authentication, authentication_count, authentication_members),
	LIST(facts, received, received_count, received_members),
	LIST(facts, fields, field_count, field_members),
	STRUCT(facts, defects, strings_members),
	STRUCT(facts, forwarded, forwarded_members),
	LIST(facts, invites, invite_count, invite_members),
	LIST(facts, invoices, invoice_count, invoice_members),
	LIST(facts, requests, request_count, request_members),
	LIST(facts, actions, action_count, action_members),
	{0},
};

static void members_write(
	const char *object, const struct wire_member *members, struct buffer *out);

static void date_write(struct date date, struct buffer *out)
{
	pack_u32(out, (uint32_t)(date.year * 10000 + date.month * 100 + date.day));
}

static void list_write(const char *object, const struct wire_member *member, struct buffer *out)
{
	const char *items = *(char *const *)(const void *)(object + member->offset);
	size_t count = *(const size_t *)(const void *)(object + member->count_offset);

	pack_u32(out, (uint32_t)count);
	for (size_t i = 0; i < count; i++)
		members_write(items + i * member->item_bytes, member->members, out);
}

static void member_write(const char *object, const struct wire_member *member, struct buffer *out)
{
	const void *at = object + member->offset;

	switch (member->type) {
	case WIRE_SPAN:
		pack_span(out, *(const struct span *)at);
		return;
	case WIRE_BOOL:
		pack_bool(out, *(const bool *)at);
		return;
	case WIRE_ENUM:
		pack_u8(out, (uint8_t) * (const int *)at);
		return;
	case WIRE_INT:
		pack_i64(out, *(const int *)at);
		return;
	case WIRE_U32:
		pack_u32(out, *(const uint32_t *)at);
		return;
	case WIRE_U64:
		pack_u64(out, *(const uint64_t *)at);
		return;
	case WIRE_I64:
		pack_i64(out, *(const int64_t *)at);
		return;
	case WIRE_SURE:
		pack_u32(out, (uint32_t)(*(const double *)at * WIRE_MILLION + 0.5));
		return;
	case WIRE_DIGEST:
		buffer_append(out, (struct span){at, DIGEST_BYTES});
		return;
	case WIRE_DATE:
		date_write(*(const struct date *)at, out);
		return;
	case WIRE_STRUCT:
		members_write(at, member->members, out);
		return;
	case WIRE_LIST:
		list_write(object, member, out);
		return;
	case WIRE_END:
		return;
	}
}

static void members_write(const char *object, const struct wire_member *members, struct buffer *out)
{
	for (; members->type != WIRE_END; members++)
		member_write(object, members, out);
}

void facts_write(const struct facts *facts, struct buffer *out)
{
	pack_u32(out, WIRE_MAGIC);
	pack_u32(out, FACTS_WIRE_FORMAT);
	members_write((const char *)facts, facts_members, out);
}

static void members_clean(char *object, const struct wire_member *members, struct arena *arena)
{
	for (; members->type != WIRE_END; members++) {
		void *at = object + members->offset;

		if (members->type == WIRE_SPAN) {
			*(struct span *)at = text_clean(arena, *(struct span *)at);
		} else if (members->type == WIRE_STRUCT) {
			members_clean(at, members->members, arena);
		} else if (members->type == WIRE_LIST) {
			char *items = *(char **)at;
			size_t count =
				*(const size_t *)(const void *)(object + members->count_offset);

			for (size_t i = 0; i < count; i++)
				members_clean(
					items + i * members->item_bytes, members->members, arena);
		}
	}
}

void facts_clean(struct facts *facts, struct arena *arena)
{
	members_clean((char *)facts, facts_members, arena);
}

/* The fewest bytes that an object of these members takes: what a count is checked against. */
static size_t members_least_bytes(const struct wire_member *members)
{
	static const size_t bytes[] = {
		[WIRE_SPAN] = 4,
		[WIRE_BOOL] = 1,
		[WIRE_ENUM] = 1,
		[WIRE_INT] = 8,
		[WIRE_U32] = 4,
		[WIRE_U64] = 8,
		[WIRE_I64] = 8,
		[WIRE_SURE] = 4,
		[WIRE_DIGEST] = DIGEST_BYTES,
		[WIRE_DATE] = 4,
		[WIRE_LIST] = 4,
	};
	size_t sum = 0;

	for (; members->type != WIRE_END; members++)
		sum += members->type == WIRE_STRUCT ? members_least_bytes(members->members)
						    : bytes[members->type];
	return sum;
}

static void members_read(
	struct unpack *in, struct arena *arena, char *object, const struct wire_member *members);

static struct span span_read(struct unpack *in, struct arena *arena)
{
	struct span raw = unpack_span(in);
	struct span clean = text_clean(arena, raw);

	return clean.data == raw.data && clean.size > 0 ? arena_copy(arena, clean) : clean;
}

static struct date date_read(struct unpack *in)
{
	uint32_t value = unpack_u32(in);
	struct date date = {
		(int)(value / 10000 % 100000), (int)(value / 100 % 100), (int)(value % 100)};

	if (value == 0)
		return (struct date){0};
	if (date_is_valid(date))
		return date;
	in->bad = true;
	return (struct date){0};
}

static int int_read(struct unpack *in, int64_t value, const struct wire_member *member)
{
	if (value >= member->min && value <= member->max)
		return (int)value;
	in->bad = true;
	return (int)member->min;
}

static void digest_read(struct unpack *in, struct digest *digest)
{
	if (in->rest.size < DIGEST_BYTES) {
		in->bad = true;
		return;
	}
	memcpy(digest->bytes, in->rest.data, DIGEST_BYTES);
	in->rest = span_after(in->rest, DIGEST_BYTES);
}

static double sure_read(struct unpack *in)
{
	uint32_t millionths = unpack_u32(in);

	if (millionths > WIRE_MILLION)
		in->bad = true;
	return in->bad ? 0.0 : millionths / WIRE_MILLION;
}

static void list_read(
	struct unpack *in, struct arena *arena, char *object, const struct wire_member *member)
{
	uint32_t count = unpack_count(in, members_least_bytes(member->members));
	char *items = count > 0 ? arena_alloc_array(arena, count, member->item_bytes) : NULL;

	for (uint32_t i = 0; i < count && !in->bad; i++)
		members_read(in, arena, items + i * member->item_bytes, member->members);
	*(char **)(void *)(object + member->offset) = items;
	*(size_t *)(void *)(object + member->count_offset) = count;
}

static void member_read(
	struct unpack *in, struct arena *arena, char *object, const struct wire_member *member)
{
	void *at = object + member->offset;

	switch (member->type) {
	case WIRE_SPAN:
		*(struct span *)at = span_read(in, arena);
		return;
	case WIRE_BOOL:
		*(bool *)at = unpack_bool(in);
		return;
	case WIRE_ENUM:
		*(int *)at = int_read(in, unpack_u8(in), member);
		return;
	case WIRE_INT:
		*(int *)at = int_read(in, unpack_i64(in), member);
		return;
	case WIRE_U32:
		*(uint32_t *)at = unpack_u32(in);
		return;
	case WIRE_U64:
		*(uint64_t *)at = unpack_u64(in);
		return;
	case WIRE_I64:
		*(int64_t *)at = unpack_i64(in);
		return;
	case WIRE_SURE:
		*(double *)at = sure_read(in);
		return;
	case WIRE_DIGEST:
		digest_read(in, at);
		return;
	case WIRE_DATE:
		*(struct date *)at = date_read(in);
		return;
	case WIRE_STRUCT:
		members_read(in, arena, at, member->members);
		return;
	case WIRE_LIST:
		list_read(in, arena, object, member);
		return;
	case WIRE_END:
		return;
	}
}

static void members_read(
	struct unpack *in, struct arena *arena, char *object, const struct wire_member *members)
{
	for (; members->type != WIRE_END && !in->bad; members++)
		member_read(in, arena, object, members);
}

/* Other layers index facts->fields with these. */
static bool indexes_fit(const struct facts *facts)
{
	for (size_t i = 0; i < facts->authentication_count; i++)
		if (facts->authentication[i].field_index >= facts->field_count)
			return false;
	for (size_t i = 0; i < facts->received_count; i++)
		if (facts->received[i].field_index >= facts->field_count)
			return false;
	return true;
}

bool facts_read(struct span bytes, struct arena *arena, struct facts *facts, struct error *err)
{
	struct unpack in = {bytes, false};

	*facts = (struct facts){0};
	if (unpack_u32(&in) != WIRE_MAGIC)
		return error_set(err, ERROR_INPUT, "facts: these bytes are no facts");
	uint32_t format = unpack_u32(&in);
	if (format != FACTS_WIRE_FORMAT)
		return error_set(err, ERROR_INPUT,
			"facts: format %u is not the format %d of this program; parse the mail "
			"again",
			format, FACTS_WIRE_FORMAT);
	members_read(&in, arena, (char *)facts, facts_members);
	if (!unpack_done(&in) || !indexes_fit(facts)) {
		*facts = (struct facts){0};
		return error_set(err, ERROR_INPUT, "facts: damaged (%zu bytes, %zu left)",
			bytes.size, in.rest.size);
	}
	return true;
}
