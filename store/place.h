/*
 * place.h - where the database lies: its directory, its file modes, and who holds its write lock.
 * For store/ alone.
 */
#ifndef STORE_PLACE_H
#define STORE_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

/*
 * Writes DIRECTORY/postroom.db into path. With `make` the directory (2770) and an empty file (0660)
 * are made when they are missing; without it a missing database is ERROR_STORAGE. What everybody
 * may read or write is ERROR_INPUT.
 */
MUST_CHECK bool place_prepare(
	const char *directory, bool make, char *path, size_t size, struct error *err);
/* An empty file of exactly this mode; ERROR_CONFLICT when there is one already. */
MUST_CHECK bool place_new_file(const char *path, mode_t mode, struct error *err);
/*
 * open() of a file that gets exactly this mode when it is made, whatever the umask is, and never
 * has another: a CLI killed in the middle may not lock the daemon out. -1 with errno.
 */
int place_open(const char *path, int flags, mode_t mode);
/* Flushes a file, or the names in a directory, to the disk. */
MUST_CHECK bool place_sync(const char *path, struct error *err);
/* Under the new name, which may be taken, there is all of the file or what was there before. */
MUST_CHECK bool place_rename(const char *from, const char *to, struct error *err);
/*
 * The queue of those who wait to write. SQLite has none: whoever asks in the right moment gets the
 * lock, and a ledger that begins again at once left others waiting 4 s at the mean and up to 18 s.
 * A writer holds the turn while it waits for the lock, and a ledger that wants to begin again comes
 * after it. enter gives false after timeout_ms.
 */
MUST_CHECK bool place_open_turn(const char *directory, int *turn, struct error *err);
bool place_enter_turn(int turn, int64_t timeout_ms);
/* Somebody else has it now. */
bool place_turn_is_taken(int turn);
void place_leave_turn(int turn);
/* The process that holds the write lock, "process 812 (postroomd)"; false when nobody is found. */
bool place_writer(const char *directory, char *holder, size_t size);

#endif
