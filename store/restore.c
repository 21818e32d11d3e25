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

static bool copy_file(const char *from, const char *to, struct error *err)
{
	int in, out;
	bool ok;

	unlink(to);
	in = open(from, O_RDONLY | O_CLOEXEC);
	if (in < 0)
		return error_set_errno(err, ERROR_INPUT, errno, "%s", from);
	if (!place_new_file(to, 0660, err)) {
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

/* "postroom.db", "-wal": the name beside it. */
static void beside(const char *database, const char *suffix, char *path)
{
	snprintf(path, PATH_MAX, "%.*s%s", PATH_MAX - 16, database, suffix);
}

/* The copy of a database that was not made by us may have its log beside it. */
static bool copy_log(const char *file, const char *fresh, struct error *err)
{
	char from[PATH_MAX], to[PATH_MAX];

	beside(file, "-wal", from);
	beside(fresh, "-wal", to);
	if (access(from, F_OK) != 0) {
		unlink(to);
		return true;
	}
	return copy_file(from, to, err);
}

static bool check_fresh(const char *fresh, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct db *db;
	int version;
	bool ok;

	if (!sql_open_file(fresh, &db, err))
		return false;
	ok = schema_check(db, false, err) && schema_version(db, &arena, &version, NULL, err);
	if (ok && !version)
		ok = error_set(err, ERROR_INPUT, "it is no database of postroom");
	/* All of it in the one file: what is renamed is the file alone. */
	ok = ok && backup_check(db, err) && sql_script(db, "PRAGMA journal_mode = DELETE", err);
	db_close(db);
	return ok;
}

static bool bring_in(const char *file, const struct paths *paths, struct error *err)
{
	char log[PATH_MAX];

	if (copy_file(file, paths->fresh, err) && copy_log(file, paths->fresh, err)) {
		if (check_fresh(paths->fresh, err))
			return place_sync(paths->fresh, err);
		/* Not our disk is wrong, but what we were given. */
		if (err->kind == ERROR_STORAGE)
			err->kind = ERROR_INPUT;
	}
	unlink(paths->fresh);
	beside(paths->fresh, "-wal", log);
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
		beside(paths->database, "-wal", from);
		beside(paths->kept, "-wal", to);
		if (rename(from, to) != 0 && errno != ENOENT)
			return error_set_errno(err, ERROR_STORAGE, errno, "%s", from);
		beside(paths->database, "-shm", from);
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

bool backup_restore(const char *directory, const char *file, struct error *err)
{
	struct paths paths;
	bool ok;
	int lock;

	name_paths(directory, &paths);
	if (!db_lock_daemon(directory, &lock, err))
		return false;
	ok = bring_in(file, &paths, err) && swap(&paths, directory, err);
	db_unlock_daemon(lock);
	return ok;
}
