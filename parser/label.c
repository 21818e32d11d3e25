#include "parser/label.h"

#include "base/text.h"
#include "parser/label_table.h"

#define LABEL_BYTES_MAX	 40
#define MARKER_BYTES_MAX 120

static bool is_dash(struct span text, size_t *size)
{
	*size = 1;
	if (text.size > 0 && memchr("-_=*#", text.data[0], 5))
		return true;
	*size = 3; /* U+2010 to U+2015: hyphens, en dash, em dash, horizontal bar; U+2212: minus */
	return (span_starts(text, SPAN("\xe2\x80")) && text.size >= 3 &&
		       (unsigned char)text.data[2] >= 0x90 &&
		       (unsigned char)text.data[2] <= 0x95) ||
	       span_starts(text, SPAN("\xe2\x88\x92"));
}

struct span label_skip_dashes(struct span text, size_t *count)
{
	size_t size;

	*count = 0;
	while (is_dash(text, &size)) {
		text = span_after(text, size);
		(*count)++;
	}
	return text;
}

/* White space as line_trim knows it, at the front only. */
static struct span skip_space(struct span text)
{
	struct span trimmed = line_trim(text);

	return trimmed.size == 0 ? trimmed : span_after(text, (size_t)(trimmed.data - text.data));
}

/* "…Datum :* …": what stands behind the colon; an empty data pointer when there is none. */
static struct span behind_colon(struct span text)
{
	while (span_starts(text, SPAN("*")) || span_starts(text, SPAN("_")))
		text = span_after(text, 1);
	text = skip_space(text);
	if (span_starts(text, SPAN(":")))
		text = span_after(text, 1);
	else if (span_starts(text, SPAN("\xef\xbc\x9a"))) /* U+FF1A */
		text = span_after(text, 3);
	else
		return (struct span){0};
	while (span_starts(text, SPAN("*")) || span_starts(text, SPAN("_")))
		text = span_after(text, 1);
	return text.data ? text : SPAN("");
}

/* All words of the table, chained by their first byte without case; made at first use. */
static struct label_word {
	struct span word;
	enum label_kind kind;
	int next; /* the number of the next one + 1 */
} label_words[LABEL_WORDS_MAX];
static int label_heads[256];
static bool label_words_made;

static int *label_head(char first)
{
	return &label_heads[(unsigned char)first | 0x20];
}

static void make_label_words(void)
{
	int count = 0;

	for (size_t i = 0; i < label_row_count; i++) {
		struct span rest = span_from(label_rows[i].words), word;

		while (count < LABEL_WORDS_MAX && span_next(&rest, '|', &word)) {
			int *head = label_head(word.data[0]);

			label_words[count++] = (struct label_word){word, label_rows[i].kind, *head};
			*head = count;
		}
	}
	label_words_made = true;
}

/* The longest label at the front; *value: what stands behind its colon. */
static enum label_kind label_at(struct span text, struct span *value)
{
	enum label_kind kind = LABEL_NONE;
	size_t longest = 0;

	if (!label_words_made)
		make_label_words();
	for (int at = text.size > 0 ? *label_head(text.data[0]) : 0; at > 0;
		at = label_words[at - 1].next) {
		const struct label_word *label = &label_words[at - 1];

		if (label->word.size <= longest || !span_starts_fold(text, label->word))
			continue;
		struct span behind = behind_colon(span_after(text, label->word.size));
		if (!behind.data)
			continue;
		kind = label->kind;
		longest = label->word.size;
		*value = behind;
	}
	return kind;
}

enum label_kind label_of(struct span line, struct span *value)
{
	struct span text = line_trim(line);

	if (span_find_byte(span_part(text, 0, LABEL_BYTES_MAX), ':') < 0 &&
		span_find(span_part(text, 0, LABEL_BYTES_MAX), SPAN("\xef\xbc\x9a")) < 0)
		return LABEL_NONE;
	while (text.size > 0 && memchr("*_|", text.data[0], 3))
		text = span_after(text, 1);
	text = skip_space(text);
	enum label_kind kind = text.size > 0 ? label_at(text, value) : LABEL_NONE;
	if (kind != LABEL_NONE)
		*value = line_trim(*value);
	return kind;
}

