#include "store/task.h"

#include "base/buffer.h"
#include "base/text.h"
#include "store/list.h"
#include "store/record.h"
#include "store/sql.h"

enum {
	KIND,
	TITLE,
	STATE,
	DUE_DATE,
	DUE_MS,
	LENGTH,
	ASSIGNEE,
	CONTACT,
	COMPANY,
	DEAL,
	TICKET,
	CASE,
	MESSAGE,
	KEEP,
	SOURCE_KEY,
	NOTE,
	PROJECT,
	FIELD_COUNT
};
static const struct record_field fields[] = {
	[KIND] = {"kind", RECORD_TEXT, false},
	[TITLE] = {"title", RECORD_TEXT, RECORD_SHOWN_TITLE},
	[STATE] = {"state", RECORD_TEXT, RECORD_SHOWN_TITLE},
	[DUE_DATE] = {"due_date", RECORD_TEXT, RECORD_SHOWN_TITLE},
	[DUE_MS] = {"due_ms", RECORD_INTEGER, RECORD_SHOWN_TITLE},
	[LENGTH] = {"length_ms", RECORD_INTEGER, RECORD_SHOWN_TITLE},
	[ASSIGNEE] = {"assignee_id", RECORD_INTEGER, RECORD_SHOWN_TEXT},
	[CONTACT] = {"contact_id", RECORD_INTEGER, RECORD_SHOWN_TITLE},
	[COMPANY] = {"company_id", RECORD_INTEGER, false},
	[DEAL] = {"deal_id", RECORD_INTEGER, false},
	[TICKET] = {"ticket_id", RECORD_INTEGER, false},
	[CASE] = {"case_id", RECORD_INTEGER, false},
	[MESSAGE] = {"message_id", RECORD_INTEGER, false},
	[KEEP] = {"keep", RECORD_INTEGER, false},
	[SOURCE_KEY] = {"source_key", RECORD_TEXT, false},
	[NOTE] = {"note", RECORD_TEXT, RECORD_SHOWN_TEXT},
	[PROJECT] = {"project_id", RECORD_INTEGER, false},
};
const struct noun task_noun = {
	.name = "task",
	.table = "task",
	.fields = fields,
	.field_count = FIELD_COUNT,
	.has_created = true,
	.has_changed = true,
	.has_sequence = true,
};

static void to_values(const struct task *task, struct arena *arena, struct value *values)
{
	values[KIND] = value_text(task->kind);
	values[TITLE] = value_text(task->title);
	values[STATE] = value_text(task->state.size ? task->state : SPAN("open"));
	values[DUE_DATE] = value_date(arena, task->due_date);
	values[DUE_MS] = value_id(task->due_ms);
	values[LENGTH] = value_id(task->length_ms);
	values[ASSIGNEE] = value_id(task->assignee_id);
	values[CONTACT] = value_id(task->contact_id);
	values[COMPANY] = value_id(task->company_id);
	values[DEAL] = value_id(task->deal_id);
	values[TICKET] = value_id(task->ticket_id);
	values[CASE] = value_id(task->case_id);
	values[MESSAGE] = value_id(task->message_id);
	values[KEEP] = value_integer(task->keep);
	values[SOURCE_KEY] = value_text_or_null(task->source_key);
	values[NOTE] = value_text(task->note);
	values[PROJECT] = value_id(task->project_id);
}

bool task_by_source_key(struct db *db, struct span source_key, int64_t *id, struct error *err)
{
	struct sql *q;

	*id = 0;
	if (span_is_empty(source_key))
		return true;
	if (!sql_start(db, "SELECT id FROM task WHERE source_key = ?1", &q, err))
		return false;
	sql_bind_text(q, 1, source_key);
	return sql_run_id(q, id, err);
}

bool task_add(struct operation *operation, const struct task *task, int64_t *id, bool *added,
	struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct value values[FIELD_COUNT];

	if (!task_by_source_key(operation->db, task->source_key, id, err))
		return false;
	*added = *id == 0;
	if (!*added)
		return true;
	to_values(task, &arena, values);
	return record_make(operation, &task_noun, values, id, err);
}

bool task_edit(struct operation *operation, const struct task *task, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct value values[FIELD_COUNT];

	to_values(task, &arena, values);
	return record_change(operation, &task_noun, task->id, values, ~0U, err);
}

/* Something that it needs is still to be done. */
#define TASK_IS_BLOCKED                                                             \
	"EXISTS (SELECT 1 FROM task_dependency e JOIN task n ON n.id = e.needs_id " \
	"WHERE e.task_id = t.id AND n.state = 'open')"

#define SELECT_TASK                                                                           \
	"SELECT t.id, t.kind, t.title, t.state, t.note, t.source_key, t.due_date, t.due_ms, " \
	"t.length_ms, t.assignee_id, t.contact_id, t.company_id, t.deal_id, t.ticket_id, "    \
	"t.case_id, t.message_id, u.name, c.name, c.do_not_contact, t.keep, t.created_ms, "   \
	"t.changed_ms, t.sequence, t.project_id, " TASK_IS_BLOCKED                            \
	", t.calendar_ms FROM task t LEFT JOIN app_user u ON u.id = t.assignee_id "           \
	"LEFT JOIN contact c ON c.id = t.contact_id "

