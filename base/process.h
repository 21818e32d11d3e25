/*
 * process.h - starting programs by fork and exec with only the descriptors and limits that they
 * need, and watching them end.
 */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

struct process_descriptor {
	int ours;   /* open here, close-on-exec */
	int theirs; /* its number in the child */
};

struct process_options {
	const char *program;	/* absolute path */
	char *const *arguments; /* argv, NULL at the end */
	char *const
		*environment; /* NULL at the end; NULL: a minimal one (PATH, LANG=C.UTF-8, TZ) */
	const struct process_descriptor
		*descriptors; /* all others are closed, but 2 is inherited */
	size_t descriptor_count;
	uint64_t memory_bytes; /* RLIMIT_AS, 0: none (sanitizer builds never set it) */
	uint64_t cpu_seconds;  /* RLIMIT_CPU, 0: none */
	uint64_t file_bytes;   /* RLIMIT_FSIZE, UINT64_MAX: none */
	/* with what it starts in a group of its own: process_run ends all of it, or the first alone
	 */
	bool own_group;
};

/* The child dies with its parent (PR_SET_PDEATHSIG). */
MUST_CHECK bool process_start(const struct process_options *options, pid_t *pid, struct error *err);
/* A socketpair(AF_UNIX, SOCK_STREAM), both ends close-on-exec. */
MUST_CHECK bool process_socket_pair(int ends[2], struct error *err);
/* "exit 1", "killed by SIGSEGV": the status of waitpid in words. */
const char *process_status_text(int status, char text[64]);
/*
 * Runs a program to its end, with `input` on its stdin and at most max_bytes of stdout collected.
 * ERROR_TEMPORARY on a timeout or a status other than 0, with the first line of stderr in the text.
 */
struct buffer;
struct span;
MUST_CHECK bool process_run(const struct process_options *options, struct span input,
	struct buffer *output, size_t max_bytes, int64_t timeout_ms, struct error *err);
/* The folder of the running program, with a slash at its end. */
MUST_CHECK bool process_own_folder(char *path, size_t size, struct error *err);
/* Absolute path of `name` beside the running program, in its libexec folder or in sbin. */
MUST_CHECK bool process_sibling(const char *name, char *path, size_t size, struct error *err);

#endif
