/*
 * inject.c - runs a program, and kills one of its processes at its N-th system call that changes
 * something, or has that call fail.
 *
 *     inject [--role WORD] [--at N] [--error NAME [--last N]] [--call NAME] [--file NAME]
 *            [--then TEXT] --report FILE PROGRAM ARGUMENT…
 *
 * --role WORD    count in processes whose command line has the word (postroomd --role ledger);
 *                without it in the program itself
 * --at N         from 1; without it nothing is disturbed and the calls are counted
 * --error NAME   ENOSPC or EIO: the call is not made and fails; without it the process is killed
 *                before the call is made
 * --call NAME    count this call alone
 * --file NAME    count calls on this file alone, not on others of its folder
 * --last N       so many calls fail, 0: all further ones until that process has ended
 * --then TEXT    what a shell does when the disturbed process has ended, before anybody hears of
 *                it: nobody writes meanwhile, so files can be copied as it left them
 *
 * The report is one line: what happened (`none`, or the call and the errno), then CALL=COUNT for
 * each call that was counted. With --error only calls on files are counted, no sockets and pipes,
 * and no fdatasync of a folder.
 *
 * strace does this too, but counts in every process and stops them at every call: a filter stops
 * ours at the counted calls only, so that hundreds of points fit into a test. The program keeps its
 * own process id (who started us may signal it), and everything ends when we do.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/compiler.h"

#define PROCESSES_MAX 4096
#define OPTIONS                                                                                 \
	(PTRACE_O_EXITKILL | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | \
		PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC)

/* What changes a file or tells others. path: it names a file; else its first argument is one. */
static const struct call {
	const char *name;
	int number;
	bool path;
} calls[] = {
	{"write", SYS_write},
	{"writev", SYS_writev},
	{"pwrite64", SYS_pwrite64},
	{"pwritev", SYS_pwritev},
	{"fsync", SYS_fsync},
	{"fdatasync", SYS_fdatasync},
	{"ftruncate", SYS_ftruncate},
	{"fallocate", SYS_fallocate},
	{"copy_file_range", SYS_copy_file_range},
	{"fchmod", SYS_fchmod},
	{"fchown", SYS_fchown},
	{"flock", SYS_flock},
	{"sendto", SYS_sendto},
	{"sendmsg", SYS_sendmsg},
	{"shutdown", SYS_shutdown},
	{"openat", SYS_openat, true},
	{"unlinkat", SYS_unlinkat, true},
	{"renameat2", SYS_renameat2, true},
	{"mkdirat", SYS_mkdirat, true},
	{"fchmodat", SYS_fchmodat, true},
#ifdef __x86_64__
	{"open", SYS_open, true},
	{"unlink", SYS_unlink, true},
	{"rename", SYS_rename, true},
	{"renameat", SYS_renameat, true},
	{"mkdir", SYS_mkdir, true},
	{"chmod", SYS_chmod, true},
#endif
};

/* What a full or failing disk can fail. */
static const char *const disk_calls[] = {"write", "writev", "pwrite64", "pwritev", "fsync",
	"fdatasync", "ftruncate", "fallocate", "copy_file_range", "openat", "open", "mkdir",
	"mkdirat", "rename", "renameat2"};

static struct {
	const char *role, *report, *then, *call, *file;
	long at, last;
	int error;
	pid_t program;
} options = {.at = -1, .last = 1};

static struct process {
	pid_t id;
	bool counted;
} processes[PROCESSES_MAX];
static size_t process_count;
static long counts[ARRAY_COUNT(calls)];
static long total;
static pid_t disturbed; /* the process that was disturbed first */
static char what[64] = "none";

static _Noreturn void fail(const char *text)
{
	fprintf(stderr, "inject: %s: %s\n", text, strerror(errno));
	exit(2);
}

/* ---------------------------------------------------------------- the traced side */

static const struct call *find(long number)
{
	for (size_t i = 0; i < ARRAY_COUNT(calls); i++)
		if (calls[i].number == number)
			return &calls[i];
	return NULL;
}

