#include "parser/facts_json.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "parser/facts_invite.h"
#include "parser/facts_request.h"

/* Facts are valid UTF-8 by contract; should they not be, an absent value is better than a crash. */
static json_t *json_text(struct span text)
{
	json_t *value = text.size > 0 ? json_stringn(text.data, text.size) : NULL;

	return value ? value : json_null();
}

/* A text that is there even when it is empty. */
static json_t *json_whole_text(struct span text)
{
	json_t *value = json_stringn(text.data ? text.data : "", text.size);

	return value ? value : json_string("");
}

static void put(json_t *object, const char *key, json_t *value)
{
	json_object_set_new_nocheck(object, key, value);
}

static void put_text(json_t *object, const char *key, struct span text)
{
	put(object, key, json_text(text));
}

static json_t *json_time(struct facts_time time)
{
	char text[CLOCK_RFC3339_SIZE];

	if (!time.present)
		return json_null();
	return json_string(clock_rfc3339(time.instant_ms, time.offset_minutes, text));
}

static json_t *json_date(struct date date)
{
	char text[DATE_TEXT_SIZE];

	return date_is_set(date) ? json_string(date_text(date, text)) : json_null();
}

static json_t *json_amount(struct facts_amount amount)
{
	char text[32];
	uint64_t cents = (uint64_t)amount.cents;

	if (!amount.present)
		return json_null();
	if (amount.cents < 0)
		cents = 0 - cents;
	snprintf(text, sizeof(text), "%s%" PRIu64 ".%02" PRIu64, amount.cents < 0 ? "-" : "",
		cents / 100, cents % 100);
	return json_string(text);
}

static json_t *json_strings(struct facts_strings strings)
{
	json_t *list = json_array();

	for (size_t i = 0; i < strings.count; i++)
		json_array_append_new(list, json_whole_text(strings.items[i]));
	return list;
}

static json_t *json_address(struct facts_address address)
{
	json_t *object = json_object();

	put_text(object, "name", address.name);
	put_text(object, "address", address.address);
	return object;
}

static json_t *json_address_or_null(struct facts_address address)
{
	return address.address.size > 0 || address.name.size > 0 ? json_address(address)
								 : json_null();
}

static json_t *json_addresses(struct facts_addresses addresses)
{
	json_t *list = json_array();

	for (size_t i = 0; i < addresses.count; i++)
		json_array_append_new(list, json_address(addresses.items[i]));
	return list;
}

/* The mail's own, or those that lie in one of them. */
static json_t *json_attachments(const struct facts *facts, bool contained)
{
	json_t *list = json_array();
	char hex[DIGEST_HEX_SIZE];

	for (size_t i = 0; i < facts->attachment_count; i++) {
		const struct facts_attachment *attachment = &facts->attachments[i];
		json_t *object;

		if (contained != (attachment->container.size > 0))
			continue;
		object = json_object();

		put_text(object, "filename", attachment->filename);
		put_text(object, "content_type", attachment->content_type);
		put(object, "size", json_integer((json_int_t)attachment->size_bytes));
		put(object, "sha256", json_string(digest_hex(&attachment->sha256, hex)));
		put(object, "inline", json_boolean(attachment->is_inline));
		put(object, "decorative", json_boolean(attachment->decorative));
		if (contained)
			put_text(object, "container", attachment->container);
		json_array_append_new(list, object);
	}
	return list;
}

/* What the note of an auto-reply says; null for all other mail. */
static json_t *json_absence(const struct facts *facts)
{
	if (facts->origin != ORIGIN_AUTO_REPLY)
		return json_null();
	json_t *object = json_object();

	put(object, "returns", json_date(facts->absence.returns));
	put_text(object, "substitute", facts->absence.substitute);
	return object;
}

static json_t *json_bounce(const struct facts *facts)
{
	if (facts->origin != ORIGIN_BOUNCE)
		return json_null();
	json_t *list = json_array();
	for (size_t i = 0; i < facts->bounced_count; i++) {
		const struct facts_bounced *bounced = &facts->bounced[i];
		json_t *object = json_object();

		put_text(object, "address", bounced->address);
		put_text(object, "status", bounced->status);
		put_text(object, "reply_code", bounced->reply_code);
		put_text(object, "reason", bounced->reason);
		json_array_append_new(list, object);
	}
	json_t *bounce = json_object();
	put(bounce, "recipients", list);
	return bounce;
}

static json_t *json_authentication(const struct facts *facts)
{
	json_t *list = json_array();

	for (size_t i = 0; i < facts->authentication_count; i++) {
		const struct facts_authentication *result = &facts->authentication[i];
		json_t *object = json_object();

		put_text(object, "authserv_id", result->authserv_id);
		put_text(object, "method", result->method);
		put_text(object, "result", result->result);
		put_text(object, "domain", result->domain);
		json_array_append_new(list, object);
	}
	return list;
}

