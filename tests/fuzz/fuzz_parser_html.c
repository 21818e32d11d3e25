/* Any bytes as HTML: text comes out, bounded, without a tag's name or anything of a script. */
#include "parser/charset.h"
#include "parser/html.h"
#include "parser/limits.h"
#include "tests/fuzz/fuzz_parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span html = fuzz_span(data, size), charset, utf8, text;
	struct arena arena = {0};
	struct defects defects = {0};
	bool bad = false;

	fuzz_parser_begin();
	charset = html_charset(html);
	fuzz_must(charset.size <= size);
	utf8 = charset_to_utf8(&arena, charset, html, HTML_BYTES_MAX, &bad);
	fuzz_must(text_is_utf8(utf8));
	text = html_text(&arena, utf8, &defects);
	fuzz_must_be_text(text, TEXT_BYTES_MAX);
	fuzz_must(span_find_byte(text, '\r') < 0);
	arena_done(&arena);
	return 0;
}
