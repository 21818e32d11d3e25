#include "store/count.h"

#include "store/sql.h"

static struct count *item_of(struct counts *counts, struct span name)
{
	struct count *item = counts->items;

	for (; item < counts->items + counts->used; item++)
		if (span_equal(span_from(item->name), name))
			return item;
	if (counts->used == COUNT_NAMES || name.size >= COUNT_NAME_BYTES)
		return NULL;
	*item = (struct count){0};
	memcpy(item->name, name.data, name.size);
	counts->used++;
	return item;
}

static bool no_such_name(struct span name, struct error *err)
{
	return error_set(err, ERROR_BUG, "no message state is called \"%.*s\"", SPAN_ARG(name));
}

bool count_add(struct db *db, struct span name, int64_t rows, struct error *err)
{
	struct count *item = item_of(db_counts(db), name);

	if (!item)
		return no_such_name(name, err);
	item->change += rows;
	return db_in_transaction(db) || counts_write(db, err);
}

static bool write_item(struct db *db, const struct count *item, struct error *err)
{
	struct sql *q;

	if (item->change == 0)
		return true;
	if (!sql_start(db, "UPDATE message_count SET rows = rows + ?2 WHERE name = ?1", &q, err))
		return false;
	sql_bind_string(q, 1, item->name);
	sql_bind_i64(q, 2, item->change);
	if (!sql_run(q, err))
		return false;
	return sql_changes(db) == 1 || no_such_name(span_from(item->name), err);
}

bool counts_write(struct db *db, struct error *err)
{
	struct counts *counts = db_counts(db);

	for (size_t i = 0; i < counts->used; i++)
		if (!write_item(db, &counts->items[i], err))
			return false;
	counts_forget(db);
	return true;
}

void counts_forget(struct db *db)
{
	db_counts(db)->used = 0;
}
