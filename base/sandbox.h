/*
 * sandbox.h - what a role gives up before it meets bytes from outside: system calls (seccomp),
 * files (Landlock where the kernel has it), new privileges. Each role calls it once, after it has
 * opened what it needs.
 */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum sandbox_profile {
	SANDBOX_PARSER, /* memory and the descriptors that are open: no file, network, process */
	SANDBOX_READER, /* network; reads resolver and CA files; no other file, no process */
	SANDBOX_LEDGER, /* the state directory; no network, no process */
	SANDBOX_FEED, /* the state directory, the listening socket it has; no connect, no process */
	SANDBOX_TOKENS, /* network; reads as READER; its own folder; no database, no process */
	SANDBOX_PDF, /* starts the one program it has, with read-only libraries; no other file, no
			network. What it starts inherits all of it. */
	/*
	 * Starts the others and the commands that print secrets, which inherit what it gives up:
	 * so only what none of them needs (mounts, modules, tracing, clocks, keys, namespaces).
	 */
	SANDBOX_SUPERVISOR,
};
#define SANDBOX_PROFILE_COUNT 7

/*
 * Closes the doors of the profile. `path` is the one path of its own that a role keeps: the state
 * directory (LEDGER, FEED), a folder in it (TOKENS), the file of the server's CA or NULL (READER,
 * read-only), the program (PDF), NULL (PARSER, SUPERVISOR).
 * A kernel without Landlock still gets the system-call filter. Capabilities go too
 * (base/privilege.h), and dumps; descriptors and processes get limits.
 *
 * Afterwards a call that only an attacker makes (exec, fork, connect, ptrace, …) kills the process
 * with SIGSYS. What libraries try in the ordinary course and can go without (opening a file,
 * making a socket, executable memory) fails with EACCES instead, so that an odd mail is still
 * read. What a library loads on demand must therefore be loaded before: iconv's converters in the
 * parser (keep one handle of each open), for one. Zone data can be read by LEDGER and FEED;
 * /tmp is closed to all (SQLite: PRAGMA temp_store=MEMORY).
 *
 * Builds with a sanitizer only give up new privileges: its runtime needs files, threads and ptrace
 * to report what it found.
 */
MUST_CHECK bool sandbox_enter(enum sandbox_profile profile, const char *path, struct error *err);
/* And these files may be read too, SANDBOX_READ_MAX at most; those that are not there are left out.
 */
#define SANDBOX_READ_MAX 64
MUST_CHECK bool sandbox_enter_reading(enum sandbox_profile profile, const char *path,
	const char *const *files, size_t count, struct error *err);
/* The filter is in force in this build: false with a sanitizer. */
bool sandbox_is_built(void);
/*
 * The files that the reader may open changed places since (a new resolv.conf was moved over the
 * old one): names can't be looked up until the process is started again.
 */
bool sandbox_is_outdated(void);

#endif
