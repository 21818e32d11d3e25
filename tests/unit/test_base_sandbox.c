/* Each case runs in a child that enters a profile; the parent sees how it ended. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/compress.h"
#include "base/digest.h"
#include "base/landlock.h"
#include "base/process.h"
#include "base/sandbox.h"
#include "base/zone.h"

enum outcome {
	WORKS,
	REFUSED /* with EACCES */,
	KILLED,
	UNTRIED /* the kernel decides, or it would not come back */
};

struct place {
	char state[64], outside[64], state_file[80], outside_file[80];
	int listener; /* on loopback */
	struct sockaddr_in address;
};

static struct place place;

static void make_file(const char *path)
{
	int file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	assert_true(file >= 0);
	assert_int_equal(write(file, "text", 4), 4);
	close(file);
}

static int set_up(void **state)
{
	socklen_t size = sizeof place.address;

	(void)state;
	snprintf(place.state, sizeof place.state, "/tmp/sandbox-state-XXXXXX");
	snprintf(place.outside, sizeof place.outside, "/tmp/sandbox-outside-XXXXXX");
	assert_non_null(mkdtemp(place.state));
	assert_non_null(mkdtemp(place.outside));
	snprintf(place.state_file, sizeof place.state_file, "%s/file", place.state);
	snprintf(place.outside_file, sizeof place.outside_file, "%s/file", place.outside);
	make_file(place.state_file);
	make_file(place.outside_file);
	place.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	place.address.sin_family = AF_INET;
	place.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(place.listener, (struct sockaddr *)&place.address, size), 0);
	assert_int_equal(listen(place.listener, 64), 0);
	getsockname(place.listener, (struct sockaddr *)&place.address, &size);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(place.state_file);
	unlink(place.outside_file);
	rmdir(place.state);
	rmdir(place.outside);
	close(place.listener);
	return 0;
}

/* The actions: true when it worked; errno says why not. */

static bool use_memory(void)
{
	size_t size = (size_t)50 << 20;
	volatile char *bytes = malloc(size);

	for (size_t i = 0; bytes && i < size; i += 4096)
		bytes[i] = 1;
	free((char *)(size_t)bytes);
	return bytes != NULL;
}

static bool use_libraries(void)
{
	struct buffer frame = {0}, plain = {0};
	struct error err;
	char random[16];
	bool ok;

	digest_random(random, sizeof random);
	compress_append(&frame, SPAN("a text a text a text"));
	ok = compress_unpack(&plain, buffer_span(&frame), 100, &err);
	buffer_done(&frame);
	buffer_done(&plain);
	return ok && digest_of(SPAN("")).bytes[0] == 0xe3;
}

static bool use_clock(void)
{
	struct timespec now;

	return clock_gettime(CLOCK_REALTIME, &now) == 0 &&
	       syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now) == 0;
}

static bool use_zone(void)
{
	/* midsummer 2026 */
	return zone_is_known("Europe/Amsterdam") &&
	       zone_local("Europe/Amsterdam", INT64_C(1782000000000)).offset_minutes == 120;
}

static bool use_signals(void)
{
	static const struct sigaction ignore = {.sa_handler = SIG_IGN};

	return sigaction(SIGUSR1, &ignore, NULL) == 0 && raise(SIGUSR1) == 0;
}

static bool open_as(const char *path, int flags)
{
	int file = open(path, flags | O_CLOEXEC, 0600);

	if (file >= 0)
		close(file);
	return file >= 0;
}

static bool read_state(void)
{
	return open_as(place.state_file, O_RDONLY);
}

static bool write_state(void)
{
	return open_as(place.state_file, O_RDWR);
}

static bool read_outside(void)
{
	return open_as(place.outside_file, O_RDONLY);
}

static bool write_outside(void)
{
	return open_as(place.outside_file, O_WRONLY);
}

static bool read_hosts(void)
{
	return open_as("/etc/hosts", O_RDONLY);
}

static bool write_hosts(void)
{
	return open_as("/etc/hosts", O_WRONLY);
}

