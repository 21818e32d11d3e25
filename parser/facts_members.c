#include "parser/facts_members.h"

#include "parser/facts.h"

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
#define LIKE(owner, name, other)                                           \
	{                                                                  \
		.type = WIRE_LIKE, .offset = offsetof(struct owner, name), \
		.like_offset = offsetof(struct owner, other)               \
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

static const struct wire_member absence_members[] = {
	MEMBER(WIRE_DATE, facts_absence, returns), SPANS(facts_absence, substitute), {0}};

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
	STRUCT(facts_invoice, preceding, sure_members),
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

/* text is first, where facts_written_text finds it */
const struct wire_member facts_members[] = {
	SPANS(facts, text),
	LIKE(facts, reply_text, text),
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
	SPANS(facts, signature),
	SPANS(facts, language),
	MEMBER(WIRE_BOOL, facts, has_html),
	LIST(facts, attachments, attachment_count, attachment_members),
	ENUM(facts, origin, ORIGIN_SYSTEM),
	LIST(facts, bounced, bounced_count, bounced_members),
	STRUCT(facts, absence, absence_members),
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
