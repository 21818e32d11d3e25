#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/base64.h"
#include "base/compiler.h"
#include "base/compress.h"
#include "base/digest.h"
#include "base/memory.h"
#include "tests/exact.h"

static void test_vectors(void **state)
{
	/* FIPS 180-4 examples */
	static const struct {
		const char *text, *hex;
	} cases[] = {
		{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
			"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct digest whole = digest_of(span_from(cases[i].text)), pieces, read;
		struct digest_stream *stream = digest_stream_new();
		char hex[DIGEST_HEX_SIZE];

		for (const char *at = cases[i].text; *at; at++)
			digest_stream_add(stream, (struct span){at, 1});
		pieces = digest_stream_end(stream);
		assert_string_equal(digest_hex(&whole, hex), cases[i].hex);
		assert_true(digest_equal(&whole, &pieces));
		assert_true(digest_from_hex(span_from(cases[i].hex), &read));
		assert_true(digest_equal(&whole, &read));
	}
}

static void test_keyed(void **state)
{
	/* RFC 4231 test case 2 */
	struct digest keyed = digest_keyed(SPAN("Jefe"), SPAN("what do ya want for nothing?"));
	struct digest empty = digest_keyed(SPAN(""), SPAN(""));
	char hex[DIGEST_HEX_SIZE];

	(void)state;
	assert_string_equal(digest_hex(&keyed, hex),
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	assert_string_equal(digest_hex(&empty, hex),
		"b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
	assert_false(digest_equal(&keyed, &empty));
}

static void test_bad_hex(void **state)
{
	static const char *const bad[] = {"", "e3",
		"g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8555"};
	struct digest digest;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		assert_false(digest_from_hex(span_from(bad[i]), &digest));
}

static void test_random(void **state)
{
	uint8_t first[300] = {0}, second[300] = {0};

	(void)state;
	digest_random(first, sizeof first);
	digest_random(second, sizeof second);
	assert_memory_not_equal(first, second, sizeof first);
}

static void test_compress_round_trip(void **state)
{
	static const size_t sizes[] = {0, 1, 100, 70000, 3000000};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
		char *text = memory_alloc(sizes[i]);
		struct buffer frame = {0}, plain = {0};
		struct error err;
		size_t said;

		for (size_t at = 0; at < sizes[i]; at++)
			text[at] = (char)('a' + at * at % 17);
		compress_append(&frame, (struct span){text, sizes[i]});
		assert_true(compress_plain_size(buffer_span(&frame), &said, &err));
		assert_int_equal(said, sizes[i]);
		buffer_append_string(&plain, "before ");
		assert_true(compress_unpack(&plain, buffer_span(&frame), sizes[i], &err));
		assert_int_equal(plain.size, sizes[i] + 7);
		assert_memory_equal(plain.data, "before ", 7);
		if (sizes[i] > 0)
			assert_memory_equal(plain.data + 7, text, sizes[i]);
		buffer_done(&frame);
		buffer_done(&plain);
		free(text);
	}
}

static void test_compress_limits(void **state)
{
	struct buffer frame = {0}, plain = {0};
	char zeros[10000] = {0};
	struct error err;

	(void)state;
	compress_append(&frame, (struct span){zeros, sizeof zeros});
	assert_false(compress_unpack(&plain, buffer_span(&frame), sizeof zeros - 1, &err));
	assert_int_equal(err.kind, ERROR_LIMIT);
	plain.max_bytes = 100; /* the buffer's own cap counts too */
	assert_false(compress_unpack(&plain, buffer_span(&frame), sizeof zeros, &err));
	assert_int_equal(err.kind, ERROR_LIMIT);
	assert_int_equal(plain.size, 0);
	buffer_done(&plain);
	buffer_done(&frame);
}

/* Cut anywhere, one byte changed anywhere, something behind it: never unpacked as if whole. */
static void test_compress_damage(void **state)
{
	struct span text = SPAN("Received: from a by b; Subject: a text a text a text of a mail");
	struct buffer frame = {0}, plain = {0};
	struct error err;

	(void)state;
	compress_append(&frame, text);
	for (size_t i = 0; i < frame.size; i++) {
		struct span cut = exact_copy(span_part(buffer_span(&frame), 0, i));
		struct span changed = exact_copy(buffer_span(&frame));

		assert_false(compress_unpack(&plain, cut, 1000, &err));
		assert_int_equal(err.kind, ERROR_INPUT);
		((char *)(size_t)changed.data)[i] ^= 0x10;
		if (compress_unpack(&plain, changed, 1000, &err))
			/* bits that mean nothing to zstd may differ; the text may not */
			assert_true(span_equal(buffer_span(&plain), text));
		buffer_clear(&plain);
		free((void *)(size_t)cut.data);
		free((void *)(size_t)changed.data);
	}
	buffer_append_byte(&frame, 'x');
	assert_false(compress_unpack(&plain, buffer_span(&frame), 1000, &err));
	assert_false(compress_unpack(&plain, SPAN("Subject: no frame"), 1000, &err));
	assert_int_equal(err.kind, ERROR_INPUT);
	buffer_done(&frame);
	buffer_done(&plain);
}

static void test_base64(void **state)
{
	/* RFC 4648 section 10 */
	static const struct {
		struct span bytes, text;
	} cases[] = {
		{SPAN_INIT(""), SPAN_INIT("")},
		{SPAN_INIT("f"), SPAN_INIT("Zg==")},
		{SPAN_INIT("fo"), SPAN_INIT("Zm8=")},
		{SPAN_INIT("foo"), SPAN_INIT("Zm9v")},
		{SPAN_INIT("\xfb\xff\0"), SPAN_INIT("+/8A")},
	};
	static const struct span bad[] = {SPAN_INIT("Zg"), SPAN_INIT("Zg="), SPAN_INIT("Z==="),
		SPAN_INIT("===="), SPAN_INIT("Zm9v\n"), SPAN_INIT(" Zm9"), SPAN_INIT("Zg==Zg=="),
		SPAN_INIT("Zm9_")};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct buffer text = {0}, bytes = {0};

		base64_append(&text, cases[i].bytes);
		assert_true(span_equal(buffer_span(&text), cases[i].text));
		assert_true(base64_decode(&bytes, cases[i].text));
		assert_true(span_equal(buffer_span(&bytes), cases[i].bytes));
		buffer_done(&text);
		buffer_done(&bytes);
	}
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		struct buffer bytes = {0};

		assert_false(base64_decode(&bytes, bad[i]));
		assert_int_equal(bytes.size, 0);
		buffer_done(&bytes);
	}
}

