/* Bytes of a parser that was taken over: what is accepted must be safe to use and to write. */
#include <stdlib.h>

#include "parser/facts.h"
#include "parser/facts_json.h"
#include "parser/protocol.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = {(const char *)data, size}, mail;
	struct parse_options options;
	struct buffer again = {0};
	struct arena arena = {0};
	struct facts facts;
	struct error err;

	if (facts_read(bytes, &arena, &facts, &err)) {
		json_t *json = facts_json(&facts, "x");
		char *text = json_dumps(json, JSON_COMPACT);

		if (!text)
			abort();
		free(text);
		json_decref(json);
		facts_write(&facts, &again);
	}
	(void)!protocol_read_request(bytes, &arena, &options, &mail, &err);
	buffer_done(&again);
	arena_done(&arena);
	return 0;
}
