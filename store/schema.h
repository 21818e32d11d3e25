/*
 * schema.h - the versions of the schema: numbered migrations, each in one transaction.
 */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include "base/arena.h"
#include "store/db.h"

/* Made from store/migrations/NNNN_NAME.sql when the program is built. */
struct migration {
	int version;
	const char *name;
	const char *sql;
};
extern const struct migration schema_migrations[];
extern const size_t schema_migration_count;

/* The version that this program writes. */
int schema_latest(void);
/* Of the database; 0: empty. `program` (may be NULL): version of the program that made it so. */
MUST_CHECK bool schema_version(
	struct db *db, struct arena *arena, int *version, struct span *program, struct error *err);
/*
 * ERROR_CONFLICT when the schema is newer than this program, naming the program it needs; or, with
 * `exact`, when it is older.
 */
MUST_CHECK bool schema_check(struct db *db, bool exact, struct error *err);
/* The same without a backup, for a database that is a copy. */
MUST_CHECK bool schema_migrate(struct db *db, struct error *err);
/* Brings the database to the latest version; a backup is written first unless it is empty. */
MUST_CHECK bool schema_upgrade(struct db *db, struct error *err);

#endif
