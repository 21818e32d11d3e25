#include "ingest/scrub.h"

#include "base/buffer.h"
#include "base/text.h"
#include "store/erase.h"

/* Shorter words of a name stand in too many other words and names. */
#define WORD_MIN_BYTES	3
#define PHONE_MIN_BYTES 5
#define NAME_WORDS_MAX	8
/* Between the words of a name: a blank, a line end with its marks of quoting, a comma. */
#define GAP_MAX_BYTES 6

struct name {
	struct span words[NAME_WORDS_MAX]; /* folded */
	size_t count;
};

struct scrub {
	struct span *exact; /* addresses and numbers: found anywhere, in any case */
	size_t exact_count;
	struct name *names;
	struct span *written; /* the names as written */
	size_t name_count;
};

/* ---------------------------------------------------------------- words */

/* Inside of an address or a double name a dot or a dash is a part of the word. */
static bool is_word_byte(unsigned char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= 'a' && byte <= 'z') || byte >= 0x80 || byte == '.' || byte == '@' ||
	       byte == '_' || byte == '-' || byte == '+' || byte == '\'';
}

static bool is_edge(char byte)
{
	return byte == '.' || byte == '-' || byte == '\'' || byte == '@' || byte == '_' ||
	       byte == '+';
}

static struct span without_genitive(struct span word)
{
	static const char *const ends[] = {"'s", "\xe2\x80\x99s"};

	for (size_t i = 0; i < ARRAY_COUNT(ends); i++)
		if (span_ends(word, span_from(ends[i])))
			return span_part(word, 0, word.size - strlen(ends[i]));
	return word;
}

/* The word that begins at `from`, without punctuation at its end; empty: none begins there. */
static struct span word_at(struct span text, size_t from)
{
	size_t to = from;

	if (is_edge(text.data[from]))
		return (struct span){0};
	while (to < text.size && is_word_byte((unsigned char)text.data[to]))
		to++;
	while (to > from && is_edge(text.data[to - 1]))
		to--;
	return without_genitive(span_part(text, from, to - from));
}

static bool is_ascii(struct span text)
{
	for (size_t i = 0; i < text.size; i++)
		if ((unsigned char)text.data[i] >= 0x80)
			return false;
	return true;
}

static bool word_equal(struct span word, struct span folded)
{
	struct arena arena = {0};
	bool equal;

	if (is_ascii(word))
		return span_equal_fold(word, folded);
	equal = span_equal(text_fold(&arena, word), folded);
	arena_done(&arena);
	return equal;
}

static bool is_gap(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n' || byte == ',' ||
	       byte == '>' || byte == '"' || byte == '*';
}

static size_t gap_at(struct span text, size_t from)
{
	size_t size = 0;

	while (from + size < text.size && size < GAP_MAX_BYTES && is_gap(text.data[from + size]))
		size++;
	return size;
}

/* Bytes of the words from `from` on that are these in this order; 0: they are others. */
static size_t words_at(
	struct span text, size_t from, const struct name *name, size_t first, size_t step)
{
	size_t at = from;

	for (size_t i = 0; i < name->count; i++) {
		size_t gap = i ? gap_at(text, at) : 0;
		struct span word;

		if ((i && !gap) || at + gap >= text.size)
			return 0;
		word = word_at(text, at + gap);
		if (!word.size || !word_equal(word, name->words[(first + i * step) % name->count]))
			return 0;
		at += gap + word.size;
	}
	return at - from;
}

/* "Anna van der Smit", or as lists have it "Smit, Anna van der". */
static size_t name_at(struct span text, size_t from, const struct name *name)
{
	size_t size = words_at(text, from, name, 0, 1);

	return size ? size : words_at(text, from, name, name->count - 1, 1);
}

/* ---------------------------------------------------------------- making */

static void exact_add(struct scrub *scrub, struct span text)
{
	for (size_t i = 0; i < scrub->exact_count; i++)
		if (span_equal_fold(scrub->exact[i], text))
			return;
	scrub->exact[scrub->exact_count++] = text;
}

static void name_split(struct span folded, struct name *name)
{
	*name = (struct name){0};
	for (size_t at = 0; at < folded.size;) {
		struct span word = word_at(folded, at);

		if (word.size && name->count < NAME_WORDS_MAX)
			name->words[name->count++] = word;
		at += word.size ? word.size : 1;
	}
}

