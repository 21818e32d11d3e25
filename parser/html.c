#include "parser/html.h"

#include <stdio.h>

#include "base/buffer.h"
#include "base/text.h"
#include "parser/limits.h"
#include "parser/markup.h"
#include "parser/scan.h"

#define QUOTES_MAX	  20 /* deeper quotes are shown as this deep */
#define LIST_DEPTH_MAX	  10
#define PRE_LINE_ENDS_MAX 100 /* in a row */
#define PIECE_BYTES	  ((size_t)64 << 10)
#define META_BYTES	  2048

enum element_kind {
	ELEMENT_OTHER,
	ELEMENT_BLOCK,	   /* a line of its own */
	ELEMENT_PARAGRAPH, /* a blank line around it */
	ELEMENT_BREAK,
	ELEMENT_QUOTE,
	ELEMENT_LIST,
	ELEMENT_ITEM,
	ELEMENT_CELL,
	ELEMENT_PRE,
	ELEMENT_LINK,
	ELEMENT_SKIPPED, /* its content is no text */
};

static const struct element {
	const char *name;
	enum element_kind kind;
} elements[] = {
	{"a", ELEMENT_LINK},
	{"address", ELEMENT_BLOCK},
	{"article", ELEMENT_BLOCK},
	{"blockquote", ELEMENT_QUOTE},
	{"body", ELEMENT_BLOCK},
	{"br", ELEMENT_BREAK},
	{"caption", ELEMENT_BLOCK},
	{"center", ELEMENT_BLOCK},
	{"dd", ELEMENT_BLOCK},
	{"div", ELEMENT_BLOCK},
	{"dl", ELEMENT_PARAGRAPH},
	{"dt", ELEMENT_BLOCK},
	{"fieldset", ELEMENT_BLOCK},
	{"footer", ELEMENT_BLOCK},
	{"form", ELEMENT_BLOCK},
	{"h1", ELEMENT_PARAGRAPH},
	{"h2", ELEMENT_PARAGRAPH},
	{"h3", ELEMENT_PARAGRAPH},
	{"h4", ELEMENT_PARAGRAPH},
	{"h5", ELEMENT_PARAGRAPH},
	{"h6", ELEMENT_PARAGRAPH},
	{"header", ELEMENT_BLOCK},
	{"hr", ELEMENT_BLOCK},
	{"iframe", ELEMENT_SKIPPED},
	{"li", ELEMENT_ITEM},
	{"main", ELEMENT_BLOCK},
	{"nav", ELEMENT_BLOCK},
	{"noframes", ELEMENT_SKIPPED},
	{"object", ELEMENT_SKIPPED},
	{"ol", ELEMENT_LIST},
	{"option", ELEMENT_BLOCK},
	{"p", ELEMENT_PARAGRAPH},
	{"pre", ELEMENT_PRE},
	{"script", ELEMENT_SKIPPED},
	{"section", ELEMENT_BLOCK},
	{"select", ELEMENT_SKIPPED},
	{"style", ELEMENT_SKIPPED},
	{"table", ELEMENT_BLOCK},
	{"td", ELEMENT_CELL},
	{"template", ELEMENT_SKIPPED},
	{"textarea", ELEMENT_SKIPPED},
	{"th", ELEMENT_CELL},
	{"title", ELEMENT_SKIPPED},
	{"tr", ELEMENT_BLOCK},
	{"ul", ELEMENT_LIST},
};

/* Of a row of data that is written as one line. */
#define ROW_BYTES_MAX 300

struct writer {
	struct buffer out;
	unsigned newlines;   /* line ends owed before the next text, 0 at the very beginning */
	bool space, started; /* a space is owed; something was written */
	bool line_empty;     /* nothing on this line but prefixes */
	unsigned quotes, pre, skipped, lists;
	unsigned line_quotes;		  /* of the line that was written last */
	int item_numbers[LIST_DEPTH_MAX]; /* the last number of each open list, -1: bullets */
	const char *bullet_text;	  /* owed at the front of the next text */
	char bullet[16];
	unsigned cells;	  /* in this row so far */
	size_t row_start; /* in out: where this row begins */
	bool cell_begins; /* behind the tab of a cell whose text did not come yet */
	size_t link_start;
	struct buffer link;
};

static enum element_kind kind_of(struct span name)
{
	size_t low = 0, high = ARRAY_COUNT(elements);

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = span_compare(name, span_from(elements[middle].name));

