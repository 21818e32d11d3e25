#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/backup.h"
#include "store/backup_file.h"
#include "store/lock.h"
#include "store/place.h"
#include "store/schema.h"
#include "store/sql.h"

#define COPY_BYTES ((size_t)1 << 20)

/* The paths of one restore. */
struct paths {
	char database[PATH_MAX]; /* postroom.db */
	char fresh[PATH_MAX];	 /* the backup on its way in */
	char kept[PATH_MAX];	 /* the old database */
};

static bool write_all(int file, const char *data, size_t size)
{
	while (size) {
		ssize_t written = write(file, data, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		data += written;
		size -= (size_t)written;
	}
	return true;
}

static bool copy_bytes(int from, int to)
{
	char *piece = memory_alloc(COPY_BYTES);
	ssize_t got = 1;
	bool ok = true;

	while (ok && got != 0) {
		got = read(from, piece, COPY_BYTES);
		if (got < 0 && errno == EINTR)
			continue;
		ok = got >= 0 && write_all(to, piece, (size_t)got);
	}
	free(piece);
	return ok && fsync(to) == 0;
}

bool backup_copy(const char *from, const char *to, mode_t mode, struct error *err)
{
	int in, out;
	bool ok;

	unlink(to);
	in = open(from, O_RDONLY | O_CLOEXEC);
	if (in < 0)
		return error_set_errno(err, ERROR_INPUT, errno, "%s", from);
	if (!place_new_file(to, mode, err)) {
		close(in);
		return false;
	}
	out = open(to, O_WRONLY | O_CLOEXEC);
	ok = out >= 0 && copy_bytes(in, out);
	if (!ok)
		error_set_errno(err, ERROR_STORAGE, errno, "%s", to);
	close(in);
	if (out >= 0)
		close(out);
	return ok;
}

void backup_beside(const char *database, const char *suffix, char *path)
{
	snprintf(path, PATH_MAX, "%.*s%s", PATH_MAX - 16, database, suffix);
}

bool backup_copy_log(const char *file, const char *fresh, mode_t mode, struct error *err)
{
	char from[PATH_MAX], to[PATH_MAX];

	backup_beside(file, "-wal", from);
	backup_beside(fresh, "-wal", to);
	if (access(from, F_OK) != 0) {
		unlink(to);
		return true;
	}
	return backup_copy(from, to, mode, err);
}

static bool check_schema(struct db *db, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	int version;

	if (!schema_check(db, false, err) || !schema_version(db, &arena, &version, NULL, err))
		return false;
	return version || error_set(err, ERROR_INPUT, "it is no database of postroom");
}

bool backup_prepare(const char *file, const char *database, backup_change *change, void *context,
	struct error *err)
{
	struct db *db;
	bool ok;

	ok = sql_open_file(file, &db, err) && check_schema(db, err) && backup_check(db, err);
	/* Not our disk is wrong, but what we were given. */
	if (!ok && err->kind == ERROR_STORAGE)
		err->kind = ERROR_INPUT;
	if (ok && change)
		ok = sql_script(db, "PRAGMA secure_delete = ON", err) && schema_migrate(db, err) &&
		     change(context, db, err);
	/* All of it in the one file: what is renamed is the file alone. */
	ok = ok && (!database || backup_carry_files(db, database, err)) &&
	     sql_script(db, "PRAGMA journal_mode = DELETE", err);
	db_close(db);
	return ok;
}

static bool bring_in(const char *file, const struct paths *paths, backup_change *change,
	void *context, struct error *err)
{
	char log[PATH_MAX];

	if (backup_copy(file, paths->fresh, 0660, err) &&
		backup_copy_log(file, paths->fresh, 0660, err)) {
		if (backup_prepare(paths->fresh, paths->database, change, context, err))
			return place_sync(paths->fresh, err);
	}
	unlink(paths->fresh);
	backup_beside(paths->fresh, "-wal", log);
	unlink(log);
	return error_context(err, "%s", file);
}

/* What is in the old log belongs to the old database; a damaged one keeps it beside itself. */
static void settle_old_log(const char *database)
{
	struct error ignored = {0};
	struct db *db;

	if (!sql_open_file(database, &db, &ignored))
		return;
	if (!db_checkpoint(db, &ignored))
		ignored = (struct error){0};
	db_close(db);
}

/*
 * At every moment there is a whole postroom.db, and never a log of another database beside it: its
 * frames would be taken for pages of the new one.
 */
static bool swap(const struct paths *paths, const char *directory, struct error *err)
{
	char from[PATH_MAX], to[PATH_MAX];

	if (access(paths->database, F_OK) == 0) {
		settle_old_log(paths->database);
		if (link(paths->database, paths->kept) != 0)
			return error_set_errno(err, ERROR_STORAGE, errno, "%s", paths->kept);
		backup_beside(paths->database, "-wal", from);
		backup_beside(paths->kept, "-wal", to);
		if (rename(from, to) != 0 && errno != ENOENT)
			return error_set_errno(err, ERROR_STORAGE, errno, "%s", from);
		backup_beside(paths->database, "-shm", from);
		if (unlink(from) != 0 && errno != ENOENT)
			return error_set_errno(err, ERROR_STORAGE, errno, "%s", from);
	}
	if (rename(paths->fresh, paths->database) != 0)
		return error_set_errno(err, ERROR_STORAGE, errno, "%s", paths->database);
	return place_sync(directory, err);
}

static void name_paths(const char *directory, struct paths *paths)
{
	char now[CLOCK_RFC3339_SIZE];

	/* With milliseconds: one that was killed may be run again within the second. */
	clock_rfc3339(clock_now_ms(), 0, now);
	snprintf(paths->database, PATH_MAX, "%s/postroom.db", directory);
	snprintf(paths->fresh, PATH_MAX, "%s/postroom.db.restoring", directory);
	snprintf(paths->kept, PATH_MAX, "%s/before-restore-%s.db", directory, now);
}

bool backup_restore(const char *directory, const char *file, backup_change *change, void *context,
	struct error *err)
{
	struct paths paths;
	bool ok;
	int lock;

	name_paths(directory, &paths);
	if (!db_lock_daemon(directory, &lock, err))
		return false;
	ok = bring_in(file, &paths, change, context, err) && swap(&paths, directory, err);
	db_unlock_daemon(lock);
	return ok;
}