static void test_base64_take(void **state)
{
	static const struct {
		struct span text, bytes;
		size_t taken;
	} cases[] = {
		{SPAN_INIT(""), SPAN_INIT(""), 0},
		{SPAN_INIT("Zm9v"), SPAN_INIT("foo"), 4},
		{SPAN_INIT("Zm9v\r\nYmFy\r\n"), SPAN_INIT("foobar"), 10},
		{SPAN_INIT("Zm\n9vY m\tFy"), SPAN_INIT("foobar"), 11},
		{SPAN_INIT("+/8AZg=="), SPAN_INIT("\xfb\xff\0"), 4},
		{SPAN_INIT("Zm9vZm8="), SPAN_INIT("foo"), 4},
		{SPAN_INIT("Zm9vYmF"), SPAN_INIT("foo"), 4},
		{SPAN_INIT("Zm9v.YmFy"), SPAN_INIT("foo"), 4},
		{SPAN_INIT("\xffZm9v"), SPAN_INIT(""), 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		char *text = memory_alloc(cases[i].text.size + 1);
		char *out = memory_alloc(cases[i].text.size / 4 * 3 + 1);
		size_t taken, size;

		memcpy(text, cases[i].text.data, cases[i].text.size);
		size = base64_take((struct span){text, cases[i].text.size}, out, &taken);
		assert_true(span_equal((struct span){out, size}, cases[i].bytes));
		assert_int_equal(taken, cases[i].taken);
		free(out);
		free(text);
	}
}

/* The same bytes, piece by piece; a size that was announced wrongly is noticed. */
static void test_compress_stream(void **state)
{
	static const struct {
		size_t announced, sent;
	} rows[] = {{0, 0}, {1, 1}, {300000, 300000}, {300000, 299999}, {300000, 300001}, {0, 1}};
	char piece[997];

	(void)state;
	memset(piece, 'x', sizeof(piece));
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct compress_stream *stream = compress_stream_new(rows[i].announced);
		struct buffer frame = {0}, plain = {0};
		size_t left = rows[i].sent, size_bytes;
		struct error err;
		bool ok = true;

		while (ok && left > 0) {
			size_t size = left < sizeof(piece) ? left : sizeof(piece);

			ok = compress_stream_add(stream, &frame, (struct span){piece, size});
			left -= size;
		}
		ok = ok && compress_stream_end(stream, &frame);
		assert_int_equal(ok, rows[i].announced == rows[i].sent);
		if (ok) {
			assert_true(compress_plain_size(buffer_span(&frame), &size_bytes, &err));
			assert_int_equal(size_bytes, rows[i].sent);
			assert_true(
				compress_unpack(&plain, buffer_span(&frame), rows[i].sent, &err));
			assert_int_equal(plain.size, rows[i].sent);
		}
		compress_stream_free(stream);
		buffer_done(&frame);
		buffer_done(&plain);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_keyed),
		cmocka_unit_test(test_bad_hex),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_base64_take),
		cmocka_unit_test(test_compress_round_trip),
		cmocka_unit_test(test_compress_limits),
		cmocka_unit_test(test_compress_damage),
		cmocka_unit_test(test_compress_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