		if (order == 0)
			return elements[middle].kind;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return ELEMENT_OTHER;
}

static void owe_lines(struct writer *writer, unsigned lines)
{
	if (writer->cell_begins)
		return;
	if (writer->newlines < lines)
		writer->newlines = lines;
	writer->space = false;
}

static void write_prefix(struct writer *writer, unsigned quotes, bool blank)
{
	for (unsigned i = 0; i < quotes && i < QUOTES_MAX; i++)
		buffer_append_byte(&writer->out, '>');
	if (quotes > 0 && !blank)
		buffer_append_byte(&writer->out, ' ');
}

static void write_line_ends(struct writer *writer)
{
	/* a blank line between two quotes belongs to the outer one */
	unsigned between =
		writer->quotes < writer->line_quotes ? writer->quotes : writer->line_quotes;

	for (unsigned i = 1; i < writer->newlines; i++) {
		buffer_append_byte(&writer->out, '\n');
		write_prefix(writer, between, true);
	}
	buffer_append_byte(&writer->out, '\n');
}

/* Pays what is owed before text: line ends, quote marks, indentation, a bullet, a space. */
static void begin_text(struct writer *writer)
{
	if (!writer->started || writer->newlines > 0) {
		if (writer->started)
			write_line_ends(writer);
		write_prefix(writer, writer->quotes, false);
		writer->line_quotes = writer->quotes;
		writer->line_empty = true;
		writer->started = true;
		writer->newlines = 0;
	}
	if (writer->bullet_text) {
		for (unsigned i = 1; i < writer->lists && i <= LIST_DEPTH_MAX; i++)
			buffer_append(&writer->out, SPAN("  "));
		buffer_append_string(&writer->out, writer->bullet_text);
		writer->bullet_text = NULL;
	} else if (writer->space && !writer->line_empty) {
		buffer_append_byte(&writer->out, ' ');
	}
	writer->space = false;
	writer->line_empty = false;
	writer->cell_begins = false;
}

static bool is_space(unsigned char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r' || byte == '\f';
}

static void write_preformatted(struct writer *writer, struct span text)
{
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] == '\r')
			continue;
		if (text.data[i] == '\n') {
			writer->newlines += writer->started && writer->newlines < PRE_LINE_ENDS_MAX;
			continue;
		}
		begin_text(writer);
		buffer_append_byte(&writer->out, text.data[i]);
	}
}

static void write_text(struct writer *writer, struct span text)
{
	size_t i = 0;

	while (i < text.size && writer->out.size <= TEXT_BYTES_MAX) {
		if (is_space((unsigned char)text.data[i])) {
			writer->space = true;
			i++;
			continue;
		}
		if (span_starts(span_after(text, i), SPAN("\xc2\xa0"))) { /* no-break space */
			if (writer->line_empty || writer->newlines > 0 || !writer->started)
				writer->space = true;
			else
				buffer_append_byte(&writer->out, ' ');
			i += 2;
			continue;
		}
		begin_text(writer);
		size_t end = i;
		while (end < text.size && !is_space((unsigned char)text.data[end]) &&
			text.data[end] != '\xc2')
			end++;
		if (end == i)
			end++; /* a character that begins as the no-break space does */
		buffer_append(&writer->out, span_part(text, i, end - i));
		i = end;
	}
}

struct attributes {
	const struct markup_attribute *items;
	size_t count;
};

static struct span attribute(const struct attributes *attributes, struct span name)
{
	for (size_t i = 0; i < attributes->count; i++)
		if (span_equal(attributes->items[i].name, name))
			return attributes->items[i].value;
	return (struct span){0};
}

static bool is_hidden(const struct attributes *attributes)
{
	struct span style = attribute(attributes, SPAN("style"));
	ptrdiff_t at = span_find_fold(style, SPAN("display"));

	if (at < 0)
		return false;
	struct span value = span_trim(span_after(style, (size_t)at + 7));
	return span_starts(value, SPAN(":")) &&
	       span_starts_fold(span_trim(span_after(value, 1)), SPAN("none"));
}

