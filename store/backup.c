#include "store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/backup_file.h"
#include "store/message.h"
#include "store/place.h"
#include "store/setting.h"
#include "store/sql.h"

static bool note(struct db *db, const char *file, struct error *err)
{
	int64_t now_ms = clock_now_ms();
	char now[24];

	snprintf(now, sizeof now, "%" PRId64, now_ms);
	if (!db_begin_write(db, err))
		return false;
	if (setting_set(db, "backup_ms", span_from(now), err) &&
		backup_note(db, file, now_ms, err) && db_commit(db, err))
		return true;
	db_rollback(db);
	return false;
}

/*
 * For the finding "no backup younger than a day", and for erasures, which have to reach it. A
 * backup that nobody knows of keeps whom they erase: it is not done.
 */
static bool remember(const char *directory, const char *file, struct error *err)
{
	struct db *db = NULL;
	bool noted = db_open(directory, DB_WRITE, &db, err) && note(db, file, err);

	db_close(db);
	return noted || error_context(err,
				"%s is whole, but was not noted, so that no erasure would reach it "
				"and doctor does not count it: run the backup again",
				file);
}

/*
 * A file of ours beside the database, by its name: the database, its log, the list of who was
 * erased. Put in its place, the backup would leave the daemon writing to a file that is gone.
 */
static bool is_ours(const char *directory, const char *file)
{
	const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
	char folder[PATH_MAX];
	struct stat ours, theirs;

	if (strncmp(name, "postroom.", 9) != 0 && strncmp(name, "postroomd.", 10) != 0)
		return false;
	snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - file) + 1 : 1,
		slash ? file : ".");
	return stat(directory, &ours) == 0 && stat(folder, &theirs) == 0 &&
	       ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

bool backup_write(struct db *db, const char *file, void (*progress)(int64_t done, int64_t total),
	struct error *err)
{
	char partial[PATH_MAX];

	if (is_ours(db_directory(db), file))
		return error_set(err, ERROR_INPUT,
			"%s is a file of the running postroom: give the backup another name or "
			"place, best on another disk",
			file);
	if ((size_t)snprintf(partial, sizeof partial, "%s.partial", file) >= sizeof partial)
		return error_set(err, ERROR_INPUT, "%s: the path is too long", file);
	/* Of a backup that was killed; two at once into one file are not to be helped. */
	unlink(partial);
	if (!sql_copy(db, partial, progress, err))
		return false;
	if (!place_rename(partial, file, err)) {
		unlink(partial);
		return false;
	}
	return remember(db_directory(db), file, err);
}

bool backup_last(struct db *db, int64_t *at_ms, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct span value;

	if (!setting_get(db, "backup_ms", &arena, &value, err))
		return false;
	*at_ms = value.size ? strtoll(arena_string(&arena, value), NULL, 10) : 0;
	return true;
}

static bool check_pages(struct db *db, struct error *err)
{
	struct sql *q;
	bool found, ok;

	if (!sql_start(db, "PRAGMA integrity_check(1)", &q, err))
		return false;
	ok = sql_row(q, &found, err);
	if (ok && (!found || !span_equal(sql_peek(q, 0), SPAN("ok"))))
		ok = error_set(err, ERROR_STORAGE, "database %s is damaged: %.*s", db_directory(db),
			SPAN_ARG(span_part(sql_peek(q, 0), 0, 200)));
	sql_end(q);
	return ok;
}

static bool check_references(struct db *db, struct error *err)
{
	struct sql *q;
	bool found, ok;

	if (!sql_start(db, "PRAGMA foreign_key_check", &q, err))
		return false;
	ok = sql_row(q, &found, err);
	if (ok && found)
		ok = error_set(err, ERROR_STORAGE,
			"database %s is damaged: row %" PRId64 " of %.*s refers to nothing",
			db_directory(db), sql_i64(q, 1), SPAN_ARG(sql_peek(q, 0)));
	sql_end(q);
	return ok;
}

bool backup_check(struct db *db, struct error *err)
{
	return check_pages(db, err) && check_references(db, err) && message_check_sum(db, err);
}