static json_t *json_message(const struct facts *facts)
{
	json_t *message = json_object();

	put_text(message, "message_id", facts->message_id);
	put(message, "in_reply_to", json_strings(facts->in_reply_to));
	put(message, "references", json_strings(facts->references));
	put(message, "date", json_time(facts->date));
	put(message, "from", json_addresses(facts->from));
	put(message, "sender", json_address_or_null(facts->sender));
	put(message, "reply_to", json_addresses(facts->reply_to));
	put(message, "to", json_addresses(facts->to));
	put(message, "cc", json_addresses(facts->cc));
	put(message, "bcc", json_addresses(facts->bcc));
	put_text(message, "subject", facts->subject);
	put(message, "envelope_to", json_strings(facts->envelope_to));
	put(message, "text", json_whole_text(facts->text));
	put(message, "reply_text", json_whole_text(facts->reply_text));
	put_text(message, "signature", facts->signature);
	put_text(message, "language", facts->language);
	put(message, "attachments", json_attachments(facts, false));
	put(message, "contained", json_attachments(facts, true));
	put(message, "origin", json_string(facts_origin_name(facts->origin)));
	put(message, "bounce", json_bounce(facts));
	put(message, "auto_reply", json_absence(facts));
	put(message, "authentication", json_authentication(facts));
	put(message, "defects", json_strings(facts->defects));
	return message;
}

static json_t *json_forwarded(const struct facts_forwarded *forwarded)
{
	if (forwarded->how == FORWARD_NONE)
		return json_null();
	json_t *object = json_object();
	put(object, "how", json_string(forwarded->how == FORWARD_ATTACHED ? "attached" : "inline"));
	put(object, "from", json_address_or_null(forwarded->from));
	put(object, "to", json_addresses(forwarded->to));
	put(object, "cc", json_addresses(forwarded->cc));
	put_text(object, "subject", forwarded->subject);
	put(object, "date", json_time(forwarded->date));
	put_text(object, "date_text", forwarded->date_text);
	put(object, "text", json_whole_text(forwarded->text));
	put(object, "note", json_whole_text(forwarded->note));
	put_text(object, "message_id", forwarded->message_id);
	put(object, "confidence", json_real(forwarded->confidence));
	return object;
}

static json_t *json_invite(const struct facts_invite *as_read)
{
	struct facts_invite settled = *as_read, *invite = &settled;
	json_t *object = json_object();
	json_t *attendees = json_array();

	for (size_t i = 0; i < invite->attendee_count; i++) {
		json_t *attendee = json_object();

		put_text(attendee, "address", invite->attendees[i].address);
		put_text(attendee, "status", invite->attendees[i].status);
		json_array_append_new(attendees, attendee);
	}
	facts_invite_settle(invite);
	put_text(object, "uid", invite->uid);
	put_text(object, "recurrence_id", invite->recurrence_id);
	put_text(object, "method", invite->method);
	put(object, "sequence", json_integer(invite->sequence));
	put_text(object, "summary", invite->summary);
	put_text(object, "status", invite->status);
	put(object, "start",
		invite->all_day ? json_date(invite->start_date) : json_time(invite->start));
	put(object, "end", invite->all_day ? json_date(invite->end_date) : json_time(invite->end));
	put(object, "all_day", json_boolean(invite->all_day));
	put_text(object, "zone", invite->zone);
	put_text(object, "recurrence_rule", invite->recurrence_rule);
	put_text(object, "organizer", invite->organizer);
	put(object, "attendees", attendees);
	put(object, "time_certain", json_boolean(invite->time_certain));
	return object;
}

static json_t *json_party(const struct facts_party *party, bool is_seller)
{
	json_t *object = json_object();

	put_text(object, "name", party->name);
	put_text(object, "vat_id", party->vat_id);
	if (is_seller) {
		put_text(object, "tax_id", party->tax_id);
		put_text(object, "address", party->address);
	} else {
		put_text(object, "reference", party->reference);
	}
	return object;
}

static void put_sure(json_t *confidence, const char *key, bool present, double sure)
{
	if (present)
		put(confidence, key, json_real(sure));
}

static json_t *json_confidence(const struct facts_invoice *invoice)
{
	json_t *object = json_object();
	const struct {
		const char *key;
		const struct facts_sure *sure;
	} texts[] = {
		{"number", &invoice->number},
		{"currency", &invoice->currency},
		{"iban", &invoice->iban},
		{"bic", &invoice->bic},
		{"order_reference", &invoice->order_reference},
		{"payment_reference", &invoice->payment_reference},
		{"preceding_invoice", &invoice->preceding},
	};
	const struct {
		const char *key;
		const struct facts_amount *amount;
	} amounts[] = {
		{"net", &invoice->net},
		{"tax", &invoice->tax},
		{"total", &invoice->total},
		{"payable", &invoice->payable},
	};

	for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
		put_sure(object, texts[i].key, texts[i].sure->text.size > 0,
			texts[i].sure->confidence);
	for (size_t i = 0; i < ARRAY_COUNT(amounts); i++)
		put_sure(object, amounts[i].key, amounts[i].amount->present,
			amounts[i].amount->confidence);
	put_sure(object, "issue_date", date_is_set(invoice->issue_date),
		invoice->issue_date_confidence);
	put_sure(object, "due_date", date_is_set(invoice->due_date), invoice->due_date_confidence);
	return object;
}

