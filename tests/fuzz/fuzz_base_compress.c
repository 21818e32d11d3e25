/* Any bytes as a frame: unpacked only when whole, and then what is packed of it unpacks again. */
#include "base/compress.h"
#include "tests/fuzz/fuzz.h"

#define PLAIN_MAX ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buffer plain = {0}, frame = {0}, again = {0};
	struct error err;

	if (compress_unpack(&plain, fuzz_span(data, size), PLAIN_MAX, &err)) {
		fuzz_must(plain.size <= PLAIN_MAX);
		compress_append(&frame, buffer_span(&plain));
		fuzz_must(compress_unpack(&again, buffer_span(&frame), PLAIN_MAX, &err));
		fuzz_must(span_equal(buffer_span(&plain), buffer_span(&again)));
	}
	buffer_done(&plain);
	buffer_done(&frame);
	buffer_done(&again);
	return 0;
}
