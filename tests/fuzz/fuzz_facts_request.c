/* Any address: a request has a day or says what is wrong, never both. */
#include <stdlib.h>

#include "base/text.h"
#include "parser/facts_request.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct date from = {2026, 11, 21};
	struct facts_request request;
	struct arena arena = {0};

	if (request_read(&arena, (struct span){(const char *)data, size}, '+', &request)) {
		struct date due = request_due(&request, from, &from, 1);

		if (request.error.size > 0 && date_is_set(due))
			abort();
		if (date_is_set(due) && !date_is_valid(due))
			abort();
		if (request.hour > 23 || request.minute > 59)
			abort();
	}
	arena_done(&arena);
	return 0;
}
