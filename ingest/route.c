#include "ingest/route.h"

#include "base/text.h"

static const struct config_folder *folder_find(
	const struct config_mailbox *mailbox, struct span folder)
{
	for (size_t i = 0; i < mailbox->folder_count; i++) {
		struct span name = span_from(mailbox->folders[i].name);
		/* INBOX is the one name that has no case (RFC 9051 section 5.1). */
		if (span_equal(name, folder) ||
			(span_equal_fold(name, SPAN("INBOX")) && span_equal_fold(folder, name)))
			return &mailbox->folders[i];
	}
	return NULL;
}

/* The pinned field's values above the first Received field, in the header's order. */
static struct facts_strings pinned_values(
	struct arena *arena, const struct facts *facts, struct span name)
{
	size_t end = facts->received_count ? facts->received[0].field_index : facts->field_count;
	struct facts_strings values = {arena_array(arena, struct span, facts->field_count), 0};
	for (size_t i = 0; i < facts->field_count && i < end; i++) {
		if (!span_equal_fold(facts->fields[i].name, name))
			continue;
		struct span value = span_trim(facts->fields[i].value);
		if (span_starts(value, SPAN("<")) && span_ends(value, SPAN(">")))
			value = span_part(value, 1, value.size - 2);
		values.items[values.count++] = value;
	}
	return values;
}

/* Takes the address when it belongs to the wanted mailbox (NULL: to any). */
static bool address_take(const struct intake *intake, struct arena *arena, struct span address,
	const struct config_mailbox *wanted, struct route *route)
{
	struct span folded = text_fold_address(arena, address);
	struct directory_entry entry = directory_find(intake->directory, folded);
	if (!entry.mailbox || (wanted && entry.mailbox != wanted))
		return false;
	route->mailbox = entry.mailbox;
	route->address = directory_redact(intake->directory, arena, folded);
	route->has_secret = entry.has_secret;
	return true;
}

/* mailbox NULL: none that pins a field. */
static struct facts_strings envelope_of(
	struct arena *arena, const struct facts *facts, const struct config_mailbox *mailbox)
{
	return mailbox && mailbox->envelope_field
		       ? pinned_values(arena, facts, span_from(mailbox->envelope_field))
		       : facts->envelope_to;
}

static bool envelope_take(const struct intake *intake, struct arena *arena,
	const struct facts *facts, const struct config_mailbox *mailbox, struct route *route)
{
	struct facts_strings values = envelope_of(arena, facts, mailbox);
	for (size_t i = 0; i < values.count; i++) {
		if (address_take(intake, arena, values.items[i], mailbox, route))
			return true;
	}
	return false;
}

static bool recipients_take(const struct intake *intake, struct arena *arena,
	const struct facts *facts, struct route *route)
{
	const struct facts_addresses *lists[] = {&facts->to, &facts->cc, &facts->bcc};
	for (size_t l = 0; l < ARRAY_COUNT(lists); l++) {
		for (size_t i = 0; i < lists[l]->count; i++) {
			if (address_take(intake, arena, lists[l]->items[i].address, NULL, route))
				return true;
		}
	}
	return false;
}

/* "Projects/CRM" is reached by user+CRM@ too: servers file by the last part as well. */
static bool detail_names_folder(struct span detail, struct span folder)
{
	size_t start = folder.size;
	while (start > 0 && folder.data[start - 1] != '/' && folder.data[start - 1] != '.')
		start--;
	return span_equal(detail, folder) || span_equal(detail, span_after(folder, start));
}

/* What mail programs call the folder of sent mail, in our four languages. */
static bool folder_is_sent(struct arena *arena, struct span folder)
{
	static const char *const names[] = {"sent", "sent items", "sent messages", "sent mail",
		"gesendet", "gesendete objekte", "gesendete elemente", "verzonden",
		"verzonden items", "verzonden berichten", "envoyés", "éléments envoyés",
		"messages envoyés", "objets envoyés"};
	struct span folded = text_fold(arena, folder);
	size_t start = folded.size;
	while (start > 0 && folded.data[start - 1] != '/' && folded.data[start - 1] != '.')
		start--;
	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		if (span_equal(span_after(folded, start), text_fold(arena, span_from(names[i]))))
			return true;
	}
	return false;
}

/* An envelope address whose detail is the folder's name: outsiders can write to it. */
static struct span folder_reached_from_outside(
	struct arena *arena, struct facts_strings envelope, char separator, struct span folder)
{
	struct span folder_folded = text_fold(arena, folder);
	for (size_t i = 0; i < envelope.count; i++) {
		struct span address = text_fold(arena, envelope.items[i]);
		struct span local = span_part(address, 0, (size_t)span_rfind_byte(address, '@'));
		ptrdiff_t at = span_find_byte(local, separator);
		if (at < 0)
			at = span_find_byte(local, '+');
		if (at >= 0 &&
			detail_names_folder(span_after(local, (size_t)at + 1), folder_folded))
			return arena_format(arena,
				"trust: %.*s delivers into the trusted folder %.*s, so anybody can "
				"have sent it",
				SPAN_ARG(envelope.items[i]), SPAN_ARG(folder));
	}
	return (struct span){0};
}

static struct route route_without_mailbox(
	const struct intake *intake, struct arena *arena, const struct facts *facts)
{
	struct route route = {.by = "envelope"};
	route.found = envelope_take(intake, arena, facts, NULL, &route);
	if (!route.found) {
		route.by = "recipients";
		route.found = recipients_take(intake, arena, facts, &route);
	}
	if (route.found)
		route.kind = route.mailbox->kind;
	return route;
}

struct route route_find(const struct intake *intake, struct arena *arena, const struct facts *facts,
	const struct config_mailbox *mailbox, struct span folder)
{
	if (!mailbox)
		return route_without_mailbox(intake, arena, facts);

	struct route route = {
		.found = true, .kind = mailbox->kind, .mailbox = mailbox, .by = "mailbox"};
	const struct config_folder *known = folder_find(mailbox, folder);
	if (known)
		route.kind = known->kind;
	if (known && known->trust_folder) {
		route.trusted = true;
		route.sent = folder_is_sent(arena, folder);
		/* the usual fields too: a forged one only refuses what came by it */
		route.refused = folder_reached_from_outside(
			arena, facts->envelope_to, intake->config->tag_separator, folder);
		if (span_is_empty(route.refused) && mailbox->envelope_field)
			route.refused = folder_reached_from_outside(arena,
				envelope_of(arena, facts, mailbox), intake->config->tag_separator,
				folder);
	} else if (envelope_take(intake, arena, facts, mailbox, &route)) {
		route.by = "envelope";
	}
	return route;
}
