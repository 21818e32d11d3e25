/*
 * privilege.h - what a process gives up whatever it does: dumps of its memory, in which secrets
 * stand, and the capabilities that root has.
 */
#ifndef BASE_PRIVILEGE_H
#define BASE_PRIVILEGE_H

#include <stdbool.h>

#include "base/error.h"

/*
 * No core file, whatever the limits of the system, and no other process of the same user may look
 * into this one (ptrace, /proc/PID/mem). Lasts over fork, not over exec. A sanitizer's build can
 * still be looked into: its runtime does so itself.
 */
MUST_CHECK bool privilege_no_dumps(struct error *err);

/* Capabilities that root keeps; others have none to keep. */
enum privilege_kept {
	PRIVILEGE_NONE,
	PRIVILEGE_FILES,      /* of other owners: the database that the group shares */
	PRIVILEGE_SUPERVISOR, /* and children of other users, low ports: for secret commands */
};
/*
 * Drops all other capabilities, from the bounding set too, so that no program that is executed
 * gets them back, and forbids new privileges (set-user-ID programs).
 */
MUST_CHECK bool privilege_drop(enum privilege_kept kept, struct error *err);

#endif
