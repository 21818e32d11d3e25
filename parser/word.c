#include "parser/word.h"

#include "base/base64.h"
#include "base/buffer.h"
#include "parser/charset.h"
#include "parser/limits.h"
#include "parser/mime.h"

#define CHARSET_BYTES_MAX 40
#define WORD_BYTES_MAX	  4096 /* of one encoded word; RFC 2047 allows 75 */

/* One encoded word (RFC 2047 section 2) at the front of text; false when none stands there. */
struct word {
	struct span charset, payload;
	enum mime_encoding encoding;
	size_t size; /* of the whole word */
};

static bool word_at(struct span text, struct word *word)
{
	struct span rest = span_after(text, 2);
	ptrdiff_t mark = span_find_byte(rest, '?');

	if (!span_starts(text, SPAN("=?")) || mark <= 0 || mark > CHARSET_BYTES_MAX)
		return false;
	word->charset = span_part(rest, 0, (size_t)mark);
	ptrdiff_t language = span_find_byte(word->charset, '*'); /* RFC 2231 section 5 */
	if (language > 0)
		word->charset.size = (size_t)language;
	rest = span_after(rest, (size_t)mark + 1);
	if (rest.size < 4 || rest.data[1] != '?' || !memchr("bBqQ", rest.data[0], 4))
		return false;
	word->encoding = (rest.data[0] | 0x20) == 'b' ? MIME_BASE64 : MIME_QUOTED_PRINTABLE;
	rest = span_after(rest, 2);
	ptrdiff_t end = span_find(span_part(rest, 0, WORD_BYTES_MAX), SPAN("?="));
	if (end < 0)
		return false;
	word->payload = span_part(rest, 0, (size_t)end);
	word->size = (size_t)(word->payload.data - text.data) + word->payload.size + 2;
	return true;
}

/* Encoded words that follow one another, as the bytes they mean: a character may be cut in two. */
struct words {
	struct buffer bytes;
	struct span charset;
	bool open;
};

static void append_word(struct words *words, const struct word *word)
{
	struct arena scratch = {0};
	struct span payload = word->payload;

	if (word->encoding == MIME_QUOTED_PRINTABLE) {
		char *copy = arena_alloc(&scratch, payload.size + 1);

		for (size_t i = 0; i < payload.size; i++)
			copy[i] = payload.data[i] == '_' ? ' ' : payload.data[i];
		payload.data = copy;
	}
	buffer_append(&words->bytes, mime_decode_bytes(payload, word->encoding, &scratch));
	words->charset = word->charset;
	words->open = true;
	arena_done(&scratch);
}

/* Writes the text of the words; for address lists as one encoded word that no comma can break. */
static void end_words(
	struct words *words, struct arena *arena, bool keep_encoded, struct buffer *out)
{
	bool bad = false;

	if (!words->open)
		return;
	struct span text = charset_to_utf8(
		arena, words->charset, buffer_span(&words->bytes), HEADER_BYTES_MAX, &bad);
	if (keep_encoded) {
		buffer_append(out, SPAN("=?UTF-8?B?"));
		base64_append(out, text);
		buffer_append(out, SPAN("?="));
	} else {
		buffer_append(out, text);
	}
	buffer_clear(&words->bytes);
	words->open = false;
}

struct span words_decode(struct arena *arena, struct span line, bool keep_encoded)
{
	struct buffer out = {0};
	struct words words = {0};
	struct span rest = line;

	while (rest.size > 0) {
		ptrdiff_t at = span_find(rest, SPAN("=?"));
		struct span between = span_part(rest, 0, at < 0 ? rest.size : (size_t)at);
		struct word word;

		rest = span_after(rest, between.size);
		bool found = word_at(rest, &word);
		bool same = found && words.open && span_trim(between).size == 0 &&
			    span_equal_fold(words.charset, word.charset);
		/* white space between two words is no text, section 6.2 */
		if (!same) {
			bool dropped = found && words.open && span_trim(between).size == 0;

			end_words(&words, arena, keep_encoded, &out);
			if (!dropped || keep_encoded)
				buffer_append(&out, between);
		}
		if (found) {
			append_word(&words, &word);
			rest = span_after(rest, word.size);
		} else if (rest.size > 0) {
			buffer_append(&out, span_part(rest, 0, 2));
			rest = span_after(rest, 2);
		}
	}
	end_words(&words, arena, keep_encoded, &out);
	struct span decoded = arena_copy(arena, buffer_span(&out));
	buffer_done(&out);
	buffer_done(&words.bytes);
	return decoded;
}
