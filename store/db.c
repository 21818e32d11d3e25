#include "store/db.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/count.h"
#include "store/db_handle.h"
#include "store/place.h"
#include "store/schema.h"
#include "store/sql.h"

#define BUSY_TIMEOUT_MS 30000
/* Statements are few hundred literals; chains stay short. */
#define STATEMENT_BUCKETS 256
/* 32 MB of log. */
#define CHECKPOINT_PAGES 4096
/*
 * Who wrote little so far leaves the checkpoint to those who write much, or a person's command pays
 * for the mails of others; unless nobody does it.
 */
#define COMMITS_FEW	     4
#define CHECKPOINT_PAGES_FEW (4 * CHECKPOINT_PAGES)
/* A commit costs some ms. */
#define AWAITED_AFTER_MS 20

struct sql {
	struct db *db;
	sqlite3_stmt *statement;
	const char *literal; /* key: its address; for built ones our copy of the text */
	bool built;
	bool used; /* between start and end */
	int bind_status;
	struct sql *next;
};

struct db {
	sqlite3 *handle;
	enum db_mode mode;
	char *directory;
	int64_t waiting_since_ms;
	int turn;		  /* of those who wait to write; -1: none */
	int64_t writing_since_ms; /* monotonic */
	unsigned commits;
	int checkpoint_status; /* of the last automatic one */
	bool checkpoint_told;
	struct counts counts;
	struct sql *statements[STATEMENT_BUCKETS];
};

/* ---------------------------------------------------------------- errors */

static bool fail(struct db *db, int status, struct error *err)
{
	char what[sizeof err->text];

	snprintf(what, sizeof what, "database %.300s", db->directory);
	return db_fail(db->handle, status, what, err);
}

sqlite3 *db_handle(const struct db *db)
{
	return db->handle;
}

/* ---------------------------------------------------------------- opening */

/* SQLite's own handler sleeps up to 100 ms: far longer than a gap between two transactions. */
static int wait_for_others(void *context, int tries)
{
	struct db *db = context;
	const struct timespec pause = {0, 1000000};

	if (tries == 0)
		db->waiting_since_ms = clock_monotonic_ms();
	if (clock_monotonic_ms() - db->waiting_since_ms > BUSY_TIMEOUT_MS)
		return 0;
	nanosleep(&pause, NULL);
	return 1;
}

/*
 * page_size only acts on a new database. 8 KiB pages and a write-ahead log of 32 MB measured
 * fastest for mails of 23 KB; secure_delete because erased bytes have to be gone. Mapped pages help
 * short reads (an address among a million: 7 µs, 9 with 64 MiB mapped), at a quarter of the
 * addresses that the feed may have; a writer reads what it just wrote, and they would only count as
 * its memory.
 */
static const char settings_any[] = "PRAGMA foreign_keys = ON;"
				   "PRAGMA trusted_schema = OFF;"
				   "PRAGMA temp_store = MEMORY;"
				   "PRAGMA cache_size = -16384;";
static const char settings_read[] = "PRAGMA mmap_size = 536870912;";
static const char settings_write[] = "PRAGMA page_size = 8192;"
				     "PRAGMA journal_mode = WAL;"
				     "PRAGMA synchronous = FULL;"
				     "PRAGMA secure_delete = ON;"
				     "PRAGMA journal_size_limit = 67108864;";

static struct db *db_new(const char *directory, enum db_mode mode)
{
	struct db *db = memory_alloc(sizeof *db);

	*db = (struct db){.mode = mode, .directory = memory_string(directory), .turn = -1};
	return db;
}

/* No process of ours has a second thread: locks and sums around each allocation are left out. */
static void configure_library(void)
{
	static bool done;

	if (!done) {
		sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
		sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	}
	done = true;
}

static bool open_handle(struct db *db, const char *path, int flags, struct error *err)
{
	int status;

	configure_library();
	status = sqlite3_open_v2(path, &db->handle, flags | SQLITE_OPEN_EXRESCODE, NULL);
	if (status != SQLITE_OK)
		return fail(db, status, err);
	sqlite3_busy_handler(db->handle, wait_for_others, db);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return sql_script(db, settings_any, err);
}

static bool open_read(struct db *db, const char *path, struct error *err)
{
	return open_handle(db, path, SQLITE_OPEN_READONLY, err) &&
	       sql_script(db, settings_read, err) && schema_check(db, true, err);
}

