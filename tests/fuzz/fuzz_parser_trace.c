/*
 * Any bytes as the values of trace fields, one a line: authentication results, Received and
 * envelope fields. The first byte of a line says which field it is. A result must point at its own
 * field, and an envelope address stand above the first Received or in it.
 */
#include "parser/limits.h"
#include "parser/trace.h"
#include "tests/fuzz/fuzz_parser.h"

#define FIELDS 200

static const char *const names[] = {"Authentication-Results", "Received", "Delivered-To",
	"X-Original-To", "Envelope-To", "X-Envelope-To", "Subject"};

static void read_fields(struct arena *arena, struct span rest, struct facts *facts)
{
	struct span line;

	facts->fields = arena_array(arena, struct facts_field, FIELDS);
	while (facts->field_count < FIELDS && span_next(&rest, '\n', &line)) {
		struct facts_field *field = &facts->fields[facts->field_count++];
		size_t which = line.size > 0 ? (unsigned char)line.data[0] % ARRAY_COUNT(names) : 0;

		field->name = span_from(names[which]);
		field->value = text_clean(arena, span_after(line, 1));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct facts facts = {0};
	struct arena arena = {0};

	read_fields(&arena, fuzz_span(data, size), &facts);
	trace_read(&facts, &arena);
	fuzz_must(facts.authentication_count <= AUTHENTICATION_MAX);
	fuzz_must(facts.received_count <= RECEIVED_MAX);
	fuzz_must(facts.envelope_to.count <= ENVELOPE_ADDRESSES_MAX);
	for (size_t i = 0; i < facts.authentication_count; i++) {
		uint32_t at = facts.authentication[i].field_index;

		fuzz_must(at < facts.field_count);
		fuzz_must(span_equal(facts.fields[at].name, span_from(names[0])));
		fuzz_must(facts.authentication[i].method.size > 0);
		fuzz_must(i == 0 || at >= facts.authentication[i - 1].field_index);
	}
	for (size_t i = 0; i < facts.received_count; i++) {
		fuzz_must(facts.received[i].field_index < facts.field_count);
		fuzz_must(span_equal(
			facts.fields[facts.received[i].field_index].name, span_from(names[1])));
	}
	for (size_t i = 0; i < facts.envelope_to.count; i++)
		fuzz_must(span_find_byte(facts.envelope_to.items[i], '@') > 0);
	facts_clean(&facts, &arena);
	fuzz_must_travel(&facts);
	arena_done(&arena);
	return 0;
}
