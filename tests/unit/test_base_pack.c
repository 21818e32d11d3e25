#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/pack.h"
#include "tests/exact.h"

static void fill(struct buffer *out)
{
	pack_u8(out, 0xFE);
	pack_u32(out, 0x01020304);
	pack_u64(out, UINT64_MAX);
	pack_i64(out, INT64_MIN);
	pack_bool(out, true);
	pack_span(out, SPAN("text"));
	pack_span(out, SPAN(""));
}

static void test_round_trip(void **state)
{
	struct buffer out = {0};
	struct unpack in;

	(void)state;
	fill(&out);
	assert_memory_equal(out.data, "\xFE\x04\x03\x02\x01", 5); /* little endian */
	in = (struct unpack){.rest = buffer_span(&out)};
	assert_int_equal(unpack_u8(&in), 0xFE);
	assert_int_equal(unpack_u32(&in), 0x01020304);
	assert_true(unpack_u64(&in) == UINT64_MAX);
	assert_true(unpack_i64(&in) == INT64_MIN);
	assert_true(unpack_bool(&in));
	assert_true(span_equal(unpack_span(&in), SPAN("text")));
	assert_int_equal(unpack_span(&in).size, 0);
	assert_true(unpack_done(&in));
	buffer_done(&out);
}

/* Every shorter beginning is bad, and reads nothing beyond its end. */
static void test_cut_anywhere(void **state)
{
	struct buffer out = {0};

	(void)state;
	fill(&out);
	for (size_t size = 0; size < out.size; size++) {
		struct span cut = exact_copy(span_part(buffer_span(&out), 0, size));
		struct unpack in = {.rest = cut};

		unpack_u8(&in);
		unpack_u32(&in);
		unpack_u64(&in);
		unpack_i64(&in);
		unpack_bool(&in);
		unpack_span(&in);
		unpack_span(&in);
		assert_true(in.bad);
		assert_false(unpack_done(&in));
		assert_int_equal(unpack_u32(&in), 0);
		free((void *)(size_t)cut.data);
	}
	buffer_done(&out);
}

static void test_bad_values(void **state)
{
	struct unpack boolean = {.rest = SPAN("\x02")};
	struct unpack length = {.rest = SPAN("\xFF\xFF\xFF\xFFxy")};
	struct unpack count = {.rest = SPAN("\x03\0\0\0"
					    "12345678")};
	struct unpack enough = {.rest = SPAN("\x02\0\0\0"
					     "12345678")};
	struct unpack left = {.rest = SPAN("x")};

	(void)state;
	assert_false(unpack_bool(&boolean));
	assert_true(boolean.bad);
	assert_int_equal(unpack_span(&length).size, 0);
	assert_true(length.bad);
	assert_int_equal(unpack_count(&count, 4), 0); /* three of four bytes can't follow */
	assert_true(count.bad);
	assert_int_equal(unpack_count(&enough, 4), 2);
	assert_false(enough.bad);
	assert_false(unpack_done(&left));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_bad_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
