#include "store/list.h"
#include "store/record.h"
#include "store/sql.h"
#include "store/ticket.h"

enum { TICKET, MESSAGE, HOW, FIELD_COUNT };
static const struct record_field fields[] = {
	[TICKET] = {"ticket_id", RECORD_INTEGER, false},
	[MESSAGE] = {"message_id", RECORD_INTEGER, false},
	[HOW] = {"how", RECORD_TEXT, false},
};
const struct noun ticket_message_noun = {
	.name = "ticket_message",
	.table = "ticket_message",
	.fields = fields,
	.field_count = FIELD_COUNT,
};

bool ticket_by_message(struct db *db, int64_t message_id, int64_t *id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "SELECT ticket_id FROM ticket_message WHERE message_id = ?1 "
		    "ORDER BY ticket_id LIMIT 1",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	return sql_run_id(q, id, err);
}

bool ticket_list_by_message(struct db *db, int64_t message_id, struct arena *arena, int64_t **ids,
	size_t *count, struct error *err)
{
	struct list list = LIST_OF(int64_t, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT ticket_id FROM ticket_message WHERE message_id = ?1 "
		    "ORDER BY ticket_id",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	while ((ok = sql_row(q, &found, err)) && found)
		*(int64_t *)list_add(&list) = sql_i64(q, 0);
	sql_end(q);
	*ids = list.items;
	*count = list.count;
	return ok;
}

static bool find_join(
	struct db *db, int64_t ticket_id, int64_t message_id, int64_t *id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db, "SELECT id FROM ticket_message WHERE ticket_id = ?1 AND message_id = ?2",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, ticket_id);
	sql_bind_i64(q, 2, message_id);
	return sql_run_id(q, id, err);
}

bool ticket_join(struct operation *operation, int64_t ticket_id, int64_t message_id,
	struct span how, bool *added, struct error *err)
{
	int64_t id;

	if (!find_join(operation->db, ticket_id, message_id, &id, err))
		return false;
	*added = id == 0;
	return !*added || record_make(operation, &ticket_message_noun,
				  (struct value[FIELD_COUNT]){
					  [TICKET] = value_integer(ticket_id),
					  [MESSAGE] = value_integer(message_id),
					  [HOW] = value_text(how),
				  },
				  &id, err);
}

bool ticket_split(struct operation *operation, int64_t ticket_id, int64_t message_id, bool *found,
	struct error *err)
{
	int64_t id;

	if (!find_join(operation->db, ticket_id, message_id, &id, err))
		return false;
	*found = id != 0;
	return !*found || record_remove(operation, &ticket_message_noun, id, err);
}

bool ticket_messages(struct db *db, int64_t ticket_id, struct arena *arena,
	struct ticket_message **rows, size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct ticket_message, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT t.message_id, t.how, m.subject, m.from_address FROM ticket_message t "
		    "JOIN message m ON m.id = t.message_id WHERE t.ticket_id = ?1 ORDER BY t.id",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, ticket_id);
	while ((ok = sql_row(q, &found, err)) && found)
		*(struct ticket_message *)list_add(&list) = (struct ticket_message){
			.message_id = sql_i64(q, 0),
			.how = sql_text(q, 1, arena),
			.subject = sql_text(q, 2, arena),
			.from_address = sql_text(q, 3, arena),
		};
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}
