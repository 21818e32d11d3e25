#include "store/project.h"

#include "base/buffer.h"
#include "store/list.h"
#include "store/record.h"
#include "store/sql.h"

enum { NAME, TEMPLATE, DEAL, OWNER, BEGINS, FIELD_COUNT };
static const struct record_field fields[] = {
	[NAME] = {"name", RECORD_TEXT, false},
	[TEMPLATE] = {"template", RECORD_TEXT, false},
	[DEAL] = {"deal_id", RECORD_INTEGER, false},
	[OWNER] = {"owner_id", RECORD_INTEGER, false},
	[BEGINS] = {"begins", RECORD_TEXT, false},
};
static const struct record_reference references[] = {{"task", "project_id", RECORD_REFUSES}};
const struct noun project_noun = {
	.name = "project",
	.table = "project",
	.fields = fields,
	.field_count = FIELD_COUNT,
	.references = references,
	.reference_count = ARRAY_COUNT(references),
	.has_created = true,
	.has_changed = true,
};

static void to_values(const struct project *project, struct arena *arena, struct value *values)
{
	values[NAME] = value_text(project->name);
	values[TEMPLATE] = value_text(project->template);
	values[DEAL] = value_id(project->deal_id);
	values[OWNER] = value_id(project->owner_id);
	values[BEGINS] = value_date(arena, project->begins);
}

bool project_add(
	struct operation *operation, const struct project *project, int64_t *id, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct value values[FIELD_COUNT];

	to_values(project, &arena, values);
	return record_make(operation, &project_noun, values, id, err);
}

bool project_edit(struct operation *operation, const struct project *project, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct value values[FIELD_COUNT];

	to_values(project, &arena, values);
	return record_change(operation, &project_noun, project->id, values, ~0U, err);
}

#define OPEN_TASKS "(SELECT count(*) FROM task t WHERE t.project_id = p.id AND t.state = 'open')"

#define SELECT_PROJECT                                                                       \
	"SELECT p.id, p.name, p.template, p.deal_id, p.owner_id, d.name, u.name, p.begins, " \
	"(SELECT count(*) FROM task t WHERE t.project_id = p.id "                            \
	"AND t.state <> 'cancelled'), " OPEN_TASKS ", p.created_ms, p.changed_ms "           \
	"FROM project p LEFT JOIN deal d ON d.id = p.deal_id "                               \
	"LEFT JOIN app_user u ON u.id = p.owner_id "

static void read_project(struct sql *q, struct arena *arena, struct project *project)
{
	*project = (struct project){
		.id = sql_i64(q, 0),
		.name = sql_text(q, 1, arena),
		.template = sql_text(q, 2, arena),
		.deal_id = sql_i64(q, 3),
		.owner_id = sql_i64(q, 4),
		.deal_name = sql_text(q, 5, arena),
		.owner_name = sql_text(q, 6, arena),
		.begins = sql_date(q, 7),
		.tasks = sql_i64(q, 8),
		.open_tasks = sql_i64(q, 9),
		.created_ms = sql_i64(q, 10),
		.changed_ms = sql_i64(q, 11),
	};
}

bool project_get(struct db *db, int64_t id, struct arena *arena, struct project *project,
	bool *found, struct error *err)
{
	struct sql *q;
	bool ok;

	if (!sql_start(db, SELECT_PROJECT "WHERE p.id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	ok = sql_row(q, found, err);
	if (ok && *found)
		read_project(q, arena, project);
	sql_end(q);
	return ok;
}

bool project_list(struct db *db, const struct project_filter *filter, struct arena *arena,
	struct project **rows, size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct project, arena);
	struct buffer text CLEANUP(buffer_done) = {0};
	struct sql *q;
	bool found, ok;

	buffer_append_string(&text, SELECT_PROJECT "WHERE p.id > ?1");
	if (filter->deal_id)
		buffer_append_string(&text, " AND p.deal_id = ?3");
	if (filter->owner_id)
		buffer_append_string(&text, " AND p.owner_id = ?4");
	if (filter->unfinished)
		buffer_append_string(&text, " AND " OPEN_TASKS " > 0");
	buffer_append_string(&text, " ORDER BY p.id LIMIT ?2");
	if (!sql_start_built(db, buffer_string(&text), &q, err))
		return false;
	sql_bind_i64(q, 1, filter->page.after_id);
	sql_bind_i64(q, 2, sql_limit(filter->page));
	if (filter->deal_id)
		sql_bind_i64(q, 3, filter->deal_id);
	if (filter->owner_id)
		sql_bind_i64(q, 4, filter->owner_id);
	while ((ok = sql_row(q, &found, err)) && found)
		read_project(q, arena, list_add(&list));
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}
