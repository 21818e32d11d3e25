#include "base/text.h"

#include <idn2.h>
#include <stdint.h>
#include <stdlib.h>
#include <utf8proc.h>

#include "base/memory.h"

#define REPLACEMENT 0xFFFD /* U+FFFD, for bytes that are no UTF-8 */
#define JOINER	    0x034F /* U+034F COMBINING GRAPHEME JOINER */
/* UAX #15 section 13 (stream-safe text): normalizing longer runs takes time by their square. */
#define COMBINING_RUN_MAX 30
/* RFC 1035 allows 255 bytes; four times that leaves room for what is no A-label yet. */
#define DOMAIN_BYTES_MAX 1020

static const uint64_t high_bits = 0x8080808080808080u;

/* How many bytes at the front are ASCII; eight at a time, since nearly all of every mail is. */
static size_t ascii_prefix(struct span text)
{
	size_t i = 0;
	uint64_t word;

	for (; i + sizeof word <= text.size; i += sizeof word) {
		memcpy(&word, text.data + i, sizeof word);
		if (word & high_bits)
			break;
	}
	while (i < text.size && (unsigned char)text.data[i] < 0x80)
		i++;
	return i;
}

struct sequence_shape {
	int length;		 /* bytes in all */
	unsigned char low, high; /* bounds of the second byte */
	int32_t bits;		 /* of the first byte */
};

/* Unicode 15 table 3-7, well-formed UTF-8: no overlong forms, surrogates or numbers above 10FFFF.
 */
static struct sequence_shape sequence_shape(unsigned char lead)
{
	if (lead >= 0xC2 && lead <= 0xDF)
		return (struct sequence_shape){2, 0x80, 0xBF, lead & 0x1F};
	if (lead >= 0xE0 && lead <= 0xEF)
		return (struct sequence_shape){
			3, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF, lead & 0x0F};
	if (lead >= 0xF0 && lead <= 0xF4)
		return (struct sequence_shape){
			4, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF, lead & 0x07};
	return (struct sequence_shape){0};
}

/*
 * Takes the code point at text[*at] and moves *at behind it; -1 for bytes that are none, of which
 * the longest beginning of a possible sequence is taken (Unicode 15 section 3.9, best practice).
 */
static int32_t take_code_point(struct span text, size_t *at)
{
	unsigned char lead = (unsigned char)text.data[(*at)++];
	struct sequence_shape shape;
	int32_t code_point;

	if (lead < 0x80)
		return lead;
	shape = sequence_shape(lead);
	if (shape.length == 0)
		return -1;
	code_point = shape.bits;
	for (int i = 1; i < shape.length; i++) {
		unsigned char byte = *at < text.size ? (unsigned char)text.data[*at] : 0;

		if (byte < shape.low || byte > shape.high)
			return -1;
		shape.low = 0x80;
		shape.high = 0xBF;
		code_point = code_point << 6 | (byte & 0x3F);
		(*at)++;
	}
	return code_point;
}

bool text_next(struct span *rest, int32_t *code_point)
{
	size_t at = 0;

	if (rest->size == 0)
		return false;
	*code_point = take_code_point(*rest, &at);
	*rest = span_after(*rest, at);
	return true;
}

static bool is_same_letter(int32_t a, int32_t b)
{
	return a == b || (a >= 0 && b >= 0 && utf8proc_tolower(a) == utf8proc_tolower(b));
}

/* How much of both is ASCII and the same letters; *differs: where it ends, ASCII differs. */
static size_t ascii_same(struct span a, struct span b, bool *differs)
{
	size_t most = a.size < b.size ? a.size : b.size, at = 0;

	*differs = false;
	for (; at < most && (unsigned char)(a.data[at] | b.data[at]) < 0x80; at++) {
		int one = a.data[at], other = b.data[at];

		if (one == other)
			continue;
		*differs = (one ^ other) != 0x20 || (one | 0x20) < 'a' || (one | 0x20) > 'z';
		if (*differs)
			break;
	}
	return at;
}

size_t text_starts_fold(struct span text, struct span prefix)
{
	bool differs;
	size_t same = ascii_same(text, prefix, &differs);
	struct span rest = span_after(text, same);
	int32_t a, b;

	if (differs)
		return 0;
	prefix = span_after(prefix, same);
	while (text_next(&prefix, &b))
		if (!text_next(&rest, &a) || !is_same_letter(a, b))
			return 0;
	return text.size - rest.size;
}

ptrdiff_t text_find_fold(struct span text, struct span needle)
{
	unsigned char first = needle.size > 0 ? (unsigned char)needle.data[0] : 0;

	if (ascii_prefix(needle) == needle.size)
		return span_find_fold(text, needle);
	for (size_t at = 0; at < text.size; at++) {
		unsigned char byte = (unsigned char)text.data[at];

		/* a letter beyond ASCII may be the capital of one that is not: U+0130 */
		if ((byte | 0x20) != (first | 0x20) && (byte & 0xc0) != 0xc0)
			continue;
		if (text_starts_fold(span_after(text, at), needle) > 0)
			return (ptrdiff_t)at;
	}
	return -1;
}