/* Opening only to read changes nothing. */
static size_t add_open(struct sock_filter *code, unsigned number, unsigned flags_argument)
{
	const unsigned changing = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;
	const unsigned at = (unsigned)(offsetof(struct seccomp_data, args) + 8U * flags_argument);
	const struct sock_filter lines[] = {
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, changing, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	memcpy(code, lines, sizeof lines);
	return ARRAY_COUNT(lines);
}

/* Stops at the calls of the table. Every process below inherits it. */
static void filter_calls(void)
{
	struct sock_filter code[ARRAY_COUNT(calls) * 5 + 2];
	struct sock_fprog program = {.filter = code};
	size_t size = 0;

	code[size++] = (struct sock_filter)BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < ARRAY_COUNT(calls); i++) {
		unsigned number = (unsigned)calls[i].number;

		if (strcmp(calls[i].name, "openat") == 0 || strcmp(calls[i].name, "open") == 0) {
			size += add_open(
				code + size, number, strcmp(calls[i].name, "open") == 0 ? 1 : 2);
			continue;
		}
		code[size++] =
			(struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1);
		code[size++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
	}
	code[size++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	program.len = (unsigned short)size;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
		fail("seccomp");
}

/* ---------------------------------------------------------------- the tracing side */

static struct process *process_of(pid_t id)
{
	for (size_t i = 0; i < process_count; i++)
		if (processes[i].id == id)
			return &processes[i];
	if (process_count == PROCESSES_MAX) {
		errno = E2BIG;
		fail("processes");
	}
	processes[process_count] = (struct process){.id = id};
	return &processes[process_count++];
}

static void forget(pid_t id)
{
	struct process *process = process_of(id);

	*process = processes[--process_count];
}

static bool has_word(pid_t id, const char *word)
{
	char path[64], line[4096];
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/cmdline", (int)id);
	file = fopen(path, "r");
	if (file) {
		size = fread(line, 1, sizeof line - 1, file);
		fclose(file);
	}
	line[size] = '\0';
	for (char *at = line; at < line + size; at += strlen(at) + 1)
		if (strcmp(at, word) == 0)
			return true;
	return false;
}

/* A new program: is it one of those that are counted? */
static void executed(struct process *process)
{
	process->counted =
		options.role ? has_word(process->id, options.role) : process->id == options.program;
}

/* A thread counts with its process; a child without a program of its own does not. */
static void thread_made(const struct process *process)
{
	bool counted = process->counted;
	unsigned long id;

	if (ptrace(PTRACE_GETEVENTMSG, process->id, 0, &id) == 0)
		process_of((pid_t)id)->counted = counted;
}

/* SQLite syncs folders by fdatasync and drops what came of it; ours by fsync, before it, count. */
static bool is_disk_file(pid_t id, uint64_t descriptor, bool folder_counts)
{
	char path[64];
	struct stat status;

	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)id, (int)descriptor);
	return stat(path, &status) == 0 &&
	       (S_ISREG(status.st_mode) || (folder_counts && S_ISDIR(status.st_mode)));
}

static bool is_named(pid_t id, uint64_t descriptor, const char *name)
{
	char link[64], path[PATH_MAX];
	const char *last;
	ssize_t size;

	snprintf(link, sizeof link, "/proc/%d/fd/%d", (int)id, (int)descriptor);
	size = readlink(link, path, sizeof path - 1);
	path[size > 0 ? size : 0] = '\0';
	last = strrchr(path, '/');
	return last && strcmp(last + 1, name) == 0;
}

/* Whether a disk could fail this call. */
static bool is_disk_call(const struct call *call, pid_t id, uint64_t first)
{
	for (size_t i = 0; i < ARRAY_COUNT(disk_calls); i++)
		if (strcmp(call->name, disk_calls[i]) == 0)
			return call->path || is_disk_file(id, first, call->number != SYS_fdatasync);
	return false;
}

/* Whether the options mean this call. */
static bool is_meant(const struct call *call, pid_t id, uint64_t first)
{
	if (options.call && strcmp(call->name, options.call) != 0)
		return false;
	if (options.file && (call->path || !is_named(id, first, options.file)))
		return false;
	return !options.error || is_disk_call(call, id, first);
}

/* The call is not made, and gives the error. */
static void refuse(pid_t id)
{
	struct user_regs_struct registers;
	struct iovec all = {&registers, sizeof registers};

	if (ptrace(PTRACE_GETREGSET, id, (void *)NT_PRSTATUS, &all) != 0)
		fail("PTRACE_GETREGSET");
#ifdef __x86_64__
	registers.orig_rax = (unsigned long long)-1;
	registers.rax = (unsigned long long)(long long)-options.error;
#else
	int none = -1;
	struct iovec number = {&none, sizeof none};

	registers.regs[0] = (unsigned long long)(long long)-options.error;
	if (ptrace(PTRACE_SETREGSET, id, (void *)NT_ARM_SYSTEM_CALL, &number) != 0)
		fail("NT_ARM_SYSTEM_CALL");
#endif
	if (ptrace(PTRACE_SETREGSET, id, (void *)NT_PRSTATUS, &all) != 0)
		fail("PTRACE_SETREGSET");
}

static bool is_turn(pid_t id)
{
	if (options.at < 0 || total < options.at)
		return false;
	if (!disturbed)
		return total == options.at;
	return options.error && id == disturbed &&
	       (options.last == 0 || total < options.at + options.last);
}

static void called(struct process *process)
{
	struct __ptrace_syscall_info info;
	const struct call *call;

	if (!process->counted ||
		ptrace(PTRACE_GET_SYSCALL_INFO, process->id, sizeof info, &info) <= 0)
		return;
	call = find((long)info.seccomp.nr);
	if (!call || !is_meant(call, process->id, info.seccomp.args[0]))
		return;
	counts[call - calls]++;
	total++;
	if (!is_turn(process->id))
		return;
	if (!disturbed)
		snprintf(what, sizeof what, "%s", call->name);
	disturbed = process->id;
	if (options.error)
		refuse(process->id);
	else
		kill(process->id, SIGKILL);
}

