#include "ingest/vcard.h"

#define FOLD_BYTES 75

void vcard_open(struct vcard_reader *reader, struct span text)
{
	if (span_starts(text, SPAN("\xEF\xBB\xBF")))
		text = span_after(text, 3);
	*reader = (struct vcard_reader){.rest = text, .line = 1};
	buffer_init(&reader->unfolded, VCARD_MAX_LINE_BYTES);
}

void vcard_close(struct vcard_reader *reader)
{
	buffer_done(&reader->unfolded);
}

static bool physical_line(struct vcard_reader *reader, struct span *line)
{
	if (!span_next_line(&reader->rest, line))
		return false;
	reader->line++;
	return true;
}

static bool is_folded(const struct vcard_reader *reader)
{
	return reader->rest.size && (reader->rest.data[0] == ' ' || reader->rest.data[0] == '\t');
}

/* Where the name and its parameters end: the first colon outside quotes; -1: there is none. */
static ptrdiff_t find_colon(struct span line)
{
	bool quoted = false;

	for (size_t i = 0; i < line.size; i++) {
		if (line.data[i] == '"')
			quoted = !quoted;
		else if (line.data[i] == ':' && !quoted)
			return (ptrdiff_t)i;
	}
	return -1;
}

static void property_read(struct vcard_property *property, struct span line)
{
	ptrdiff_t colon = find_colon(line), semicolon, dot;
	struct span head;

	if (colon < 0)
		return;
	head = span_part(line, 0, (size_t)colon);
	property->value = span_after(line, (size_t)colon + 1);
	semicolon = span_find_byte(head, ';');
	if (semicolon >= 0) {
		property->parameters = span_after(head, (size_t)semicolon + 1);
		head = span_part(head, 0, (size_t)semicolon);
	}
	dot = span_rfind_byte(head, '.');
	property->name = span_trim(span_after(head, (size_t)(dot + 1)));
}

bool vcard_next(struct vcard_reader *reader, struct vcard_property *property)
{
	struct span line;

	do {
		*property = (struct vcard_property){.line = reader->line};
		if (!physical_line(reader, &line))
			return false;
	} while (!span_trim(line).size);
	buffer_clear(&reader->unfolded);
	reader->unfolded.full = false;
	buffer_append(&reader->unfolded, line);
	while (is_folded(reader) && physical_line(reader, &line))
		buffer_append(&reader->unfolded, span_after(line, 1));
	property_read(property, buffer_span(&reader->unfolded));
	return true;
}

struct span vcard_parameter(const struct vcard_property *property, struct span name)
{
	struct span rest = property->parameters;

	while (rest.size) {
		bool quoted = false;
		size_t size = 0;
		struct span one;

		while (size < rest.size && (quoted || rest.data[size] != ';'))
			quoted ^= rest.data[size++] == '"';
		one = span_part(rest, 0, size);
		rest = span_after(rest, size + 1);
		if (!span_starts_fold(one, name) || one.size == name.size ||
			one.data[name.size] != '=')
			continue;
		one = span_after(one, name.size + 1);
		if (one.size >= 2 && one.data[0] == '"')
			one = span_part(one, 1, one.size - 2);
		return one;
	}
	return (struct span){0};
}

struct span vcard_text(struct arena *arena, struct span value)
{
	char *bytes = arena_alloc(arena, value.size + 1), *end = bytes;

	for (size_t i = 0; i < value.size; i++) {
		char byte = value.data[i];

		if (byte == '\\' && i + 1 < value.size) {
			byte = value.data[++i];
			if (byte == 'n' || byte == 'N')
				byte = '\n';
		}
		*end++ = byte;
	}
	return (struct span){bytes, (size_t)(end - bytes)};
}

bool vcard_component(struct span *rest, char separator, struct span *piece)
{
	size_t size = 0;

	if (!rest->data)
		return false;
	while (size < rest->size && rest->data[size] != separator)
		size += rest->data[size] == '\\' && size + 1 < rest->size ? 2 : 1;
	*piece = span_part(*rest, 0, size);
	*rest = size < rest->size ? span_after(*rest, size + 1) : (struct span){0};
	return true;
}

/* ---------------------------------------------------------------- writing */

static void append_folded(struct buffer *out, struct span line)
{
	size_t room = FOLD_BYTES;

	while (line.size > room) {
		size_t size = room;

		/* Not within a code point. */
		while (size > 1 && ((unsigned char)line.data[size] & 0xC0) == 0x80)
			size--;
		buffer_append(out, span_part(line, 0, size));
		buffer_append_string(out, "\r\n ");
		line = span_after(line, size);
		room = FOLD_BYTES - 1;
	}
	buffer_append(out, line);
	buffer_append_string(out, "\r\n");
}

static void append_escaped(struct buffer *line, struct span text)
{
	for (size_t i = 0; i < text.size; i++) {
		char byte = text.data[i];

		if (byte == '\n')
			buffer_append_string(line, "\\n");
		else if (byte == '\\' || byte == ',' || byte == ';')
			buffer_format(line, "\\%c", byte);
		else if ((unsigned char)byte >= 0x20 || byte == '\t')
			buffer_append_byte(line, byte);
	}
}

void vcard_append_parts(
	struct buffer *out, const char *name, const struct span *parts, size_t count)
{
	struct buffer line CLEANUP(buffer_done) = {0};

	buffer_append_string(&line, name);
	for (size_t i = 0; i < count; i++) {
		buffer_append_byte(&line, i ? ';' : ':');
		append_escaped(&line, parts[i]);
	}
	append_folded(out, buffer_span(&line));
}

void vcard_append(struct buffer *out, const char *name, struct span text)
{
	if (text.size)
		vcard_append_parts(out, name, &text, 1);
}