static void read_task(struct sql *q, struct arena *arena, struct task *task)
{
	*task = (struct task){
		.id = sql_i64(q, 0),
		.kind = sql_text(q, 1, arena),
		.title = sql_text(q, 2, arena),
		.state = sql_text(q, 3, arena),
		.note = sql_text(q, 4, arena),
		.source_key = sql_text(q, 5, arena),
		.due_date = sql_date(q, 6),
		.due_ms = sql_i64(q, 7),
		.length_ms = sql_i64(q, 8),
		.assignee_id = sql_i64(q, 9),
		.contact_id = sql_i64(q, 10),
		.company_id = sql_i64(q, 11),
		.deal_id = sql_i64(q, 12),
		.ticket_id = sql_i64(q, 13),
		.case_id = sql_i64(q, 14),
		.message_id = sql_i64(q, 15),
		.assignee_name = sql_text(q, 16, arena),
		.contact_name = sql_text(q, 17, arena),
		.contact_do_not_contact = sql_bool(q, 18),
		.keep = sql_bool(q, 19),
		.created_ms = sql_i64(q, 20),
		.changed_ms = sql_i64(q, 21),
		.sequence = (int)sql_i64(q, 22),
		.project_id = sql_i64(q, 23),
		.blocked = sql_bool(q, 24),
		.calendar_ms = sql_i64(q, 25),
	};
}

bool task_get(struct db *db, int64_t id, struct arena *arena, struct task *task, bool *found,
	struct error *err)
{
	struct sql *q;
	bool ok;

	if (!sql_start(db, SELECT_TASK "WHERE t.id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	ok = sql_row(q, found, err);
	if (ok && *found)
		read_task(q, arena, task);
	sql_end(q);
	return ok;
}

enum {
	AFTER = 1,
	OF_STATE,
	OF_KIND,
	OF_ASSIGNEE,
	OF_CONTACT,
	OF_MESSAGE,
	OF_DEAL,
	OF_PROJECT,
	OF_TICKET
};

static void list_text(const struct task_filter *filter, struct buffer *text)
{
	buffer_append_string(text, SELECT_TASK "WHERE t.id > ?1");
	if (filter->state.size)
		buffer_append_string(text, " AND t.state = ?2");
	if (filter->kind.size)
		buffer_append_string(text, " AND t.kind = ?3");
	if (filter->assignee_id && filter->attached)
		buffer_append_string(text,
			/* by the user's deals: few, where the open tasks of all are many */
			" AND t.assignee_id IS DISTINCT FROM ?4 AND t.id IN (SELECT s.id "
			"FROM deal_party p JOIN task s ON s.deal_id = p.deal_id "
			"WHERE p.user_id = ?4)");
	else if (filter->assignee_id)
		buffer_append_string(text, " AND t.assignee_id = ?4");
	if (filter->contact_id)
		buffer_append_string(text, " AND t.contact_id = ?5");
	if (filter->message_id)
		buffer_append_string(text, " AND t.message_id = ?6");
	if (filter->deal_id)
		buffer_append_string(text, " AND t.deal_id = ?7");
	if (filter->project_id)
		buffer_append_string(text, " AND t.project_id = ?8");
	if (filter->ticket_id)
		buffer_append_string(text, " AND t.ticket_id = ?9");
	buffer_append_string(text, " ORDER BY t.id");
}

static void bind_list(const struct task_filter *filter, struct sql *q)
{
	sql_bind_i64(q, AFTER, filter->page.after_id);
	if (filter->state.size)
		sql_bind_text(q, OF_STATE, filter->state);
	if (filter->kind.size)
		sql_bind_text(q, OF_KIND, filter->kind);
	if (filter->assignee_id)
		sql_bind_i64(q, OF_ASSIGNEE, filter->assignee_id);
	if (filter->contact_id)
		sql_bind_i64(q, OF_CONTACT, filter->contact_id);
	if (filter->message_id)
		sql_bind_i64(q, OF_MESSAGE, filter->message_id);
	if (filter->deal_id)
		sql_bind_i64(q, OF_DEAL, filter->deal_id);
	if (filter->project_id)
		sql_bind_i64(q, OF_PROJECT, filter->project_id);
	if (filter->ticket_id)
		sql_bind_i64(q, OF_TICKET, filter->ticket_id);
}

/* Titles have no folded column: tasks are thousands, not millions. */
static bool title_has(struct sql *q, struct span part_folded)
{
	struct arena arena CLEANUP(arena_done) = {0};

	return span_is_empty(part_folded) ||
	       span_find(text_fold(&arena, sql_peek(q, 2)), part_folded) >= 0;
}

bool task_list(struct db *db, const struct task_filter *filter, struct arena *arena,
	struct task **rows, size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct task, arena);
	struct buffer text CLEANUP(buffer_done) = {0};
	struct sql *q;
	bool found, ok;

	list_text(filter, &text);
	if (!sql_start_built(db, buffer_string(&text), &q, err))
		return false;
	bind_list(filter, q);
	while ((ok = sql_row(q, &found, err)) && found &&
		list.count < (size_t)sql_limit(filter->page))
		if (title_has(q, filter->title_part_folded))
			read_task(q, arena, list_add(&list));
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}

bool task_open_follow_ups(struct db *db, int64_t message_id, struct arena *arena, int64_t **ids,
	size_t *count, struct error *err)
{
	struct list list = LIST_OF(int64_t, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT id FROM task WHERE message_id = ?1 AND kind = 'follow-up' "
		    "AND state = 'open' AND keep = 0 ORDER BY id",
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
