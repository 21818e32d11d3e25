#include "parser/scan.h"

#include "base/buffer.h"

/* The next line that begins with "--" at or behind `at`; NULL: none. */
static const char *next_dash_line(struct span body, const char *at)
{
	const char *end = body.data + body.size;

	while (end - at >= 2) {
		if (at[0] == '-' && at[1] == '-' && (at == body.data || at[-1] == '\n'))
			return at;
		at = memchr(at, '\n', (size_t)(end - at));
		if (!at)
			break;
		at++;
	}
	return NULL;
}

static size_t dash_lines(struct span body)
{
	const char *at = body.data;
	size_t count = 0;

	for (; at && (at = next_dash_line(body, at)) != NULL; at += 2)
		count++;
	return count;
}

struct boundaries {
	struct span items[BOUNDARIES_MAX];
	size_t count;
};

/* The value behind `boundary=` without its quotes. */
static struct span boundary_value(struct span text)
{
	struct span value = span_trim(span_part(text, 0, BOUNDARY_BYTES_MAX));
	size_t end = 0;

	if (value.size == 0 || value.data[0] != '=')
		return (struct span){0};
	value = span_trim(span_after(value, 1));
	if (span_starts(value, SPAN("\""))) {
		value = span_after(value, 1);
		ptrdiff_t quote = span_find_byte(value, '"');
		return span_part(value, 0, quote < 0 ? value.size : (size_t)quote);
	}
	while (end < value.size && !memchr(" \t\r\n;", value.data[end], 5))
		end++;
	return span_part(value, 0, end);
}

static void collect_boundaries(struct span text, struct boundaries *boundaries)
{
	static const struct span word = SPAN_INIT("boundary");
	const char *at = text.data, *end = text.data + text.size;

	while (at && boundaries->count < BOUNDARIES_MAX &&
		(at = memchr(at, '=', (size_t)(end - at))) != NULL) {
		size_t before = (size_t)(at - text.data);

		while (before > 0 && (text.data[before - 1] == ' ' || text.data[before - 1] == '*'))
			before--;
		if (before >= word.size &&
			span_equal_fold(span_part(text, before - word.size, word.size), word)) {
			struct span value = boundary_value((struct span){at, (size_t)(end - at)});

			if (value.size > 0)
				boundaries->items[boundaries->count++] = value;
		}
		at++;
	}
}

static bool is_boundary_line(struct span line, const struct boundaries *boundaries)
{
	struct span rest = span_after(line, 2);

	for (size_t i = 0; i < boundaries->count; i++)
		if (span_starts(rest, boundaries->items[i]))
			return true;
	return false;
}

/* Rare: thousands of "--" lines. Those that are boundaries of this mail are counted. */
static struct span bounds_exactly(struct span body, struct span header, struct defects *defects)
{
	static struct boundaries boundaries;
	struct span rest = body, line;
	size_t parts = 0, looked = 0;

	boundaries.count = 0;
	collect_boundaries(header, &boundaries);
	collect_boundaries(body, &boundaries);
	while (span_next_line(&rest, &line)) {
		if (!span_starts(line, SPAN("--")))
			continue;
		looked += boundaries.count;
		bool too_many = is_boundary_line(line, &boundaries) && ++parts > PARTS_MAX;
		/* comparing each line with each boundary is what a bomb would like */
		if (!too_many && looked < (size_t)BOUNDARIES_MAX * DASH_LINES_MAX)
			continue;
		defect_add(defects, "too-many-parts");
		return (struct span){body.data, (size_t)(line.data - body.data)};
	}
	return body;
}

/* The field at the front with its folded lines. */
static struct span field_at(struct span text)
{
	const char *end = text.data + text.size, *at = text.data;

	while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		at++;
		if (at == end || (*at != ' ' && *at != '\t'))
			return (struct span){text.data, (size_t)(at - text.data)};
	}
	return text;
}

/*
 * GMime takes time by the square of the parameters of a Content- field, in the header of a part as
 * of a message inside: the body up to the one that is too long, alone or with those before it.
 */
static struct span cut_long_fields(struct span body, struct defects *defects)
{
	const char *end = body.data + body.size, *at = body.data;
	size_t squares = 0;

	while (at && at < end) {
		struct span rest = {at, (size_t)(end - at)};

		if ((*at == 'C' || *at == 'c') && span_starts_fold(rest, SPAN("Content-"))) {
			struct span field = field_at(rest);
			size_t count = scan_count(field, ';');

			squares += count > PARAMETERS_USUAL ? count * count : 0;
			if (field.size > PART_FIELD_BYTES_MAX || squares > PARAMETER_SQUARES_MAX) {
				defect_add(defects, "part-header-too-long");
				return span_part(body, 0, (size_t)(at - body.data));
			}
		}
		at = memchr(at, '\n', (size_t)(end - at));
		at = at ? at + 1 : NULL;
	}
	return body;
}

/* The next line "--boundary" + `more`, where it begins; NULL: none. */
static const char *next_boundary(struct span body, struct span boundary, struct span more)
{
	const char *at = body.data, *end = body.data + body.size;

	while (at && (at = next_dash_line(body, at)) != NULL) {
		struct span rest = {at + 2, (size_t)(end - at) - 2};

		if (span_starts(rest, boundary) &&
			span_starts(span_after(rest, boundary.size), more))
			return at;
		at += 2;
	}
	return NULL;
}

