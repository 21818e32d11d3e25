#include "parser/rtf.h"

#include "base/buffer.h"
#include "base/text.h"
#include "parser/charset.h"
#include "parser/limits.h"

#define WINDOW_BYTES   4096 /* MS-OXRTFCP section 2.1.1.1 */
#define COMPRESSED     0x75465a4cu
#define UNCOMPRESSED   0x414c454du
#define RTF_GROUPS_MAX 128
#define WORD_MAX       32

/* What the window holds at first (MS-OXRTFCP section 2.1.2.1). */
static const struct span first_window = SPAN_INIT(
	"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss "
	"\\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier"
	"{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx");

static uint32_t u32_at(struct span bytes, size_t at)
{
	uint32_t value = 0;

	for (size_t i = 4; i-- > 0;)
		value = value << 8 | (unsigned char)bytes.data[at + i];
	return value;
}

static void expand(struct span in, size_t limit, struct buffer *out)
{
	char window[WINDOW_BYTES] = {0};
	size_t write = first_window.size, at = 0;

	memcpy(window, first_window.data, first_window.size);
	while (at < in.size && out->size < limit) {
		unsigned flags = (unsigned char)in.data[at++];

		for (unsigned bit = 0; bit < 8 && at < in.size && out->size < limit; bit++) {
			size_t from, size;

			if (!(flags >> bit & 1)) {
				window[write++ % WINDOW_BYTES] = in.data[at];
				buffer_append_byte(out, in.data[at++]);
				continue;
			}
			if (at + 2 > in.size)
				return;
			unsigned token = (unsigned)(unsigned char)in.data[at] << 8 |
					 (unsigned char)in.data[at + 1];
			at += 2;
			from = token >> 4;
			size = (token & 15) + 2;
			if (from == write % WINDOW_BYTES)
				return; /* the end */
			for (; size > 0; size--) {
				char byte = window[from++ % WINDOW_BYTES];

				window[write++ % WINDOW_BYTES] = byte;
				buffer_append_byte(out, byte);
			}
		}
	}
}

struct span rtf_decompress(struct span bytes, size_t max_bytes, struct arena *arena)
{
	struct buffer out = {0};

	if (bytes.size < 16)
		return (struct span){0};
	size_t raw_size = u32_at(bytes, 4);
	uint32_t kind = u32_at(bytes, 8);
	size_t limit = raw_size < max_bytes ? raw_size : max_bytes;
	if (kind == UNCOMPRESSED)
		return span_part(bytes, 16, limit);
	if (kind != COMPRESSED)
		return (struct span){0};
	expand(span_after(bytes, 16), limit, &out);
	struct span copy = arena_copy(arena, span_part(buffer_span(&out), 0, limit));
	buffer_done(&out);
	return copy;
}

/* ---------------------------------------------------------------- words */

struct group {
	bool skip;     /* fonts, pictures, HTML tags: no words */
	bool html_rtf; /* what only RTF readers show of wrapped HTML */
	int unicode_skip;
};

struct rtf {
	struct arena *arena;
	struct buffer out, run; /* run: bytes in `charset` that are not in `out` yet */
	struct span charset;
	struct group groups[RTF_GROUPS_MAX];
	size_t depth;
	int to_skip; /* characters that stand for one that \u gave */
};

static struct group *group_of(struct rtf *rtf)
{
	return &rtf->groups[rtf->depth < RTF_GROUPS_MAX ? rtf->depth : RTF_GROUPS_MAX - 1];
}

static void flush(struct rtf *rtf)
{
	bool bad = false;

	if (rtf->run.size == 0)
		return;
	buffer_append(&rtf->out, charset_to_utf8(rtf->arena, rtf->charset, buffer_span(&rtf->run),
					 TEXT_BYTES_MAX, &bad));
	buffer_clear(&rtf->run);
}

static void put(struct rtf *rtf, char byte)
{
	if (rtf->to_skip > 0) {
		rtf->to_skip--;
		return;
	}
	if (!group_of(rtf)->skip && !group_of(rtf)->html_rtf)
		buffer_append_byte(&rtf->run, byte);
}

static void put_code(struct rtf *rtf, int32_t code)
{
	if (group_of(rtf)->skip || group_of(rtf)->html_rtf)
		return;
	flush(rtf);
	text_append(&rtf->out, code);
}

static bool is_one_of(struct span word, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (span_equal(word, span_from(words[i])))
			return true;
	return false;
}

