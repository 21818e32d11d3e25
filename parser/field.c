#include "parser/field.h"

#include "base/buffer.h"

#define NAME_BYTES_LIMIT 100 /* longer "names" are text with a colon in it */

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

/* Length of the field name at the front of a line, without white space before the colon; 0: none.
 */
static size_t name_length(struct span line)
{
	size_t end = 0;

	while (end < line.size && end < NAME_BYTES_LIMIT && line.data[end] > ' ' &&
		line.data[end] < 127 && line.data[end] != ':')
		end++;
	size_t colon = end;
	while (colon < line.size && is_blank(line.data[colon]))
		colon++;
	return end > 0 && colon < line.size && line.data[colon] == ':' ? end : 0;
}

static bool is_mbox_line(struct span line)
{
	return span_starts(line, SPAN("From ")) || span_starts(line, SPAN(">From "));
}

/* A name that surely begins a field, and not a sentence with a colon. */
static bool is_known_field(struct span line)
{
	static const char *const known[] = {"Received", "From", "To", "Cc", "Subject", "Date",
		"Message-ID", "Return-Path", "Reply-To", "MIME-Version", "In-Reply-To",
		"References", "Sender", "Delivered-To", "List-", "X-", "Content-", "DKIM-",
		"Authentication-Results"};
	size_t length = name_length(line);

	for (size_t i = 0; length > 0 && i < ARRAY_COUNT(known); i++) {
		struct span name = span_from(known[i]);

		if (span_ends(name, SPAN("-")) ? span_starts_fold(line, name)
					       : span_equal_fold(span_part(line, 0, length), name))
			return true;
	}
	return false;
}

static struct span peek_line(struct span rest)
{
	struct span line = {0};

	return span_next_line(&rest, &line) ? line : (struct span){0};
}

/* Where the header begins: behind a byte order mark, blank lines, an mbox line or junk. */
static struct span skip_junk(struct span raw, struct defects *defects)
{
	struct span rest = span_starts(raw, SPAN("\xef\xbb\xbf")) ? span_after(raw, 3) : raw;
	struct span begin = rest, line;

	bool junk = false;
	for (size_t lines = 0; lines < JUNK_LINES_MAX && span_next_line(&rest, &line); lines++) {
		if (name_length(line) > 0 && !is_mbox_line(line)) {
			if (junk)
				defect_add(defects, "junk-before-header");
			return begin;
		}
		if (span_find_byte(line, '\0') >= 0)
			break; /* no mail: some binary file */
		junk |= span_trim(line).size > 0 && !is_mbox_line(line);
		begin = rest;
	}
	return raw;
}

/* Lines beyond the caps are walked over to find the body, but not kept. */
static bool fits(const struct field_block *block, size_t header_bytes, struct defects *defects)
{
	if (block->count < FIELDS_MAX && header_bytes <= HEADER_BYTES_MAX)
		return true;
	defect_add(defects, "header-too-long");
	return false;
}

static void add_field(struct field_block *block, size_t *capacity, struct arena *arena,
	struct span line, size_t name_size)
{
	if (block->count == *capacity) {
		size_t wanted = *capacity ? *capacity * 2 : 32;
		struct field *items = arena_array(arena, struct field, wanted);

		if (block->count > 0)
			memcpy(items, block->items, block->count * sizeof(*items));
		block->items = items;
		*capacity = wanted;
	}
	size_t colon = (size_t)span_find_byte(span_after(line, name_size), ':') + name_size;
	block->items[block->count++] =
		(struct field){span_part(line, 0, name_size), span_after(line, colon + 1)};
}

/* The line belongs to the field above it. */
static void extend_field(struct field_block *block, struct span line)
{
	if (block->count == 0)
		return;
	struct field *last = &block->items[block->count - 1];
	last->raw.size = (size_t)(line.data + line.size - last->raw.data);
}

bool field_block_read(
	struct span raw, struct arena *arena, struct defects *defects, struct field_block *block)
{
	struct span rest = skip_junk(raw, defects), line;
	const char *begin = rest.data;
	size_t capacity = 0;
	bool keep = true;

	*block = (struct field_block){0};
	for (struct span before = rest; span_next_line(&rest, &line); before = rest) {
		size_t name_size = name_length(line);

		if (line.size == 0)
			break;
		if (is_blank(line.data[0])) {
			if (span_trim(line).size == 0 && !is_known_field(peek_line(rest)))
				break; /* the blank line, with a space in it */
			if (keep)
				extend_field(block, line);
		} else if (name_size > 0 && !is_mbox_line(line)) {
			keep = fits(block, (size_t)(line.data - begin), defects);
			if (keep)
				add_field(block, &capacity, arena, line, name_size);
		} else if (is_known_field(peek_line(rest))) {
			defect_add(
				defects, "junk-in-header"); /* a fold without its space, mostly */
		} else {
			defect_add(defects, "header-without-blank-line");
			rest = before;
			break;
		}
	}
	block->body = rest;
	return block->count > 0;
}

struct span field_first(const struct field_block *block, struct span name)
{
	for (size_t i = 0; i < block->count; i++)
		if (span_equal_fold(block->items[i].name, name))
			return block->items[i].raw;
	return (struct span){0};
}

bool field_exists(const struct field_block *block, struct span name)
{
	return field_first(block, name).data != NULL;
}

struct span field_unfold(struct arena *arena, struct span raw)
{
	struct span trimmed = span_trim(raw);

	if (span_find_byte(trimmed, '\n') < 0 && span_find_byte(trimmed, '\r') < 0 &&
		span_find_byte(trimmed, '\0') < 0)
		return trimmed;
	char *line = arena_alloc(arena, trimmed.size + 1);
	size_t size = 0;
	for (size_t i = 0; i < trimmed.size; i++) {
		char byte = trimmed.data[i];

		if (byte != '\n' && byte != '\r' && byte != '\0')
			line[size++] = byte == '\t' ? ' ' : byte;
	}
	return span_trim((struct span){line, size});
}

struct span field_value(const struct field_block *block, struct arena *arena, struct span name)
{
	return field_unfold(arena, field_first(block, name));
}