/*
 * The change to WAL asks for a lock while it holds one, so SQLite does not call the handler that
 * waits: two processes that make the database together would find it locked.
 */
static bool set_for_writing(struct db *db, struct error *err)
{
	for (int tries = 0; !sql_script(db, settings_write, err); tries++)
		if (err->kind != ERROR_BUSY || !wait_for_others(db, tries))
			return false;
	return true;
}

/* After a commit. SQLite's own hook does the same and drops what came of it. */
static int checkpoint_due(void *context, sqlite3 *handle, const char *name, int pages)
{
	struct db *db = context;
	int status;

	db->commits++;
	if (pages < (db->commits < COMMITS_FEW ? CHECKPOINT_PAGES_FEW : CHECKPOINT_PAGES))
		return SQLITE_OK;
	status = sqlite3_wal_checkpoint_v2(handle, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	if (status == SQLITE_OK)
		db->checkpoint_told = false;
	if (status != SQLITE_BUSY)
		db->checkpoint_status = status;
	return SQLITE_OK; /* the commit is through */
}

bool db_checkpoint_failed(struct db *db, bool *unsynced, struct error *why)
{
	int status = db->checkpoint_status;

	db->checkpoint_status = SQLITE_OK;
	if (status == SQLITE_OK || db->checkpoint_told)
		return false;
	db->checkpoint_told = true;
	*unsynced = status == SQLITE_IOERR_FSYNC || status == SQLITE_IOERR_DIR_FSYNC;
	(void)fail(db, status, why);
	return true;
}

/* SQLite syncs the name of a new write-ahead log too, but drops what came of it. */
static bool open_write(struct db *db, const char *path, struct error *err)
{
	bool ok = place_open_turn(db->directory, &db->turn, err) &&
		  open_handle(db, path, SQLITE_OPEN_READWRITE, err) &&
		  schema_check(db, false, err) && set_for_writing(db, err) &&
		  schema_upgrade(db, err) && place_sync(db->directory, err);

	if (ok)
		sqlite3_wal_hook(db->handle, checkpoint_due, db);
	return ok;
}

bool db_open(const char *directory, enum db_mode mode, struct db **db, struct error *err)
{
	char path[PATH_MAX];
	struct db *opened;
	bool ok;

	*db = NULL;
	if (!place_prepare(directory, mode == DB_WRITE, path, sizeof path, err))
		return false;
	opened = db_new(directory, mode);
	ok = mode == DB_WRITE ? open_write(opened, path, err) : open_read(opened, path, err);
	if (!ok) {
		db_close(opened);
		return false;
	}
	*db = opened;
	return true;
}

bool sql_open_file(const char *path, struct db **db, struct error *err)
{
	struct db *opened = db_new(path, DB_WRITE);

	*db = NULL;
	if (!open_handle(opened, path, SQLITE_OPEN_READWRITE, err)) {
		db_close(opened);
		return false;
	}
	*db = opened;
	return true;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	for (size_t i = 0; i < STATEMENT_BUCKETS; i++) {
		struct sql *next;

		for (struct sql *q = db->statements[i]; q; q = next) {
			next = q->next;
			sqlite3_finalize(q->statement);
			if (q->built)
				free((char *)(uintptr_t)q->literal);
			free(q);
		}
	}
	sqlite3_close(db->handle);
	if (db->turn >= 0)
		close(db->turn);
	free(db->directory);
	free(db);
}

struct counts *db_counts(struct db *db)
{
	return &db->counts;
}

const char *db_directory(const struct db *db)
{
	return db->directory;
}

/* ---------------------------------------------------------------- transactions */

bool sql_script(struct db *db, const char *script, struct error *err)
{
	int status = sqlite3_exec(db->handle, script, NULL, NULL, NULL);

	return status == SQLITE_OK || fail(db, status, err);
}

bool db_in_transaction(const struct db *db)
{
	return !sqlite3_get_autocommit(db->handle);
}

static bool fail_busy(struct db *db, struct error *err)
{
	char holder[128];

	if (!place_writer(db->directory, holder, sizeof holder))
		snprintf(holder, sizeof holder, "another process");
	return error_set(err, ERROR_BUSY, "database %s: %s is writing for %d s; try again later",
		db->directory, holder, BUSY_TIMEOUT_MS / 1000);
}

bool db_begin_write(struct db *db, struct error *err)
{
	bool begun;

	if (db->turn >= 0 && !place_enter_turn(db->turn, BUSY_TIMEOUT_MS))
		return fail_busy(db, err);
	begun = sql_script(db, "BEGIN IMMEDIATE", err);
	if (db->turn >= 0)
		place_leave_turn(db->turn);
	db->writing_since_ms = clock_monotonic_ms();
	if (begun)
		return true;
	return err->kind == ERROR_BUSY ? fail_busy(db, err) : false;
}

bool db_is_awaited(const struct db *db)
{
	return db->turn >= 0 && clock_monotonic_ms() - db->writing_since_ms >= AWAITED_AFTER_MS &&
	       place_turn_is_taken(db->turn);
}

/*
 * A commit that failed is no commit: the transaction is ended either way, so that nobody goes on in
 * it. A failed fsync arrives here as an I/O error, which is ERROR_STORAGE.
 */
bool db_commit(struct db *db, struct error *err)
{
	if (!db_in_transaction(db))
		return error_set(err, ERROR_STORAGE,
			"database %s: the transaction was lost before its commit", db->directory);
	if (counts_write(db, err) && sql_script(db, "COMMIT", err))
		return true;
	db_rollback(db);
	return false;
}

void db_rollback(struct db *db)
{
	counts_forget(db);
	if (db_in_transaction(db))
		sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

/* What was counted before it stays when it is undone. */
bool db_savepoint(struct db *db, struct error *err)
{
	return counts_write(db, err) && sql_script(db, "SAVEPOINT part", err);
}

bool db_savepoint_keep(struct db *db, struct error *err)
{
	return sql_script(db, "RELEASE part", err);
}

void db_savepoint_undo(struct db *db)
{
	counts_forget(db);
	sqlite3_exec(db->handle, "ROLLBACK TO part", NULL, NULL, NULL);
	sqlite3_exec(db->handle, "RELEASE part", NULL, NULL, NULL);
}

bool db_begin_read(struct db *db, struct error *err)
{
	return sql_script(db, "BEGIN", err);
}

void db_end_read(struct db *db)
{
	db_rollback(db);
}

bool db_data_version(struct db *db, int64_t *version, struct error *err)
{
	/* PRAGMA data_version counts the commits of others, total_changes our own. */
	if (!sql_number(db, "PRAGMA data_version", version, err))
		return false;
	*version =
		(int64_t)((uint64_t)*version << 40 ^ (uint64_t)sqlite3_total_changes64(db->handle));
	return true;
}

bool db_checkpoint(struct db *db, struct error *err)
{
	int status =
		sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

	return status == SQLITE_OK || fail(db, status, err);
}

/* Its copy is as large as the database: not in memory. */
static bool vacuum(struct db *db, struct error *err)
{
	struct error ignored = {0};
	bool ok = sql_script(db, "PRAGMA temp_store = FILE; VACUUM", err);

	return sql_script(db, "PRAGMA temp_store = MEMORY", ok ? err : &ignored) && ok;
}

bool db_compact(struct db *db, struct error *err)
{
	bool ok;

	if (db->turn >= 0 && !place_enter_turn(db->turn, BUSY_TIMEOUT_MS))
		return fail_busy(db, err);
	ok = vacuum(db, err);
	if (db->turn >= 0)
		place_leave_turn(db->turn);
	return ok && db_checkpoint(db, err);
}

/* ---------------------------------------------------------------- statements */

static size_t bucket_of_address(const char *literal)
{
	return ((uintptr_t)literal >> 3) * 0x9e3779b97f4a7c15U >> 56;
}

static size_t bucket_of_text(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325U; /* FNV-1a */

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3U;
	return hash >> 56;
}

/* A second use of a literal while the first is open (a callback inside a loop) gets its own. */
static bool prepare(struct db *db, const char *text, bool built, size_t bucket, struct sql **q,
	struct error *err)
{
	sqlite3_stmt *statement;
	int status = sqlite3_prepare_v3(
		db->handle, text, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);

	if (status != SQLITE_OK)
		return fail(db, status, err);
	*q = memory_alloc(sizeof **q);
	**q = (struct sql){.db = db,
		.statement = statement,
		.literal = built ? memory_string(text) : text,
		.built = built,
		.used = true,
		.next = db->statements[bucket]};
	db->statements[bucket] = *q;
	return true;
}

static struct sql *take(struct sql *q)
{
	q->used = true;
	q->bind_status = SQLITE_OK;
	return q;
}

bool sql_start(struct db *db, const char *literal, struct sql **q, struct error *err)
{
	size_t bucket = bucket_of_address(literal);

	for (struct sql *known = db->statements[bucket]; known; known = known->next)
		if (!known->built && known->literal == literal && !known->used) {
			*q = take(known);
			return true;
		}
	return prepare(db, literal, false, bucket, q, err);
}

bool sql_start_built(struct db *db, const char *text, struct sql **q, struct error *err)
{
	size_t bucket = bucket_of_text(text);

	for (struct sql *known = db->statements[bucket]; known; known = known->next)
		if (known->built && !known->used && strcmp(known->literal, text) == 0) {
			*q = take(known);
			return true;
		}
	return prepare(db, text, true, bucket, q, err);
}

void sql_end(struct sql *q)
{
	if (!q)
		return;
	sqlite3_reset(q->statement);
	sqlite3_clear_bindings(q->statement);
	q->used = false;
}

static void bound(struct sql *q, int status)
{
	if (status != SQLITE_OK)
		q->bind_status = status;
}

void sql_bind_i64(struct sql *q, int number, int64_t value)
{
	bound(q, sqlite3_bind_int64(q->statement, number, value));
}

void sql_bind_null(struct sql *q, int number)
{
	bound(q, sqlite3_bind_null(q->statement, number));
}

void sql_bind_real(struct sql *q, int number, double value)
{
	bound(q, sqlite3_bind_double(q->statement, number, value));
}

/* A null pointer would bind NULL, and an empty span may have one. */
void sql_bind_text(struct sql *q, int number, struct span text)
{
	bound(q, sqlite3_bind_text64(q->statement, number, text.data ? text.data : "", text.size,
			 SQLITE_STATIC, SQLITE_UTF8));
}

void sql_bind_bytes(struct sql *q, int number, struct span bytes)
{
	bound(q, sqlite3_bind_blob64(q->statement, number, bytes.data ? bytes.data : "", bytes.size,
			 SQLITE_STATIC));
}

void sql_bind_date(struct sql *q, int number, struct date date)
{
	char text[DATE_TEXT_SIZE];

	if (date_is_set(date))
		bound(q, sqlite3_bind_text(q->statement, number, date_text(date, text), -1,
				 SQLITE_TRANSIENT));
	else
		sql_bind_null(q, number);
}

bool sql_row(struct sql *q, bool *found, struct error *err)
{
	int status = q->bind_status;

	*found = false;
	if (status == SQLITE_OK)
		status = sqlite3_step(q->statement);
	if (status == SQLITE_ROW) {
		*found = true;
		return true;
	}
	if (status == SQLITE_DONE)
		return true;
	fail(q->db, status, err);
	sqlite3_reset(q->statement);
	return false;
}

bool sql_run(struct sql *q, struct error *err)
{
	bool found;
	bool ok = sql_row(q, &found, err);

	if (ok && found)
		ok = error_set(err, ERROR_BUG, "a statement that should give no row gave one: %s",
			q->literal);
	sql_end(q);
	return ok;
}

bool sql_run_new(struct sql *q, int64_t *id, struct error *err)
{
	bool ok = sql_run(q, err), made = ok && sql_changes(q->db) == 1;

	*id = made ? sqlite3_last_insert_rowid(q->db->handle) : 0;
	return ok;
}

int64_t sql_changes(struct db *db)
{
	return sqlite3_changes64(db->handle);
}

bool sql_is_null(struct sql *q, int column)
{
	return sqlite3_column_type(q->statement, column) == SQLITE_NULL;
}

int64_t sql_i64(struct sql *q, int column)
{
	return sqlite3_column_int64(q->statement, column);
}

double sql_real(struct sql *q, int column)
{
	return sqlite3_column_double(q->statement, column);
}

struct span sql_peek(struct sql *q, int column)
{
	const void *data = sqlite3_column_blob(q->statement, column);
	int size = sqlite3_column_bytes(q->statement, column);

	return data ? (struct span){data, (size_t)size} : (struct span){"", 0};
}
