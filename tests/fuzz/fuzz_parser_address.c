/*
 * Any bytes as the value of an address field. What comes out are addresses within their bounds, and
 * the short way for one plain mailbox sees what the lenient reader sees.
 */
#include "parser/address.h"
#include "parser/limits.h"
#include "parser/mime.h"
#include "tests/fuzz/fuzz_parser.h"

/*
 * GMime 3.2.13 loses the memory of a domain literal that is broken off ("a@[127.0(0.1]"), some 100
 * bytes each; nothing of ours comes from glib's allocator here.
 */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libglib-2.0";
}

static void check_list(const struct facts_addresses *list)
{
	fuzz_must(list->count <= ADDRESSES_MAX);
	for (size_t i = 0; i < list->count; i++) {
		fuzz_must_be_text(list->items[i].name, 4 * NAME_BYTES_MAX);
		fuzz_must_be_text(list->items[i].address, 4 * ADDRESS_BYTES_MAX);
	}
}

static void check_plain(struct arena *arena, struct span value)
{
	struct facts_addresses lenient = {0};
	struct facts_address plain;

	/* an apostrophe is a letter to the one and a quote to the other */
	if (!address_read_plain(value, &plain) || span_find_byte(plain.address, '\'') >= 0)
		return;
	address_list_read(arena, value, &lenient);
	fuzz_must(lenient.count == 1);
	fuzz_must(span_equal(lenient.items[0].address, plain.address));
	fuzz_must(span_equal(span_trim(lenient.items[0].name), span_trim(plain.name)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct facts_addresses list = {0}, lenient = {0};
	struct span value = fuzz_span(data, size);
	struct defects defects = {0};
	struct arena arena = {0};

	fuzz_parser_begin();
	mime_addresses(&arena, value, &defects, &list);
	check_list(&list);
	address_list_read(&arena, value, &lenient);
	fuzz_must(lenient.count <= ADDRESSES_MAX);
	check_plain(&arena, value);
	arena_done(&arena);
	return 0;
}