enum label_kind label_inside(struct span line, size_t from, size_t *begin, size_t *value)
{
	for (size_t i = from; i < line.size; i++) {
		struct span behind;

		/* "… 14:25 UhrBetreff: …": a label has a capital, where its script has them */
		if (line.data[i] >= 'a' && line.data[i] <= 'z')
			continue;
		/* inside a character of several bytes nothing begins */
		if (((unsigned char)line.data[i] & 0xc0) == 0x80)
			continue;
		enum label_kind kind = label_at(span_after(line, i), &behind);
		if (kind == LABEL_NONE || !span_starts(behind, SPAN(" ")))
			continue;
		*begin = i;
		*value = (size_t)(behind.data - line.data);
		return kind;
	}
	return LABEL_NONE;
}

bool label_contains(struct span line, const struct span *stems, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_find_fold(line, stems[i]) >= 0)
			return true;
	return false;
}

bool label_is_forward_marker(struct span line, struct span *rest)
{
	struct span text = line_trim(line), inner;
	size_t dashes, more;

	*rest = (struct span){0};
	inner = label_skip_dashes(text, &dashes);
	if (dashes >= 2) {
		/* up to the dashes behind; Yahoo writes the header block on the same line */
		struct span end = inner;

		while (end.size > 0 && (label_skip_dashes(end, &more), more < 2))
			end = span_after(end, 1);
		struct span middle = span_part(inner, 0, inner.size - end.size);
		if (middle.size > MARKER_BYTES_MAX ||
			!label_contains(middle, label_forward_stems, label_forward_stem_count))
			return false;
		*rest = line_trim(label_skip_dashes(end, &more));
		return true;
	}
	return text.size <= MARKER_BYTES_MAX &&
	       (span_ends(text, SPAN(":")) || span_ends(text, SPAN("\xef\xbc\x9a"))) &&
	       label_contains(text, label_forward_stems, label_forward_stem_count);
}

bool label_is_original_marker(struct span line)
{
	struct span text = line_trim(line);
	size_t dashes;

	if (text.size > MARKER_BYTES_MAX)
		return false;
	(void)label_skip_dashes(text, &dashes);
	return dashes >= 2 && label_contains(text, label_original_stems, label_original_stem_count);
}

enum label_prefix label_subject_prefix(struct span subject, struct span *rest)
{
	struct span text = line_trim(subject);

	*rest = text;
	if (span_starts(text, SPAN("["))) { /* "[Fwd: subject]" */
		struct span inner = span_after(text, 1);

		if (label_subject_prefix(inner, rest) == PREFIX_FORWARD) {
			if (span_ends(*rest, SPAN("]")))
				rest->size--;
			return PREFIX_FORWARD;
		}
		*rest = text;
		return PREFIX_NONE;
	}
	for (size_t i = 0; i < label_prefix_count; i++) {
		size_t size = text_starts_fold(text, label_prefixes[i].word);

		if (size == 0)
			continue;
		struct span behind = span_after(text, size);
		if (span_starts(behind, SPAN("[")) || span_starts(behind, SPAN("("))) { /* Re[2] */
			ptrdiff_t close = span_find_byte(behind, behind.data[0] == '[' ? ']' : ')');
			if (close > 0 && close < 5)
				behind = span_after(behind, (size_t)close + 1);
		}
		if (span_starts(behind, SPAN(".")))
			behind = span_after(behind, 1);
		behind = skip_space(behind);
		if (!span_starts(behind, SPAN(":")))
			continue;
		*rest = line_trim(span_after(behind, 1));
		return label_prefixes[i].prefix;
	}
	return PREFIX_NONE;
}
