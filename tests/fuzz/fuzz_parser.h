/*
 * fuzz_parser.h - what the targets of parser/ share: the libraries are set up once, and the facts
 * that come out of any bytes must be what facts.h promises.
 */
#ifndef TESTS_FUZZ_PARSER_H
#define TESTS_FUZZ_PARSER_H

#include "base/text.h"
#include "parser/message.h"
#include "tests/fuzz/fuzz.h"

static inline void fuzz_parser_begin(void)
{
	static bool started;

	if (!started)
		parse_init();
	started = true;
}

/* Text as it leaves the parser: valid, without NUL, at most that long. */
static inline void fuzz_must_be_text(struct span text, size_t max_bytes)
{
	fuzz_must(text_is_utf8(text));
	fuzz_must(span_find_byte(text, '\0') < 0);
	fuzz_must(text.size <= max_bytes);
}

static inline void fuzz_must_be_sure(double confidence)
{
	fuzz_must(confidence >= 0 && confidence <= 1);
}

/* Whatever stands in them, facts survive the way to the ledger unchanged. */
static inline void fuzz_must_travel(const struct facts *facts)
{
	struct buffer first = {0}, second = {0};
	struct arena arena = {0};
	struct facts again;
	struct error err;

	facts_write(facts, &first);
	fuzz_must(facts_read(buffer_span(&first), &arena, &again, &err));
	facts_write(&again, &second);
	fuzz_must(span_equal(buffer_span(&first), buffer_span(&second)));
	buffer_done(&first);
	buffer_done(&second);
	arena_done(&arena);
}

#endif
