/* Instants, dates and base64: what is read and written again reads as the same. */
#include "base/base64.h"
#include "base/clock.h"
#include "base/date.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = fuzz_span(data, size);
	char written[CLOCK_RFC3339_SIZE], day[DATE_TEXT_SIZE];
	struct buffer bytes = {0}, encoded = {0};
	int64_t instant_ms, again_ms;
	int offset, again_offset;
	struct date date;

	if (clock_from_rfc3339(text, &instant_ms, &offset)) {
		clock_rfc3339(instant_ms, offset, written);
		fuzz_must(clock_from_rfc3339(span_from(written), &again_ms, &again_offset));
		fuzz_must(offset == again_offset);
		/* a leap second at the end of the year 9999 has no way to be written */
		fuzz_must(instant_ms == again_ms || span_starts(text, SPAN("9999-12-31")));
	}
	if (date_from_text(text, &date))
		fuzz_must(span_equal(span_from(date_text(date, day)), text));
	if (base64_decode(&bytes, text)) {
		base64_append(&encoded, buffer_span(&bytes));
		fuzz_must(encoded.size == size);
	}
	buffer_done(&bytes);
	buffer_done(&encoded);
	return 0;
}
