/*
 * lock.h - one daemon a database. The lock is the kernel's (flock) and goes with its process; the
 * file DIRECTORY/postroomd.lock says who holds it.
 */
#ifndef STORE_LOCK_H
#define STORE_LOCK_H

#include "base/error.h"

/*
 * Takes the daemon's lock; *lock is a close-on-exec descriptor to be kept open as long as the
 * daemon runs. ERROR_BUSY, with the holder's process id and start, when another has it.
 */
MUST_CHECK bool db_lock_daemon(const char *directory, int *lock, struct error *err);
/* Gives it back; -1 is legal. */
void db_unlock_daemon(int lock);

#endif