/* Without a long text before the first and behind the last part; empty when there is no part. */
static struct span cut_around(struct span body, struct span header)
{
	static struct boundaries boundaries;
	const char *begin, *end;

	boundaries.count = 0;
	collect_boundaries(header, &boundaries);
	if (boundaries.count == 0 || body.size <= AROUND_PARTS_BYTES_MAX ||
		span_find_fold(header, SPAN("multipart/")) < 0)
		return body;
	begin = next_boundary(body, boundaries.items[0], SPAN(""));
	if (!begin)
		return (struct span){body.data, 0};
	if ((size_t)(begin - body.data) > AROUND_PARTS_BYTES_MAX)
		body = span_after(body, (size_t)(begin - body.data));
	end = next_boundary(body, boundaries.items[0], SPAN("--"));
	if (end && body.size - (size_t)(end - body.data) > AROUND_PARTS_BYTES_MAX)
		body = span_part(body, 0, (size_t)(end - body.data) + AROUND_PARTS_BYTES_MAX);
	return body;
}

struct span scan_bounds(struct span body, struct span header, struct defects *defects)
{
	if (span_find_fold(header, SPAN("multipart/")) < 0 &&
		span_find_fold(header, SPAN("message/")) < 0)
		return body;
	body = cut_around(body, header);
	body = dash_lines(body) <= DASH_LINES_MAX ? body : bounds_exactly(body, header, defects);
	return cut_long_fields(body, defects);
}

struct span scan_to_boundary(struct span bytes, struct span boundary)
{
	struct span rest = bytes;

	if (boundary.size == 0)
		return bytes;
	for (ptrdiff_t at; (at = span_find(rest, SPAN("\n--"))) >= 0;) {
		struct span line = span_after(rest, (size_t)at + 3);

		if (span_starts(line, boundary)) {
			size_t size = (size_t)(line.data - bytes.data) - 3;
			if (size > 0 && bytes.data[size - 1] == '\r')
				size--;
			return span_part(bytes, 0, size);
		}
		rest = line;
	}
	return bytes;
}

struct span scan_guess_boundary(struct span body)
{
	struct span rest = body, line;

	while (span_next_line(&rest, &line)) {
		struct span next = rest, field;
		struct span boundary = span_trim(span_after(line, 2));

		if (!span_starts(line, SPAN("--")) || boundary.size == 0 ||
			boundary.size > BOUNDARY_BYTES_MAX || span_find_byte(boundary, '"') >= 0)
			continue;
		if (span_next_line(&next, &field) && span_starts_fold(field, SPAN("Content-")))
			return boundary;
	}
	return (struct span){0};
}

/*
 * White space and quotes in the tag at the front: at least as many as it has attributes. *size is
 * where the tag ends; a quote that never closes ends it too, or it would hide all that follows.
 */
static size_t tag_gaps(struct span tag, size_t *size)
{
	size_t gaps = 0, at = 1;

	for (; at < tag.size && tag.data[at] != '>' && tag.data[at] != '<'; at++) {
		char byte = tag.data[at];

		if (byte == '"' || byte == '\'') {
			ptrdiff_t close = span_find_byte(span_after(tag, at + 1), byte);

			gaps++;
			if (close < 0)
				break;
			at += 1 + (size_t)close;
		} else if (memchr(" \t\r\n/", byte, 5)) {
			gaps++;
		}
	}
	*size = at;
	return gaps;
}

struct span scan_tags(struct span markup)
{
	struct span rest = markup;
	size_t squares = 0;

	for (ptrdiff_t at; (at = span_find_byte(rest, '<')) >= 0;) {
		struct span tag = span_after(rest, (size_t)at);
		size_t size = 1, gaps = 0;

		/* comments and declarations have none, and quotes mean nothing in them */
		if (tag.size > 1 && tag.data[1] != '!' && tag.data[1] != '?')
			gaps = tag_gaps(tag, &size);
		squares += gaps > MARKUP_GAPS_USUAL ? gaps * gaps : 0;
		if (gaps > MARKUP_GAPS_MAX || squares > MARKUP_GAPS_SQUARES_MAX)
			return (struct span){markup.data, (size_t)(tag.data - markup.data)};
		rest = span_after(tag, size);
	}
	return markup;
}

size_t scan_count(struct span line, char byte)
{
	size_t count = 0;

	for (size_t i = 0; i < line.size; i++)
		count += line.data[i] == byte;
	return count;
}

struct span scan_without_parentheses(struct arena *arena, struct span line)
{
	char *out = arena_alloc(arena, line.size + 1);
	size_t size = 0;

	for (size_t i = 0; i < line.size; i++)
		if (line.data[i] != '(' && line.data[i] != ')')
			out[size++] = line.data[i];
	return (struct span){out, size};
}

struct span scan_without_comments(struct arena *arena, struct span line)
{
	char *out = arena_alloc(arena, line.size + 1);
	size_t size = 0, depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < line.size; i++) {
		char byte = line.data[i];

		if (byte == '"' && depth == 0)
			quoted = !quoted;
		if (byte == '\\' && i + 1 < line.size && (quoted || depth > 0)) {
			if (depth == 0) {
				out[size++] = byte;
				out[size++] = line.data[i + 1];
			}
			i++;
		} else if (byte == '(' && !quoted) {
			depth++;
		} else if (byte == ')' && depth > 0) {
			if (--depth == 0)
				out[size++] = ' ';
		} else if (depth == 0) {
			out[size++] = byte;
		}
	}
	return (struct span){out, size};
}
