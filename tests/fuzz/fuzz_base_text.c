/* Cleaned text is valid, clean again and its own key's key; escaped text can do nothing. */
#include "base/arena.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

static void check_escaped(struct span text)
{
	struct buffer line = {0};
	int32_t code_point;
	struct span rest;

	text_escape_line(&line, text);
	rest = buffer_span(&line);
	while (text_next(&rest, &code_point))
		fuzz_must(code_point >= 0x20 && code_point != 0x7F && code_point != 0x202E);
	buffer_done(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = fuzz_span(data, size), clean, folded;
	struct arena arena = {0};

	clean = text_clean(&arena, text);
	fuzz_must(text_is_utf8(clean) && span_find_byte(clean, '\0') < 0);
	fuzz_must(text_clean(&arena, clean).data == clean.data ||
		  span_equal(text_clean(&arena, clean), clean));
	folded = text_fold(&arena, text);
	fuzz_must(text_is_utf8(folded));
	fuzz_must(span_equal(text_fold(&arena, clean), folded));
	fuzz_must(text_is_utf8(text_fold_address(&arena, text)));
	if (text_is_utf8(text))
		fuzz_must(text_is_utf8(text_cut(text, size / 2)));
	check_escaped(text);
	arena_done(&arena);
	return 0;
}
