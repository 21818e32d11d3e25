#include "parser/forward.h"

#include "base/buffer.h"
#include "base/text.h"
#include "parser/attribution.h"
#include "parser/body.h"
#include "parser/forward_attached.h"
#include "parser/limits.h"
#include "parser/quoted.h"
#include "parser/quoted_value.h"
#include "parser/timestamp.h"

struct found {
	struct quoted_block block;
	size_t begin, body; /* lines: where the forwarded part and its text begin */
	bool marked;	    /* a program's own marker stands above */
	double confidence;
};

static size_t next_filled(const struct lines *lines, size_t at)
{
	while (at < lines->count && line_is_blank(lines->items[at]))
		at++;
	return at;
}

/* Blank also when only quote marks stand on it. */
static bool is_bare(struct span line)
{
	struct span content;

	(void)line_quote_depth(line, &content);
	return line_is_blank(content);
}

/* The block below a marker, a few blank lines between them. */
static bool block_below(
	struct arena *arena, const struct lines *lines, size_t marker, struct found *found)
{
	size_t at = marker + 1;

	while (at < lines->count && at - marker <= 4 && is_bare(lines->items[at]))
		at++;
	if (at >= lines->count || !quoted_block_at(arena, lines, at, 2, &found->block))
		return false;
	found->body = found->block.end;
	/* Zoho writes its marker below the block once more */
	if (found->body < lines->count &&
		span_equal(line_trim(lines->items[found->body]), line_trim(lines->items[marker])))
		found->body++;
	return true;
}

static bool has_text_above(const struct lines *lines, size_t at)
{
	return next_filled(lines, 0) < at;
}

static bool find_marked(
	struct arena *arena, const struct lines *lines, size_t at, bool quoted, struct found *found)
{
	struct span rest, line = lines->items[at], content;

	if (line_quote_depth(line, &content) > 0 && !quoted)
		return false;
	if (!label_is_forward_marker(content, &rest))
		return false;
	found->begin = at;
	found->marked = true;
	found->confidence = 1.0;
	found->body = at + 1;
	if (rest.size > 0 && quoted_block_inside(rest, &found->block))
		return true;
	if (block_below(arena, lines, at, found))
		return true;
	/* a marker and no header: that it was passed on is certain, from whom is not */
	found->block = (struct quoted_block){.depth = line_quote_depth(line, &content)};
	return !has_text_above(lines, at);
}

/* Without a program's marker: what the subject says, and whether anything stands above. */
static double confidence_of(const struct lines *lines, size_t at, enum label_prefix prefix,
	const struct quoted_block *block)
{
	if (prefix == PREFIX_FORWARD)
		return 0.9;
	if (prefix == PREFIX_REPLY)
		return 0;
	if (!has_text_above(lines, at))
		return 0.7;
	return block->values[LABEL_SUBJECT].data && block->values[LABEL_DATE].data ? 0.5 : 0;
}

static bool is_rule(struct span line)
{
	struct span text = line_trim(line);

	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] != '_')
			return false;
	return text.size >= 10;
}

static bool find_unmarked(struct arena *arena, const struct lines *lines, size_t at,
	enum label_prefix prefix, struct found *found)
{
	struct span content, value;
	bool original = label_is_original_marker(lines->items[at]);
	bool rule = is_rule(lines->items[at]);

	if (original || rule) {
		if (!block_below(arena, lines, at, found))
			return false;
	} else {
		size_t depth = line_quote_depth(lines->items[at], &content);

		if ((depth > 0 && prefix != PREFIX_FORWARD) ||
			label_of(content, &value) == LABEL_NONE ||
			!quoted_block_at(arena, lines, at, 3, &found->block))
			return false;
		found->body = found->block.end;
	}
	found->begin = at;
	found->confidence = confidence_of(lines, at, prefix, &found->block);
	return found->confidence > 0;
}

static bool find_forward(struct arena *arena, const struct lines *lines, enum label_prefix prefix,
	struct found *found)
{
	for (size_t i = 0; i < lines->count; i++) {
		struct span content;

		*found = (struct found){0};
		/* Apple Mail quotes its own marker; so does who answers such a mail */
		if (find_marked(arena, lines, i, prefix != PREFIX_REPLY, found))
			return true;
		*found = (struct found){0};
		if (find_unmarked(arena, lines, i, prefix, found))
			return true;
		/* an answer: what comes below is quoted, not passed on */
		if (attribution_lines(lines, i) > 0 ||
			(line_quote_depth(lines->items[i], &content) > 0 && prefix == PREFIX_REPLY))
			return false;
	}
	return false;
}

