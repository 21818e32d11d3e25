#include "parser/lines.h"

#include "parser/limits.h"

struct lines lines_of(struct arena *arena, struct span text)
{
	struct span rest = text, line;
	struct lines lines = {0};
	size_t count = 0;

	while (count < LINES_MAX && span_next_line(&rest, &line))
		count++;
	lines.items = arena_array(arena, struct span, count + 1);
	rest = text;
	while (lines.count < count && span_next_line(&rest, &line))
		lines.items[lines.count++] = line;
	if (rest.size > 0)
		lines.items[lines.count++] = rest;
	return lines;
}

struct span lines_join(struct arena *arena, const struct lines *lines, size_t from, size_t to)
{
	size_t size = 0;

	while (from < to && line_is_blank(lines->items[from]))
		from++;
	while (to > from && line_is_blank(lines->items[to - 1]))
		to--;
	for (size_t i = from; i < to; i++)
		size += lines->items[i].size + 1;
	if (size == 0)
		return (struct span){0};
	char *text = arena_alloc(arena, size), *at = text;
	for (size_t i = from; i < to; i++) {
		if (lines->items[i].size > 0)
			memcpy(at, lines->items[i].data, lines->items[i].size);
		at += lines->items[i].size;
		*at++ = '\n';
	}
	return (struct span){text, size - 1};
}

/* White space beyond ASCII. */
static const struct span wide_spaces[] = {
	SPAN_INIT("\xc2\xa0"),	   /* U+00A0 no-break space */
	SPAN_INIT("\xe2\x80\x8b"), /* U+200B zero width space */
	SPAN_INIT("\xe2\x80\x8e"), /* U+200E left-to-right mark */
	SPAN_INIT("\xe2\x80\xaf"), /* U+202F narrow no-break space */
	SPAN_INIT("\xef\xbb\xbf"), /* U+FEFF byte order mark */
};

static bool is_ascii_space(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* Bytes of the white space at the front of text; 0: none. */
static size_t space_before(struct span text)
{
	if (text.size == 0 || is_ascii_space(text.data[0]))
		return text.size > 0;
	if ((unsigned char)text.data[0] >= 0xc2)
		for (size_t i = 0; i < ARRAY_COUNT(wide_spaces); i++)
			if (span_starts(text, wide_spaces[i]))
				return wide_spaces[i].size;
	return 0;
}

static size_t space_behind(struct span text)
{
	if (text.size == 0 || is_ascii_space(text.data[text.size - 1]))
		return text.size > 0;
	if ((unsigned char)text.data[text.size - 1] >= 0x80)
		for (size_t i = 0; i < ARRAY_COUNT(wide_spaces); i++)
			if (span_ends(text, wide_spaces[i]))
				return wide_spaces[i].size;
	return 0;
}

struct span line_trim(struct span line)
{
	size_t size;

	while ((size = space_before(line)) > 0)
		line = span_after(line, size);
	while ((size = space_behind(line)) > 0)
		line = span_part(line, 0, line.size - size);
	return line;
}

bool line_is_blank(struct span line)
{
	size_t size;

	while ((size = space_before(line)) > 0)
		line = span_after(line, size);
	return line.size == 0;
}

size_t line_quote_depth(struct span line, struct span *content)
{
	size_t depth = 0, at = 0, end = 0;

	while (at < line.size && (line.data[at] == '>' || line.data[at] == ' ')) {
		if (line.data[at++] == '>') {
			depth++;
			end = at;
		}
	}
	*content = span_after(line, end);
	if (depth > 0 && span_starts(*content, SPAN(" ")))
		*content = span_after(*content, 1);
	return depth;
}

struct span line_unquote(struct span line, size_t depth)
{
	while (depth-- > 0) {
		struct span inner = span_starts(line, SPAN(" ")) ? span_after(line, 1) : line;

		if (!span_starts(inner, SPAN(">")))
			return line;
		line = span_after(inner, 1);
	}
	return span_starts(line, SPAN(" ")) ? span_after(line, 1) : line;
}
