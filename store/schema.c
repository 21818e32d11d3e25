#include "store/schema.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "store/place.h"
#include "store/sql.h"

/* Another process may be copying a large database. */
#define TURN_TIMEOUT_MS 60000

/*
 * What the type names of the migrations mean here. Another database has its own column:
 * PostgreSQL's integer is too small for milliseconds, SQLite's STRICT knows no smallint.
 */
static const struct {
	const char *token, *sql;
} type_tokens[] = {
	{"{id}", "INTEGER NOT NULL PRIMARY KEY"},
	{"{ref}", "INTEGER"},
	{"{ms}", "INTEGER"},
	{"{int}", "INTEGER"},
	{"{bool}", "INTEGER"},
	{"{text}", "TEXT"},
	{"{bytes}", "BLOB"},
	{"{real}", "REAL"},
	{"{strict}", "STRICT"},
	/* For small rows that are found by their primary key alone. */
	{"{keyed}", "STRICT, WITHOUT ROWID"},
};

static bool expand(const char *sql, struct buffer *out, struct error *err)
{
	for (const char *rest = sql; *rest;) {
		size_t i = 0;

		if (*rest != '{') {
			buffer_append_byte(out, *rest++);
			continue;
		}
		while (i < ARRAY_COUNT(type_tokens) &&
			strncmp(rest, type_tokens[i].token, strlen(type_tokens[i].token)) != 0)
			i++;
		if (i == ARRAY_COUNT(type_tokens))
			return error_set(
				err, ERROR_BUG, "migration: no such type token: %.16s", rest);
		buffer_append_string(out, type_tokens[i].sql);
		rest += strlen(type_tokens[i].token);
	}
	return true;
}

int schema_latest(void)
{
	return schema_migrations[schema_migration_count - 1].version;
}

bool schema_version(
	struct db *db, struct arena *arena, int *version, struct span *program, struct error *err)
{
	int64_t exists;
	struct sql *q;
	bool found, ok;

	*version = 0;
	if (program)
		*program = (struct span){0};
	if (!sql_number(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_migration'",
		    &exists, err))
		return false;
	if (!exists)
		return true;
	if (!sql_start(db,
		    "SELECT version, program FROM schema_migration ORDER BY version DESC LIMIT 1",
		    &q, err))
		return false;
	ok = sql_row(q, &found, err);
	if (ok && found) {
		*version = (int)sql_i64(q, 0);
		if (program)
			*program = sql_text(q, 1, arena);
	}
	sql_end(q);
	return ok;
}

bool schema_check(struct db *db, bool exact, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct span program;
	int version;

	if (!schema_version(db, &arena, &version, &program, err))
		return false;
	if (version > schema_latest())
		return error_set(err, ERROR_CONFLICT,
			"database %s has schema %d, this postroom " POSTROOM_VERSION
			" knows up to %d: it needs postroom %.*s or newer",
			db_directory(db), version, schema_latest(), SPAN_ARG(program));
	if (exact && version < schema_latest())
		return error_set(err, version ? ERROR_CONFLICT : ERROR_STORAGE,
			"database %s %s: start postroomd once, it %s", db_directory(db),
			version ? "has an older schema" : "is empty",
			version ? "upgrades it" : "makes it");
	return true;
}

static bool record_version(struct db *db, int version, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "INSERT INTO schema_migration (version, applied_ms, program) VALUES (?1, ?2, "
		    "?3)",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, version);
	sql_bind_i64(q, 2, clock_now_ms());
	sql_bind_string(q, 3, POSTROOM_VERSION);
	return sql_run(q, err);
}

static bool check_references(struct db *db, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct sql *q;
	bool found, ok;

	if (!sql_start(db, "PRAGMA foreign_key_check", &q, err))
		return false;
	ok = sql_row(q, &found, err);
	if (ok && found)
		ok = error_set(err, ERROR_STORAGE, "row %lld of %.*s refers to nothing in %.*s",
			(long long)sql_i64(q, 1), SPAN_ARG(sql_text(q, 0, &arena)),
			SPAN_ARG(sql_text(q, 2, &arena)));
	sql_end(q);
	return ok;
}

/* In its transaction; another process may have done it while we waited for the write lock. */
static bool apply(struct db *db, const struct migration *migration, struct error *err)
{
	struct buffer sql CLEANUP(buffer_done) = {0};
	int version;

	if (!schema_version(db, NULL, &version, NULL, err))
		return false;
	if (version >= migration->version)
		return true;
	if (!expand(migration->sql, &sql, err))
		return false;
	return sql_script(db, buffer_string(&sql), err) &&
	       record_version(db, migration->version, err) && check_references(db, err);
}

static bool apply_in_transaction(
	struct db *db, const struct migration *migration, struct error *err)
{
	if (!db_begin_write(db, err))
		return false;
	if (!apply(db, migration, err)) {
		db_rollback(db);
		return error_context(err, "migration %s", migration->name);
	}
	return db_commit(db, err);
}

/* It gets its name when it is whole: a killed upgrade leaves no half backup that looks like one. */
static bool write_backup(struct db *db, int before, struct error *err)
{
	char path[PATH_MAX - 16], partial[PATH_MAX], day[DATE_TEXT_SIZE];
	struct date today = date_from_days(clock_now_ms() / 86400000);

	snprintf(path, sizeof path, "%s/backup-before-%d-%s.db", db_directory(db), before,
		date_text(today, day));
	snprintf(partial, sizeof partial, "%s.partial", path);
	unlink(partial);
	return sql_copy(db, partial, NULL, err) && place_rename(partial, path, err);
}

static bool backup_unless_upgraded(struct db *db, struct error *err)
{
	int version;

	if (!schema_version(db, NULL, &version, NULL, err))
		return false;
	return version == schema_latest() || write_backup(db, version + 1, err);
}

/*
 * One after the other: two processes that upgrade together would write into one file. By the turn,
 * since SQLite copies nothing inside a write transaction.
 */
static bool backup_before_upgrade(struct db *db, struct error *err)
{
	bool ok;
	int turn;

	if (!place_open_turn(db_directory(db), &turn, err))
		return false;
	if (place_enter_turn(turn, TURN_TIMEOUT_MS))
		ok = backup_unless_upgraded(db, err);
	else
		ok = error_set(err, ERROR_BUSY, "another process is writing; try again later");
	close(turn);
	return ok || error_context(err, "backup before the upgrade");
}

bool schema_upgrade(struct db *db, struct error *err)
{
	int version;

	if (!schema_version(db, NULL, &version, NULL, err))
		return false;
	if (version > 0 && version != schema_latest() && !backup_before_upgrade(db, err))
		return false;
	return schema_migrate(db, err);
}

bool schema_migrate(struct db *db, struct error *err)
{
	bool ok = true;
	int version;

	if (!schema_version(db, NULL, &version, NULL, err))
		return false;
	if (version == schema_latest())
		return true;
	/* Inside a transaction it does nothing, and rebuilding a parent would delete its children.
	 */
	if (!sql_script(db,
		    "CREATE TABLE IF NOT EXISTS schema_migration (version INTEGER NOT NULL "
		    "PRIMARY KEY, applied_ms INTEGER NOT NULL, program TEXT NOT NULL) STRICT;"
		    "PRAGMA foreign_keys = OFF",
		    err))
		return false;
	for (size_t i = 0; ok && i < schema_migration_count; i++)
		if (schema_migrations[i].version > version)
			ok = apply_in_transaction(db, &schema_migrations[i], err);
	return sql_script(db, "PRAGMA foreign_keys = ON", err) && ok;
}