static bool is_void(struct span name)
{
	static const struct span names[] = {SPAN_INIT("area"), SPAN_INIT("base"), SPAN_INIT("br"),
		SPAN_INIT("col"), SPAN_INIT("embed"), SPAN_INIT("hr"), SPAN_INIT("img"),
		SPAN_INIT("input"), SPAN_INIT("link"), SPAN_INIT("meta"), SPAN_INIT("param"),
		SPAN_INIT("source"), SPAN_INIT("track"), SPAN_INIT("wbr")};

	for (size_t i = 0; i < ARRAY_COUNT(names); i++)
		if (span_equal(name, names[i]))
			return true;
	return false;
}

static void begin_item(struct writer *writer)
{
	int *number = writer->lists > 0 && writer->lists <= LIST_DEPTH_MAX
			      ? &writer->item_numbers[writer->lists - 1]
			      : NULL;

	owe_lines(writer, 1);
	writer->bullet_text = "- ";
	if (number && *number >= 0) {
		snprintf(writer->bullet, sizeof(writer->bullet), "%d. ", ++*number);
		writer->bullet_text = writer->bullet;
	}
}

static void begin_list(struct writer *writer, struct span name)
{
	owe_lines(writer, 1);
	if (writer->lists < LIST_DEPTH_MAX)
		writer->item_numbers[writer->lists] = span_equal(name, SPAN("ol")) ? 0 : -1;
	writer->lists++;
}

static void begin_row(struct writer *writer)
{
	writer->cells = 0;
	writer->row_start = writer->out.size;
	writer->cell_begins = false;
}

/* What was written in this row is the text of one short line. */
static bool row_is_line(const struct writer *writer)
{
	struct span row = span_trim(span_after(buffer_span(&writer->out), writer->row_start));

	return row.size > 0 && row.size <= ROW_BYTES_MAX && span_find_byte(row, '\n') < 0;
}

/*
 * A tab between two cells. Word puts a paragraph into each cell, and its line ends would take the
 * row apart; what is longer than a line of data is the layout of a page.
 */
static void begin_cell(struct writer *writer)
{
	writer->cell_begins = false;
	if (writer->cells++ == 0 || (writer->newlines > 0 && !row_is_line(writer)))
		return;
	writer->cell_begins = writer->newlines > 0 || row_is_line(writer);
	writer->newlines = 0;
	writer->space = false;
	buffer_append_byte(&writer->out, '\t');
}

static void begin_link(struct writer *writer, const struct attributes *attributes)
{
	struct span target = span_trim(attribute(attributes, SPAN("href")));

	buffer_clear(&writer->link);
	/* line ends in it are no part of it, as browsers have it */
	for (size_t i = 0; i < target.size && target.size <= HTML_LINK_BYTES_MAX; i++)
		if ((unsigned char)target.data[i] >= ' ')
			buffer_append_byte(&writer->link, target.data[i]);
	target = buffer_span(&writer->link);
	if (!span_starts_fold(target, SPAN("http://")) &&
		!span_starts_fold(target, SPAN("https://")))
		buffer_clear(&writer->link);
	writer->link_start = writer->out.size;
}

/* The address behind the words, unless the words are the address. */
static void end_link(struct writer *writer)
{
	struct span target = buffer_span(&writer->link);
	struct span label = span_trim(span_after(buffer_span(&writer->out), writer->link_start));

	if (target.size == 0 || label.size == 0 || writer->link_start > writer->out.size)
		return;
	struct span bare = span_after(target, (size_t)span_find(target, SPAN("//")) + 2);
	if (span_ends(bare, SPAN("/")))
		bare = span_part(bare, 0, bare.size - 1);
	if (span_find_fold(label, bare) < 0 && span_find_fold(bare, label) < 0)
		buffer_format(&writer->out, " <%.*s>", SPAN_ARG(target));
	buffer_clear(&writer->link);
}

static bool begin_element(void *user, struct span name, const struct markup_attribute *items,
	size_t count, size_t depth)
{
	const struct attributes attributes = {items, count};
	struct writer *writer = user;
	enum element_kind kind = kind_of(name);

	if (depth > HTML_NESTING_MAX)
		return false;
	if (writer->skipped > 0 || kind == ELEMENT_SKIPPED ||
		(!is_void(name) && is_hidden(&attributes))) {
		writer->skipped += !is_void(name);
		return true;
	}
	switch (kind) {
	case ELEMENT_BREAK:
		writer->newlines += writer->started && writer->newlines < 3;
		writer->space = false;
		break;
	case ELEMENT_PARAGRAPH:
		owe_lines(writer, 2);
		break;
	case ELEMENT_BLOCK:
		if (span_equal(name, SPAN("tr")))
			begin_row(writer);
		owe_lines(writer, 1);
		break;
	case ELEMENT_QUOTE:
		owe_lines(writer, 1);
		writer->quotes++;
		break;
	case ELEMENT_PRE:
		owe_lines(writer, 1);
		writer->pre++;
		break;
	case ELEMENT_LIST:
		begin_list(writer, name);
		break;
	case ELEMENT_ITEM:
		begin_item(writer);
		break;
	case ELEMENT_CELL:
		begin_cell(writer);
		break;
	case ELEMENT_LINK:
		begin_link(writer, &attributes);
		break;
	case ELEMENT_SKIPPED:
	case ELEMENT_OTHER:
		break;
	}
	return true;
}

