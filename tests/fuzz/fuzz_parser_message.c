/*
 * Any bytes as a mail, a text or an HTML body. What is read must survive its own wire format
 * unchanged: that it is valid UTF-8 in NFC without NUL, and within every bound of the reader.
 */
#include <stdlib.h>

#include "parser/message.h"
#include "tests/fuzz/fuzz.h"

static void check(const struct facts *facts)
{
	struct buffer first = {0}, second = {0};
	struct arena arena = {0};
	struct facts again;
	struct error err;

	facts_write(facts, &first);
	if (!facts_read(buffer_span(&first), &arena, &again, &err))
		abort();
	facts_write(&again, &second);
	if (!span_equal(buffer_span(&first), buffer_span(&second)))
		abort();
	buffer_done(&first);
	buffer_done(&second);
	arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool started;
	static const enum parse_input inputs[] = {PARSE_MAIL, PARSE_TEXT, PARSE_HTML};
	struct span domain = SPAN("example.org");
	struct arena arena = {0};

	if (!started)
		parse_init();
	started = true;
	for (size_t i = 0; i < ARRAY_COUNT(inputs); i++) {
		const struct parse_options options = {.input = inputs[i],
			.tag_separator = '+',
			.own_domains = &domain,
			.own_domain_count = 1};
		struct facts facts;
		struct error err;

		if (parse_mail((struct span){(const char *)data, size}, &options, &arena, &facts,
			    &err))
			check(&facts);
		arena_done(&arena);
	}
	return 0;
}
