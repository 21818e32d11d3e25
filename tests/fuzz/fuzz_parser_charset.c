/* Any bytes in any charset of the table (the first byte says which): UTF-8 within its bound. */
#include "parser/charset.h"
#include "tests/fuzz/fuzz_parser.h"

#define OUT_BYTES 1000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = {0};
	struct span bytes, utf8;
	const char *label;
	bool bad = false;

	if (size < 1)
		return 0;
	fuzz_parser_begin();
	label = charset_at(data[0] % charset_count());
	bytes = fuzz_span(data + 1, size - 1);
	utf8 = charset_to_utf8(&arena, span_from(label), bytes, OUT_BYTES, &bad);
	fuzz_must(text_is_utf8(utf8));
	fuzz_must(utf8.size <= OUT_BYTES);
	/* bytes as their own label: found or guessed */
	utf8 = charset_to_utf8(&arena, bytes, bytes, OUT_BYTES, &bad);
	fuzz_must(text_is_utf8(utf8) && utf8.size <= OUT_BYTES);
	arena_done(&arena);
	return 0;
}
