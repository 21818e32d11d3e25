#include "base/csv.h"

#include "base/text.h"

/* ---------------------------------------------------------------- reading */

static const char separators[] = {',', ';', '\t'};

static char separator_of(struct span text)
{
	size_t counts[ARRAY_COUNT(separators)] = {0}, best = 0;
	bool quoted = false;

	for (size_t i = 0; i < text.size; i++) {
		char byte = text.data[i];

		if (byte == '"')
			quoted = !quoted;
		if (!quoted && (byte == '\n' || byte == '\r'))
			break;
		for (size_t j = 0; !quoted && j < ARRAY_COUNT(separators); j++)
			counts[j] += byte == separators[j];
	}
	for (size_t j = 1; j < ARRAY_COUNT(separators); j++)
		if (counts[j] > counts[best])
			best = j;
	return separators[best];
}

bool csv_open(struct csv_reader *reader, struct span text, struct error *err)
{
	if (span_starts(text, SPAN("\xFF\xFE")) || span_starts(text, SPAN("\xFE\xFF")))
		return error_set(err, ERROR_INPUT,
			"the file is UTF-16; convert it with `iconv -f UTF-16 -t UTF-8`");
	if (span_starts(text, SPAN("\xEF\xBB\xBF")))
		text = span_after(text, 3);
	*reader = (struct csv_reader){
		.rest = text,
		.separator = separator_of(text),
		.line = 1,
	};
	return true;
}

/* Where the line that begins at `from` ends: at its CR or LF, or at the end of the text. */
static size_t line_end(struct span text, size_t from)
{
	while (from < text.size && text.data[from] != '\n' && text.data[from] != '\r')
		from++;
	return from;
}

static size_t behind_line_end(struct span text, size_t at)
{
	if (at < text.size && text.data[at] == '\r')
		at++;
	if (at < text.size && text.data[at] == '\n')
		at++;
	return at;
}

static size_t count_lines(struct span text)
{
	size_t lines = 0;

	for (size_t i = 0; i < text.size; i++)
		lines += text.data[i] == '\n' ||
			 (text.data[i] == '\r' && (i + 1 == text.size || text.data[i + 1] != '\n'));
	return lines;
}

/* The inside of a quoted cell with each "" as one. */
static struct span unquote(struct arena *arena, struct span inside, size_t doubled)
{
	char *bytes, *end;

	if (!doubled)
		return inside;
	end = bytes = arena_alloc(arena, inside.size);
	for (size_t i = 0; i < inside.size; i++) {
		*end++ = inside.data[i];
		i += inside.data[i] == '"';
	}
	return (struct span){bytes, (size_t)(end - bytes)};
}

/* *at stands on the opening quote; afterwards behind the closing one. */
static const char *quoted_read(struct span text, size_t *at, struct arena *arena, struct span *cell)
{
	size_t from = *at + 1, i = from, doubled = 0;

	for (; i < text.size && i - from <= CSV_MAX_CELL_BYTES; i++) {
		if (text.data[i] != '"')
			continue;
		if (i + 1 == text.size || text.data[i + 1] != '"') {
			*cell = unquote(arena, span_part(text, from, i - from), doubled);
			*at = i + 1;
			return NULL;
		}
		doubled++;
		i++;
	}
	return "a quote is never closed";
}

static const char *plain_read(struct span text, size_t *at, char separator, struct span *cell)
{
	size_t from = *at;

	while (*at < text.size && text.data[*at] != separator && text.data[*at] != '\n' &&
		text.data[*at] != '\r')
		++*at;
	*cell = span_part(text, from, *at - from);
	return cell->size > CSV_MAX_CELL_BYTES ? "a cell is longer than 65536 bytes" : NULL;
}

/* Begins, as it is or in full width, as a formula does in some spreadsheet. */
static bool is_formula(struct span text)
{
	static const struct span wide[] = {SPAN_INIT("\xEF\xBC\x9D"), SPAN_INIT("\xEF\xBC\x8B"),
		SPAN_INIT("\xEF\xBC\x8D"), SPAN_INIT("\xEF\xBC\xA0")};

	if (text.size && strchr("=+-@\t\r\n", text.data[0]) && text.data[0])
		return true;
	for (size_t i = 0; i < ARRAY_COUNT(wide); i++)
		if (span_starts(text, wide[i]))
			return true;
	return false;
}

