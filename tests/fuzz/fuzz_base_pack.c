/* Reading packed values never runs past the end, whatever is asked for in whatever order. */
#include "base/digest.h"
#include "base/pack.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* the first half says what to read, the second is read */
	struct unpack in = {.rest = fuzz_span(data + size / 2, size - size / 2)};

	for (size_t i = 0; i < size / 2; i++) {
		struct span span;

		switch (data[i] % 6) {
		case 0:
			unpack_u8(&in);
			break;
		case 1:
			unpack_u32(&in);
			break;
		case 2:
			unpack_i64(&in);
			break;
		case 3:
			unpack_bool(&in);
			break;
		case 4:
			span = unpack_span(&in);
			fuzz_must(span.size <= size);
			(void)digest_of(span); /* reads every byte */
			break;
		default:
			fuzz_must((size_t)unpack_count(&in, 4) * 4 <= in.rest.size);
		}
		if (in.bad)
			fuzz_must(in.rest.size == 0 && unpack_u64(&in) == 0);
	}
	return 0;
}
