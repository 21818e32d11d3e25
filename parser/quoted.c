#include "parser/quoted.h"

#define BLOCK_LINES_MAX	 40
#define FOLDED_LINES_MAX 3 /* of one field; only behind "To:" lists are longer */

static size_t kinds_of(const struct quoted_block *block)
{
	static const enum label_kind counted[] = {
		LABEL_FROM, LABEL_TO, LABEL_DATE, LABEL_SUBJECT, LABEL_CC, LABEL_REPLY_TO};
	size_t kinds = 0;

	for (size_t i = 0; i < ARRAY_COUNT(counted); i++)
		kinds += block->values[counted[i]].data != NULL;
	return kinds;
}

static bool is_block(const struct quoted_block *block, size_t at_least_kinds)
{
	return block->values[LABEL_FROM].size > 0 && kinds_of(block) >= at_least_kinds;
}

/* The next label within a few lines that are not blank: what lies between is folded. */
static bool folds(const struct lines *lines, size_t at, size_t depth)
{
	for (size_t i = at; i < lines->count && i < at + FOLDED_LINES_MAX; i++) {
		struct span line = line_unquote(lines->items[i], depth), value;

		if (line_is_blank(line))
			return false;
		if (label_of(line, &value) != LABEL_NONE)
			return true;
	}
	return false;
}

static struct span joined(struct arena *arena, struct span a, struct span b)
{
	return arena_format(arena, "%.*s %.*s", SPAN_ARG(a), SPAN_ARG(line_trim(b)));
}

bool quoted_block_at(struct arena *arena, const struct lines *lines, size_t at,
	size_t at_least_kinds, struct quoted_block *block)
{
	struct span content, value, *last = NULL;
	size_t i = at;

	*block = (struct quoted_block){.begin = at};
	block->depth = line_quote_depth(lines->items[at], &content);
	for (; i < lines->count && i - at < BLOCK_LINES_MAX; i++) {
		struct span line = line_unquote(lines->items[i], block->depth);
		enum label_kind kind = label_of(line, &value);

		if (kind == LABEL_NONE && (i == at || line_is_blank(line)))
			break;
		if (kind == LABEL_NONE) {
			bool list_goes_on = last && last->size > 0 &&
					    memchr(",;", last->data[last->size - 1], 2);
			/* Apple Mail leaves a label alone on its line, the value below */
			bool value_below = last && last->size == 0;
			if (!list_goes_on && !value_below && !folds(lines, i, block->depth))
				break;
			*last = value_below ? line_trim(line) : joined(arena, *last, line);
			continue;
		}
		if (block->values[kind].data && kind != LABEL_OTHER)
			break; /* the same field again: the text of the mail */
		last = &block->values[kind];
		*last = value.data ? value : SPAN("");
	}
	block->end = i;
	return is_block(block, at_least_kinds);
}

bool quoted_block_inside(struct span line, struct quoted_block *block)
{
	size_t begin, value, from = 0, previous = 0;
	enum label_kind last = LABEL_NONE, kind;

	*block = (struct quoted_block){0};
	while ((kind = label_inside(line, from, &begin, &value)) != LABEL_NONE) {
		if (last != LABEL_NONE)
			block->values[last] =
				line_trim(span_part(line, previous, begin - previous));
		if (last == LABEL_SUBJECT || block->values[kind].data) {
			last = LABEL_NONE; /* the subject is the last of them */
			break;
		}
		block->values[kind] = SPAN("");
		last = kind;
		previous = value;
		from = value;
	}
	if (last != LABEL_NONE)
		block->values[last] = line_trim(span_after(line, previous));
	return is_block(block, 3);
}
