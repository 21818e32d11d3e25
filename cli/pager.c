#include "cli/pager.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void feed(int pipe_end, struct span text)
{
	while (text.size > 0) {
		ssize_t written = write(pipe_end, text.data, text.size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			break; /* the reader has seen enough */
		text = span_after(text, (size_t)written);
	}
	close(pipe_end);
}

bool pager_show(struct span text)
{
	const char *pager = getenv("PAGER");
	int ends[2], status = 0;
	pid_t child;

	if (!pager)
		pager = "less";
	if (!*pager || strcmp(pager, "cat") == 0 || pipe(ends) < 0)
		return false;
	child = fork();
	if (child < 0) {
		close(ends[0]);
		close(ends[1]);
		return false;
	}
	if (child == 0) {
		dup2(ends[0], STDIN_FILENO);
		close(ends[0]);
		close(ends[1]);
		/* Quit at once if it fits, show colours, leave the screen as it is. */
		setenv("LESS", "FRX", 0);
		execl("/bin/sh", "sh", "-c", pager, (char *)NULL);
		_exit(127);
	}
	close(ends[0]);
	/* Keys meant for the pager, such as ^C, must not end us before it. */
	signal(SIGINT, SIG_IGN);
	feed(ends[1], text);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return !(WIFEXITED(status) && WEXITSTATUS(status) == 127);
}