bool text_is_utf8(struct span text)
{
	size_t at = ascii_prefix(text);

	while (at < text.size) {
		if (take_code_point(text, &at) < 0)
			return false;
		at += ascii_prefix(span_after(text, at));
	}
	return true;
}

/*
 * Code points that stand alone in NFC: they have NFC_Quick_Check=Yes and combining class 0, so a
 * text of only these is in NFC as it stands. Ranges, not all: the scripts that mail is written in.
 */
static bool is_settled(int32_t c)
{
	static const struct {
		int32_t first, last;
	} ranges[] = {
		{0x0001, 0x02FF},   /* Latin */
		{0x0400, 0x0482},   /* Cyrillic */
		{0x048A, 0x052F},   /* Cyrillic */
		{0x200B, 0x206F},   /* general punctuation */
		{0x20A0, 0x20BF},   /* currency */
		{0x2190, 0x2328},   /* arrows, mathematics, technical */
		{0x2500, 0x27BF},   /* boxes, symbols, dingbats */
		{0x3000, 0x3029},   /* CJK punctuation */
		{0x3041, 0x3096},   /* Hiragana */
		{0x30A0, 0x30FF},   /* Katakana */
		{0x4E00, 0x9FFF},   /* CJK ideographs */
		{0xFE00, 0xFE0F},   /* variation selectors */
		{0xFFFD, 0xFFFD},   /* our own replacement */
		{0x1F300, 0x1FAFF}, /* emoji */
	};

	for (size_t i = 0; i < ARRAY_COUNT(ranges); i++)
		if (c <= ranges[i].last)
			return c >= ranges[i].first;
	return false;
}

static bool is_clean(struct span text)
{
	size_t at = 0;

	if (text.size > 0 && memchr(text.data, '\0', text.size))
		return false;
	for (;;) {
		at += ascii_prefix(span_after(text, at));
		if (at >= text.size)
			return true;
		if (!is_settled(take_code_point(text, &at)))
			return false;
	}
}

void text_append(struct buffer *out, int32_t code_point)
{
	utf8proc_uint8_t bytes[4];
	utf8proc_ssize_t size;

	if (!utf8proc_codepoint_valid(code_point))
		code_point = REPLACEMENT;
	size = utf8proc_encode_char(code_point, bytes);
	buffer_append(out, (struct span){(const char *)bytes, (size_t)size});
}

/* `run` combining marks stand right before this piece, which has no NUL. */
static void append_repaired_piece(struct buffer *out, struct span text, int *run)
{
	size_t at = 0;

	while (at < text.size) {
		size_t ascii = ascii_prefix(span_after(text, at));
		int32_t code_point;

		if (ascii > 0) {
			buffer_append(out, span_part(text, at, ascii));
			at += ascii;
			*run = 0;
			continue;
		}
		code_point = take_code_point(text, &at);
		if (code_point < 0)
			code_point = REPLACEMENT;
		*run = utf8proc_get_property(code_point)->combining_class != 0 ? *run + 1 : 0;
		if (*run > COMBINING_RUN_MAX) {
			text_append(out, JOINER);
			*run = 1;
		}
		text_append(out, code_point);
	}
}

/*
 * Valid UTF-8 without NUL, with no longer run of combining marks than normalizing can bear. Pieces
 * between NULs are taken one by one: looking for the end of an ASCII run across them would take
 * time by the square of their number.
 */
static void append_repaired(struct buffer *out, struct span text)
{
	struct span rest = text, piece;
	int run = 0;

	while (span_next(&rest, '\0', &piece))
		append_repaired_piece(out, piece, &run);
}

/* utf8proc's mapping of repaired text; free() the bytes. */
static struct span map_text(struct span text, utf8proc_option_t options)
{
	struct buffer repaired = {0};
	utf8proc_uint8_t *mapped = NULL;
	utf8proc_ssize_t size;

	append_repaired(&repaired, text);
	size = utf8proc_map((const utf8proc_uint8_t *)buffer_string(&repaired),
		(utf8proc_ssize_t)repaired.size, &mapped, options | UTF8PROC_STABLE);
	buffer_done(&repaired);
	if (size < 0) /* the text is valid: only memory can be missing */
		memory_exhausted();
	return (struct span){(const char *)mapped, (size_t)size};
}

struct span text_clean(struct arena *arena, struct span text)
{
	struct span mapped, copy;

	if (is_clean(text))
		return text;
	mapped = map_text(text, UTF8PROC_COMPOSE);
	copy = arena_copy(arena, mapped);
	free((char *)(size_t)mapped.data);
	return copy;
}

static bool is_white_space(int32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0x1680 || c == 0x2028 ||
	       c == 0x2029;
}