/*
 * The forwarded text: to the end; where its header was quoted, only as far as the quote goes. A
 * line without mark directly below a quoted one belongs to it (a program wrapped it).
 */
static size_t body_end(const struct lines *lines, const struct found *found)
{
	size_t i = found->body;
	bool open = true;

	if (found->block.depth == 0)
		return lines->count;
	for (; i < lines->count; i++) {
		struct span content;
		size_t depth = line_quote_depth(lines->items[i], &content);

		if (depth == 0 && (line_is_blank(lines->items[i]) || !open))
			break;
		open = !line_is_blank(content);
	}
	return i;
}

static bool all_quoted(const struct lines *lines, size_t from, size_t to)
{
	size_t quoted = 0;

	for (size_t i = from; i < to; i++) {
		struct span content;

		if (line_is_blank(lines->items[i]))
			continue;
		if (line_quote_depth(lines->items[i], &content) == 0)
			return false;
		quoted++;
	}
	return quoted > 0;
}

static struct span body_text(
	struct arena *arena, const struct lines *lines, const struct found *found, size_t end)
{
	size_t depth = found->block.depth;

	/* Missive quotes the text and not the header */
	if (depth == 0 && all_quoted(lines, found->body, end))
		depth = 1;
	struct lines body = {arena_array(arena, struct span, end - found->body), 0};
	for (size_t i = found->body; i < end; i++)
		body.items[body.count++] =
			depth > 0 ? line_unquote(lines->items[i], depth) : lines->items[i];
	return lines_join(arena, &body, 0, body.count);
}

static struct span value_of(
	struct arena *arena, const struct quoted_block *block, enum label_kind kind)
{
	struct span value = block->values[kind];

	if (span_starts(value, SPAN("*")))
		value = span_after(value, 1);
	return value.size > 0 ? text_clean(arena, value) : (struct span){0};
}

static void fill(struct arena *arena, const struct lines *lines, const struct found *found,
	int offset_minutes, struct facts_forwarded *forwarded, struct span *own_text)
{
	const struct quoted_block *block = &found->block;
	size_t end = body_end(lines, found);

	*forwarded = (struct facts_forwarded){
		.how = FORWARD_INLINE,
		.from = quoted_sender(arena, block->values[LABEL_FROM]),
		.to = quoted_recipients(arena, block->values[LABEL_TO]),
		.cc = quoted_recipients(arena, block->values[LABEL_CC]),
		.subject = value_of(arena, block, LABEL_SUBJECT),
		.date_text = value_of(arena, block, LABEL_DATE),
		.text = body_text(arena, lines, found, end),
		.note = lines_join(arena, lines, 0, found->begin),
		.confidence = found->confidence,
	};
	(void)timestamp_read(forwarded->date_text, offset_minutes, &forwarded->date);
	if (forwarded->from.address.size == 0 && forwarded->confidence > 0.5)
		forwarded->confidence = 0.5;
	*own_text = forwarded->note;
	if (end < lines->count)
		*own_text = arena_format(arena, "%.*s\n\n%.*s", SPAN_ARG(forwarded->note),
			SPAN_ARG(lines_join(arena, lines, end, lines->count)));
}

/* Where the capitalised or quoted words in front of `end` begin: a name and not "schrieb". */
static size_t name_begin(struct span line, size_t end)
{
	size_t begin = end;

	for (size_t at = end; at > 0;) {
		while (at > 0 && line.data[at - 1] == ' ')
			at--;
		size_t word = at;
		while (word > 0 && line.data[word - 1] != ' ')
			word--;
		if (word == at)
			break;
		struct span text = span_part(line, word, at - word);
		bool capital = (text.data[0] >= 'A' && text.data[0] <= 'Z') ||
			       memchr("\"'(", text.data[0], 3) ||
			       (unsigned char)text.data[0] >= 0xc3;
		if (!capital || memchr(":,", text.data[text.size - 1], 2))
			break;
		begin = at = word;
	}
	return begin;
}

static struct span without_quotes(struct span name)
{
	static const struct span marks[] = {SPAN_INIT("\""), SPAN_INIT("'"), SPAN_INIT("("),
		SPAN_INIT(")"), SPAN_INIT(" "), SPAN_INIT("\xe2\x80\x9e"),
		SPAN_INIT("\xe2\x80\x9c"), SPAN_INIT("\xe2\x80\x9d"), SPAN_INIT("\xc2\xab"),
		SPAN_INIT("\xc2\xbb")};
	size_t before;

