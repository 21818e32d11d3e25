/*
 * db_copy.c - a copy of the whole database into one file, while others write.
 */
#include <sqlite3.h>
#include <unistd.h>

#include "store/db_handle.h"
#include "store/place.h"
#include "store/sql.h"

/* sqlite3_backup pages a step: between two steps progress is told. */
#define COPY_PAGES 1024

/*
 * The open read transaction keeps the copied view fixed; without it every commit of the ledger
 * would start the copy from its first page again.
 */
static bool copy_pages(struct db *db, sqlite3 *target,
	void (*progress)(int64_t done, int64_t total), struct error *err)
{
	sqlite3_backup *copy = sqlite3_backup_init(target, "main", db_handle(db), "main");
	int status;

	if (!copy)
		return db_fail(target, sqlite3_extended_errcode(target), "backup", err);
	do {
		status = sqlite3_backup_step(copy, COPY_PAGES);
		if (progress && (status == SQLITE_OK || status == SQLITE_DONE)) {
			int total = sqlite3_backup_pagecount(copy);

			progress(total - sqlite3_backup_remaining(copy), total);
		}
	} while (status == SQLITE_OK);
	sqlite3_backup_finish(copy); /* leaves its error in the target's handle */
	return status == SQLITE_DONE || db_fail(target, status, "backup", err);
}

static bool copy_to(struct db *db, sqlite3 *target, void (*progress)(int64_t done, int64_t total),
	struct error *err)
{
	bool reading = !db_in_transaction(db);
	int64_t ignored;
	bool ok = !reading || db_begin_read(db, err);

	ok = ok && sql_number(db, "SELECT count(*) FROM sqlite_schema", &ignored, err) &&
	     copy_pages(db, target, progress, err);
	if (reading)
		db_end_read(db);
	/* One file that needs no log beside it, readable from a medium that cannot be written. */
	if (ok &&
		sqlite3_exec(target, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) != SQLITE_OK)
		ok = db_fail(target, sqlite3_extended_errcode(target), "backup", err);
	return ok;
}

bool sql_copy(struct db *db, const char *path, void (*progress)(int64_t done, int64_t total),
	struct error *err)
{
	sqlite3 *target = NULL;
	int status;
	bool ok;

	if (!place_new_file(path, 0600, err))
		return false;
	status = sqlite3_open_v2(path, &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (status != SQLITE_OK)
		ok = db_fail(target, status, path, err);
	else
		ok = copy_to(db, target, progress, err);
	status = sqlite3_close(target);
	if (ok && status != SQLITE_OK)
		ok = error_set(err, ERROR_STORAGE, "%s: %s", path, sqlite3_errstr(status));
	if (!ok)
		unlink(path);
	return ok;
}