/* One stop of one process; it goes on afterwards. */
static void stopped(pid_t id, int status)
{
	struct process *process = process_of(id);
	int signal = WSTOPSIG(status), event = status >> 16;

	if (event == PTRACE_EVENT_SECCOMP) {
		called(process);
	} else if (event == PTRACE_EVENT_EXEC) {
		executed(process);
	} else if (event == PTRACE_EVENT_CLONE) {
		thread_made(process);
	} else if (event == PTRACE_EVENT_STOP && signal != SIGTRAP) {
		ptrace(PTRACE_LISTEN, id, 0, 0); /* stopped by a signal: stays so */
		return;
	}
	if (event != 0 || signal == SIGTRAP)
		signal = 0;
	ptrace(PTRACE_CONT, id, 0, (void *)(intptr_t)signal); /* or it was killed meanwhile */
}

static void report(void)
{
	FILE *file = fopen(options.report, "w");

	if (!file)
		fail(options.report);
	fputs(what, file);
	for (size_t i = 0; i < ARRAY_COUNT(calls); i++)
		if (counts[i] > 0)
			fprintf(file, " %s=%ld", calls[i].name, counts[i]);
	fputc('\n', file);
	if (fclose(file) != 0)
		fail(options.report);
}

/* Its parent is told when we have waited for it, not before. */
static void run_then(void)
{
	char *words[] = {(char[]){"sh"}, (char[]){"-c"}, (char *)(uintptr_t)options.then, NULL};
	pid_t shell = fork();
	int status;

	if (shell == 0) {
		execv("/bin/sh", words);
		_exit(127);
	}
	if (shell < 0 || waitpid(shell, &status, 0) != shell || status != 0)
		fail(options.then);
}

/* Until every process has ended. */
static void trace(void)
{
	siginfo_t info = {0};
	int status;

	while (waitid(P_ALL, 0, &info, WEXITED | WSTOPPED | WNOWAIT | __WALL) == 0) {
		pid_t id = info.si_pid;
		bool ended = info.si_code == CLD_EXITED || info.si_code == CLD_KILLED ||
			     info.si_code == CLD_DUMPED;

		if (ended && id == disturbed && options.then)
			run_then();
		if (waitpid(id, &status, __WALL) != id)
			fail("waitpid");
		if (WIFSTOPPED(status))
			stopped(id, status);
		else
			forget(id);
	}
	report();
}

/* ---------------------------------------------------------------- starting */

static int error_number(const char *name)
{
	if (strcmp(name, "ENOSPC") == 0)
		return ENOSPC;
	if (strcmp(name, "EIO") == 0)
		return EIO;
	errno = EINVAL;
	fail(name);
}

static char **read_options(int count, char **words)
{
	int at = 1;

	for (; at + 1 < count && strncmp(words[at], "--", 2) == 0; at += 2) {
		const char *value = words[at + 1];

		if (strcmp(words[at], "--role") == 0)
			options.role = value;
		else if (strcmp(words[at], "--at") == 0)
			options.at = strtol(value, NULL, 10);
		else if (strcmp(words[at], "--error") == 0)
			options.error = error_number(value);
		else if (strcmp(words[at], "--last") == 0)
			options.last = strtol(value, NULL, 10);
		else if (strcmp(words[at], "--call") == 0)
			options.call = value;
		else if (strcmp(words[at], "--file") == 0)
			options.file = value;
		else if (strcmp(words[at], "--then") == 0)
			options.then = value;
		else if (strcmp(words[at], "--report") == 0)
			options.report = value;
		else
			break;
	}
	if (at >= count || !options.report) {
		errno = EINVAL;
		fail("usage: see inject.c");
	}
	return words + at;
}

/* In a grandchild, so that the program has no child that it did not start. */
static void start_tracer(void)
{
	int ready[2];
	char byte;
	pid_t child;

	options.program = getpid();
	if (pipe(ready) != 0 || (child = fork()) < 0)
		fail("fork");
	if (child == 0) {
		child = fork();
		if (child != 0)
			_exit(child < 0 ? 2 : 0);
		setsid();
		if (ptrace(PTRACE_SEIZE, options.program, 0, (void *)OPTIONS) != 0)
			fail("PTRACE_SEIZE");
		close(ready[0]);
		if (write(ready[1], "", 1) != 1)
			_exit(2);
		close(ready[1]);
		/* whoever reads the program's output waits for its end, not for ours */
		for (int number = 0; number < 2; number++)
			close(number);
		trace();
		_exit(0);
	}
	close(ready[1]);
	if (waitpid(child, NULL, 0) != child || read(ready[0], &byte, 1) != 1)
		fail("the tracer did not start");
	close(ready[0]);
}

int main(int count, char **words)
{
	char **program = read_options(count, words);

	start_tracer();
	filter_calls();
	execv(program[0], program);
	fail(program[0]);
}
