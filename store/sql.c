/*
 * What is bound and read by way of other functions of sql.h; those that touch the database's
 * library are in db.c.
 */
#include "store/sql.h"

#include <string.h>

void sql_bind_id(struct sql *q, int number, int64_t id)
{
	if (id)
		sql_bind_i64(q, number, id);
	else
		sql_bind_null(q, number);
}

void sql_bind_bool(struct sql *q, int number, bool value)
{
	sql_bind_i64(q, number, value);
}

void sql_bind_text_or_null(struct sql *q, int number, struct span text)
{
	if (text.size)
		sql_bind_text(q, number, text);
	else
		sql_bind_null(q, number);
}

void sql_bind_string(struct sql *q, int number, const char *string)
{
	if (string)
		sql_bind_text(q, number, span_from(string));
	else
		sql_bind_null(q, number);
}

void sql_bind_digest(struct sql *q, int number, const struct digest *digest)
{
	sql_bind_bytes(q, number, (struct span){(const char *)digest->bytes, DIGEST_BYTES});
}

bool sql_bool(struct sql *q, int column)
{
	return sql_i64(q, column) != 0;
}

struct span sql_bytes(struct sql *q, int column, struct arena *arena)
{
	struct span bytes = sql_peek(q, column);

	return bytes.size ? arena_copy(arena, bytes) : bytes;
}

struct span sql_text(struct sql *q, int column, struct arena *arena)
{
	return sql_bytes(q, column, arena);
}

struct date sql_date(struct sql *q, int column)
{
	struct date date = {0};

	if (!date_from_text(sql_peek(q, column), &date))
		date = (struct date){0};
	return date;
}

bool sql_digest(struct sql *q, int column, struct digest *digest)
{
	struct span bytes = sql_peek(q, column);

	*digest = (struct digest){0};
	if (bytes.size != DIGEST_BYTES)
		return false;
	memcpy(digest->bytes, bytes.data, DIGEST_BYTES);
	return true;
}

/* RETURNING gives its rows after all changes are made, but only the next step ends the statement.
 */
bool sql_run_id(struct sql *q, int64_t *id, struct error *err)
{
	bool found, more;
	bool ok = sql_row(q, &found, err);

	*id = 0;
	if (ok && found) {
		*id = sql_i64(q, 0);
		ok = sql_row(q, &more, err);
	}
	sql_end(q);
	return ok;
}

bool sql_number(struct db *db, const char *literal, int64_t *number, struct error *err)
{
	struct sql *q;
	bool found, ok;

	*number = 0;
	if (!sql_start(db, literal, &q, err))
		return false;
	ok = sql_row(q, &found, err);
	if (ok && found)
		*number = sql_i64(q, 0);
	sql_end(q);
	return ok;
}
