/*
 * db.h - the database as other layers see it: opening, transactions, what waits. SQL and its
 * statements are in sql.h, for store/ alone. db.c is the only file that knows sqlite3.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct db;

enum db_mode {
	DB_READ,  /* fails with ERROR_STORAGE when there is no database yet */
	DB_WRITE, /* makes and migrates it (with a backup first) */
};

/*
 * Opens DIRECTORY/postroom.db. A newer schema than ours is ERROR_CONFLICT and says which version
 * of the program it needs; a world-readable file is ERROR_INPUT with the chmod that mends it.
 */
MUST_CHECK bool db_open(
	const char *directory, enum db_mode mode, struct db **db, struct error *err);
void db_close(struct db *db);
/* As it was opened; valid until db_close. */
const char *db_directory(const struct db *db);

/*
 * One write transaction at a time. begin waits up to 30 s for another writer (ERROR_BUSY then,
 * with the holder named where it is known). commit: what it says is on disk is on disk
 * (synchronous=FULL); ERROR_STORAGE ends the process in every caller. rollback never fails.
 */
MUST_CHECK bool db_begin_write(struct db *db, struct error *err);
/*
 * In a write transaction: another process waits for its end, and we have had it for long enough
 * that a commit is worth its cost. Who writes much asks now and then and commits early, so that a
 * person's command waits for milliseconds.
 */
bool db_is_awaited(const struct db *db);
MUST_CHECK bool db_commit(struct db *db, struct error *err);
void db_rollback(struct db *db);
/* A part of a transaction that can be taken back alone (one message of a batch). May be nested. */
MUST_CHECK bool db_savepoint(struct db *db, struct error *err);
MUST_CHECK bool db_savepoint_keep(struct db *db, struct error *err);
void db_savepoint_undo(struct db *db);
/* A consistent view for several reads. */
MUST_CHECK bool db_begin_read(struct db *db, struct error *err);
void db_end_read(struct db *db);
/* A transaction of either kind is open. */
bool db_in_transaction(const struct db *db);

/* Changes whenever anybody committed something: a cache key. */
MUST_CHECK bool db_data_version(struct db *db, int64_t *version, struct error *err);

/*
 * Moves the write-ahead log into the database and empties it; erased bytes are then in neither.
 * Readers of old views can keep it from finishing: ERROR_BUSY after 30 s.
 */
MUST_CHECK bool db_checkpoint(struct db *db, struct error *err);

/*
 * Whether an automatic checkpoint failed after a commit of ours, and was not told yet; told again
 * only after one that worked. *unsynced: at its sync: nobody knows what is on the disk. What was
 * committed is in the log and synced; the next commit tries again, all pages anew.
 */
bool db_checkpoint_failed(struct db *db, bool *unsynced, struct error *why);

/*
 * Writes the whole database anew and empties the log: pages keep copies of rows that were moved
 * away from them, and secure_delete does not know of these. Others wait for as long; ERROR_BUSY
 * after 30 s behind another writer or the reader of an old view.
 */
MUST_CHECK bool db_compact(struct db *db, struct error *err);

/* For every list: from where and how many. */
struct db_page {
	int64_t after_id; /* 0: from the first */
	int limit;	  /* 0: 1000 */
};

#endif