/* Collapses white space in place of mapped text; returns the new size. */
static size_t collapse_white_space(char *text, size_t size)
{
	size_t at = 0, end = 0;
	bool gap = false;

	while (at < size) {
		size_t from = at;
		int32_t c = take_code_point((struct span){text, size}, &at);

		if (is_white_space(c)) {
			gap = end > 0;
			continue;
		}
		if (gap)
			text[end++] = ' ';
		gap = false;
		memmove(text + end, text + from, at - from);
		end += at - from;
	}
	return end;
}

static struct span fold_ascii(struct arena *arena, struct span text)
{
	char *folded = arena_alloc(arena, text.size + 1);
	size_t end = 0;
	bool gap = false;

	for (size_t i = 0; i < text.size; i++) {
		char byte = text.data[i];

		if (byte == '\0')
			continue;
		if (is_white_space(byte)) {
			gap = end > 0;
			continue;
		}
		if (gap)
			folded[end++] = ' ';
		gap = false;
		folded[end++] = byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte;
	}
	folded[end] = '\0';
	return (struct span){folded, end};
}

struct span text_fold(struct arena *arena, struct span text)
{
	struct span mapped, copy;
	size_t size;

	if (ascii_prefix(text) == text.size)
		return fold_ascii(arena, text);
	mapped = map_text(
		text, UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
	size = collapse_white_space((char *)(size_t)mapped.data, mapped.size);
	copy = arena_copy(arena, (struct span){mapped.data, size});
	free((char *)(size_t)mapped.data);
	return copy;
}

/* Lower case and A-labels (RFC 5891); a domain that IDNA refuses is compared as it is folded. */
static struct span fold_domain(struct arena *arena, struct span domain)
{
	struct span folded = text_fold(arena, domain);
	uint8_t *label = NULL;

	if (span_ends(folded, SPAN(".")))
		folded.size--;
	if (ascii_prefix(folded) == folded.size || folded.size > DOMAIN_BYTES_MAX)
		return folded;
	if (idn2_lookup_u8((const uint8_t *)arena_string(arena, folded), &label,
		    IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) == IDN2_OK) {
		folded = arena_copy(arena, span_from((const char *)label));
		idn2_free(label);
	}
	return folded;
}

struct span text_fold_address(struct arena *arena, struct span address)
{
	struct span trimmed = span_trim(address);
	ptrdiff_t at = span_rfind_byte(trimmed, '@');
	struct span local, domain;

	if (at < 0)
		return (struct span){"", 0};
	local = text_fold(arena, span_part(trimmed, 0, (size_t)at));
	domain = fold_domain(arena, span_after(trimmed, (size_t)at + 1));
	if (local.size == 0 || domain.size == 0)
		return (struct span){"", 0};
	return arena_format(arena, "%.*s@%.*s", SPAN_ARG(local), SPAN_ARG(domain));
}

struct span text_address_domain(struct span address)
{
	ptrdiff_t at = span_rfind_byte(address, '@');

	return at < 0 ? (struct span){"", 0} : span_after(address, (size_t)at + 1);
}

struct span text_cut(struct span text, size_t max_bytes)
{
	size_t end = max_bytes;

	if (text.size <= max_bytes)
		return text;
	/* at most three bytes back to the beginning of the sequence that would be cut */
	while (end > 0 && max_bytes - end < 3 && ((unsigned char)text.data[end] & 0xC0) == 0x80)
		end--;
	return span_part(text, 0, end);
}

/* Would do something to a terminal, or turn the reading order of what follows (UAX #9). */
static bool is_dangerous(int32_t c)
{
	return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || c == 0x200E || c == 0x200F ||
	       (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

static bool is_line_space(int32_t c)
{
	return c == '\t' || c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029;
}

void text_escape_line(struct buffer *out, struct span text)
{
	size_t at = 0;

	while (at < text.size) {
		size_t from = at;
		int32_t c = take_code_point(text, &at);

		if (c < 0)
			buffer_append_string(out, "\\u{fffd}");
		else if (c == '\r' && at < text.size && text.data[at] == '\n')
			continue; /* one line end, one space */
		else if (is_line_space(c))
			buffer_append_byte(out, ' ');
		else if (is_dangerous(c))
			buffer_format(out, "\\u{%x}", (unsigned)c);
		else
			buffer_append(out, span_part(text, from, at - from));
	}
}

size_t text_width(struct span text)
{
	size_t at = 0, width = 0;

	while (at < text.size) {
		int32_t c = take_code_point(text, &at);
		int columns = utf8proc_charwidth(c < 0 ? REPLACEMENT : c);

		width += columns > 0 ? (size_t)columns : 0;
	}
	return width;
}

char text_base_letter(int32_t code_point)
{
	utf8proc_int32_t parts[8];
	utf8proc_ssize_t count;
	int boundary = 0;

	if (code_point < 0xc0 || code_point > 0x24f)
		return 0;
	count = utf8proc_decompose_char(
		code_point, parts, ARRAY_COUNT(parts), UTF8PROC_DECOMPOSE, &boundary);
	if (count < 1 || parts[0] > 'z')
		return 0;
	return (char)(parts[0] >= 'A' && parts[0] <= 'Z' ? parts[0] | 0x20 : parts[0]);
}
