#include "store/activity.h"

#include "base/buffer.h"
#include "store/list.h"
#include "store/note_index.h"
#include "store/record.h"
#include "store/sql.h"

enum {
	KIND,
	DIRECTION,
	CONTACT,
	COMPANY,
	DEAL,
	MESSAGE,
	ROUTE,
	USER,
	AT,
	LOGGED,
	SUBJECT,
	BODY,
	RULE,
	EVENT,
	EVENT_SEQUENCE,
	EVENT_STAMP,
	VOICEMAIL,
	OUTCOME,
	NEXT_STEP,
	RESPONSIBLE,
	FIELD_COUNT
};
static const struct record_field fields[] = {
	[KIND] = {"kind", RECORD_TEXT, false},
	[DIRECTION] = {"direction", RECORD_TEXT, false},
	[CONTACT] = {"contact_id", RECORD_INTEGER, false},
	[COMPANY] = {"company_id", RECORD_INTEGER, false},
	[DEAL] = {"deal_id", RECORD_INTEGER, false},
	[MESSAGE] = {"message_id", RECORD_INTEGER, false},
	[ROUTE] = {"route_id", RECORD_INTEGER, false},
	[USER] = {"user_id", RECORD_INTEGER, false},
	[AT] = {"at_ms", RECORD_INTEGER, false},
	[LOGGED] = {"logged_ms", RECORD_INTEGER, false},
	[SUBJECT] = {"subject", RECORD_TEXT, false},
	[BODY] = {"body", RECORD_TEXT, false},
	[RULE] = {"rule", RECORD_TEXT, false},
	[EVENT] = {"event", RECORD_TEXT, false},
	[EVENT_SEQUENCE] = {"event_sequence", RECORD_INTEGER, false},
	[EVENT_STAMP] = {"event_stamp_ms", RECORD_INTEGER, false},
	[VOICEMAIL] = {"voicemail", RECORD_INTEGER, false},
	[OUTCOME] = {"outcome", RECORD_TEXT, false},
	[NEXT_STEP] = {"next_step", RECORD_TEXT, false},
	[RESPONSIBLE] = {"responsible_id", RECORD_INTEGER, false},
};
const struct noun activity_noun = {
	.name = "activity",
	.table = "activity",
	.fields = fields,
	.field_count = FIELD_COUNT,
	.changed = note_index_activity,
};

static void to_values(const struct activity *activity, struct value *values)
{
	values[KIND] = value_text(activity->kind);
	values[DIRECTION] = value_text(activity->direction);
	values[CONTACT] = value_id(activity->contact_id);
	values[COMPANY] = value_id(activity->company_id);
	values[DEAL] = value_id(activity->deal_id);
	values[MESSAGE] = value_id(activity->message_id);
	values[ROUTE] = value_id(activity->route_id);
	values[USER] = value_id(activity->user_id);
	values[AT] = value_integer(activity->at_ms);
	values[LOGGED] = value_integer(activity->logged_ms);
	values[SUBJECT] = value_text(activity->subject);
	values[BODY] = value_text(activity->body);
	values[RULE] = value_text(activity->rule);
	values[EVENT] = value_text(activity->event);
	values[EVENT_SEQUENCE] = value_integer(activity->event_sequence);
	values[EVENT_STAMP] = value_integer(activity->event_stamp_ms);
	values[VOICEMAIL] = value_integer(activity->voicemail);
	values[OUTCOME] = value_text(activity->outcome);
	values[NEXT_STEP] = value_text(activity->next_step);
	values[RESPONSIBLE] = value_id(activity->responsible_id);
}

/* The activity of this mail on the contact, or on the company when it has no contact. */
static bool find_same(
	struct db *db, const struct activity *activity, int64_t *id, struct error *err)
{
	struct sql *q;
	bool on_contact = activity->contact_id != 0;

	*id = 0;
	if (!activity->message_id || (!on_contact && !activity->company_id))
		return true;
	if (on_contact ? !sql_start(db,
				 "SELECT id FROM activity WHERE message_id = ?1 AND contact_id = "
				 "?2",
				 &q, err)
		       : !sql_start(db,
				 "SELECT id FROM activity WHERE message_id = ?1 "
				 "AND contact_id IS NULL AND company_id = ?2",
				 &q, err))
		return false;
	sql_bind_i64(q, 1, activity->message_id);
	sql_bind_i64(q, 2, on_contact ? activity->contact_id : activity->company_id);
	return sql_run_id(q, id, err);
}

bool activity_add(struct operation *operation, const struct activity *activity, bool *added,
	struct error *err)
{
	struct value values[FIELD_COUNT];
	int64_t id;

	if (!find_same(operation->db, activity, &id, err))
		return false;
	*added = id == 0;
	if (!*added)
		return true;
	to_values(activity, values);
	return record_make(operation, &activity_noun, values, &id, err) &&
	       (activity->message_id || note_index_activity(operation->db, id, err));
}

bool activity_edit(struct operation *operation, const struct activity *activity, struct error *err)
{
	struct value values[FIELD_COUNT];

	to_values(activity, values);
	return record_change(operation, &activity_noun, activity->id, values, ~0U, err);
}

bool activity_remove(struct operation *operation, int64_t id, struct error *err)
{
	return record_remove(operation, &activity_noun, id, err);
}

