#include "parser/reply.h"

#include "parser/attribution.h"
#include "parser/closing.h"
#include "parser/disclaimer.h"
#include "parser/label.h"
#include "parser/lines.h"
#include "parser/quoted.h"

#define SIGNATURE_LINES_MAX 16 /* filled lines; longer ones are text */
#define SIGNATURE_WIDTH_MAX 90 /* bytes of a line in it */
#define NAME_WIDTH_MAX	    40
#define RULE_WIDTH_MIN	    10 /* underscores that Outlook draws above a quote */

/* ---------------------------------------------------------------- quotes */

static bool is_rule(struct span line)
{
	struct span text = line_trim(line);

	if (text.size < RULE_WIDTH_MIN)
		return false;
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] != '_' && text.data[i] != '-')
			return false;
	return true;
}

static size_t next_filled(const struct lines *lines, size_t at)
{
	while (at < lines->count && line_is_blank(lines->items[at]))
		at++;
	return at;
}

static bool is_quoted(struct span line)
{
	struct span content;

	return line_quote_depth(line, &content) > 0;
}

/* From here to the end nothing is the author's. */
static bool begins_quote(struct arena *arena, const struct lines *lines, size_t at)
{
	struct quoted_block block;
	struct span line = lines->items[at], rest;

	if (label_is_original_marker(line) || label_is_forward_marker(line, &rest))
		return true;
	if (is_rule(line)) {
		size_t below = next_filled(lines, at + 1);

		return below < lines->count && below - at <= 3 &&
		       quoted_block_at(arena, lines, below, 2, &block);
	}
	return label_of(line, &rest) != LABEL_NONE && quoted_block_at(arena, lines, at, 3, &block);
}

/* One line among the author's that begins with '>' and quotes nothing (">>> click here <<<"). */
static bool is_lone_mark(const struct lines *lines, size_t at)
{
	struct span content;

	if (line_quote_depth(lines->items[at], &content) < 3)
		return false;
	bool above =
		at > 0 && !line_is_blank(lines->items[at - 1]) && !is_quoted(lines->items[at - 1]);
	bool below = at + 1 < lines->count && !line_is_blank(lines->items[at + 1]) &&
		     !is_quoted(lines->items[at + 1]);

	return above && below;
}

/* A long link that broke a quoted line in two: the second half has no mark. */
static bool is_broken_quote(const struct lines *lines, size_t at)
{
	struct span line = line_trim(lines->items[at]);

	if (at == 0 || at + 1 >= lines->count || !is_quoted(lines->items[at - 1]) ||
		!is_quoted(lines->items[at + 1]))
		return false;
	if (span_find(line, SPAN("://")) >= 0 || span_find_byte(line, '<') >= 0 ||
		span_ends(line, SPAN(">")))
		return true;
	return span_find_byte(line, ' ') < 0 &&
	       (span_find_byte(line, '=') >= 0 || span_find_byte(line, '/') >= 0 ||
		       span_find_byte(line, '%') >= 0);
}

/* The author's lines, in order. */
static struct lines own_lines(struct arena *arena, const struct lines *lines)
{
	struct lines own = {arena_array(arena, struct span, lines->count), 0};

	for (size_t i = 0; i < lines->count; i++) {
		if (is_quoted(lines->items[i])) {
			if (is_lone_mark(lines, i))
				own.items[own.count++] = lines->items[i];
			continue;
		}
		if (begins_quote(arena, lines, i))
			break;
		size_t taken = attribution_lines(lines, i);
		if (taken > 0) {
			size_t below = next_filled(lines, i + taken);

			if (below >= lines->count || !is_quoted(lines->items[below]))
				break;
			i += taken - 1;
			continue;
		}
		if (!is_broken_quote(lines, i))
			own.items[own.count++] = lines->items[i];
	}
	return own;
}

/* ---------------------------------------------------------------- signatures */

static bool is_delimiter(struct span line)
{
	struct span text = line_trim(line);

	return span_equal(text, SPAN("--")) || span_equal(text, SPAN("\xe2\x80\x94")) ||
	       span_equal(text, SPAN("\xe2\x80\x93")) || span_equal(text, SPAN("__")) ||
	       span_equal(text, SPAN("- --")) || span_equal(text, SPAN("---")) || is_rule(line);
}