static json_t *json_invoice(const struct facts_invoice *invoice)
{
	json_t *object = json_object();

	put(object, "source", json_string(facts_invoice_source_name(invoice->source)));
	put_text(object, "attachment", invoice->attachment);
	put(object, "kind", json_string(facts_invoice_kind_name(invoice->kind)));
	put_text(object, "number", invoice->number.text);
	put(object, "issue_date", json_date(invoice->issue_date));
	put(object, "due_date", json_date(invoice->due_date));
	put_text(object, "currency", invoice->currency.text);
	put(object, "net", json_amount(invoice->net));
	put(object, "tax", json_amount(invoice->tax));
	put(object, "total", json_amount(invoice->total));
	put(object, "payable", json_amount(invoice->payable));
	put(object, "seller", json_party(&invoice->seller, true));
	put(object, "buyer", json_party(&invoice->buyer, false));
	put_text(object, "order_reference", invoice->order_reference.text);
	put_text(object, "iban", invoice->iban.text);
	put_text(object, "bic", invoice->bic.text);
	put_text(object, "payment_reference", invoice->payment_reference.text);
	put_text(object, "preceding_invoice", invoice->preceding.text);
	put(object, "lines", json_integer(invoice->lines));
	put(object, "confidence", json_confidence(invoice));
	return object;
}

static json_t *json_due(const struct facts *facts, const struct facts_request *request)
{
	struct date from = facts_day(&facts->date);

	if (!date_is_set(from) && request->when != REQUEST_ON)
		return json_null();
	struct date due = request_due(request, from, NULL, 0);
	if (!date_is_set(due) || request->hour < 0)
		return json_date(due);

	char text[CLOCK_RFC3339_SIZE];
	int64_t minutes = date_to_days(due) * 1440 + request->hour * 60 + request->minute -
			  facts->date.offset_minutes;
	return json_string(clock_rfc3339(minutes * 60000, facts->date.offset_minutes, text));
}

static json_t *json_request(const struct facts *facts, const struct facts_request *request)
{
	static const char *const links[] = {
		[REQUEST_LINK_DEAL] = "deal",
		[REQUEST_LINK_TICKET] = "ticket",
		[REQUEST_LINK_CASE] = "case",
	};
	json_t *object = json_object();
	json_t *options = json_object();

	put_text(options, "to", request->to);
	put(options, "keep", json_boolean(request->keep));
	put(options, "task", json_boolean(request->task));
	put(options, "done", json_boolean(request->done));
	for (size_t i = REQUEST_LINK_DEAL; i < ARRAY_COUNT(links); i++)
		put(options, links[i],
			request->link == i ? json_integer(request->link_number) : json_null());
	put(options, "contract", json_boolean(request->contract));
	put_text(object, "tag", request->tag);
	put_text(object, "source", request->source);
	put(object, "due", json_due(facts, request));
	put(object, "options", options);
	put_text(object, "error", request->error);
	return object;
}

static json_t *json_action(const struct facts_action *action)
{
	json_t *object = json_object();

	put_text(object, "text", action->text);
	put_text(object, "assignee", action->assignee);
	put(object, "due", json_date(action->due));
	return object;
}

json_t *facts_json(const struct facts *facts, const char *file)
{
	json_t *object = json_object();
	json_t *invites = json_array(), *invoices = json_array();
	json_t *requests = json_array(), *actions = json_array();

	for (size_t i = 0; i < facts->invite_count; i++)
		json_array_append_new(invites, json_invite(&facts->invites[i]));
	for (size_t i = 0; i < facts->invoice_count; i++)
		json_array_append_new(invoices, json_invoice(&facts->invoices[i]));
	for (size_t i = 0; i < facts->request_count; i++)
		json_array_append_new(requests, json_request(facts, &facts->requests[i]));
	for (size_t i = 0; i < facts->action_count; i++)
		json_array_append_new(actions, json_action(&facts->actions[i]));

	put(object, "file", json_text(span_from(file)));
	put(object, "format", json_integer(FACTS_FORMAT));
	put(object, "message", json_message(facts));
	put(object, "forwarded", json_forwarded(&facts->forwarded));
	put(object, "invites", invites);
	put(object, "invoices", invoices);
	put(object, "requests", requests);
	put(object, "actions", actions);
	put(object, "route", json_null());
	put(object, "matches", json_array());
	put(object, "effects", json_array());
	return object;
}
