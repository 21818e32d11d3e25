#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"

static bool is_zero(const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

/* Room that a message left behind is zeroed again when the next asks for zeroes. */
static void test_reset(void **state)
{
	static const size_t sizes[] = {1, 100, 5000, 20000, 300000, 3, 2000000, 7};
	struct arena arena = {0};

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
			char *piece = arena_alloc(&arena, sizes[i]);

			assert_true(is_zero(piece, sizes[i]));
			memset(piece, 0xa5, sizes[i]);
		}
		arena_reset(&arena);
		assert_in_range(arena.total_bytes, 1, (size_t)1 << 20);
	}
	arena_done(&arena);
	arena_reset(&arena);
	assert_int_equal(arena.total_bytes, 0);
}

static void test_copy(void **state)
{
	struct arena arena = {0};

	(void)state;
	memset(arena_alloc(&arena, 64), 'x', 64);
	arena_reset(&arena);
	struct span copy = arena_copy(&arena, SPAN("abc"));
	assert_int_equal(copy.size, 3);
	assert_string_equal(copy.data, "abc");
	assert_string_equal(arena_string(&arena, (struct span){0}), "");
	arena_done(&arena);
}

static void test_buffer_copy(void **state)
{
	struct buffer exact = {0}, used = {0}, empty = {0};

	(void)state;
	buffer_copy(&exact, SPAN("abcde"));
	assert_int_equal(exact.capacity, 5);
	buffer_append(&exact, SPAN("f"));
	assert_true(span_equal(buffer_span(&exact), SPAN("abcdef")));
	buffer_append(&used, SPAN("a"));
	buffer_copy(&used, SPAN("b"));
	assert_true(span_equal(buffer_span(&used), SPAN("ab")));
	buffer_copy(&empty, (struct span){0});
	assert_int_equal(empty.size, 0);
	buffer_done(&exact);
	buffer_done(&used);
	buffer_done(&empty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_buffer_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
