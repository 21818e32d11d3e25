/*
 * landlock.h - the part of a sandbox that confines paths (Landlock, Linux 5.13). By raw system
 * calls: the C library has no functions for it, and the kernel's header may be older than the
 * kernel.
 */
#ifndef BASE_LANDLOCK_H
#define BASE_LANDLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum landlock_access {
	LANDLOCK_EXECUTE,   /* read files and folders below it, and run programs */
	LANDLOCK_READ,	    /* files and folders below it */
	LANDLOCK_OVERWRITE, /* also write to files that are there */
	LANDLOCK_CHANGE,    /* also make, rename and remove files and folders */
};

struct landlock_path {
	const char *path; /* a file or folder */
	enum landlock_access access;
	bool required; /* else it is left out when it is not there */
};

/*
 * From now on the process reaches files below these paths only; what is open stays open. Where the
 * kernel can, TCP bind goes too, TCP connect unless may_connect, and signals and abstract sockets
 * to processes outside. True, with nothing done, on a kernel without Landlock. The kernel
 * demands PR_SET_NO_NEW_PRIVS before.
 */
MUST_CHECK bool landlock_enter(
	const struct landlock_path *paths, size_t count, bool may_connect, struct error *err);

/* The kernel has it. */
bool landlock_is_there(void);

#endif
