/*
 * sandbox_calls - how many system calls each role may make: every number is tried, with arguments
 * that are wrong everywhere, in a process of its own that has entered the profile. Prints
 * "ROLE allowed refused killed" a line. Directory: one that the profiles may keep.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sandbox.h"

#define CALLS 463 /* of Linux 6.10; what is not there counts as killed or refused, as it should */

enum outcome { ALLOWED, REFUSED, KILLED, BROKEN };

static const struct {
	enum sandbox_profile profile;
	const char *name;
	bool keeps;
} roles[] = {
	{SANDBOX_PARSER, "parser", false},
	{SANDBOX_READER, "reader", false},
	{SANDBOX_LEDGER, "ledger", true},
	{SANDBOX_FEED, "feed", true},
	{SANDBOX_TOKENS, "tokens", true},
};

static _Noreturn void run_child(enum sandbox_profile profile, const char *path, long call)
{
	struct error err;

	if (!sandbox_enter(profile, path, &err))
		_exit(BROKEN);
	alarm(1); /* some wait for a signal whatever they are given */
	errno = 0;
	(void)syscall(call, -1L, -1L, -1L, -1L, -1L, -1L);
	_exit(errno == EACCES || errno == ENOSYS ? REFUSED : ALLOWED);
}

static enum outcome try_call(enum sandbox_profile profile, const char *path, long call)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		run_child(profile, path, call);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return BROKEN;
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGSYS ? KILLED : ALLOWED;
	return call == SYS_exit || call == SYS_exit_group ? ALLOWED
							  : (enum outcome)WEXITSTATUS(status);
}

int main(int count, char **values)
{
	if (count != 2) {
		fprintf(stderr, "usage: sandbox_calls DIRECTORY\n");
		return 2;
	}
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
		unsigned counts[BROKEN + 1] = {0};

		for (long call = 0; call < CALLS; call++)
			counts[try_call(
				roles[i].profile, roles[i].keeps ? values[1] : NULL, call)]++;
		if (counts[BROKEN] > 0)
			return 1;
		printf("%s %u %u %u\n", roles[i].name, counts[ALLOWED], counts[REFUSED],
			counts[KILLED]);
		fflush(stdout);
	}
	return 0;
}