static void control_word(struct rtf *rtf, struct span word, bool has_number, int number)
{
	static const char *const silent[] = {"fonttbl", "colortbl", "stylesheet", "info", "pict",
		"object", "header", "footer", "htmltag", "mhtmltag", "themedata", "listtable",
		"listoverridetable", "rsidtbl", "generator", "xmlnstbl"};
	static const char *const breaks[] = {"par", "line", "row", "sect", "page"};
	struct group *group = group_of(rtf);

	if (is_one_of(word, silent, ARRAY_COUNT(silent))) {
		group->skip = true;
	} else if (is_one_of(word, breaks, ARRAY_COUNT(breaks))) {
		/* the lines of wrapped HTML are in what only RTF readers show */
		if (!group->skip)
			buffer_append_byte(&rtf->run, '\n');
	} else if (span_equal(word, SPAN("tab")) || span_equal(word, SPAN("cell"))) {
		put(rtf, '\t');
	} else if (span_equal(word, SPAN("htmlrtf"))) {
		group->html_rtf = !has_number || number != 0;
	} else if (span_equal(word, SPAN("ansicpg")) && number >= 1250 && number <= 1258) {
		rtf->charset = arena_format(rtf->arena, "windows-%d", number);
	} else if (span_equal(word, SPAN("uc")) && has_number) {
		group->unicode_skip = number >= 0 && number < 8 ? number : 1;
	} else if (span_equal(word, SPAN("u")) && has_number) {
		put_code(rtf, number < 0 ? number + 65536 : number);
		rtf->to_skip = group->unicode_skip;
	} else if (span_equal(word, SPAN("emdash")) || span_equal(word, SPAN("endash"))) {
		put_code(rtf, 0x2013);
	} else if (span_equal(word, SPAN("rquote")) || span_equal(word, SPAN("lquote"))) {
		put(rtf, '\'');
	} else if (span_equal(word, SPAN("rdblquote")) || span_equal(word, SPAN("ldblquote"))) {
		put(rtf, '"');
	}
}

static int hex(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	byte |= 0x20;
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

static bool is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* Behind a backslash: the bytes that were taken. */
static size_t control(struct rtf *rtf, struct span text)
{
	size_t at = 0, digits = 0;
	bool negative;
	int number = 0;

	if (text.size == 0)
		return 0;
	if (text.data[0] == '\'') {
		if (text.size >= 3 && hex(text.data[1]) >= 0 && hex(text.data[2]) >= 0)
			put(rtf, (char)(hex(text.data[1]) * 16 + hex(text.data[2])));
		return text.size < 3 ? text.size : 3;
	}
	if (!is_letter(text.data[0])) {
		if (text.data[0] == '*')
			group_of(rtf)->skip = true;
		else if (text.data[0] == '~')
			put(rtf, ' ');
		else if (memchr("\\{}", text.data[0], 3))
			put(rtf, text.data[0]);
		return 1;
	}
	while (at < text.size && at < WORD_MAX && is_letter(text.data[at]))
		at++;
	struct span word = span_part(text, 0, at);
	negative = at < text.size && text.data[at] == '-';
	at += negative;
	for (; at < text.size && digits < 9 && text.data[at] >= '0' && text.data[at] <= '9'; at++) {
		number = number * 10 + (text.data[at] - '0');
		digits++;
	}
	if (at < text.size && text.data[at] == ' ')
		at++;
	control_word(rtf, word, digits > 0, negative ? -number : number);
	return at;
}

struct span rtf_text(struct span text, struct arena *arena)
{
	struct rtf rtf = {.arena = arena, .charset = SPAN("windows-1252")};

	if (!span_starts(text, SPAN("{\\rtf")))
		return (struct span){0};
	rtf.groups[0].unicode_skip = 1;
	for (size_t at = 0; at < text.size && rtf.out.size + rtf.run.size < TEXT_BYTES_MAX;) {
		char byte = text.data[at++];

		if (byte == '{') {
			struct group outer = *group_of(&rtf);

			rtf.depth++;
			*group_of(&rtf) = outer;
		} else if (byte == '}') {
			if (rtf.depth > 0)
				rtf.depth--;
		} else if (byte == '\\') {
			at += control(&rtf, span_after(text, at));
		} else if (byte != '\r' && byte != '\n') {
			put(&rtf, byte);
		}
	}
	flush(&rtf);
	struct span copy = text_clean(arena, arena_copy(arena, span_trim(buffer_span(&rtf.out))));
	buffer_done(&rtf.out);
	buffer_done(&rtf.run);
	return copy;
}