/* What SQLite does to its files: make, lock, write, sync, cut, rename, remove. */
static bool keep_files(void)
{
	char made[100], renamed[100];
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
	bool ok;
	int file;

	snprintf(made, sizeof made, "%s/made", place.state);
	snprintf(renamed, sizeof renamed, "%s/renamed", place.state);
	file = open(made, O_RDWR | O_CREAT | O_CLOEXEC, 0660);
	if (file < 0)
		return false;
	ok = fcntl(file, F_SETLK, &lock) == 0 && pwrite(file, "text", 4, 0) == 4 &&
	     fsync(file) == 0 && ftruncate(file, 2) == 0 && rename(made, renamed) == 0 &&
	     mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) != MAP_FAILED;
	close(file);
	return ok && unlink(renamed) == 0;
}

static bool make_in_state(void)
{
	char made[100];

	snprintf(made, sizeof made, "%s/made", place.state);
	return open_as(made, O_RDWR | O_CREAT) && unlink(made) == 0;
}

/* Whoever may, finds it again. */
static bool remove_state(void)
{
	return unlink(place.state_file) == 0 && open_as(place.state_file, O_CREAT | O_WRONLY);
}

static bool own_state(void)
{
	int file = open(place.state_file, O_RDWR | O_CLOEXEC);

	return file >= 0 && fchown(file, geteuid(), getegid()) == 0 && fchmod(file, 0600) == 0 &&
	       fdatasync(file) == 0;
}

static bool make_socket(void)
{
	return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0;
}

static int spare_socket; /* made before the sandbox, so that connect alone is tried */

static bool connect_out(void)
{
	return connect(spare_socket, (struct sockaddr *)&place.address, sizeof place.address) == 0;
}

static bool resolve_and_connect(void)
{
	char port[8];
	struct addrinfo *found = NULL, hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
	int made;
	bool ok;

	snprintf(port, sizeof port, "%u", ntohs(place.address.sin_port));
	if (getaddrinfo("localhost", port, &hints, &found) != 0) {
		errno = EACCES; /* it says "not found" when it may not look */
		return false;
	}
	made = socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC, 0);
	ok = made >= 0 && connect(made, found->ai_addr, found->ai_addrlen) == 0;
	freeaddrinfo(found);
	return ok;
}

/* A connection from outside waits already. */
static bool accept_one(void)
{
	int accepted = accept4(place.listener, NULL, NULL, SOCK_CLOEXEC);

	return accepted >= 0 && send(accepted, "x", 1, MSG_NOSIGNAL) == 1;
}

static bool make_bound_server(void)
{
	return bind(spare_socket, (struct sockaddr *)&(struct sockaddr_in){.sin_family = AF_INET},
		       sizeof place.address) == 0;
}

static bool fork_child(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid > 0 && waitpid(pid, NULL, 0) == pid;
}

static void *nothing(void *context)
{
	return context;
}

static bool make_thread(void)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, nothing, NULL) == 0 && pthread_join(thread, NULL) == 0;
}

static bool execute(void)
{
	return execl("/bin/true", "true", (char *)NULL) == 0;
}

static bool execute_other(void)
{
	return execl("/bin/false", "false", (char *)NULL) == 0;
}

static bool new_namespace(void)
{
	return syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, 0) >= 0;
}

static bool trace(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}

static bool signal_parent(void)
{
	return kill(getppid(), 0) == 0;
}

static bool run_memory(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		       0) != MAP_FAILED;
}

static bool make_runnable(void)
{
	static _Alignas(4096) char page[4096];

	return mprotect(page, sizeof page, PROT_READ | PROT_EXEC) == 0;
}

static bool raise_limit(void)
{
	return setrlimit(RLIMIT_NOFILE, &(struct rlimit){64, 64}) == 0;
}

static bool change_user(void)
{
	return setuid(getuid()) == 0;
}

static bool mount_something(void)
{
	return mount("none", place.state, "tmpfs", 0, NULL) == 0;
}

static bool load_program(void)
{
	return syscall(SYS_bpf, 0, NULL, 0) == 0;
}

