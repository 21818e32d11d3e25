/*
 * sandbox.h - what a role gives up before it meets bytes from outside: system calls (seccomp),
 * files (Landlock where the kernel has it), new privileges. Each role calls it once, after it has
 * opened what it needs.
 */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include <stdbool.h>

#include "base/error.h"

enum sandbox_profile {
	SANDBOX_PARSER, /* memory and the descriptors that are open: no file, network, process */
	SANDBOX_READER, /* network; reads resolver and CA files; no other file, no process */
	SANDBOX_LEDGER, /* the state directory; no network, no process */
	SANDBOX_FEED, /* the state directory, the listening socket it has; no connect, no process */
};

/*
 * Closes the doors of the profile. state_directory is the one folder that LEDGER and FEED keep
 * (NULL elsewhere). A kernel without Landlock still gets the system-call filter.
 */
MUST_CHECK bool sandbox_enter(
	enum sandbox_profile profile, const char *state_directory, struct error *err);

#endif