static bool end_element(void *user, struct span name)
{
	struct writer *writer = user;

	if (writer->skipped > 0) {
		writer->skipped -= !is_void(name);
		return true;
	}
	switch (kind_of(name)) {
	case ELEMENT_PARAGRAPH:
		owe_lines(writer, 2);
		break;
	case ELEMENT_BLOCK:
	case ELEMENT_ITEM:
		owe_lines(writer, 1);
		break;
	case ELEMENT_QUOTE:
		owe_lines(writer, 1);
		writer->quotes -= writer->quotes > 0;
		break;
	case ELEMENT_PRE:
		owe_lines(writer, 1);
		writer->pre -= writer->pre > 0;
		break;
	case ELEMENT_LIST:
		owe_lines(writer, 1);
		writer->lists -= writer->lists > 0;
		break;
	case ELEMENT_CELL:
		writer->cell_begins = false;
		break;
	case ELEMENT_LINK:
		end_link(writer);
		break;
	default:
		break;
	}
	return true;
}

/* False when the text is as long as it may be. */
static bool add_text(void *user, struct span text)
{
	struct writer *writer = user;

	if (writer->skipped > 0)
		return true;
	if (writer->pre > 0)
		write_preformatted(writer, text);
	else
		write_text(writer, text);
	return writer->out.size <= TEXT_BYTES_MAX;
}

/*
 * Where elements lie too deep (time grows by the depth) the rest is read anew, flat, again and
 * again: in pieces, since libxml2 copies what it gets. A piece ends behind a tag.
 */
static struct span piece_of(struct span rest)
{
	struct span piece = span_part(rest, 0, PIECE_BYTES);
	ptrdiff_t end = piece.size < rest.size ? span_rfind_byte(piece, '>') : -1;

	return end < 0 ? piece : span_part(piece, 0, (size_t)end + 1);
}

struct span html_text(struct arena *arena, struct span html, struct defects *defects)
{
	struct writer writer = {0};
	const struct markup_reader reader = {&writer, begin_element, end_element, add_text};
	struct span whole = span_part(html, 0, HTML_BYTES_MAX);
	struct span rest = scan_tags(whole);
	bool flat = false;

	if (rest.size < whole.size)
		defect_add(defects, "html-too-many-attributes");
	while (rest.size > 0 && writer.out.size <= TEXT_BYTES_MAX) {
		struct span piece = flat ? piece_of(rest) : rest;
		struct span left = markup_read_html(piece, &reader);

		writer.skipped = 0;
		flat |= left.size > 0;
		rest = span_after(rest, piece.size - left.size);
	}
	if (flat)
		defect_add(defects, "html-nesting-too-deep");
	if (html.size > HTML_BYTES_MAX || writer.out.size > TEXT_BYTES_MAX)
		defect_add(defects, "text-truncated");
	struct span text = arena_copy(arena, text_cut(buffer_span(&writer.out), TEXT_BYTES_MAX));
	buffer_done(&writer.out);
	buffer_done(&writer.link);
	return text_clean(arena, text);
}

struct span html_charset(struct span html)
{
	struct span head = span_part(html, 0, META_BYTES);
	ptrdiff_t meta = span_find_fold(head, SPAN("<meta"));
	ptrdiff_t at = meta < 0 ? -1 : span_find_fold(head, SPAN("charset="));
	size_t end = 0;

	if (at < 0)
		return (struct span){0};
	struct span value = span_after(head, (size_t)at + 8);
	while (value.size > 0 && memchr("\"' ", value.data[0], 3))
		value = span_after(value, 1);
	while (end < value.size && !memchr("\"' />;", value.data[end], 6))
		end++;
	return span_part(value, 0, end);
}