/* Apostrophes, then a formula: one more says that one was put there. */
static bool is_guarded(struct span text)
{
	size_t marks = 0;

	while (marks < text.size && text.data[marks] == '\'')
		marks++;
	return is_formula(span_after(text, marks));
}

static struct span without_guard(struct span cell)
{
	return span_starts(cell, SPAN("'")) && is_guarded(cell) ? span_after(cell, 1) : cell;
}

/* From *at up to the end of the row. */
static const char *row_read(
	const struct csv_reader *reader, size_t *at, struct arena *arena, struct csv_row *row)
{
	struct span text = reader->rest, cells[CSV_MAX_CELLS];
	const char *fault;
	bool more;

	row->count = 0;
	do {
		struct span *cell = &cells[row->count];

		if (row->count == CSV_MAX_CELLS)
			return "more than 1024 cells";
		if (*at < text.size && text.data[*at] == '"')
			fault = quoted_read(text, at, arena, cell);
		else
			fault = plain_read(text, at, reader->separator, cell);
		if (fault)
			return fault;
		more = *at < text.size && text.data[*at] == reader->separator;
		if (!more && *at < text.size && text.data[*at] != '\n' && text.data[*at] != '\r')
			return "there is text behind a closing quote";
		if (!text_is_utf8(*cell) || span_find_byte(*cell, '\0') >= 0)
			return "a cell is not UTF-8; convert the file with `iconv -t UTF-8`";
		*cell = without_guard(*cell);
		row->count++;
		*at += more;
	} while (more);
	row->cells = arena_array(arena, struct span, row->count);
	memcpy(row->cells, cells, row->count * sizeof cells[0]);
	return NULL;
}

static void reader_move(struct csv_reader *reader, size_t end)
{
	end = behind_line_end(reader->rest, end);
	reader->line += count_lines(span_part(reader->rest, 0, end));
	reader->rest = span_after(reader->rest, end);
}

bool csv_next(struct csv_reader *reader, struct arena *arena, struct csv_row *row)
{
	while (reader->rest.size) {
		size_t at = 0, end = line_end(reader->rest, 0);

		if (end == 0) {
			reader_move(reader, 0);
			continue;
		}
		*row = (struct csv_row){.line = reader->line};
		row->fault = row_read(reader, &at, arena, row);
		if (row->fault)
			row->count = 0;
		reader_move(reader, row->fault ? end : at);
		return true;
	}
	return false;
}

/* ---------------------------------------------------------------- writing */

static bool is_special(char byte)
{
	return byte == '\t' || byte == '\n' || byte == '\r' || byte == '"';
}

/* TAB and LF may stand inside quotes; CR LF and CR become LF. */
static void append_escaped(struct buffer *out, struct span text)
{
	while (text.size) {
		size_t size = 0;

		while (size < text.size && !is_special(text.data[size]))
			size++;
		text_escape_line(out, span_part(text, 0, size));
		text = span_after(text, size);
		if (!text.size)
			break;
		if (text.data[0] == '"')
			buffer_append_string(out, "\"\"");
		else if (text.data[0] != '\r')
			buffer_append_byte(out, text.data[0]);
		else if (text.size == 1 || text.data[1] != '\n')
			buffer_append_byte(out, '\n');
		text = span_after(text, 1);
	}
}

/* Other programs may take any of these for the separator, and trim what is not quoted. */
static bool wants_quotes(struct span text)
{
	if (text.size && (text.data[0] == ' ' || text.data[text.size - 1] == ' '))
		return true;
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] && strchr(",;\t\r\n\"'|", text.data[i]))
			return true;
	return false;
}

void csv_append_plain(struct buffer *out, bool first, struct span text)
{
	bool quotes = wants_quotes(text);

	if (!first)
		buffer_append_byte(out, ',');
	if (quotes)
		buffer_append_byte(out, '"');
	append_escaped(out, text);
	if (quotes)
		buffer_append_byte(out, '"');
}

void csv_append(struct buffer *out, bool first, struct span text)
{
	if (!is_guarded(text)) {
		csv_append_plain(out, first, text);
		return;
	}
	buffer_append_string(out, first ? "\"'" : ",\"'");
	append_escaped(out, text);
	buffer_append_byte(out, '"');
}

void csv_end_row(struct buffer *out)
{
	buffer_append_string(out, "\r\n");
}
