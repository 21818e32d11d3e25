/*
 * Any bytes as an unstructured field with encoded words: one clean line comes out, and words that
 * are kept as words (for address lists) mean the same afterwards.
 */
#include "parser/mime.h"
#include "parser/word.h"
#include "tests/fuzz/fuzz_parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span raw = fuzz_span(data, size), text, kept;
	struct arena arena = {0};

	fuzz_parser_begin();
	text = mime_text(&arena, raw);
	/* a decoded word of one byte may become three in UTF-8, and more in normal form */
	fuzz_must_be_text(text, 16 * size + 16);
	fuzz_must(span_find_byte(text, '\n') < 0 && span_find_byte(text, '\r') < 0);
	if (text_is_utf8(raw)) {
		kept = words_decode(&arena, raw, true);
		fuzz_must(text_is_utf8(kept));
		fuzz_must(text_is_utf8(words_decode(&arena, raw, false)));
		fuzz_must(span_equal(words_decode(&arena, kept, true), kept) ||
			  span_find(raw, SPAN("=?")) >= 0);
	}
	arena_done(&arena);
	return 0;
}
