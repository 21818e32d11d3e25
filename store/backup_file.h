/*
 * backup_file.h - copies of the database as files. For store/ alone; reading them is in backup.h.
 */
#ifndef STORE_BACKUP_FILE_H
#define STORE_BACKUP_FILE_H

#include <sys/types.h>

#include "store/backup.h"

/* Remembers where a backup was written. Inside a write transaction. */
MUST_CHECK bool backup_note(struct db *db, const char *file, int64_t at_ms, struct error *err);
/* What the database at that path knows of backups; nothing when it can't be read. */
MUST_CHECK bool backup_carry_files(struct db *db, const char *database, struct error *err);

/* The bytes into a new file of this mode, synced; what is there goes. */
MUST_CHECK bool backup_copy(const char *from, const char *to, mode_t mode, struct error *err);
/* "postroom.db", "-wal": the name beside it, into PATH_MAX bytes. */
void backup_beside(const char *database, const char *suffix, char *path);
/* The copy of a database that was not made by us may have its log beside it. */
MUST_CHECK bool backup_copy_log(
	const char *file, const char *fresh, mode_t mode, struct error *err);
/* Checks the copy, has it changed, and leaves all of it in the one file. database may be NULL. */
MUST_CHECK bool backup_prepare(const char *file, const char *database, backup_change *change,
	void *context, struct error *err);

#endif
