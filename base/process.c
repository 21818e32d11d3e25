#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <linux/close_range.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/span.h"
#include "base/text.h"

/* More than any role passes on; a fixed table keeps the child free of malloc. */
#define DESCRIPTORS_MAX 16
/* The kernel gives what net.core.wmem_max allows: mail for as long as a commit takes. */
#define SOCKET_BYTES (1 << 20)
#define STDERR_BYTES 4096

/* Everything below up to exec runs between fork and exec: no malloc, no stdio. */

static void child_failed(int report)
{
	int code = errno;

	if (write(report, &code, sizeof code) < 0)
		_exit(EX_OSERR);
	_exit(EX_UNAVAILABLE);
}

static bool limit(__rlimit_resource_t resource, uint64_t value)
{
	return setrlimit(resource, &(struct rlimit){value, value}) == 0;
}

static bool set_limits(const struct process_options *options)
{
	if (options->memory_bytes > 0 && !SANITIZED && !limit(RLIMIT_AS, options->memory_bytes))
		return false;
	if (options->cpu_seconds > 0 && !limit(RLIMIT_CPU, options->cpu_seconds))
		return false;
	return options->file_bytes == UINT64_MAX || limit(RLIMIT_FSIZE, options->file_bytes);
}

/* The child begins with no signal blocked or ignored, whatever the parent had. */
static void reset_signals(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static int highest_number(const struct process_options *options)
{
	int highest = STDERR_FILENO;

	for (size_t i = 0; i < options->descriptor_count; i++)
		if (options->descriptors[i].theirs > highest)
			highest = options->descriptors[i].theirs;
	return highest;
}

static bool has_number(const struct process_options *options, int number)
{
	for (size_t i = 0; i < options->descriptor_count; i++)
		if (options->descriptors[i].theirs == number)
			return true;
	return false;
}

/*
 * First every descriptor goes above all numbers that are wanted, then down to its own: so no dup2
 * can close one that is still to be moved, however ours and theirs overlap.
 */
static bool move_descriptors(const struct process_options *options, int *report)
{
	int above = highest_number(options) + 1;
	int moved[DESCRIPTORS_MAX];
	bool complete = has_number(options, STDIN_FILENO) && has_number(options, STDOUT_FILENO);
	/* a sandbox that may start programs need not open it */
	int null = complete ? -1 : open("/dev/null", O_RDWR | O_CLOEXEC);

	null = null < 0 ? -1 : fcntl(null, F_DUPFD_CLOEXEC, above);
	*report = fcntl(*report, F_DUPFD_CLOEXEC, above);
	if ((null < 0 && !complete) || *report < 0)
		return false;
	for (size_t i = 0; i < options->descriptor_count; i++) {
		moved[i] = fcntl(options->descriptors[i].ours, F_DUPFD_CLOEXEC, above);
		if (moved[i] < 0)
			return false;
	}
	if (syscall(SYS_close_range, 3, UINT_MAX, CLOSE_RANGE_CLOEXEC) != 0)
		return false;
	/* never closed: the next file that a program opens would become its standard output */
	if (!complete && (dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0))
		return false;
	for (size_t i = 0; i < options->descriptor_count; i++)
		if (dup2(moved[i], options->descriptors[i].theirs) < 0)
			return false;
	return true;
}

static _Noreturn void child_run(
	const struct process_options *options, char *const *environment, pid_t parent, int report)
{
	reset_signals();
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
		child_failed(report);
	if (getppid() != parent) /* it died before the line above */
		_exit(EX_UNAVAILABLE);
	if ((options->own_group && setpgid(0, 0) != 0) || !move_descriptors(options, &report) ||
		!set_limits(options))
		child_failed(report);
	execve(options->program, options->arguments, environment);
	child_failed(report);
	_exit(EX_UNAVAILABLE);
}

/* What a program needs to run at all; a sanitizer's options are for the tests. */
static char **minimal_environment(char *entries[8])
{
	static const char *const passed[] = {
		"TZ", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS"};
	size_t count = 0;

	entries[count++] = strdup("PATH=/usr/local/bin:/usr/bin:/bin");
	entries[count++] = strdup("LANG=C.UTF-8");
	for (size_t i = 0; i < (SANITIZED ? ARRAY_COUNT(passed) : 1); i++) {
		const char *value = getenv(passed[i]);
		char *entry = NULL;

		if (value && asprintf(&entry, "%s=%s", passed[i], value) > 0)
			entries[count++] = entry;
	}
	entries[count] = NULL;
	return entries;
}

/* exec closes the report; a failure before it writes errno. */
static int read_report(int report)
{
	int code = 0;
	ssize_t got;

	do
		got = read(report, &code, sizeof code);
	while (got < 0 && errno == EINTR);
	return got == sizeof code ? code : 0;
}

static bool start_with(const struct process_options *options, char *const *environment, pid_t *pid,
	struct error *err)
{
	pid_t parent = getpid();
	int report[2], code;

	if (pipe2(report, O_CLOEXEC) != 0)
		return error_set_errno(err, ERROR_TEMPORARY, errno, "start %s", options->program);
	*pid = fork();
	if (*pid == 0)
		child_run(options, environment, parent, report[1]);
	code = *pid < 0 ? errno : 0;
	close(report[1]);
	if (*pid > 0) {
		code = read_report(report[0]);
		if (code != 0)
			while (waitpid(*pid, NULL, 0) < 0 && errno == EINTR)
				;
	}
	close(report[0]);
	if (code == 0)
		return true;
	*pid = -1;
	return error_set_errno(err, ERROR_TEMPORARY, code, "start %s", options->program);
}

bool process_start(const struct process_options *options, pid_t *pid, struct error *err)
{
	char *entries[8] = {NULL};
	bool started;

	if (options->descriptor_count > DESCRIPTORS_MAX)
		return error_set(err, ERROR_BUG, "start %s: more than %d descriptors",
			options->program, DESCRIPTORS_MAX);
	if (options->environment)
		return start_with(options, options->environment, pid, err);
	started = start_with(options, minimal_environment(entries), pid, err);
	for (char **entry = entries; *entry; entry++)
		free(*entry);
	return started;
}

bool process_socket_pair(int ends[2], struct error *err)
{
	const int bytes = SOCKET_BYTES;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return error_set_errno(err, ERROR_TEMPORARY, errno, "make a socket pair");
	for (int i = 0; i < 2; i++)
		(void)setsockopt(ends[i], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
	return true;
}

const char *process_status_text(int status, char text[64])
{
	if (WIFEXITED(status)) {
		snprintf(text, 64, "exit %d", WEXITSTATUS(status));
	} else {
		const char *name = sigabbrev_np(WTERMSIG(status));

		snprintf(text, 64, "killed by SIG%.20s", name ? name : "?");
	}
	return text;
}

/* One run of a program to its end: what we hold of it. */
struct run {
	pid_t pid;
	int watch; /* pidfd: readable when it has ended */
	int output, errors;
	size_t max_bytes;
	struct buffer *collected, complaint;
};

static void close_if_open(int *descriptor)
{
	if (*descriptor >= 0)
		close(*descriptor);
	*descriptor = -1;
}

/* A file in memory as stdin: no pipe that both sides could wait on, and programs can seek in it. */
static int input_file(struct span input)
{
	int file = memfd_create("input", MFD_CLOEXEC);
	size_t written = 0;

	while (file >= 0 && written < input.size) {
		ssize_t part = write(file, input.data + written, input.size - written);

		if (part < 0 && errno == EINTR)
			continue;
		if (part <= 0) {
			close(file);
			return -1;
		}
		written += (size_t)part;
	}
	if (file >= 0)
		lseek(file, 0, SEEK_SET);
	return file;
}

static bool run_start(const struct process_options *options, struct span input, struct run *run,
	struct error *err)
{
	int stdin_file = input_file(input), output[2] = {-1, -1}, errors[2] = {-1, -1};
	bool started = false;

	if (stdin_file < 0 || pipe2(output, O_CLOEXEC | O_NONBLOCK) != 0 ||
		pipe2(errors, O_CLOEXEC | O_NONBLOCK) != 0) {
		error_set_errno(err, ERROR_TEMPORARY, errno, "start %s", options->program);
	} else {
		const struct process_descriptor descriptors[] = {
			{stdin_file, STDIN_FILENO},
			{output[1], STDOUT_FILENO},
			{errors[1], STDERR_FILENO},
		};
		struct process_options with = *options;

		/* the program's ends block as it expects; only ours don't */
		fcntl(output[1], F_SETFL, 0);
		fcntl(errors[1], F_SETFL, 0);
		with.descriptors = descriptors;
		with.descriptor_count = ARRAY_COUNT(descriptors);
		started = process_start(&with, &run->pid, err);
	}
	close_if_open(&stdin_file);
	close_if_open(&output[1]);
	close_if_open(&errors[1]);
	run->output = output[0];
	run->errors = errors[0];
	return started;
}

/* Reads what is there; closes the descriptor at its end. Beyond max_bytes it is read and dropped.
 */
static bool drain(int *descriptor, struct buffer *into, size_t max_bytes)
{
	char bytes[16384];

	while (*descriptor >= 0) {
		ssize_t got = read(*descriptor, bytes, sizeof bytes);
		size_t room = max_bytes - into->size;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return true;
		if (got <= 0) {
			close_if_open(descriptor);
			return true;
		}
		buffer_append(into, (struct span){bytes, (size_t)got < room ? (size_t)got : room});
		if ((size_t)got > room)
			return false;
	}
	return true;
}

/* Until the program has ended; then what it left in its pipes. */
static bool run_collect(struct run *run, int64_t deadline_ms, size_t start, struct error *err)
{
	for (;;) {
		struct pollfd polls[] = {
			{run->watch, POLLIN, 0},
			{run->output, POLLIN, 0},
			{run->errors, POLLIN, 0},
		};
		int64_t left = deadline_ms - clock_monotonic_ms();

		if (left <= 0)
			return error_set(err, ERROR_TEMPORARY, "no end in time");
		if (poll(polls, ARRAY_COUNT(polls), left > INT_MAX ? INT_MAX : (int)left) < 0 &&
			errno != EINTR)
			return error_set_errno(err, ERROR_TEMPORARY, errno, "poll");
		if (!drain(&run->output, run->collected, start + run->max_bytes))
			return error_set(
				err, ERROR_LIMIT, "more than %zu bytes of output", run->max_bytes);
		if (!drain(&run->errors, &run->complaint, STDERR_BYTES))
			close_if_open(&run->errors);
		if (polls[0].revents)
			return true;
	}
}

static bool check_status(int status, struct buffer *complaint, struct error *err)
{
	CLEANUP(buffer_done) struct buffer harmless = {0};
	struct span rest = buffer_span(complaint), line = {0};
	char text[64];

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (span_next_line(&rest, &line))
		text_escape_line(&harmless, text_cut(line, 200));
	process_status_text(status, text);
	if (harmless.size == 0)
		return error_set(err, ERROR_TEMPORARY, "%s", text);
	return error_set(err, ERROR_TEMPORARY, "%s: %.*s", text, SPAN_ARG(buffer_span(&harmless)));
}

bool process_run(const struct process_options *options, struct span input, struct buffer *output,
	size_t max_bytes, int64_t timeout_ms, struct error *err)
{
	struct run run = {.watch = -1, .output = -1, .errors = -1, .max_bytes = max_bytes};
	size_t start = output->size;
	int status = 0;
	bool ok;

	run.collected = output;
	ok = run_start(options, input, &run, err);
	if (ok) {
		run.watch = (int)syscall(SYS_pidfd_open, run.pid, 0);
		ok = run.watch >= 0 ||
		     error_set_errno(err, ERROR_TEMPORARY, errno, "watch %s", options->program);
		ok = ok && run_collect(&run, clock_monotonic_ms() + timeout_ms, start, err);
		if (!ok)
			kill(options->own_group ? -run.pid : run.pid, SIGKILL);
		while (waitpid(run.pid, &status, 0) < 0 && errno == EINTR)
			;
		ok = ok && check_status(status, &run.complaint, err);
		if (!ok)
			error_context(err, "%s", options->program);
	}
	close_if_open(&run.watch);
	close_if_open(&run.output);
	close_if_open(&run.errors);
	buffer_done(&run.complaint);
	return ok;
}

bool process_own_folder(char *path, size_t size, struct error *err)
{
	ssize_t length = readlink("/proc/self/exe", path, size - 1);
	char *slash;

	if (length < 0)
		return error_set_errno(err, ERROR_TEMPORARY, errno, "read /proc/self/exe");
	path[length] = '\0';
	slash = strrchr(path, '/');
	if (slash)
		slash[1] = '\0';
	return true;
}

bool process_sibling(const char *name, char *path, size_t size, struct error *err)
{
	static const char *const folders[] = {
		"", "../libexec/postroom/", "../lib/postroom/", "../sbin/"};
	char own[PATH_MAX];

	if (!process_own_folder(own, sizeof own, err))
		return false;
	for (size_t i = 0; i < ARRAY_COUNT(folders); i++) {
		int written = snprintf(path, size, "%s%s%s", own, folders[i], name);

		if (written > 0 && (size_t)written < size && access(path, X_OK) == 0)
			return true;
	}
	return error_set(err, ERROR_INPUT,
		"%s is neither in %.200s nor in ../libexec/postroom or ../sbin: install it again",
		name, own);
}