static bool use_ring(void)
{
	return syscall(SYS_io_uring_setup, 1, NULL) >= 0;
}

static bool read_other_memory(void)
{
	return process_vm_readv(getppid(), NULL, 0, NULL, 0, 0) >= 0;
}

static bool set_clock(void)
{
	struct timespec now = {1, 0};

	return clock_settime(CLOCK_REALTIME, &now) == 0;
}

static bool read_secrets_beside(void)
{
	/* a file of /etc that is no business of the name service, and everybody may read */
	return open_as("/etc/fstab", O_RDONLY) || open_as("/etc/group", O_RDONLY);
}

static bool fails_to_abort(void)
{
	abort();
}

static const struct sandbox_case {
	const char *name;
	bool (*act)(void);
	enum outcome parser, reader, ledger, feed, tokens, pdf, supervisor;
	bool by_path; /* what Landlock decides */
} cases[] = {
	{"memory", use_memory, WORKS, WORKS, WORKS, WORKS, WORKS, WORKS, WORKS},
	{"libraries", use_libraries, WORKS, WORKS, WORKS, WORKS, WORKS, WORKS, WORKS},
	{"clock", use_clock, WORKS, WORKS, WORKS, WORKS, WORKS, WORKS, WORKS},
	{"zone", use_zone, REFUSED, WORKS, WORKS, WORKS, WORKS, WORKS, WORKS},
	{"signals", use_signals, WORKS, WORKS, WORKS, WORKS, WORKS, WORKS, WORKS},
	{"read state", read_state, REFUSED, REFUSED, WORKS, WORKS, WORKS, REFUSED, WORKS, true},
	{"write state", write_state, REFUSED, KILLED, WORKS, WORKS, WORKS, KILLED, WORKS, true},
	{"keep files", keep_files, REFUSED, KILLED, WORKS, REFUSED, WORKS, KILLED, WORKS, true},
	{"make in state", make_in_state, REFUSED, KILLED, WORKS, REFUSED, WORKS, KILLED, WORKS,
		true},
	{"own state", own_state, REFUSED, KILLED, WORKS, WORKS, WORKS, KILLED, WORKS, true},
	{"read outside", read_outside, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, WORKS,
		true},
	{"write outside", write_outside, REFUSED, KILLED, REFUSED, REFUSED, REFUSED, KILLED, WORKS,
		true},
	{"read hosts", read_hosts, REFUSED, WORKS, REFUSED, REFUSED, WORKS, REFUSED, WORKS, true},
	{"write hosts", write_hosts, REFUSED, KILLED, REFUSED, REFUSED, REFUSED, KILLED, WORKS,
		true},
	{"socket", make_socket, REFUSED, WORKS, REFUSED, REFUSED, WORKS, REFUSED, WORKS},
	{"connect", connect_out, KILLED, WORKS, KILLED, KILLED, WORKS, KILLED, WORKS},
	{"resolve and connect", resolve_and_connect, REFUSED, WORKS, REFUSED, REFUSED, WORKS,
		REFUSED, WORKS},
	{"accept", accept_one, KILLED, KILLED, KILLED, WORKS, KILLED, KILLED, WORKS},
	{"bind", make_bound_server, KILLED, REFUSED, KILLED, KILLED, REFUSED, KILLED, WORKS},
	{"thread", make_thread, KILLED, KILLED, KILLED, KILLED, WORKS, WORKS, WORKS},
	{"fork", fork_child, KILLED, KILLED, KILLED, KILLED, KILLED, WORKS, WORKS},
	{"exec", execute, KILLED, KILLED, KILLED, KILLED, KILLED, WORKS, WORKS},
	{"exec another", execute_other, KILLED, KILLED, KILLED, KILLED, KILLED, REFUSED, UNTRIED,
		true},
	{"new namespace", new_namespace, KILLED, KILLED, KILLED, KILLED, KILLED, KILLED, REFUSED},
	{"ptrace", trace, KILLED, KILLED, KILLED, KILLED, KILLED, KILLED, REFUSED},
	{"signal another process", signal_parent, KILLED, KILLED, KILLED, KILLED, KILLED, UNTRIED,
		WORKS},
	{"writable code", run_memory, REFUSED, KILLED, REFUSED, REFUSED, KILLED, KILLED, WORKS},
	{"make code", make_runnable, REFUSED, WORKS, REFUSED, REFUSED, WORKS, WORKS, WORKS},
	{"limit", raise_limit, KILLED, KILLED, KILLED, KILLED, KILLED, WORKS, WORKS},
	{"user", change_user, KILLED, KILLED, KILLED, KILLED, KILLED, KILLED, WORKS},
	{"mount", mount_something, KILLED, KILLED, KILLED, KILLED, KILLED, KILLED, REFUSED},
	{"kernel program", load_program, KILLED, KILLED, KILLED, KILLED, KILLED, KILLED, REFUSED},
	{"ring", use_ring, KILLED, KILLED, KILLED, KILLED, KILLED, KILLED, REFUSED},
	{"memory of another process", read_other_memory, KILLED, KILLED, KILLED, KILLED, KILLED,
		KILLED, REFUSED},
	{"set the clock", set_clock, KILLED, KILLED, KILLED, KILLED, KILLED, KILLED, REFUSED},
	{"read other files of /etc", read_secrets_beside, REFUSED, REFUSED, REFUSED, REFUSED,
		REFUSED, REFUSED, WORKS, true},
	{"remove state", remove_state, KILLED, KILLED, WORKS, REFUSED, WORKS, REFUSED, WORKS},
};