/* Few and short lines up to the end. */
static bool looks_like_signature(const struct lines *lines, size_t from)
{
	size_t filled = 0;

	for (size_t i = from; i < lines->count; i++) {
		struct span line = line_trim(lines->items[i]);

		filled += line.size > 0;
		if (line.size > SIGNATURE_WIDTH_MAX || filled > SIGNATURE_LINES_MAX)
			return false;
	}
	return true;
}

static bool ends_sentence(struct span line)
{
	struct span text = line_trim(line);

	return text.size > 0 &&
	       (text.data[text.size - 1] == '?' ||
		       (text.data[text.size - 1] == '!' && text.size > NAME_WIDTH_MAX));
}

static bool is_word_byte(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (unsigned char)byte >= 0x80;
}

/* The words of "Anna Müller" and "anna.mueller". */
static bool next_name_word(struct span *rest, struct span *word)
{
	size_t begin = 0, end;

	while (begin < rest->size && !is_word_byte(rest->data[begin]))
		begin++;
	for (end = begin; end < rest->size && is_word_byte(rest->data[end]); end++)
		;
	*word = span_part(*rest, begin, end - begin);
	*rest = span_after(*rest, end);
	return word->size > 0;
}

/* One of the words of the name stands in the line as a word. */
static bool names_author(struct span line, struct span author)
{
	struct span rest = author, word;

	while (next_name_word(&rest, &word)) {
		if (word.size < 2)
			continue;
		ptrdiff_t at = span_find_fold(line, word);
		if (at < 0 || (at > 0 && is_word_byte(line.data[at - 1])))
			continue;
		size_t end = (size_t)at + word.size;
		if (end >= line.size || !is_word_byte(line.data[end]))
			return true;
	}
	return false;
}

/* A short line of capitalised words: "Anna Müller", "J. R. Smith". */
static bool looks_like_name(struct span line)
{
	struct span rest = line_trim(line), word;
	size_t words = 0;

	if (rest.size == 0 || rest.size > NAME_WIDTH_MAX)
		return false;
	while (span_next(&rest, ' ', &word)) {
		if (word.size == 0)
			continue;
		bool capital = (word.data[0] >= 'A' && word.data[0] <= 'Z') ||
			       (unsigned char)word.data[0] >= 0xc3;
		if (!capital || memchr(word.data, ':', word.size) ||
			memchr(word.data, '?', word.size) || memchr(word.data, '!', word.size))
			return false;
		words++;
	}
	return words >= 1 && words <= 4;
}

/*
 * "Best regards", "Best regards, Anna", "Groeten / Kind regards": closing words and nothing behind
 * them but more of them or a name.
 */
static bool is_closing(const struct lines *lines, size_t at, struct span author)
{
	struct span rest;

	if (!closing_begins(lines->items[at], &rest))
		return false;
	if (rest.size == 0 || closing_is_words(rest))
		return true;
	return looks_like_name(rest) && names_author(rest, author);
}

/* Behind a closing stand names and addresses, not sentences. */
static bool closes(const struct lines *lines, size_t at, struct span author)
{
	if (!is_closing(lines, at, author) || !looks_like_signature(lines, at))
		return false;
	for (size_t i = at + 1; i < lines->count; i++)
		if (ends_sentence(lines->items[i]))
			return false;
	/* "Thank you!" alone is what the author says; "Regards," alone closes */
	return next_filled(lines, at + 1) < lines->count || !closing_is_words(lines->items[at]) ||
	       span_ends(line_trim(lines->items[at]), SPAN(","));
}

/* A telephone number, a mail address, a web site: what a signature is made of. */
static bool looks_like_contact(struct span line)
{
	size_t digits = 0;

	if (span_find_byte(line, '@') > 0 || span_find_fold(line, SPAN("www.")) >= 0 ||
		span_find_fold(line, SPAN("http")) >= 0)
		return true;
	for (size_t i = 0; i < line.size; i++)
		digits += line.data[i] >= '0' && line.data[i] <= '9';
	return digits >= 6;
}

