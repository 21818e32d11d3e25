#include <stdlib.h>

#include "store/count.h"
#include "store/erase_row.h"
#include "store/list.h"
#include "store/message.h"
#include "store/message_state.h"
#include "store/search.h"
#include "store/sql.h"

/* ---------------------------------------------------------------- which ones */

/* ?1 is an address or a contact; the statements of one kind are one after the other. */
static const char by_address[] =
	"SELECT message_id FROM message_address WHERE address_folded = ?1 "
	"UNION SELECT message_id FROM unresolved WHERE address_folded = ?1 "
	"AND message_id IS NOT NULL";
static const char by_contact[] =
	"SELECT message_id FROM activity WHERE contact_id = ?1 AND message_id IS NOT NULL "
	"UNION SELECT r.message_id FROM match m JOIN route r ON r.id = m.route_id "
	"WHERE m.contact_id = ?1 "
	"UNION SELECT message_id FROM task WHERE contact_id = ?1 AND message_id IS NOT NULL "
	"UNION SELECT j.message_id FROM case_message j JOIN support_case c ON c.id = j.case_id "
	"WHERE c.contact_id = ?1 "
	"UNION SELECT j.message_id FROM ticket_message j JOIN ticket t ON t.id = j.ticket_id "
	"WHERE t.supplier_contact_id = ?1";