/* In the order in which read_activity takes them. */
#define COLUMNS                                                                             \
	"a.id, a.kind, a.direction, a.contact_id, a.company_id, a.deal_id, a.message_id, "  \
	"a.route_id, a.user_id, a.at_ms, a.logged_ms, a.subject, a.body, a.rule, a.event, " \
	"a.event_sequence, a.event_stamp_ms, a.voicemail, a.outcome, a.next_step, "         \
	"a.responsible_id, (SELECT u.name FROM app_user u WHERE u.id = a.responsible_id), " \
	"(SELECT u.name FROM app_user u WHERE u.id = a.user_id)"

static void read_activity(struct sql *q, struct arena *arena, struct activity *activity)
{
	*activity = (struct activity){
		.id = sql_i64(q, 0),
		.kind = sql_text(q, 1, arena),
		.direction = sql_text(q, 2, arena),
		.contact_id = sql_i64(q, 3),
		.company_id = sql_i64(q, 4),
		.deal_id = sql_i64(q, 5),
		.message_id = sql_i64(q, 6),
		.route_id = sql_i64(q, 7),
		.user_id = sql_i64(q, 8),
		.at_ms = sql_i64(q, 9),
		.logged_ms = sql_i64(q, 10),
		.subject = sql_text(q, 11, arena),
		.body = sql_text(q, 12, arena),
		.rule = sql_text(q, 13, arena),
		.event = sql_text(q, 14, arena),
		.event_sequence = sql_i64(q, 15),
		.event_stamp_ms = sql_i64(q, 16),
		.voicemail = sql_bool(q, 17),
		.outcome = sql_text(q, 18, arena),
		.next_step = sql_text(q, 19, arena),
		.responsible_id = sql_i64(q, 20),
		.responsible_name = sql_text(q, 21, arena),
		.user_name = sql_text(q, 22, arena),
	};
}

bool activity_find_event(struct db *db, struct span event, int64_t contact_id, int64_t company_id,
	struct arena *arena, struct activity *activity, bool *found, struct error *err)
{
	struct sql *q;
	bool ok;

	if (!sql_start(db,
		    "SELECT " COLUMNS " FROM activity a "
		    "WHERE a.event = ?1 AND a.event <> '' AND (a.contact_id = ?2 OR (?2 = 0 AND "
		    "a.contact_id IS NULL AND a.company_id = ?3)) ORDER BY a.id LIMIT 1",
		    &q, err))
		return false;
	sql_bind_text(q, 1, event);
	sql_bind_i64(q, 2, contact_id);
	sql_bind_i64(q, 3, company_id);
	ok = sql_row(q, found, err);
	if (ok && *found)
		read_activity(q, arena, activity);
	sql_end(q);
	return ok;
}

bool activity_get(struct db *db, int64_t id, struct arena *arena, struct activity *activity,
	bool *found, struct error *err)
{
	struct sql *q;
	bool ok;

	if (!sql_start(db, "SELECT " COLUMNS " FROM activity a WHERE a.id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	ok = sql_row(q, found, err);
	if (ok && *found)
		read_activity(q, arena, activity);
	sql_end(q);
	return ok;
}

bool activity_latest(struct db *db, int64_t *id, struct error *err)
{
	return sql_number(db, "SELECT max(id) FROM activity", id, err);
}

enum { AFTER = 1, OF_CONTACT, OF_COMPANY, OF_DEAL, OF_MESSAGE, LIMIT, OF_KIND };

/* The newest first; the page goes on behind (at_ms, id) of its last row. */
static void list_text(const struct activity_filter *filter, struct buffer *text)
{
	buffer_append_string(text, "SELECT " COLUMNS " FROM activity a WHERE (?1 = 0 "
				   "OR (a.at_ms, a.id) < "
				   "(SELECT b.at_ms, b.id FROM activity b WHERE b.id = ?1))");
	if (filter->contact_id)
		buffer_append_string(text, " AND a.contact_id = ?2");
	if (filter->company_id)
		buffer_append_string(text, " AND a.company_id = ?3");
	if (filter->deal_id)
		buffer_append_string(text, " AND a.deal_id = ?4");
	if (filter->message_id)
		buffer_append_string(text, " AND a.message_id = ?5");
	if (filter->kind.size)
		buffer_append_string(text, " AND a.kind = ?7");
	buffer_append_string(text, " ORDER BY a.at_ms DESC, a.id DESC LIMIT ?6");
}

bool activity_list(struct db *db, const struct activity_filter *filter, struct arena *arena,
	struct activity **rows, size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct activity, arena);
	struct buffer text CLEANUP(buffer_done) = {0};
	struct sql *q;
	bool found, ok;

	list_text(filter, &text);
	if (!sql_start_built(db, buffer_string(&text), &q, err))
		return false;
	sql_bind_i64(q, AFTER, filter->page.after_id);
	if (filter->contact_id)
		sql_bind_i64(q, OF_CONTACT, filter->contact_id);
	if (filter->company_id)
		sql_bind_i64(q, OF_COMPANY, filter->company_id);
	if (filter->deal_id)
		sql_bind_i64(q, OF_DEAL, filter->deal_id);
	if (filter->message_id)
		sql_bind_i64(q, OF_MESSAGE, filter->message_id);
	if (filter->kind.size)
		sql_bind_text(q, OF_KIND, filter->kind);
	sql_bind_i64(q, LIMIT, sql_limit(filter->page));
	while ((ok = sql_row(q, &found, err)) && found)
		read_activity(q, arena, list_add(&list));
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}