/* The last paragraph begins with the author's name, or with a name above ways to reach him. */
static size_t bare_name(const struct lines *lines, struct span author)
{
	size_t begin = lines->count;
	bool contact = false;

	while (begin > 0 && !line_is_blank(lines->items[begin - 1]))
		begin--;
	for (size_t i = begin; i < lines->count; i++)
		contact |= looks_like_contact(lines->items[i]);
	for (size_t i = begin; i < lines->count; i++) {
		struct span line = line_trim(lines->items[i]);

		if (line.size <= NAME_WIDTH_MAX && !ends_sentence(line) &&
			(names_author(line, author) || (contact && i > 0)) &&
			looks_like_name(line) && looks_like_signature(lines, i))
			return i;
	}
	return lines->count;
}

/* Words of one line that answer or thank, and are nobody's name. */
static bool is_answer(struct span word)
{
	static const char *const answers[] = {"Yes", "No", "Ok", "Okay", "Sure", "Done", "Thanks",
		"Great", "Perfect", "Agreed", "Super", "Danke", "Ja", "Nein", "Nee", "Prima",
		"Gerne", "Akkoord", "Bedankt", "Oui", "Non", "Merci", "Parfait", "Correct",
		"Approved", "Nice", "Fine", "Good", "Please", "Maybe", "Sorry", "Passt", "Klar",
		"Einverstanden"};

	for (size_t i = 0; i < ARRAY_COUNT(answers); i++)
		if (span_equal_fold(word, span_from(answers[i])))
			return true;
	return false;
}

/* A last line of one capitalised word below a finished sentence. */
static size_t lone_name(const struct lines *lines)
{
	size_t last = lines->count, above;

	if (last < 3 || !line_is_blank(lines->items[last - 2]))
		return lines->count;
	struct span word = line_trim(lines->items[last - 1]);
	for (above = last - 2; above > 0 && line_is_blank(lines->items[above]); above--)
		;
	struct span before = line_trim(lines->items[above]);
	if (word.size < 2 || word.size > 12 || is_answer(word) || before.size == 0 ||
		!memchr(".?!", before.data[before.size - 1], 3) || !looks_like_name(word))
		return lines->count;
	for (size_t i = 1; i < word.size; i++)
		if (!is_word_byte(word.data[i]) || (word.data[i] >= 'A' && word.data[i] <= 'Z'))
			return lines->count;
	return last - 1;
}

static size_t signature_begin(const struct lines *lines, struct span author)
{
	size_t lowest =
		lines->count > 2 * SIGNATURE_LINES_MAX ? lines->count - 2 * SIGNATURE_LINES_MAX : 0;

	for (size_t i = lowest; i < lines->count; i++)
		if (is_delimiter(lines->items[i]) && looks_like_signature(lines, i))
			return i;
	for (size_t i = lowest; i < lines->count; i++)
		if (i > 0 && closes(lines, i, author))
			return i;
	for (size_t i = lowest; i < lines->count; i++)
		if (closing_is_device(lines->items[i]) && looks_like_signature(lines, i))
			return i;
	size_t name = bare_name(lines, author);
	if (name == lines->count)
		name = lone_name(lines);
	return name > 0 ? name : lines->count;
}

static void split(struct lines *lines, struct span author, struct arena *arena, struct reply *reply)
{
	while (lines->count > 0 && line_is_blank(lines->items[lines->count - 1]))
		lines->count--;
	struct lines words = {lines->items, disclaimer_begin(lines)};

	while (words.count > 0 && line_is_blank(words.items[words.count - 1]))
		words.count--;
	/* a mail of nothing else is what it says */
	if (words.count == 0)
		words.count = lines->count;
	size_t begin = signature_begin(&words, author);

	reply->text = lines_join(arena, lines, 0, begin);
	reply->signature = lines_join(arena, lines, begin, lines->count);
}

void reply_split_signature(
	struct span text, struct span author, struct arena *arena, struct reply *reply)
{
	struct lines lines = lines_of(arena, text);

	split(&lines, author, arena, reply);
}

void reply_read(struct span text, struct span author, struct arena *arena, struct reply *reply)
{
	struct lines lines = lines_of(arena, text);
	struct lines own = own_lines(arena, &lines);

	split(&own, author, arena, reply);
}
