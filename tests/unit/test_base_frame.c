#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/frame.h"
#include "base/memory.h"
#include "base/process.h"

static int ends[2];

static int set_up(void **state)
{
	struct error err;

	(void)state;
	return process_socket_pair(ends, &err) ? 0 : -1;
}

static void close_end(int which)
{
	if (ends[which] >= 0)
		close(ends[which]);
	ends[which] = -1;
}

static int tear_down(void **state)
{
	(void)state;
	close_end(0);
	close_end(1);
	return 0;
}

static void test_frames_in_order(void **state)
{
	static const char *const bodies[] = {"first", "", "third"};
	struct buffer storage = {0};
	struct frame frame;
	struct error err;
	bool ended;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_COUNT(bodies); i++)
		assert_true(frame_write(ends[0], i + 7, span_from(bodies[i]), &err));
	close_end(0);
	for (uint32_t i = 0; i < ARRAY_COUNT(bodies); i++) {
		assert_true(frame_read(ends[1], &storage, 100, &frame, &ended, &err));
		assert_false(ended);
		assert_int_equal(frame.type, i + 7);
		assert_int_equal(frame.descriptor, -1);
		assert_true(span_equal(frame.body, span_from(bodies[i])));
	}
	assert_true(frame_read(ends[1], &storage, 100, &frame, &ended, &err));
	assert_true(ended);
	buffer_done(&storage);
}

/* More than a socket holds: both sides work in pieces. */
static void test_large_frame(void **state)
{
	const size_t size = (size_t)5 << 20;
	char *body = memory_alloc(size);
	struct buffer storage = {0};
	struct frame frame;
	struct error err;
	bool ended;
	int status;
	pid_t pid;

	(void)state;
	for (size_t i = 0; i < size; i++)
		body[i] = (char)(i * 31 >> 3);
	pid = fork();
	if (pid == 0)
		_exit(frame_write(ends[0], 1, (struct span){body, size}, &err) ? 0 : 1);
	assert_true(frame_read(ends[1], &storage, size, &frame, &ended, &err));
	assert_int_equal(frame.body.size, size);
	assert_memory_equal(frame.body.data, body, size);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	buffer_done(&storage);
	free(body);
}

static void test_descriptor(void **state)
{
	int file = memfd_create("passed", MFD_CLOEXEC);
	struct buffer storage = {0};
	char text[5] = "";
	struct frame frame;
	struct error err;
	bool ended;

	(void)state;
	assert_int_equal(write(file, "text", 4), 4);
	assert_true(frame_write_descriptor(ends[0], 9, SPAN("with"), file, &err));
	close(file);
	assert_true(frame_write(ends[0], 10, SPAN("without"), &err));
	assert_true(frame_read(ends[1], &storage, 100, &frame, &ended, &err));
	assert_true(frame.descriptor >= 0);
	assert_true(fcntl(frame.descriptor, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(pread(frame.descriptor, text, 4, 0), 4);
	assert_string_equal(text, "text");
	close(frame.descriptor);
	assert_true(frame_read(ends[1], &storage, 100, &frame, &ended, &err));
	assert_int_equal(frame.descriptor, -1);
	assert_true(span_equal(frame.body, SPAN("without")));
	buffer_done(&storage);
}

static int count_open(void)
{
	int count = 0;

	for (int i = 0; i < 256; i++)
		count += fcntl(i, F_GETFD) >= 0;
	return count;
}

/* A frame that is refused leaves no descriptor behind. */
static void test_too_large(void **state)
{
	struct buffer storage = {0};
	struct frame frame;
	struct error err;
	bool ended;
	int before;

	(void)state;
	assert_true(frame_write_descriptor(ends[0], 1, SPAN("12345"), STDIN_FILENO, &err));
	before = count_open();
	assert_false(frame_read(ends[1], &storage, 4, &frame, &ended, &err));
	assert_int_equal(err.kind, ERROR_LIMIT);
	assert_int_equal(frame.descriptor, -1);
	assert_int_equal(count_open(), before);
	buffer_done(&storage);
}

static void test_closed_in_the_middle(void **state)
{
	static const struct span beginnings[] = {SPAN_INIT("\1"), SPAN_INIT("\1\0\0\0\5\0\0"),
		SPAN_INIT("\1\0\0\0\5\0\0\0"), SPAN_INIT("\1\0\0\0\5\0\0\0abcd")};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(beginnings); i++) {
		struct buffer storage = {0};
		struct frame frame;
		struct error err;
		bool ended;

		assert_int_equal(send(ends[0], beginnings[i].data, beginnings[i].size, 0),
			beginnings[i].size);
		close_end(0);
		assert_false(frame_read(ends[1], &storage, 100, &frame, &ended, &err));
		assert_false(ended);
		assert_int_equal(err.kind, ERROR_TEMPORARY);
		buffer_done(&storage);
		close_end(1);
		assert_true(process_socket_pair(ends, &err));
	}
}

/* Without SIGPIPE, which would end the process. */
static void test_other_side_gone(void **state)
{
	struct error err;

	(void)state;
	close_end(1);
	assert_false(frame_write(ends[0], 1, SPAN("x"), &err));
	assert_int_equal(err.kind, ERROR_TEMPORARY);
}

static void test_timeout_of_the_socket(void **state)
{
	const struct timeval soon = {.tv_usec = 1000};
	struct buffer storage = {0};
	struct frame frame;
	struct error err;
	bool ended;

	(void)state;
	setsockopt(ends[1], SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
	assert_false(frame_read(ends[1], &storage, 100, &frame, &ended, &err));
	assert_int_equal(err.kind, ERROR_TEMPORARY);
	assert_string_equal(err.text, "read a frame: no answer in time");
	buffer_done(&storage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_frames_in_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_large_frame, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_descriptor, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_too_large, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_closed_in_the_middle, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_other_side_gone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_timeout_of_the_socket, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
