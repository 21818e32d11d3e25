#include "ingest/redact.h"

#include "base/text.h"
#include "parser/facts_request.h"

struct redactor {
	const struct directory *directory;
	struct arena *arena;
};

static void text_redact(const struct redactor *redactor, struct span *text)
{
	*text = directory_redact(redactor->directory, redactor->arena, *text);
}

static void strings_redact(const struct redactor *redactor, struct facts_strings *strings)
{
	struct span *items = arena_array(redactor->arena, struct span, strings->count);
	for (size_t i = 0; i < strings->count; i++) {
		items[i] = strings->items[i];
		text_redact(redactor, &items[i]);
	}
	strings->items = items;
}

static void addresses_redact(const struct redactor *redactor, struct facts_addresses *addresses)
{
	struct facts_address *items =
		arena_array(redactor->arena, struct facts_address, addresses->count);
	for (size_t i = 0; i < addresses->count; i++) {
		items[i] = addresses->items[i];
		text_redact(redactor, &items[i].name);
		text_redact(redactor, &items[i].address);
	}
	addresses->items = items;
}

static void fields_redact(const struct redactor *redactor, struct facts *facts)
{
	struct facts_field *fields =
		arena_array(redactor->arena, struct facts_field, facts->field_count);
	for (size_t i = 0; i < facts->field_count; i++) {
		fields[i] = facts->fields[i];
		text_redact(redactor, &fields[i].value);
	}
	facts->fields = fields;

	struct facts_received *received =
		arena_array(redactor->arena, struct facts_received, facts->received_count);
	for (size_t i = 0; i < facts->received_count; i++) {
		received[i] = facts->received[i];
		text_redact(redactor, &received[i].for_address);
	}
	facts->received = received;
}

/* "SECRET.2w" is no tag to the parser, which doesn't know the secret: what follows is read again.
 */
static void request_redact(const struct redactor *redactor, struct facts_request *request)
{
	struct span folded = text_fold_address(redactor->arena, request->source);
	struct directory_entry entry = directory_find(redactor->directory, folded);

	text_redact(redactor, &request->source);
	if (!entry.has_secret) {
		text_redact(redactor, &request->tag);
		text_redact(redactor, &request->error);
		return;
	}
	struct facts_request again = {.source = request->source};
	request_read_tag(redactor->arena, arena_copy(redactor->arena, entry.detail), &again);
	*request = again;
}

static void requests_redact(const struct redactor *redactor, struct facts *facts)
{
	struct facts_request *requests =
		arena_array(redactor->arena, struct facts_request, facts->request_count);
	size_t count = 0;
	for (size_t i = 0; i < facts->request_count; i++) {
		requests[count] = facts->requests[i];
		request_redact(redactor, &requests[count]);
		/* The secret alone asks for nothing. */
		count += requests[count].tag.size > 0;
	}
	facts->requests = requests;
	facts->request_count = count;
}

/* A report about a mail to the address names it. */
static void bounced_redact(const struct redactor *redactor, struct facts *facts)
{
	struct facts_bounced *bounced =
		arena_array(redactor->arena, struct facts_bounced, facts->bounced_count);
	for (size_t i = 0; i < facts->bounced_count; i++) {
		bounced[i] = facts->bounced[i];
		text_redact(redactor, &bounced[i].address);
		text_redact(redactor, &bounced[i].reason);
	}
	facts->bounced = bounced;
}

const struct facts *redact_facts(
	const struct directory *directory, struct arena *arena, const struct facts *facts)
{
	if (!directory_has_secrets(directory))
		return facts;
	struct redactor redactor = {directory, arena};
	struct facts *copy = arena_alloc(arena, sizeof(*copy));
	*copy = *facts;
	strings_redact(&redactor, &copy->envelope_to);
	addresses_redact(&redactor, &copy->from);
	addresses_redact(&redactor, &copy->reply_to);
	addresses_redact(&redactor, &copy->to);
	addresses_redact(&redactor, &copy->cc);
	addresses_redact(&redactor, &copy->bcc);
	fields_redact(&redactor, copy);
	requests_redact(&redactor, copy);
	bounced_redact(&redactor, copy);
	text_redact(&redactor, &copy->sender.name);
	text_redact(&redactor, &copy->sender.address);
	text_redact(&redactor, &copy->subject);
	text_redact(&redactor, &copy->text);
	text_redact(&redactor, &copy->reply_text);
	text_redact(&redactor, &copy->signature);
	addresses_redact(&redactor, &copy->forwarded.to);
	addresses_redact(&redactor, &copy->forwarded.cc);
	text_redact(&redactor, &copy->forwarded.text);
	text_redact(&redactor, &copy->forwarded.note);
	text_redact(&redactor, &copy->forwarded.subject);
	return copy;
}
