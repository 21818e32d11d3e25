#include "ingest/card.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

struct card *card_add(struct card_file *file, struct arena *arena, size_t line, const char *what)
{
	if (file->count == file->capacity) {
		size_t capacity = file->capacity ? 2 * file->capacity : 64;
		struct card *cards = arena_array(arena, struct card, capacity);

		if (file->count)
			memcpy(cards, file->cards, file->count * sizeof *cards);
		file->cards = cards;
		file->capacity = capacity;
	}
	file->cards[file->count] = (struct card){.line = line, .what = what};
	return &file->cards[file->count++];
}

void card_string_add(struct card_strings *strings, struct arena *arena, struct span text)
{
	text = span_trim(text);
	if (span_is_empty(text))
		return;
	for (size_t i = 0; i < strings->count; i++)
		if (span_equal(strings->items[i], text))
			return;
	if (strings->count == strings->capacity) {
		size_t capacity = strings->capacity ? 2 * strings->capacity : 4;
		struct span *items = arena_array(arena, struct span, capacity);

		if (strings->count)
			memcpy(items, strings->items, strings->count * sizeof *items);
		strings->items = items;
		strings->capacity = capacity;
	}
	strings->items[strings->count++] = arena_copy(arena, text);
}

void card_fault(struct card *card, struct arena *arena, const char *format, ...)
{
	char text[240];
	va_list values;

	if (card->fault.size)
		return;
	va_start(values, format);
	vsnprintf(text, sizeof text, format, values);
	va_end(values);
	card->fault = arena_copy(arena, span_from(text));
}

void card_note_add(struct card *card, struct arena *arena, struct span label, struct span text)
{
	const char *before = card->note.size ? "\n" : "";

	if (label.size)
		text = span_trim(text);
	if (span_is_empty(span_trim(text)))
		return;
	card->note = arena_format(arena, "%.*s%s%.*s%s%.*s", SPAN_ARG(card->note), before,
		SPAN_ARG(label), label.size ? ": " : "", SPAN_ARG(text));
}

/* Google puts " ::: " between several values, others commas, semicolons, lines or JSON. */
static bool next_value(struct span *rest, const char *separators, struct span *value)
{
	size_t size;

	do {
		size = 0;
		while (size < rest->size && rest->data[size] &&
			!strchr(separators, rest->data[size]) &&
			!span_starts(span_after(*rest, size), SPAN(":::")))
			size++;
		*value = span_trim(span_part(*rest, 0, size));
		if (span_starts(span_after(*rest, size), SPAN(":::")))
			size += 2;
		*rest = span_after(*rest, size + 1);
	} while (!value->size && rest->size);
	return value->size > 0;
}

static bool is_address(struct arena *arena, struct span text)
{
	return span_find_byte(text, ' ') < 0 && span_find_byte(text, '<') < 0 &&
	       span_find_byte(text, '>') < 0 && text_fold_address(arena, text).size > 0;
}

void card_addresses_add(struct card *card, struct arena *arena, struct span text)
{
	struct span value;

	while (next_value(&text, "\r\n,;[]\"", &value)) {
		ptrdiff_t open = span_rfind_byte(value, '<');

		if (open >= 0 && span_ends(value, SPAN(">")))
			value = span_part(value, (size_t)open + 1, value.size - (size_t)open - 2);
		if (is_address(arena, value))
			card_string_add(&card->addresses, arena, value);
		else
			card_fault(card, arena, "`%.*s` is no mail address",
				SPAN_ARG(text_cut(value, 100)));
	}
}

void card_phones_add(struct card *card, struct arena *arena, struct span text)
{
	struct span value;

	while (next_value(&text, "\r\n,", &value))
		card_string_add(&card->phones, arena, value);
}

void card_flag_read(struct card *card, struct arena *arena, struct span text)
{
	static const char *const yes[] = {"yes", "true", "1", "y", "x", "on", "ja", "oui"};
	static const char *const no[] = {"no", "false", "0", "n", "off", "nein", "nee", "non", ""};
	struct span folded = text_fold(arena, text);

	for (size_t i = 0; i < ARRAY_COUNT(yes); i++)
		if (span_equal(folded, span_from(yes[i]))) {
			card->do_not_contact = true;
			return;
		}
	for (size_t i = 0; i < ARRAY_COUNT(no); i++)
		if (span_equal(folded, span_from(no[i])))
			return;
	card_fault(card, arena, "do-not-contact is `%.*s`, neither yes nor no",
		SPAN_ARG(text_cut(text, 40)));
}

struct span card_name_join(struct arena *arena, const struct span *parts, size_t count)
{
	struct span name = {"", 0};

	for (size_t i = 0; i < count; i++) {
		struct span part = span_trim(parts[i]);

		if (part.size)
			name = arena_format(arena, "%.*s%s%.*s", SPAN_ARG(name),
				name.size ? " " : "", SPAN_ARG(part));
	}
	return name;
}

void card_end(struct card *card)
{
	card->name = span_trim(card->name);
	card->company = span_trim(card->company);
	card->owner = span_trim(card->owner);
	card->source = span_trim(card->source);
	if (!card->name.size && card->addresses.count)
		card->name = card->addresses.items[0];
	if (!card->name.size && !card->fault.size)
		card->fault = SPAN("there is neither a name nor a mail address");
}
