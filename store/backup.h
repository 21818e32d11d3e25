/*
 * backup.h - a consistent copy of the database while it runs, and putting it back.
 */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include "store/db.h"

/*
 * Writes FILE (0600, synced, renamed into place, replacing an older one); progress(done, total
 * pages) may be NULL. Its time is remembered where the database may be written.
 */
MUST_CHECK bool backup_write(struct db *db, const char *file,
	void (*progress)(int64_t done, int64_t total), struct error *err);
/*
 * Checks FILE (integrity, schema not newer than ours) and puts it in the place of the database of
 * `directory`, whose old file is kept there as before-restore-DATE.db. ERROR_BUSY while a daemon
 * runs.
 */
MUST_CHECK bool backup_restore(const char *directory, const char *file, struct error *err);
/* When the last backup_write was, 0: never. */
MUST_CHECK bool backup_last(struct db *db, int64_t *at_ms, struct error *err);
/* Integrity, foreign keys and the counted sum of the open database; ERROR_STORAGE with the first
 * finding. */
MUST_CHECK bool backup_check(struct db *db, struct error *err);

#endif