static bool name_add(struct db *db, const struct person *person, struct span written,
	struct arena *arena, struct scrub *scrub, struct error *err)
{
	struct span folded = text_fold(arena, written);
	struct name name;
	bool shared;

	name_split(folded, &name);
	for (size_t i = 0; i < scrub->name_count; i++)
		if (span_equal(text_fold(arena, scrub->written[i]), folded))
			return true;
	if (name.count < 2 || text_fold_address(arena, written).size)
		return true;
	if (!person_name_is_shared(db, person, written, &shared, err))
		return false;
	if (shared)
		return true;
	scrub->names[scrub->name_count] = name;
	scrub->written[scrub->name_count++] = written;
	return true;
}

bool scrub_new(struct db *db, const struct person *person, struct arena *arena,
	struct scrub **scrub, struct error *err)
{
	struct scrub *made = arena_alloc(arena, sizeof *made);

	*made = (struct scrub){0};
	made->exact = arena_array(arena, struct span, person->address_count + person->phone_count);
	made->names = arena_array(arena, struct name, person->name_count);
	made->written = arena_array(arena, struct span, person->name_count);
	for (size_t i = 0; i < person->address_count; i++)
		exact_add(made, person->addresses[i]);
	for (size_t i = 0; i < person->phone_count; i++)
		if (person->phones[i].size >= PHONE_MIN_BYTES)
			exact_add(made, person->phones[i]);
	for (size_t i = 0; i < person->name_count; i++)
		if (!name_add(db, person, person->names[i], arena, made, err))
			return false;
	*scrub = made;
	return true;
}

size_t scrub_names(const struct scrub *scrub, const struct span **names)
{
	*names = scrub->written;
	return scrub->name_count;
}

/* ---------------------------------------------------------------- scrubbing */

/* "a@example.org" is not in "anna@example.org", nor in "a@example.org.example". */
static bool ends_at(struct span text, size_t at)
{
	if (at < text.size && (text.data[at] == '.' || text.data[at] == '-'))
		at++;
	return at >= text.size || !is_word_byte((unsigned char)text.data[at]) ||
	       is_edge(text.data[at]);
}

static size_t exact_at(const struct scrub *scrub, struct span text, size_t from)
{
	for (size_t i = 0; i < scrub->exact_count; i++)
		if (span_starts_fold(span_after(text, from), scrub->exact[i]) &&
			ends_at(text, from + scrub->exact[i].size))
			return scrub->exact[i].size;
	return 0;
}

static size_t single_word_at(const struct scrub *scrub, struct span text, size_t from)
{
	struct span word = word_at(text, from);

	if (word.size < WORD_MIN_BYTES)
		return 0;
	for (size_t i = 0; i < scrub->name_count; i++)
		for (size_t j = 0; j < scrub->names[i].count; j++)
			if (word_equal(word, scrub->names[i].words[j]))
				return word.size;
	return 0;
}

static size_t found_at(
	const struct scrub *scrub, bool words, struct span text, size_t from, bool begins_word)
{
	size_t size = begins_word ? exact_at(scrub, text, from) : 0;

	for (size_t i = 0; !size && begins_word && i < scrub->name_count; i++)
		size = name_at(text, from, &scrub->names[i]);
	return size || !words || !begins_word ? size : single_word_at(scrub, text, from);
}

bool scrub_text(const struct scrub *scrub, bool words, struct span text, struct arena *arena,
	struct span *scrubbed)
{
	struct buffer out CLEANUP(buffer_done) = {0};
	bool in_word = false, changed = false;
	size_t copied = 0;

	for (size_t at = 0; at < text.size;) {
		size_t size = found_at(scrub, words, text, at, !in_word);

		if (size) {
			buffer_append(&out, span_part(text, copied, at - copied));
			buffer_append_string(&out, ERASED_TEXT);
			at += size;
			copied = at;
			in_word = changed = true;
			continue;
		}
		in_word = is_word_byte((unsigned char)text.data[at]);
		at++;
	}
	if (!changed)
		return false;
	buffer_append(&out, span_after(text, copied));
	*scrubbed = arena_copy(arena, buffer_span(&out));
	return true;
}
