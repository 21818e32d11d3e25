/* Frames cut out of whatever pieces the socket gives, and peers that end, cheat or don't read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/pack.h"
#include "base/process.h"
#include "daemon/channel.h"

struct pair {
	struct channel channel;
	int other;
};

static void pair_open(struct pair *pair, size_t in_max, size_t out_max)
{
	struct error err;
	int ends[2];

	assert_true(process_socket_pair(ends, &err));
	channel_open(&pair->channel, ends[0], in_max, out_max);
	pair->other = ends[1];
}

static void pair_close(struct pair *pair)
{
	channel_close(&pair->channel);
	close(pair->other);
}

/* Two frames, sent in pieces of every size: they come out whole and in order. */
static void pieces_become_frames(void **state)
{
	(void)state;
	struct buffer wire = {0};

	pack_u32(&wire, 7);
	pack_u32(&wire, 5);
	buffer_append_string(&wire, "hello");
	pack_u32(&wire, 8);
	pack_u32(&wire, 0);
	for (size_t piece = 1; piece <= wire.size; piece++) {
		struct pair pair;
		struct frame frames[3] = {0};
		size_t count = 0;

		pair_open(&pair, 100, 100);
		for (size_t at = 0; at < wire.size; at += piece) {
			size_t size = wire.size - at < piece ? wire.size - at : piece;
			struct error err;
			bool found = true;

			assert_int_equal(write(pair.other, wire.data + at, size), size);
			assert_true(channel_fill(&pair.channel, 1000, &err));
			while (found) {
				assert_true(
					channel_next(&pair.channel, &frames[count], &found, &err));
				if (found && count == 0)
					assert_true(span_equal(frames[0].body, SPAN("hello")));
				count += found;
			}
		}
		assert_int_equal(count, 2);
		assert_int_equal(frames[0].type, 7);
		assert_int_equal(frames[1].type, 8);
		assert_int_equal(frames[1].body.size, 0);
		pair_close(&pair);
	}
	buffer_done(&wire);
}

static void what_frame_write_sends_is_read(void **state)
{
	(void)state;
	struct pair pair;
	struct frame frame;
	struct error err;
	bool found;

	pair_open(&pair, 100, 100);
	assert_true(frame_write(pair.other, 3, SPAN("body"), &err));
	close(pair.other);
	pair.other = -1;
	assert_true(channel_fill(&pair.channel, 1000, &err));
	assert_true(channel_fill(&pair.channel, 1000, &err));
	assert_true(pair.channel.ended);
	assert_true(channel_next(&pair.channel, &frame, &found, &err));
	assert_true(found && frame.type == 3 && span_equal(frame.body, SPAN("body")));
	channel_close(&pair.channel);
}

static void large_frame_is_refused_by_its_size(void **state)
{
	(void)state;
	struct pair pair;
	struct buffer wire = {0};
	struct frame frame;
	struct error err = {0};
	bool found;

	pair_open(&pair, 100, 100);
	pack_u32(&wire, 1);
	pack_u32(&wire, 101);
	assert_int_equal(write(pair.other, wire.data, wire.size), wire.size);
	assert_true(channel_fill(&pair.channel, 1000, &err));
	assert_false(channel_next(&pair.channel, &frame, &found, &err));
	assert_int_equal(err.kind, ERROR_LIMIT);
	buffer_done(&wire);
	pair_close(&pair);
}

/* More than the socket holds: nobody waits, and all of it arrives once the other side reads. */
static void what_does_not_fit_is_kept(void **state)
{
	(void)state;
	enum { SIZE = 3 << 20 };
	char *body = test_malloc(SIZE), *got = test_malloc(SIZE + 8);
	struct pair pair;
	struct error err;
	size_t taken = 0;

	memset(body, 'x', SIZE);
	pair_open(&pair, 100, SIZE + 8);
	assert_true(channel_send(&pair.channel, 9, (struct span){body, SIZE}, &err));
	assert_true(channel_waiting(&pair.channel) > 0);
	while (taken < SIZE + 8) {
		ssize_t part = read(pair.other, got + taken, SIZE + 8 - taken);

		assert_true(part > 0);
		taken += (size_t)part;
		assert_true(channel_flush(&pair.channel, &err));
	}
	assert_memory_equal(got + 8, body, SIZE);
	assert_int_equal(channel_waiting(&pair.channel), 0);
	pair_close(&pair);
	test_free(body);
	test_free(got);
}

static void peer_that_does_not_read_is_given_up(void **state)
{
	(void)state;
	char body[4096] = {0};
	struct pair pair;
	struct error err = {0};
	bool ok = true;

	pair_open(&pair, 100, 10000);
	for (int i = 0; ok && i < 1000; i++)
		ok = channel_send(&pair.channel, 1, (struct span){body, sizeof body}, &err);
	assert_false(ok);
	assert_int_equal(err.kind, ERROR_LIMIT);
	pair_close(&pair);
}

static void peer_that_is_gone_is_an_error(void **state)
{
	(void)state;
	struct pair pair;
	struct error err = {0};

	pair_open(&pair, 100, 10000);
	close(pair.other);
	assert_false(channel_send(&pair.channel, 1, SPAN("x"), &err));
	assert_int_equal(err.kind, ERROR_TEMPORARY);
	assert_int_equal(channel_waiting(&pair.channel), 0);
	channel_close(&pair.channel);
}

static void descriptor_comes_behind_what_waits(void **state)
{
	(void)state;
	struct pair pair;
	struct buffer storage = {0};
	struct frame frame;
	struct error err;
	bool ended;
	int pipes[2];

	assert_int_equal(pipe(pipes), 0);
	pair_open(&pair, 100, 10000);
	assert_true(channel_send(&pair.channel, 1, SPAN("first"), &err));
	assert_true(
		channel_send_descriptor(&pair.channel, 2, SPAN("second"), pipes[0], 1000, &err));
	assert_true(frame_read(pair.other, &storage, 100, &frame, &ended, &err));
	assert_true(frame.type == 1 && frame.descriptor < 0);
	assert_true(frame_read(pair.other, &storage, 100, &frame, &ended, &err));
	assert_true(frame.type == 2 && frame.descriptor >= 0);
	close(frame.descriptor);
	close(pipes[0]);
	close(pipes[1]);
	buffer_done(&storage);
	pair_close(&pair);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_become_frames),
		cmocka_unit_test(what_frame_write_sends_is_read),
		cmocka_unit_test(large_frame_is_refused_by_its_size),
		cmocka_unit_test(what_does_not_fit_is_kept),
		cmocka_unit_test(peer_that_does_not_read_is_given_up),
		cmocka_unit_test(peer_that_is_gone_is_an_error),
		cmocka_unit_test(descriptor_comes_behind_what_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
