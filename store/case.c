#include "store/case.h"

#include "store/list.h"
#include "store/record.h"
#include "store/sql.h"

enum { SUBJECT, STATE, PRIORITY, CONTACT, COMPANY, ASSIGNEE, FIELD_COUNT };
static const struct record_field fields[] = {
	[SUBJECT] = {"subject", RECORD_TEXT, false},
	[STATE] = {"state", RECORD_TEXT, false},
	[PRIORITY] = {"priority", RECORD_TEXT, false},
	[CONTACT] = {"contact_id", RECORD_INTEGER, false},
	[COMPANY] = {"company_id", RECORD_INTEGER, false},
	[ASSIGNEE] = {"assignee_id", RECORD_INTEGER, false},
};
static const struct record_reference references[] = {
	{"article", "case_id", RECORD_REFUSES},
	{"case_message", "case_id", RECORD_REFUSES},
	{"task", "case_id", RECORD_REFUSES},
};
const struct noun case_noun = {
	.name = "case",
	.table = "support_case",
	.fields = fields,
	.field_count = FIELD_COUNT,
	.references = references,
	.reference_count = ARRAY_COUNT(references),
	.has_created = true,
	.has_changed = true,
};

static void to_values(const struct support_case *item, struct value *values)
{
	values[SUBJECT] = value_text(item->subject);
	values[STATE] = value_text(item->state.size ? item->state : SPAN("open"));
	values[PRIORITY] = value_text(item->priority.size ? item->priority : SPAN("normal"));
	values[CONTACT] = value_id(item->contact_id);
	values[COMPANY] = value_id(item->company_id);
	values[ASSIGNEE] = value_id(item->assignee_id);
}

bool case_add(struct operation *operation, const struct support_case *item, int64_t *id,
	struct error *err)
{
	struct value values[FIELD_COUNT];

	to_values(item, values);
	return record_make(operation, &case_noun, values, id, err);
}

bool case_edit(struct operation *operation, const struct support_case *item, struct error *err)
{
	struct value values[FIELD_COUNT];

	to_values(item, values);
	return record_change(operation, &case_noun, item->id, values, ~0U, err);
}

#define SELECT_CASE                                                                      \
	"SELECT s.id, s.subject, s.state, s.priority, s.contact_id, s.company_id, "      \
	"s.assignee_id, c.name, u.name, s.created_ms, s.changed_ms FROM support_case s " \
	"LEFT JOIN contact c ON c.id = s.contact_id "                                    \
	"LEFT JOIN app_user u ON u.id = s.assignee_id "

static void read_case(struct sql *q, struct arena *arena, struct support_case *item)
{
	*item = (struct support_case){
		.id = sql_i64(q, 0),
		.subject = sql_text(q, 1, arena),
		.state = sql_text(q, 2, arena),
		.priority = sql_text(q, 3, arena),
		.contact_id = sql_i64(q, 4),
		.company_id = sql_i64(q, 5),
		.assignee_id = sql_i64(q, 6),
		.contact_name = sql_text(q, 7, arena),
		.assignee_name = sql_text(q, 8, arena),
		.created_ms = sql_i64(q, 9),
		.changed_ms = sql_i64(q, 10),
	};
}

bool case_get(struct db *db, int64_t id, struct arena *arena, struct support_case *item,
	bool *found, struct error *err)
{
	struct sql *q;
	bool ok;

	if (!sql_start(db, SELECT_CASE "WHERE s.id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	ok = sql_row(q, found, err);
	if (ok && *found)
		read_case(q, arena, item);
	sql_end(q);
	return ok;
}

bool case_list(struct db *db, struct span state, struct db_page page, struct arena *arena,
	struct support_case **rows, size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct support_case, arena);
	struct sql *q;
	bool found, ok;

	if (state.size ? !sql_start(db,
				 SELECT_CASE
				 "WHERE s.id > ?1 AND s.state = ?3 ORDER BY s.id LIMIT ?2",
				 &q, err)
		       : !sql_start(
				 db, SELECT_CASE "WHERE s.id > ?1 ORDER BY s.id LIMIT ?2", &q, err))
		return false;
	sql_bind_i64(q, 1, page.after_id);
	sql_bind_i64(q, 2, sql_limit(page));
	if (state.size)
		sql_bind_text(q, 3, state);
	while ((ok = sql_row(q, &found, err)) && found)
		read_case(q, arena, list_add(&list));
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}

/* ---------------------------------------------------------------- its mails */

enum { JOIN_CASE, JOIN_MESSAGE, JOIN_FIELD_COUNT };
static const struct record_field join_fields[] = {
	[JOIN_CASE] = {"case_id", RECORD_INTEGER, false},
	[JOIN_MESSAGE] = {"message_id", RECORD_INTEGER, false},
};
const struct noun case_message_noun = {
	.name = "case_message",
	.table = "case_message",
	.fields = join_fields,
	.field_count = JOIN_FIELD_COUNT,
};

bool case_by_message(struct db *db, int64_t message_id, int64_t *id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "SELECT case_id FROM case_message WHERE message_id = ?1 "
		    "ORDER BY case_id LIMIT 1",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	return sql_run_id(q, id, err);
}

bool case_join(struct operation *operation, int64_t case_id, int64_t message_id, bool *added,
	struct error *err)
{
	struct sql *q;
	int64_t id;

	if (!sql_start(operation->db,
		    "SELECT id FROM case_message WHERE case_id = ?1 AND message_id = ?2", &q, err))
		return false;
	sql_bind_i64(q, 1, case_id);
	sql_bind_i64(q, 2, message_id);
	if (!sql_run_id(q, &id, err))
		return false;
	*added = id == 0;
	return !*added || record_make(operation, &case_message_noun,
				  (struct value[JOIN_FIELD_COUNT]){
					  [JOIN_CASE] = value_integer(case_id),
					  [JOIN_MESSAGE] = value_integer(message_id),
				  },
				  &id, err);
}

bool case_messages(struct db *db, int64_t case_id, struct arena *arena, int64_t **message_ids,
	size_t *count, struct error *err)
{
	struct list list = LIST_OF(int64_t, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db, "SELECT message_id FROM case_message WHERE case_id = ?1 ORDER BY id", &q,
		    err))
		return false;
	sql_bind_i64(q, 1, case_id);
	while ((ok = sql_row(q, &found, err)) && found)
		*(int64_t *)list_add(&list) = sql_i64(q, 0);
	sql_end(q);
	*message_ids = list.items;
	*count = list.count;
	return ok;
}
