/*
 * Any bytes as a mail, a text or an HTML body. What is read must survive its own wire format
 * unchanged: that it is valid UTF-8 in NFC without NUL, and within every bound of the reader.
 */
#include "tests/fuzz/fuzz_parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum parse_input inputs[] = {PARSE_MAIL, PARSE_TEXT, PARSE_HTML};
	struct span domain = SPAN("example.org"), prefix = SPAN("Action:");
	struct arena arena = {0};

	fuzz_parser_begin();
	for (size_t i = 0; i < ARRAY_COUNT(inputs); i++) {
		const struct parse_options options = {.input = inputs[i],
			.tag_separator = '+',
			.action_prefixes = &prefix,
			.action_prefix_count = 1,
			.own_domains = &domain,
			.own_domain_count = 1};
		struct facts facts;
		struct error err;

		if (parse_mail(fuzz_span(data, size), &options, &arena, &facts, &err))
			fuzz_must_travel(&facts);
		arena_done(&arena);
	}
	return 0;
}
