#include "parser/forward.h"

#include "base/buffer.h"
#include "base/text.h"
#include "parser/attribution.h"
#include "parser/body.h"
#include "parser/header.h"
#include "parser/limits.h"
#include "parser/quoted.h"
#include "parser/timestamp.h"
#include "parser/unpack.h"

/* ---------------------------------------------------------------- attached */

static bool is_own(struct facts_address address, const struct parse_options *options)
{
	ptrdiff_t at = span_rfind_byte(address.address, '@');

	if (at < 0)
		return false;
	struct span domain = span_after(address.address, (size_t)at + 1);
	for (size_t i = 0; i < options->own_domain_count; i++)
		if (span_equal_fold(domain, options->own_domains[i]))
			return true;
	return false;
}

static struct facts_address first_of(const struct facts_addresses *list)
{
	return list->count > 0 ? list->items[0] : (struct facts_address){0};
}

static bool read_attached(struct span raw, struct arena *arena, struct defects *defects,
	struct facts_forwarded *forwarded, struct mime_part **root, struct body *body)
{
	struct field_block block;
	struct header_summary summary;

	if (raw.size == 0 || !field_block_read(raw, arena, defects, &block))
		return false;
	header_summary_read(&block, arena, defects, &summary);
	*root = unpack_parts(&block, arena, defects);
	body_read(*root, arena, defects, body);
	*forwarded = (struct facts_forwarded){
		.how = FORWARD_ATTACHED,
		.from = first_of(&summary.from),
		.to = summary.to,
		.cc = summary.cc,
		.subject = summary.subject,
		.date_text = summary.date_text,
		.date = summary.date,
		.message_id = summary.message_id,
		.text = body->text,
		.confidence = 1.0,
	};
	return summary.from.count > 0;
}

/* A report's copy of the mail that failed is nobody's forward. */
static const struct mime_part *attached_message(const struct mime_part *root)
{
	if (!root || span_equal(root->type, SPAN("multipart/report")) ||
		span_equal(root->type, SPAN("multipart/digest")))
		return NULL;
	for (const struct mime_part *part = root; part; part = mime_next(part))
		if (part->kind == MIME_MESSAGE && part->raw.size > 0)
			return part;
	return NULL;
}

static bool forward_attached(const struct mime_part *root, const struct parse_options *options,
	struct arena *arena, struct facts_forwarded *forwarded, struct body *inside)
{
	const struct mime_part *part = attached_message(root);
	struct facts_forwarded found;
	struct body body;
	struct mime_part *inner = NULL;
	bool any = false;

	/* defects of the mails inside are not those of this one */
	for (unsigned depth = 0; part && depth < NESTING_MAX; depth++) {
		struct defects defects = {0};

		if (!read_attached(part->raw, arena, &defects, &found, &inner, &body))
			break;
		if (!any || !is_own(found.from, options)) {
			*forwarded = found;
			*inside = body;
		}
		any = true;
		part = attached_message(inner);
	}
	return any;
}

/* ---------------------------------------------------------------- inline */

struct found {
	struct quoted_block block;
	size_t begin, body; /* lines: where the forwarded part and its text begin */
	bool marked;	    /* a program's own marker stands above */
	double confidence;
};

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

static struct facts_address sender_in(struct arena *arena, struct span value)
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

static struct facts_addresses recipients_in(struct arena *arena, struct span value)
{
	struct facts_addresses list = addresses_in(arena, value);

	for (size_t i = 0; i < list.count; i++)
		if (span_equal_fold(list.items[i].name, list.items[i].address))
			list.items[i].name = (struct span){0};
	return list;
}

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
		.from = sender_in(arena, block->values[LABEL_FROM]),
		.to = recipients_in(arena, block->values[LABEL_TO]),
		.cc = recipients_in(arena, block->values[LABEL_CC]),
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
		.from = sender_in(
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
	bool settled = !is_own(forwarded->from, options);

	for (unsigned depth = 0; options->own_domain_count > 0 && depth < NESTING_MAX; depth++) {
		struct lines lines = lines_of(arena, inside);
		struct facts_forwarded inner;
		struct span ignored, rest;
		struct found found;

		enum label_prefix prefix = label_subject_prefix(forwarded->subject, &rest);
		if (!find_forward(arena, &lines, prefix, &found) || (settled && !found.marked))
			return;
		fill(arena, &lines, &found, offset_minutes, &inner, &ignored);
		inside = inner.text;
		if (is_own(inner.from, options) || inner.from.address.size == 0)
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