static const char *own_path(enum sandbox_profile profile)
{
	if (profile == SANDBOX_PDF)
		return "/bin/true";
	return profile == SANDBOX_LEDGER || profile == SANDBOX_FEED || profile == SANDBOX_TOKENS
		       ? place.state
		       : NULL;
}

static _Noreturn void run_child(enum sandbox_profile profile, bool (*act)(void))
{
	struct error err;

	spare_socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (!sandbox_enter(profile, own_path(profile), &err))
		_exit(100);
	errno = 0;
	if (act())
		_exit(0);
	_exit(errno == EACCES || errno == EPERM ? 1 : 2);
}

static int status_of(enum sandbox_profile profile, bool (*act)(void))
{
	pid_t pid = fork();
	int status = 0;

	assert_true(pid >= 0);
	if (pid == 0)
		run_child(profile, act);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void check(const struct sandbox_case *c, enum sandbox_profile profile, enum outcome expected)
{
	static const char *const names[] = {
		"parser", "reader", "ledger", "feed", "tokens", "pdf", "supervisor"};
	int client = -1, status;
	bool as_expected;
	char text[64];

	if (c->act == accept_one) {
		client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		assert_int_equal(
			connect(client, (struct sockaddr *)&place.address, sizeof place.address),
			0);
	}
	if (expected == UNTRIED)
		return;
	make_file(place.state_file); /* the case before may have removed it */
	status = status_of(profile, c->act);
	if (client >= 0)
		close(client);
	as_expected = expected == KILLED ? WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS
					 : WIFEXITED(status) && WEXITSTATUS(status) ==
									(expected == WORKS ? 0 : 1);
	if (!as_expected)
		fail_msg(
			"%s in %s: %s", c->name, names[profile], process_status_text(status, text));
}

static void skip_without_filter(void)
{
	if (!sandbox_is_built()) {
		print_message("a sanitizer's build has no filter\n");
		skip();
	}
}

static void test_profiles(void **state)
{
	(void)state;
	skip_without_filter();
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		if (cases[i].by_path && !landlock_is_there()) {
			print_message("left out, no Landlock in this kernel: %s\n", cases[i].name);
			continue;
		}
		check(&cases[i], SANDBOX_PARSER, cases[i].parser);
		check(&cases[i], SANDBOX_READER, cases[i].reader);
		check(&cases[i], SANDBOX_LEDGER, cases[i].ledger);
		check(&cases[i], SANDBOX_FEED, cases[i].feed);
		check(&cases[i], SANDBOX_TOKENS, cases[i].tokens);
		check(&cases[i], SANDBOX_PDF, cases[i].pdf);
		check(&cases[i], SANDBOX_SUPERVISOR, cases[i].supervisor);
	}
}

