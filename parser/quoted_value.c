#include "parser/quoted_value.h"

#include "base/buffer.h"
#include "base/text.h"
#include "parser/lines.h"
#include "parser/mime.h"

/*
 * Outlook writes "anna@b.example<mailto:anna@b.example>" and "Anna [mailto:anna@b.example]": the
 * first form loses the repetition, the second gets its brackets.
 */
static struct span without_mailto(struct arena *arena, struct span value)
{
	struct buffer out = {0};
	struct span rest = value;

	for (ptrdiff_t at; (at = span_find_fold(rest, SPAN("mailto:"))) > 0;) {
		char open = rest.data[at - 1];
		struct span inside = span_after(rest, (size_t)at + 7);
		ptrdiff_t close = span_find_byte(inside, open == '[' ? ']' : '>');

		if ((open != '<' && open != '[') || close < 0)
			break;
		struct span before = span_part(rest, 0, (size_t)at - 1);
		bool repeats = open == '<' && before.size > 0 &&
			       before.data[before.size - 1] != ' ' &&
			       before.data[before.size - 1] != ',';
		buffer_append(&out, before);
		if (!repeats)
			buffer_format(&out, "<%.*s>", (int)close, inside.data);
		rest = span_after(inside, (size_t)close + 1);
	}
	buffer_append(&out, rest);
	struct span clean = arena_copy(arena, buffer_span(&out));
	buffer_done(&out);
	return clean;
}

/* "Anna <a@b.example> on behalf of desk@b.example": the person who wrote. */
static struct span without_behalf(struct span value)
{
	static const char *const words[] = {" on behalf of ", " im Auftrag von ", " namens ",
		" de la part de ", " en nombre de ", " per conto di ", " em nome de "};

	for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
		ptrdiff_t at = span_find_fold(value, span_from(words[i]));
		if (at > 0)
			return span_part(value, 0, (size_t)at);
	}
	return value;
}

static struct facts_addresses addresses_in(struct arena *arena, struct span value)
{
	struct defects ignored = {0};
	struct facts_addresses list = {0};

	value = without_mailto(arena, value);
	for (size_t i = 0; i < value.size; i++)
		if (value.data[i] == '*') {
			struct span copy = arena_copy(arena, value);
			for (size_t j = i; j < copy.size; j++)
				if (copy.data[j] == '*')
					((char *)(uintptr_t)copy.data)[j] = ' ';
			value = copy;
			break;
		}
	mime_addresses(arena, value, &ignored, &list);
	return list;
}

struct facts_address quoted_sender(struct arena *arena, struct span value)
{
	if (value.size == 0)
		return (struct facts_address){0};
	struct facts_addresses list = addresses_in(arena, without_behalf(value));

	for (size_t i = 0; i < list.count; i++)
		if (span_find_byte(list.items[i].address, '@') > 0) {
			struct facts_address *item = &list.items[i];

			if (span_equal_fold(item->name, item->address))
				item->name = (struct span){0};
			return *item;
		}
	/* "From: Anna Müller": a name only */
	return (struct facts_address){text_clean(arena, line_trim(value)), {0}};
}

struct facts_addresses quoted_recipients(struct arena *arena, struct span value)
{
	struct facts_addresses list = addresses_in(arena, value);

	for (size_t i = 0; i < list.count; i++)
		if (span_equal_fold(list.items[i].name, list.items[i].address))
			list.items[i].name = (struct span){0};
	return list;
}
