#include "parser/header.h"

#include "base/text.h"
#include "parser/charset.h"
#include "parser/limits.h"
#include "parser/mime.h"
#include "parser/timestamp.h"
#include "parser/trace.h"

static void addresses_read(const struct field_block *block, struct arena *arena,
	struct defects *defects, const char *name, struct facts_addresses *list)
{
	struct span wanted = span_from(name);

	for (size_t i = 0; i < block->count; i++)
		if (span_equal_fold(block->items[i].name, wanted))
			mime_addresses(arena, block->items[i].raw, defects, list);
}

/* RFC 5322 allows one From field; of several the first counts. */
static void first_addresses_read(const struct field_block *block, struct arena *arena,
	struct defects *defects, const char *name, struct facts_addresses *list)
{
	mime_addresses(arena, field_first(block, span_from(name)), defects, list);
}

static struct span subject_read(
	const struct field_block *block, struct arena *arena, struct defects *defects)
{
	struct span subject = mime_text(arena, field_first(block, SPAN("Subject")));

	if (subject.size > SUBJECT_BYTES_MAX)
		defect_add(defects, "subject-too-long");
	return text_cut(subject, SUBJECT_BYTES_MAX);
}

/* What stands between < and >; a bare word where a program forgot them. */
static bool next_id(struct span *rest, struct span *id)
{
	ptrdiff_t open = span_find_byte(*rest, '<');

	if (open < 0)
		return false;
	struct span inside = span_after(*rest, (size_t)open + 1);
	ptrdiff_t close = span_find_byte(inside, '>');
	*id = close < 0 ? inside : span_part(inside, 0, (size_t)close);
	*rest = close < 0 ? (struct span){0} : span_after(inside, (size_t)close + 1);
	return true;
}

static struct span without_spaces(struct arena *arena, struct span id)
{
	id = span_trim(text_cut(id, MESSAGE_ID_BYTES_MAX));
	if (span_find_byte(id, ' ') < 0)
		return id;
	char *out = arena_alloc(arena, id.size + 1);
	size_t size = 0;
	for (size_t i = 0; i < id.size; i++)
		if (id.data[i] != ' ')
			out[size++] = id.data[i];
	return (struct span){out, size};
}

static struct span message_id_read(const struct field_block *block, struct arena *arena)
{
	struct span value = mime_text(arena, field_first(block, SPAN("Message-ID"))), id;

	if (value.size == 0)
		value = mime_text(arena, field_first(block, SPAN("X-Original-Message-ID")));
	struct span rest = value;
	if (!next_id(&rest, &id))
		id = value;
	return without_spaces(arena, id);
}

static void ids_read(struct arena *arena, struct span raw, struct facts_strings *ids)
{
	struct span value = mime_text(arena, raw), rest = value, id;
	size_t count = 0;

	while (count < REFERENCES_MAX && next_id(&rest, &id))
		count++;
	if (count == 0) {
		/* without brackets: words that have an @ */
		if (value.size == 0 || span_find_byte(value, ' ') >= 0 ||
			span_find_byte(value, '@') <= 0)
			return;
		ids->items = arena_array(arena, struct span, 1);
		ids->items[ids->count++] = text_cut(value, MESSAGE_ID_BYTES_MAX);
		return;
	}
	ids->items = arena_array(arena, struct span, count);
	rest = value;
	while (ids->count < count && next_id(&rest, &id)) {
		id = without_spaces(arena, id);
		if (id.size > 0)
			ids->items[ids->count++] = id;
		else
			count--;
	}
}

static struct facts_time date_read(
	const struct field_block *block, struct arena *arena, struct defects *defects)
{
	struct span text = mime_text(arena, field_first(block, SPAN("Date")));
	struct facts_time time = {0};

	if (text.size > 0 && !timestamp_read(text, 0, &time))
		defect_add(defects, "bad-date");
	return time;
}

static void fields_read(const struct field_block *block, struct arena *arena, struct facts *facts)
{
	facts->fields = arena_array(arena, struct facts_field, block->count);
	facts->field_count = block->count;
	for (size_t i = 0; i < block->count; i++) {
		bool bad = false;
		struct span value = charset_to_utf8(arena, (struct span){0},
			field_unfold(arena, block->items[i].raw), FIELD_VALUE_BYTES_MAX, &bad);

		facts->fields[i] =
			(struct facts_field){block->items[i].name, text_clean(arena, value)};
	}
}

static void sender_read(const struct field_block *block, struct arena *arena,
	struct defects *defects, struct facts *facts)
{
	struct facts_addresses senders = {0};

	first_addresses_read(block, arena, defects, "Sender", &senders);
	if (senders.count > 0)
		facts->sender = senders.items[0];
}

static void check_repeats(const struct field_block *block, struct defects *defects)
{
	static const char *const once[] = {"From", "Subject", "Date", "Message-ID", "To"};

	for (size_t i = 0; i < ARRAY_COUNT(once); i++) {
		size_t count = 0;

		for (size_t j = 0; j < block->count; j++)
			count += span_equal_fold(block->items[j].name, span_from(once[i]));
		if (count > 1)
			defect_add(defects, "repeated-header-field");
	}
}

void header_read(const struct field_block *block, struct arena *arena, struct defects *defects,
	struct facts *facts)
{
	facts->message_id = message_id_read(block, arena);
	ids_read(arena, field_first(block, SPAN("In-Reply-To")), &facts->in_reply_to);
	ids_read(arena, field_first(block, SPAN("References")), &facts->references);
	facts->date = date_read(block, arena, defects);
	first_addresses_read(block, arena, defects, "From", &facts->from);
	sender_read(block, arena, defects, facts);
	addresses_read(block, arena, defects, "Reply-To", &facts->reply_to);
	addresses_read(block, arena, defects, "To", &facts->to);
	addresses_read(block, arena, defects, "Cc", &facts->cc);
	addresses_read(block, arena, defects, "Bcc", &facts->bcc);
	facts->subject = subject_read(block, arena, defects);
	fields_read(block, arena, facts);
	trace_read(facts, arena);
	check_repeats(block, defects);
}

void header_summary_read(const struct field_block *block, struct arena *arena,
	struct defects *defects, struct header_summary *summary)
{
	*summary = (struct header_summary){0};
	first_addresses_read(block, arena, defects, "From", &summary->from);
	addresses_read(block, arena, defects, "To", &summary->to);
	addresses_read(block, arena, defects, "Cc", &summary->cc);
	summary->subject = subject_read(block, arena, defects);
	summary->message_id = message_id_read(block, arena);
	summary->date_text = mime_text(arena, field_first(block, SPAN("Date")));
	summary->date = date_read(block, arena, defects);
}