static int compare_ids(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

static void sort_once(int64_t *ids, size_t *count)
{
	size_t kept = 0;

	if (!*count)
		return;
	qsort(ids, *count, sizeof *ids, compare_ids);
	for (size_t i = 0; i < *count; i++)
		if (!i || ids[i] != ids[kept - 1])
			ids[kept++] = ids[i];
	*count = kept;
}

static bool collect(struct sql *q, struct list *list, struct error *err)
{
	bool found, ok;

	while ((ok = sql_row(q, &found, err)) && found)
		*(int64_t *)list_add(list) = sql_i64(q, 0);
	sql_end(q);
	return ok;
}

bool erase_messages_of(struct db *db, const struct person *person, struct arena *arena,
	int64_t **ids, size_t *count, struct error *err)
{
	struct list list = LIST_OF(int64_t, arena);
	struct sql *q;

	for (size_t i = 0; i < person->address_count; i++) {
		if (!sql_start(db, by_address, &q, err))
			return false;
		sql_bind_text(q, 1, person->addresses[i]);
		if (!collect(q, &list, err))
			return false;
	}
	if (person->contact_id) {
		if (!sql_start(db, by_contact, &q, err))
			return false;
		sql_bind_i64(q, 1, person->contact_id);
		if (!collect(q, &list, err))
			return false;
	}
	*ids = list.items;
	*count = list.count;
	sort_once(*ids, count);
	return true;
}

bool erase_messages_unread(
	struct db *db, struct arena *arena, int64_t **ids, size_t *count, struct error *err)
{
	return erase_ids(db,
		"SELECT m.id FROM message m WHERE m.id > ?1 AND m.state IN ('dead', 'received') "
		"AND m.removed IS NULL AND NOT EXISTS "
		"(SELECT 1 FROM message_facts f WHERE f.message_id = m.id)",
		0, arena, ids, count, err);
}

/* ---------------------------------------------------------------- one mail */

/* An attachment that counts for a deal was named by whoever sent it. */
static bool erase_documents(struct db *db, int64_t message_id, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	int64_t *ids;
	size_t count;

	if (!erase_ids(db, "SELECT id FROM document WHERE message_id = ?1", message_id, &arena,
		    &ids, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!erase_audit(db, &document_noun, ids[i], err))
			return false;
	return erase_run(db, "UPDATE document SET title = '" ERASED_TEXT "' WHERE message_id = ?1",
		message_id, err);
}

/* The bytes, and all copies of its header. The path of an import names people, too. */
static bool erase_bytes(struct db *db, int64_t message_id, struct error *err)
{
	static const char *const steps[] = {
		"DELETE FROM message_raw WHERE message_id = ?1",
		/* a copy that was to be decided from its bytes */
		"DELETE FROM server_action WHERE verb = 'decide' AND delivery_id IN "
		"(SELECT id FROM delivery WHERE message_id = ?1)",
		"UPDATE delivery SET header = NULL WHERE message_id = ?1",
		"UPDATE delivery SET source = 'erased ' || CAST(id AS TEXT) "
		"WHERE message_id = ?1 AND folder_id IS NULL",
	};

	for (size_t i = 0; i < ARRAY_COUNT(steps); i++)
		if (!erase_run(db, steps[i], message_id, err))
			return false;
	return erase_documents(db, message_id, err);
}

static bool mark_removed(
	struct db *db, const struct message_row *row, struct span why, struct error *err)
{
	bool was_purged = span_equal(row->removed, SPAN("retention"));
	bool purges = span_equal(why, SPAN("retention"));
	struct sql *q;

	if (!sql_start(db, "UPDATE message SET removed = ?2, raw_size_bytes = 0 WHERE id = ?1", &q,
		    err))
		return false;
	sql_bind_i64(q, 1, row->id);
	sql_bind_text(q, 2, why);
	return sql_run(q, err) &&
	       (was_purged == purges || count_add(db, SPAN("purged"), purges ? 1 : -1, err));
}

/* The index is told by the facts what it had: these go after that. */
static bool erase_reading(struct db *db, int64_t message_id, struct error *err)
{
	static const char *const steps[] = {
		"DELETE FROM message_facts WHERE message_id = ?1",
		"DELETE FROM attachment WHERE message_id = ?1",
	};

	if (!search_forget(db, message_id, err))
		return false;
	for (size_t i = 0; i < ARRAY_COUNT(steps); i++)
		if (!erase_run(db, steps[i], message_id, err))
			return false;
	return true;
}

/* What the mail opened is called as the mail was. */
static bool erase_titles(struct db *db, int64_t message_id, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	int64_t *ids;
	size_t count;

	if (!erase_ids(db,
		    "SELECT j.case_id FROM case_message j WHERE j.message_id = ?1 AND j.id = "
		    "(SELECT min(f.id) FROM case_message f WHERE f.case_id = j.case_id)",
		    message_id, &arena, &ids, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!erase_audit(db, &case_noun, ids[i], err) ||
			!erase_run(db,
				"UPDATE support_case SET subject = '" ERASED_TEXT "' WHERE id = ?1",
				ids[i], err))
			return false;
	if (!erase_ids(db, "SELECT ticket_id FROM ticket_message WHERE message_id = ?1", message_id,
		    &arena, &ids, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!erase_ticket(db, ids[i], err))
			return false;
	return true;
}

static bool find(struct db *db, int64_t message_id, struct arena *arena, struct message_row *row,
	struct error *err)
{
	bool found;

	return message_get(db, message_id, arena, row, &found, err) &&
	       (found || error_set(err, ERROR_INPUT, "there is no message %lld",
				 (long long)message_id));
}

static bool erase_rows_of(struct db *db, int64_t message_id, struct error *err)
{
	static const struct noun *const nouns[] = {&activity_noun, &task_noun, &unresolved_noun};
	struct arena arena CLEANUP(arena_done) = {0};
	int64_t ignored = 0, *routes;
	size_t count;

	if (!erase_ids(db, "SELECT id FROM route WHERE message_id = ?1", message_id, &arena,
		    &routes, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!erase_audit(db, &route_noun, routes[i], err))
			return false;

	for (size_t i = 0; i < ARRAY_COUNT(nouns); i++)
		if (!erase_rows(db, nouns[i], "message_id", message_id, &ignored, err))
			return false;
	return true;
}

bool erase_message(struct db *db, int64_t message_id, struct error *err)
{
	static const char *const steps[] = {
		"DELETE FROM message_address WHERE message_id = ?1",
		"DELETE FROM match WHERE route_id IN (SELECT id FROM route WHERE message_id = ?1)",
		"DELETE FROM server_action WHERE finding IS NOT NULL AND delivery_id IN "
		"(SELECT id FROM delivery WHERE message_id = ?1)",
		"UPDATE route SET address = NULL, rule = '', state = 'erased' "
		"WHERE message_id = ?1",
		"UPDATE message SET message_id = NULL, date_ms = NULL, from_name = NULL, "
		"from_address = NULL, subject = NULL, origin = NULL, language = NULL, "
		"same_id_differs = 0, dead_stage = NULL, dead_error = NULL WHERE id = ?1",
	};
	struct arena arena CLEANUP(arena_done) = {0};
	struct message_row row;

	if (!find(db, message_id, &arena, &row, err) || !erase_titles(db, message_id, err) ||
		!erase_rows_of(db, message_id, err) || !erase_bytes(db, message_id, err) ||
		!erase_reading(db, message_id, err))
		return false;
	for (size_t i = 0; i < ARRAY_COUNT(steps); i++)
		if (!erase_run(db, steps[i], message_id, err))
			return false;
	return mark_removed(db, &row, SPAN("erasure"), err) &&
	       message_change_state(db, message_id, row.state, SPAN("erased"), err);
}

/* ---------------------------------------------------------------- what is filed of him */

static bool erase_address_rows(
	struct db *db, int64_t message_id, struct span address, struct error *err)
{
	static const char *const steps[] = {
		"DELETE FROM match WHERE address = ?2 AND route_id IN "
		"(SELECT id FROM route WHERE message_id = ?1)",
		"DELETE FROM unresolved WHERE message_id = ?1 AND address_folded = ?2",
	};
	struct sql *q;

	for (size_t i = 0; i < ARRAY_COUNT(steps); i++) {
		if (!sql_start(db, steps[i], &q, err))
			return false;
		sql_bind_i64(q, 1, message_id);
		sql_bind_text(q, 2, address);
		if (!sql_run(q, err))
			return false;
	}
	return true;
}

static bool erase_contact_rows(
	struct db *db, int64_t message_id, int64_t contact_id, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct list ids = LIST_OF(int64_t, &arena);
	struct sql *q;

	if (!sql_start(db,
		    "DELETE FROM match WHERE contact_id = ?2 AND route_id IN "
		    "(SELECT id FROM route WHERE message_id = ?1)",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	sql_bind_i64(q, 2, contact_id);
	if (!sql_run(q, err) ||
		!sql_start(db, "SELECT id FROM activity WHERE message_id = ?1 AND contact_id = ?2",
			&q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	sql_bind_i64(q, 2, contact_id);
	if (!collect(q, &ids, err))
		return false;
	for (size_t i = 0; i < ids.count; i++)
		if (!erase_row(db, &activity_noun, ((const int64_t *)ids.items)[i], err))
			return false;
	return true;
}

static bool erase_filed(
	struct db *db, int64_t message_id, const struct person *person, struct error *err)
{
	for (size_t i = 0; i < person->address_count; i++)
		if (!erase_address_rows(db, message_id, person->addresses[i], err))
			return false;
	return (!person->contact_id ||
		       erase_contact_rows(db, message_id, person->contact_id, err)) &&
	       message_refresh_state(db, message_id, err);
}

bool erase_message_part(
	struct db *db, int64_t message_id, const struct person *person, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct message_row row;

	return find(db, message_id, &arena, &row, err) && erase_bytes(db, message_id, err) &&
	       mark_removed(db, &row, SPAN("erasure"), err) &&
	       erase_filed(db, message_id, person, err);
}

bool erase_hold_message(struct db *db, int64_t message_id, int64_t until_ms, int64_t now_ms,
	const struct person *person, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	int64_t *tickets;
	size_t count;
	struct sql *q;

	if (!sql_start(db,
		    "INSERT INTO finance_hold (message_id, until_ms, held_ms) VALUES (?1, ?2, ?3) "
		    "ON CONFLICT (message_id) DO NOTHING",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	sql_bind_id(q, 2, until_ms);
	sql_bind_i64(q, 3, now_ms);
	if (!sql_run(q, err) || !search_forget(db, message_id, err) ||
		!erase_filed(db, message_id, person, err) ||
		!erase_ids(db,
			"SELECT j.ticket_id FROM ticket_message j JOIN ticket t "
			"ON t.id = j.ticket_id WHERE j.message_id = ?1 AND t.state <> 'dismissed'",
			message_id, &arena, &tickets, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!erase_hold_ticket(db, tickets[i], until_ms, now_ms, err))
			return false;
	return true;
}

/* ---------------------------------------------------------------- by retention */

bool erase_message_bytes(struct db *db, int64_t message_id, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct message_row row;

	return find(db, message_id, &arena, &row, err) &&
	       erase_run(db, "DELETE FROM message_raw WHERE message_id = ?1", message_id, err) &&
	       erase_run(db, "UPDATE delivery SET header = NULL WHERE message_id = ?1", message_id,
		       err) &&
	       erase_reading(db, message_id, err) && mark_removed(db, &row, SPAN("retention"), err);
}
