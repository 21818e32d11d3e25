/*
 * backup.h - a consistent copy of the database while it runs, and putting it back.
 */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include "base/arena.h"
#include "store/db.h"

/*
 * Writes FILE (0600, synced, renamed into place, replacing an older one); progress(done, total
 * pages) may be NULL. It is noted in the database; where that
 * fails FILE is whole all the same, and the error says so. ERROR_INPUT where FILE is one of our own
 * beside the database.
 */
MUST_CHECK bool backup_write(struct db *db, const char *file,
	void (*progress)(int64_t done, int64_t total), struct error *err);
/* What is done to a copy of the database before it is used: upgraded to our schema already. */
typedef bool backup_change(void *context, struct db *copy, struct error *err);
/*
 * Checks FILE (integrity, schema not newer than ours) and puts it in the place of the database of
 * `directory`, whose old file is kept there as before-restore-DATE.db. ERROR_BUSY while a daemon
 * runs. change (may be NULL) has its turn before the copy is in place.
 */
MUST_CHECK bool backup_restore(const char *directory, const char *file, backup_change *change,
	void *context, struct error *err);

/* A copy of the database that we wrote. */
struct backup_file {
	const char *path;
	int64_t made_ms; /* 0: not known; beside the database, before an upgrade or a restore */
};
/* All that we know of: those beside the database, and where backup_write wrote. */
MUST_CHECK bool backup_files(struct db *db, struct arena *arena, struct backup_file **files,
	size_t *count, struct error *err);
/*
 * Writes the copy anew, changed, and puts it in its place: there is the old one or all of the new
 * one. *found false: there is no file of that name any more.
 */
MUST_CHECK bool backup_rewrite(
	const char *path, backup_change *change, void *context, bool *found, struct error *err);
/* When the last backup_write was, 0: never. */
MUST_CHECK bool backup_last(struct db *db, int64_t *at_ms, struct error *err);
/* Integrity, foreign keys and the counted sum of the open database; ERROR_STORAGE with the first
 * finding. */
MUST_CHECK bool backup_check(struct db *db, struct error *err);

#endif