	do {
		before = name.size;
		for (size_t i = 0; i < ARRAY_COUNT(marks); i++) {
			if (span_starts(name, marks[i]))
				name = span_after(name, marks[i].size);
			if (span_ends(name, marks[i]))
				name = span_part(name, 0, name.size - marks[i].size);
		}
	} while (name.size < before);
	return name;
}

/* Outlook for Mac: "Am 28.10.2021 schrieb Anna <a@b.example>:" below a subject that says WG: */
static bool read_attributed(struct arena *arena, const struct lines *lines, size_t at, size_t taken,
	struct facts_forwarded *forwarded)
{
	struct span line = line_trim(lines_join(arena, lines, at, at + taken));
	ptrdiff_t open = span_find_byte(line, '<');
	struct found found = {.begin = at, .body = at + taken};

	if (open < 0)
		return false;
	struct span address = span_after(line, (size_t)open);
	ptrdiff_t close = span_find_byte(address, '>');
	size_t begin = name_begin(line, (size_t)open);
	*forwarded = (struct facts_forwarded){
		.how = FORWARD_INLINE,
		.from = quoted_sender(
			arena, close < 0 ? address : span_part(address, 0, (size_t)close + 1)),
		.date_text = line,
		.text = body_text(arena, lines, &found, lines->count),
		.note = lines_join(arena, lines, 0, at),
		.confidence = 0.8,
	};
	forwarded->from.name = without_quotes(span_part(line, begin, (size_t)open - begin));
	return forwarded->from.address.size > 0;
}

static bool find_attributed(struct arena *arena, const struct lines *lines, struct span subject,
	int offset_minutes, struct facts_forwarded *forwarded, struct span *own_text)
{
	for (size_t i = 0; i < lines->count; i++) {
		size_t taken = attribution_lines(lines, i);

		if (taken == 0)
			continue;
		if (!read_attributed(arena, lines, i, taken, forwarded))
			return false;
		forwarded->subject = subject;
		(void)timestamp_read(forwarded->date_text, offset_minutes, &forwarded->date);
		*own_text = forwarded->note;
		return true;
	}
	return false;
}

/* Down through marked forwards to the innermost sender outside; without own domains nobody is
 * inside. */
static void descend(const struct parse_options *options, struct arena *arena, int offset_minutes,
	struct facts_forwarded *forwarded)
{
	struct span note = forwarded->note, inside = forwarded->text;
	bool settled = !forward_is_own(forwarded->from, options);
	size_t looked = inside.size;

	for (unsigned depth = 0;
		options->own_domain_count > 0 && depth < NESTING_MAX && looked <= DESCENT_BYTES_MAX;
		depth++) {
		struct lines lines = lines_of(arena, inside);
		struct facts_forwarded inner;
		struct span ignored, rest;
		struct found found;

		enum label_prefix prefix = label_subject_prefix(forwarded->subject, &rest);
		if (!find_forward(arena, &lines, prefix, &found) || (settled && !found.marked))
			return;
		fill(arena, &lines, &found, offset_minutes, &inner, &ignored);
		inside = inner.text;
		looked += inside.size;
		if (forward_is_own(inner.from, options) || inner.from.address.size == 0)
			continue;
		*forwarded = inner;
		forwarded->note = note;
		settled = true;
	}
}

void forward_read(const struct mime_part *root, const struct parse_options *options,
	struct arena *arena, struct facts *facts, struct span *own_text, struct body *inside)
{
	struct facts_forwarded *forwarded = &facts->forwarded;
	struct found found;
	struct span rest;

	*own_text = facts->text;
	*inside = (struct body){0};
	if (facts->origin == ORIGIN_BOUNCE)
		return;
	if (root && forward_attached(root, options, arena, forwarded, inside)) {
		forwarded->note = line_trim(facts->text);
		return;
	}
	struct lines lines = lines_of(arena, facts->text);
	enum label_prefix prefix = label_subject_prefix(facts->subject, &rest);
	if (find_forward(arena, &lines, prefix, &found))
		fill(arena, &lines, &found, facts->date.offset_minutes, forwarded, own_text);
	else if (prefix != PREFIX_FORWARD ||
		 !find_attributed(
			 arena, &lines, rest, facts->date.offset_minutes, forwarded, own_text))
		*forwarded = (struct facts_forwarded){0};
	if (forwarded->how == FORWARD_INLINE)
		descend(options, arena, facts->date.offset_minutes, forwarded);
}
