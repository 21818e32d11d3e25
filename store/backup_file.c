#include "store/backup_file.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/list.h"
#include "store/place.h"
#include "store/sql.h"

/* ---------------------------------------------------------------- where they are */

bool backup_note(struct db *db, const char *file, int64_t at_ms, struct error *err)
{
	char path[PATH_MAX];
	struct sql *q;

	/* Whoever erases somebody next year stands in another directory. */
	if (!realpath(file, path))
		return error_set_errno(err, ERROR_INPUT, errno, "%s", file);
	if (!sql_start(db,
		    "INSERT INTO backup_file (path, made_ms) VALUES (?1, ?2) "
		    "ON CONFLICT (path) DO UPDATE SET made_ms = excluded.made_ms",
		    &q, err))
		return false;
	sql_bind_string(q, 1, path);
	sql_bind_i64(q, 2, at_ms);
	return sql_run(q, err);
}

static bool has_table(struct db *db, bool *has, struct error *err)
{
	int64_t count;

	if (!sql_number(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'backup_file'", &count,
		    err))
		return false;
	*has = count == 1;
	return true;
}

static bool list_noted(struct db *db, struct list *files, struct error *err)
{
	struct sql *q;
	bool found, ok;

	if (!has_table(db, &found, err))
		return false;
	if (!found)
		return true;
	if (!sql_start(db, "SELECT path, made_ms FROM backup_file ORDER BY made_ms, path", &q, err))
		return false;
	while ((ok = sql_row(q, &found, err)) && found)
		*(struct backup_file *)list_add(files) = (struct backup_file){
			arena_string(files->arena, sql_peek(q, 0)), sql_i64(q, 1)};
	sql_end(q);
	return ok;
}

/* What an upgrade and a restore leave beside the database, with its log. */
static bool is_own(const char *name)
{
	struct span file = span_from(name);

	return (span_starts(file, SPAN("backup-before-")) ||
		       span_starts(file, SPAN("before-restore-"))) &&
	       span_ends(file, SPAN(".db"));
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct backup_file *)a)->path, ((const struct backup_file *)b)->path);
}

static bool list_own(const char *directory, struct list *files, struct error *err)
{
	DIR *entries = opendir(directory);
	struct dirent *entry;
	size_t before = files->count;

	if (!entries)
		return error_set_errno(err, ERROR_STORAGE, errno, "%s", directory);
	while ((entry = readdir(entries)))
		if (is_own(entry->d_name))
			((struct backup_file *)list_add(files))->path =
				arena_format(files->arena, "%s/%s", directory, entry->d_name).data;
	closedir(entries);
	if (files->count > before)
		qsort((struct backup_file *)files->items + before, files->count - before,
			sizeof(struct backup_file), by_path);
	return true;
}

bool backup_files(struct db *db, struct arena *arena, struct backup_file **files, size_t *count,
	struct error *err)
{
	struct list list = LIST_OF(struct backup_file, arena);

	if (!list_own(db_directory(db), &list, err) || !list_noted(db, &list, err))
		return false;
	*files = list.items;
	*count = list.count;
	return true;
}

static bool carry(struct db *db, const struct list *files, struct error *err)
{
	const struct backup_file *items = files->items;
	struct sql *q;

	for (size_t i = 0; i < files->count; i++) {
		if (!sql_start(db,
			    "INSERT INTO backup_file (path, made_ms) VALUES (?1, ?2) "
			    "ON CONFLICT (path) DO NOTHING",
			    &q, err))
			return false;
		sql_bind_string(q, 1, items[i].path);
		sql_bind_i64(q, 2, items[i].made_ms);
		if (!sql_run(q, err))
			return false;
	}
	return true;
}

static bool read_noted(const char *database, struct list *files)
{
	struct error ignored = {0};
	struct db *old;
	bool known;

	if (!sql_open_file(database, &old, &ignored))
		return false;
	files->count = 0;
	known = list_noted(old, files, &ignored);
	db_close(old);
	return known;
}

/*
 * The database that is replaced may be damaged, which is why it is replaced; but a disk that failed
 * once does not make it so.
 */
bool backup_carry_files(struct db *db, const char *database, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct list files = LIST_OF(struct backup_file, &arena);
	bool has;

	if (!has_table(db, &has, err))
		return false;
	if (!has || access(database, F_OK) != 0 ||
		(!read_noted(database, &files) && !read_noted(database, &files)))
		return true;
	return carry(db, &files, err);
}

/* ---------------------------------------------------------------- writing one anew */

/* The same owner where we may; who could read the old one can read the new one. */
static void keep_owner(const char *path, const struct stat *info)
{
	if (chown(path, info->st_uid, info->st_gid) != 0)
		errno = 0;
}

static void remove_beside(const char *path)
{
	static const char *const suffixes[] = {"-wal", "-shm", "-journal"};
	char name[PATH_MAX];

	for (size_t i = 0; i < ARRAY_COUNT(suffixes); i++) {
		backup_beside(path, suffixes[i], name);
		unlink(name);
	}
}

static bool rewrite(const char *path, const char *fresh, const struct stat *info,
	backup_change *change, void *context, struct error *err)
{
	mode_t mode = info->st_mode & 0770;

	if (!backup_copy(path, fresh, mode, err) || !backup_copy_log(path, fresh, mode, err) ||
		!backup_prepare(fresh, NULL, change, context, err))
		return false;
	keep_owner(fresh, info);
	/* Its log goes first: over the new file it would bring the old pages back. */
	remove_beside(path);
	return place_rename(fresh, path, err);
}

bool backup_rewrite(
	const char *path, backup_change *change, void *context, bool *found, struct error *err)
{
	char fresh[PATH_MAX];
	struct stat info;

	*found = true;
	if (stat(path, &info) != 0) {
		*found = errno != ENOENT && errno != ENOTDIR;
		return !*found || error_set_errno(err, ERROR_INPUT, errno, "%s", path);
	}
	backup_beside(path, ".erasing", fresh);
	if (rewrite(path, fresh, &info, change, context, err))
		return true;
	unlink(fresh);
	remove_beside(fresh);
	return false;
}