static void test_abort_is_seen_as_abort(void **state)
{
	int status;

	(void)state;
	skip_without_filter();
	status = status_of(SANDBOX_PARSER, fails_to_abort);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

static void test_missing_state_directory(void **state)
{
	struct error err;
	pid_t pid = fork();
	int status = 0;

	(void)state;
	if (pid == 0) {
		bool entered = sandbox_enter(SANDBOX_LEDGER, "/nonexistent/state", &err);

		_exit(entered || err.kind != ERROR_INPUT);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	skip_without_filter();
	assert_int_equal(status, 0);
}

/* What a caller names beside its own path may be read, not written. */
static void test_further_files(void **state)
{
	static const char *const left_out = "/nonexistent/file";
	const char *files[] = {place.outside_file, left_out};
	struct error err;
	pid_t pid = fork();
	int status = 0;

	(void)state;
	if (pid == 0) {
		if (!sandbox_enter_reading(SANDBOX_TOKENS, place.state, files, 2, &err))
			_exit(100);
		_exit(read_outside() && !write_outside() ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	skip_without_filter();
	if (landlock_is_there())
		assert_int_equal(status, 0);
}

/* A line of /proc/self/status after the sandbox closed, opened before. */
static bool status_has(enum sandbox_profile profile, const char *line)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		int file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
		char text[4096] = "";
		struct error err;

		if (!sandbox_enter(profile, own_path(profile), &err))
			_exit(100);
		if (pread(file, text, sizeof text - 1, 0) <= 0)
			_exit(101);
		_exit(strstr(text, line) ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
	return WEXITSTATUS(status) == 0;
}

static void test_privileges(void **state)
{
	static const char nothing[] = "CapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n"
				      "CapBnd:\t0000000000000000\nCapAmb:\t0000000000000000\n";

	(void)state;
	for (enum sandbox_profile i = 0; i < SANDBOX_PROFILE_COUNT; i++) {
		assert_true(status_has(i, "NoNewPrivs:\t1\n"));
		assert_false(status_has(i, "CapBnd:\t000001ffffffffff"));
	}
	if (geteuid() == 0) {
		assert_true(status_has(SANDBOX_PARSER, nothing));
		assert_true(status_has(SANDBOX_PDF, nothing));
		assert_true(status_has(SANDBOX_READER, nothing));
		/* CHOWN, DAC_OVERRIDE, FOWNER: files that the group shares; nobody else has them */
		assert_true(status_has(SANDBOX_LEDGER, "CapEff:\t000000000000000b\n"));
		assert_true(status_has(SANDBOX_FEED, "CapEff:\t000000000000000b\n"));
		assert_true(status_has(SANDBOX_TOKENS, "CapEff:\t000000000000000b\n"));
	} else {
		assert_true(status_has(SANDBOX_LEDGER, "CapEff:\t0000000000000000\n"));
	}
}

/* prctl is closed to the other roles: the limit is what they can still ask for. */
static bool limits_say_no_core(void)
{
	struct rlimit core;

	return getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0 && core.rlim_max == 0;
}

static bool no_dumps(void)
{
	return prctl(PR_GET_DUMPABLE) == 0 && limits_say_no_core();
}

static void test_no_dumps(void **state)
{
	(void)state;
	skip_without_filter();
	for (enum sandbox_profile i = 0; i < SANDBOX_PROFILE_COUNT; i++) {
		pid_t pid = fork();
		int status = 0;

		if (pid == 0) {
			struct error err;

			_exit(!sandbox_enter(i, own_path(i), &err) ||
				!(i == SANDBOX_SUPERVISOR ? no_dumps() : limits_say_no_core()));
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_profiles),
		cmocka_unit_test(test_abort_is_seen_as_abort),
		cmocka_unit_test(test_missing_state_directory),
		cmocka_unit_test(test_further_files),
		cmocka_unit_test(test_privileges),
		cmocka_unit_test(test_no_dumps),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
