#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/compiler.h"
#include "base/process.h"
#include "base/span.h"

static struct process_options shell(char *script, char *arguments[4])
{
	static char name[] = "sh", command[] = "-c";

	arguments[0] = name;
	arguments[1] = command;
	arguments[2] = script;
	arguments[3] = NULL;
	return (struct process_options){
		.program = "/bin/sh", .arguments = arguments, .file_bytes = UINT64_MAX};
}

static void test_run(void **state)
{
	static const struct {
		const char *script, *input, *output, *error; /* error: NULL when it works */
	} cases[] = {
		{"cat; echo done", "text\n", "text\ndone\n", NULL},
		{"true", "", "", NULL},
		{"echo $LANG; env | grep -c HOME", "", NULL, "/bin/sh: exit 1"},
		{"echo oh no >&2; echo more >&2; exit 3", "", NULL, "/bin/sh: exit 3: oh no"},
		{"printf 'a\\033[2J' >&2; exit 1", "", NULL, "/bin/sh: exit 1: a\\u{1b}[2J"},
		{"kill -SEGV $$", "", NULL, "/bin/sh: killed by SIGSEGV"},
		{"exec 0<&-; echo unread", "input that nobody reads", "unread\n", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		char *arguments[4];
		struct process_options options = shell((char *)(size_t)cases[i].script, arguments);
		struct buffer output = {0};
		struct error err = {0};
		bool ok = process_run(
			&options, span_from(cases[i].input), &output, 1000, 20000, &err);

		if (ok != (cases[i].error == NULL))
			fail_msg("%s: %s", cases[i].script, err.text);
		if (ok)
			assert_string_equal(buffer_string(&output), cases[i].output);
		else
			assert_string_equal(err.text, cases[i].error);
		buffer_done(&output);
	}
}

static void test_run_large(void **state)
{
	static char script[] = "cat";
	const size_t size = (size_t)3 << 20;
	struct buffer input = {0}, output = {0};
	char *arguments[4];
	struct process_options options = shell(script, arguments);
	struct error err;

	(void)state;
	memset(buffer_reserve(&input, size), 'x', size);
	input.size = size;
	assert_true(process_run(&options, buffer_span(&input), &output, size, 20000, &err));
	assert_int_equal(output.size, size);
	assert_false(process_run(&options, buffer_span(&input), &output, 1000, 20000, &err));
	assert_int_equal(err.kind, ERROR_LIMIT);
	buffer_done(&input);
	buffer_done(&output);
}

static void test_run_timeout(void **state)
{
	static char script[] = "echo begun; exec sleep 600";
	char *arguments[4];
	struct process_options options = shell(script, arguments);
	struct buffer output = {0};
	int64_t begin = clock_monotonic_ms();
	struct error err;

	(void)state;
	assert_false(process_run(&options, (struct span){0}, &output, 1000, 100, &err));
	assert_int_equal(err.kind, ERROR_TEMPORARY);
	assert_true(clock_monotonic_ms() - begin < 60000);
	buffer_done(&output);
}

/* Ended, whether or not somebody has asked for its status. */
static bool has_ended(int pid)
{
	char path[64], text[512] = "";
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return true;
	if (!fgets(text, sizeof text, file))
		text[0] = '\0';
	fclose(file);
	return !text[0] || strstr(text, ") Z") || strstr(text, ") X");
}

/* What a hanging command has started ends with it: each further try would leave one more. */
static void test_run_timeout_ends_the_group(void **state)
{
	static char script[] = "sleep 600 & echo $!; wait";
	char *arguments[4];
	struct process_options options = shell(script, arguments);
	struct buffer output = {0};
	int64_t begin = clock_monotonic_ms();
	struct error err;
	int pid;

	(void)state;
	options.own_group = true;
	while (output.size == 0 && clock_monotonic_ms() - begin < 20000)
		assert_false(process_run(&options, (struct span){0}, &output, 1000, 200, &err));
	pid = (int)strtol(buffer_string(&output), NULL, 10);
	assert_true(pid > 1);
	while (!has_ended(pid) && clock_monotonic_ms() - begin < 20000)
		poll(NULL, 0, 1);
	assert_true(has_ended(pid));
	buffer_done(&output);
}

/* A child of the program that keeps its output open holds nobody up. */
static void test_run_leaves_grandchildren(void **state)
{
	static char script[] = "sleep 600 & echo $!";
	char *arguments[4];
	struct process_options options = shell(script, arguments);
	struct buffer output = {0};
	struct error err;
	int pid;

	(void)state;
	assert_true(process_run(&options, (struct span){0}, &output, 1000, 20000, &err));
	pid = (int)strtol(buffer_string(&output), NULL, 10);
	assert_true(pid > 1);
	kill(pid, SIGKILL);
	buffer_done(&output);
}

static void test_no_such_program(void **state)
{
	static char name[] = "x";
	char *const arguments[] = {name, NULL};
	const struct process_options options = {
		.program = "/nonexistent/x", .arguments = arguments, .file_bytes = UINT64_MAX};
	struct error err;
	pid_t pid;

	(void)state;
	assert_false(process_start(&options, &pid, &err));
	assert_string_equal(err.text, "start /nonexistent/x: No such file or directory");
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nothing is left behind */
	assert_int_equal(errno, ECHILD);
}

static int file_with(const char *text)
{
	int file = memfd_create(text, MFD_CLOEXEC);

	assert_true(file >= 0);
	assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
	lseek(file, 0, SEEK_SET);
	return file;
}

static int end_of(pid_t pid)
{
	int status = 0;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* ours and theirs in each other's way: every one arrives where it is wanted, and no other. */
static void test_overlapping_descriptors(void **state)
{
	static char script[] =
		"test \"$(cat <&3)\" = a || exit 1; test \"$(cat <&4)\" = b || exit 2;"
		"test \"$(cat <&5)\" = c || exit 3; test \"$(cat)\" = \"\" || exit 4;"
		"for i in /proc/self/fd/*; do case ${i##*/} in [0-5]) ;; *)"
		"test -e $i && exit 5;; esac; done; exit 0";
	char *arguments[4];
	struct process_options options = shell(script, arguments);
	int a, b, c;
	struct error err;
	pid_t pid;

	(void)state;
	/* in the parent: a at 5, b at 3, c at 4 */
	a = dup2(file_with("a"), 105);
	b = dup2(file_with("b"), 103);
	c = dup2(file_with("c"), 104);
	{
		int saved[3] = {dup2(3, 203), dup2(4, 204), dup2(5, 205)};
		const struct process_descriptor descriptors[] = {
			{dup2(a, 5), 3}, {dup2(b, 3), 4}, {dup2(c, 4), 5}};

		options.descriptors = descriptors;
		options.descriptor_count = ARRAY_COUNT(descriptors);
		assert_true(process_start(&options, &pid, &err));
		for (int i = 0; i < 3; i++) {
			close(3 + i);
			if (saved[i] >= 0) {
				dup2(saved[i], 3 + i);
				close(saved[i]);
			}
		}
	}
	assert_int_equal(end_of(pid), 0);
	close(a);
	close(b);
	close(c);
}

static void test_limits(void **state)
{
	static const struct {
		const char *script;
		uint64_t memory, cpu, file;
		int signal; /* 0: it ends by itself with a status other than 0 */
	} cases[] = {
		{"while :; do :; done", 0, 1, UINT64_MAX, SIGXCPU},
		{"exec cat /dev/zero >/tmp/limit.$$", 0, 0, 0, SIGXFSZ},
		{"x=$(head -c 200000000 /dev/zero | tr '\\0' x); exit 0", 50 << 20, 0, UINT64_MAX,
			0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		char *arguments[4], path[64];
		struct process_options options = shell((char *)(size_t)cases[i].script, arguments);
		struct error err;
		int status;
		pid_t pid;

		if (SANITIZED && cases[i].memory > 0)
			continue; /* never set there */
		options.memory_bytes = cases[i].memory;
		options.cpu_seconds = cases[i].cpu;
		options.file_bytes = cases[i].file;
		assert_true(process_start(&options, &pid, &err));
		status = end_of(pid);
		snprintf(path, sizeof path, "/tmp/limit.%d", (int)pid);
		unlink(path);
		if (cases[i].signal == 0)
			assert_int_not_equal(status, 0);
		else
			assert_true(WIFSIGNALED(status) && (WTERMSIG(status) == cases[i].signal ||
								   WTERMSIG(status) == SIGKILL));
	}
}

/* Blocked and ignored signals stay with the parent. */
static void test_signals_are_reset(void **state)
{
	static char script[] =
		"grep -E '^Sig(Blk|Ign)' /proc/self/status | grep -cv 0000000000000000";
	char *arguments[4];
	struct process_options options = shell(script, arguments);
	struct buffer output = {0};
	sigset_t set, before;
	struct error err;

	(void)state;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &before);
	signal(SIGPIPE, SIG_IGN);
	/* grep -cv finds no other line: exit 1 */
	assert_false(process_run(&options, (struct span){0}, &output, 100, 20000, &err));
	assert_string_equal(err.text, "/bin/sh: exit 1");
	assert_string_equal(buffer_string(&output), "0\n");
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	buffer_done(&output);
}

/* The parent dies, its child with it: its end of the pipe closes. */
static void test_dies_with_parent(void **state)
{
	static char script[] = "exec sleep 600";
	char *arguments[4], byte;
	struct process_options options = shell(script, arguments);
	int ends[2];
	pid_t parent;

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	parent = fork();
	if (parent == 0) {
		const struct process_descriptor kept = {ends[1], 1};
		struct error err;
		pid_t pid;

		options.descriptors = &kept;
		options.descriptor_count = 1;
		_exit(process_start(&options, &pid, &err) ? 0 : 1);
	}
	close(ends[1]);
	assert_int_equal(end_of(parent), 0);
	assert_int_equal(read(ends[0], &byte, 1), 0); /* the test's time limit is its deadline */
	close(ends[0]);
}

static void test_sibling(void **state)
{
	char path[PATH_MAX];
	struct error err;

	(void)state;
	assert_true(process_sibling("test_base_process", path, sizeof path, &err));
	assert_int_equal(access(path, X_OK), 0);
	assert_false(process_sibling("no-such-program", path, sizeof path, &err));
	assert_int_equal(err.kind, ERROR_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_run),
		cmocka_unit_test(test_run_large),
		cmocka_unit_test(test_run_timeout),
		cmocka_unit_test(test_run_timeout_ends_the_group),
		cmocka_unit_test(test_run_leaves_grandchildren),
		cmocka_unit_test(test_no_such_program),
		cmocka_unit_test(test_overlapping_descriptors),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_signals_are_reset),
		cmocka_unit_test(test_dies_with_parent),
		cmocka_unit_test(test_sibling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
