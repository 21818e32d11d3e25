/*
 * Any text as what a colleague passed on or replied to: header blocks in many languages, quotes,
 * signatures. The first byte says whether its subject is a forward's.
 */
#include "parser/forward.h"
#include "parser/limits.h"
#include "parser/lines.h"
#include "parser/quoted.h"
#include "parser/reply.h"
#include "tests/fuzz/fuzz_parser.h"

static void check_blocks(struct arena *arena, const struct lines *lines)
{
	struct quoted_block block;

	for (size_t i = 0; i < lines->count && i < 50; i++) {
		if (quoted_block_at(arena, lines, i, 2, &block)) {
			fuzz_must(block.begin == i && block.end > i && block.end <= lines->count);
			fuzz_must(block.values[LABEL_FROM].data != NULL);
		}
		if (quoted_block_inside(lines->items[i], &block))
			fuzz_must(block.values[LABEL_FROM].data != NULL);
	}
}

static void check_forward(struct arena *arena, struct span text, bool says_forward)
{
	static const struct span subjects[] = {SPAN_INIT("Fwd: offer"), SPAN_INIT("Re: offer")};
	struct span domain = SPAN("example.org"), own_text = {0};
	const struct parse_options options = {.own_domains = &domain, .own_domain_count = 1};
	struct facts facts = {.text = text, .subject = subjects[!says_forward]};
	struct reply reply;
	struct body inside;

	forward_read(NULL, &options, arena, &facts, &own_text, &inside);
	fuzz_must_be_sure(facts.forwarded.confidence);
	fuzz_must(facts.forwarded.how != FORWARD_ATTACHED);
	fuzz_must(facts.forwarded.how != FORWARD_NONE || facts.forwarded.confidence == 0);
	fuzz_must(facts.forwarded.text.size <= text.size);
	reply_read(own_text, SPAN("Anna Smit anna"), arena, &reply);
	fuzz_must(reply.text.size + reply.signature.size <= own_text.size + 2);
	reply_split_signature(own_text, SPAN("Anna"), arena, &reply);
	facts.reply_text = reply.text;
	facts.signature = reply.signature;
	facts_clean(&facts, arena);
	fuzz_must_travel(&facts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = {0};
	struct defects defects = {0};
	struct span text;
	struct lines lines;

	if (size < 1)
		return 0;
	fuzz_parser_begin();
	text = body_clean(&arena, SPAN("utf-8"), fuzz_span(data + 1, size - 1), &defects);
	lines = lines_of(&arena, text);
	check_blocks(&arena, &lines);
	check_forward(&arena, text, data[0] % 2 == 1);
	arena_done(&arena);
	return 0;
}
