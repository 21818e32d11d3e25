/*
 * sql.h - statements, for store/ alone. A statement is a literal that stands above its binds; it is
 * prepared once a connection (keyed by the literal's address) and reused. Parameters are ?1, ?2, …
 *
 *	struct sql *q;
 *	if (!sql_start(db, "SELECT name FROM contact WHERE id = ?1", &q, err))
 *		return false;
 *	sql_bind_i64(q, 1, id);
 *	ok = sql_row(q, &found, err);
 *	if (ok && found)
 *		*name = sql_text(q, 0, arena);
 *	sql_end(q);
 *	return ok;
 */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include "base/arena.h"
#include "base/date.h"
#include "base/digest.h"
#include "base/span.h"
#include "store/db.h"

struct sql;

MUST_CHECK bool sql_start(struct db *db, const char *literal, struct sql **q, struct error *err);
/* As sql_start for SQL that was put together from literals; kept by its text, not its address. */
MUST_CHECK bool sql_start_built(struct db *db, const char *text, struct sql **q, struct error *err);
/* Several statements without parameters and rows: migrations, transactions. */
MUST_CHECK bool sql_script(struct db *db, const char *script, struct error *err);
/* A statement of constants that gives one number; 0 without a row. */
MUST_CHECK bool sql_number(struct db *db, const char *literal, int64_t *number, struct error *err);

void sql_bind_i64(struct sql *q, int number, int64_t value);
void sql_bind_id(struct sql *q, int number, int64_t id); /* 0 is NULL */
void sql_bind_bool(struct sql *q, int number, bool value);
void sql_bind_real(struct sql *q, int number, double value);
/* Text and bytes are not copied: keep them until sql_end. */
void sql_bind_text(struct sql *q, int number, struct span text);
void sql_bind_text_or_null(struct sql *q, int number, struct span text); /* empty is NULL */
void sql_bind_string(struct sql *q, int number, const char *string);	 /* NULL is NULL */
void sql_bind_bytes(struct sql *q, int number, struct span bytes);
void sql_bind_digest(struct sql *q, int number, const struct digest *digest);
void sql_bind_date(struct sql *q, int number, struct date date); /* not set is NULL */
void sql_bind_null(struct sql *q, int number);

/* The next row; *found false at the end. Constraint violations are ERROR_CONFLICT. */
MUST_CHECK bool sql_row(struct sql *q, bool *found, struct error *err);
/* For statements without rows; resets the statement whatever happens. */
MUST_CHECK bool sql_run(struct sql *q, struct error *err);
/* As sql_run for a statement with one row of one number; *id 0: no row. */
MUST_CHECK bool sql_run_id(struct sql *q, int64_t *id, struct error *err);
/*
 * As sql_run for an INSERT of one row into a table with an id: *id is that of the row, 0 when ON
 * CONFLICT DO NOTHING made none. RETURNING id would say the same, but in SQLite it copies every
 * page that it changes into a journal of its own and builds a table to hold the answer.
 */
MUST_CHECK bool sql_run_new(struct sql *q, int64_t *id, struct error *err);
/* Rows that the last sql_run changed. */
int64_t sql_changes(struct db *db);

bool sql_is_null(struct sql *q, int column);
int64_t sql_i64(struct sql *q, int column); /* NULL is 0 */
bool sql_bool(struct sql *q, int column);
double sql_real(struct sql *q, int column);
struct span sql_text(struct sql *q, int column, struct arena *arena); /* NULL is empty */
struct span sql_bytes(struct sql *q, int column, struct arena *arena);
/* The bytes where they lie, valid until the next sql_row or sql_end. */
struct span sql_peek(struct sql *q, int column);
struct date sql_date(struct sql *q, int column);
/* Zeros and false when it is NULL or no digest. */
bool sql_digest(struct sql *q, int column, struct digest *digest);
/* Resets the statement for its next use; NULL is legal. */
void sql_end(struct sql *q);

/* What db_page.limit means. */
static inline int sql_limit(struct db_page page)
{
	return page.limit > 0 ? page.limit : 1000;
}

/* ---------------------------------------------------------------- whole databases */
/*
 * Writes a consistent copy of the open database to `path` (which must not exist; made 0600), while
 * others write. Not synced. progress(done, total pages) may be NULL.
 */
MUST_CHECK bool sql_copy(struct db *db, const char *path,
	void (*progress)(int64_t done, int64_t total), struct error *err);
/* Opens a file that nobody else writes, as it is: no migration, no check of its mode. */
MUST_CHECK bool sql_open_file(const char *path, struct db **db, struct error *err);

#endif
