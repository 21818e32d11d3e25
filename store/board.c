#include "store/board.h"

#include "store/list.h"
#include "store/sql.h"

static const char *const counts[] = {
	[BOARD_SALES] = "SELECT state, count(*) FROM deal GROUP BY state ORDER BY state",
	[BOARD_FINANCE] = "SELECT state, count(*) FROM ticket GROUP BY state ORDER BY state",
	[BOARD_ACTIONS] = "SELECT state, count(*) FROM task GROUP BY state ORDER BY state",
	[BOARD_SUPPORT] = "SELECT state, count(*) FROM support_case GROUP BY state ORDER BY state",
};

bool board_count(struct db *db, enum board board, struct arena *arena,
	struct board_column **columns, size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct board_column, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db, counts[board], &q, err))
		return false;
	while ((ok = sql_row(q, &found, err)) && found)
		*(struct board_column *)list_add(&list) =
			(struct board_column){sql_text(q, 0, arena), sql_i64(q, 1)};
	sql_end(q);
	*columns = list.items;
	*count = list.count;
	return ok;
}
