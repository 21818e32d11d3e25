#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/text.h"
#include "store/erase_row.h"
#include "store/list.h"
#include "store/message.h"
#include "store/sql.h"

static bool erase_address(struct db *db, struct span folded, int64_t until_ms,
	struct erase_counts *counts, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	int64_t *messages;
	size_t count;
	struct list list = LIST_OF(int64_t, &arena);
	bool found, ok;
	struct sql *q;

	/* What waits since then waits for somebody to readmit him. */
	if (!sql_start(db,
		    "DELETE FROM unresolved WHERE address_folded = ?1 AND created_ms <= ?2 "
		    "RETURNING message_id",
		    &q, err))
		return false;
	sql_bind_text(q, 1, folded);
	sql_bind_i64(q, 2, until_ms);
	while ((ok = sql_row(q, &found, err)) && found)
		*(int64_t *)list_add(&list) = sql_i64(q, 0);
	sql_end(q);
	messages = list.items;
	count = list.count;
	counts->items += (int64_t)count;
	for (size_t i = 0; ok && i < count; i++)
		ok = !messages[i] || message_refresh_state(db, messages[i], err);
	if (!ok || !sql_start(db,
			   "DELETE FROM match WHERE address = ?1 AND route_id IN (SELECT r.id "
			   "FROM route r JOIN message m ON m.id = r.message_id "
			   "WHERE m.stored_ms <= ?2)",
			   &q, err))
		return false;
	sql_bind_text(q, 1, folded);
	sql_bind_i64(q, 2, until_ms);
	if (!sql_run(q, err) ||
		!sql_start(db,
			"DELETE FROM ignore_rule WHERE kind = 'address' AND value_folded = ?1", &q,
			err))
		return false;
	sql_bind_text(q, 1, folded);
	return sql_run(q, err);
}

/*
 * The files, links and projects of a deal that is nobody's but his. A file that another deal has as
 * well stays there.
 */
static bool erase_deal_papers(struct db *db, int64_t deal_id, struct error *err)
{
	static const struct {
		const struct noun *noun;
		const char *select, *clear;
	} steps[] = {
		{&document_noun,
			"SELECT id FROM document WHERE deal_id = ?1 AND EXISTS "
			"(SELECT 1 FROM deal d WHERE d.id = ?1 AND d.company_id IS NULL)",
			"UPDATE document SET title = '" ERASED_TEXT "', link = '' WHERE id = ?1"},
		{&project_noun,
			"SELECT id FROM project WHERE deal_id = ?1 AND EXISTS "
			"(SELECT 1 FROM deal d WHERE d.id = ?1 AND d.company_id IS NULL)",
			"UPDATE project SET name = '" ERASED_TEXT "' WHERE id = ?1"},
	};

	if (!erase_run(db,
		    "DELETE FROM document_bytes WHERE sha256 IN (SELECT o.sha256 FROM document o "
		    "JOIN deal d ON d.id = o.deal_id WHERE d.id = ?1 AND d.company_id IS NULL) "
		    "AND NOT EXISTS (SELECT 1 FROM document o "
		    "WHERE o.sha256 = document_bytes.sha256 AND o.deal_id <> ?1)",
		    deal_id, err))
		return false;
	for (size_t i = 0; i < ARRAY_COUNT(steps); i++) {
		struct arena arena CLEANUP(arena_done) = {0};
		int64_t *ids;
		size_t count;

		if (!erase_ids(db, steps[i].select, deal_id, &arena, &ids, &count, err))
			return false;
		for (size_t j = 0; j < count; j++)
			if (!erase_audit(db, steps[i].noun, ids[j], err) ||
				!erase_run(db, steps[i].clear, ids[j], err))
				return false;
	}
	return true;
}

static const struct kept {
	const struct noun *noun;
	const char *table, *select, *clear;
	/* What goes before the row is cleared; may be NULL. */
	bool (*before)(struct db *db, int64_t id, struct error *err);
} kept_nouns[] = {
	{&deal_noun, "deal", "SELECT id FROM deal WHERE contact_id = ?1",
		"UPDATE deal SET contact_id = NULL, name = CASE WHEN company_id IS NULL "
		"THEN '" ERASED_TEXT "' ELSE name END, reason = CASE WHEN company_id IS NULL "
		"THEN '' ELSE reason END WHERE id = ?1",
		erase_deal_papers},
	{&case_noun, "support_case", "SELECT id FROM support_case WHERE contact_id = ?1",
		"UPDATE support_case SET contact_id = NULL, subject = CASE WHEN company_id IS NULL "
		"THEN '" ERASED_TEXT "' ELSE subject END WHERE id = ?1",
		NULL},
};

/* What belongs to a company as well keeps its name: the texts are gone through for his. */
static bool erase_kept(struct db *db, const struct kept *kept, int64_t contact_id, int64_t *count,
	struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	int64_t *ids;
	size_t found;

	if (!erase_ids(db, kept->select, contact_id, &arena, &ids, &found, err))
		return false;
	for (size_t i = 0; i < found; i++)
		if ((kept->before && !kept->before(db, ids[i], err)) ||
			!erase_audit(db, kept->noun, ids[i], err) ||
			!erase_run(db, kept->clear, ids[i], err))
			return false;
	*count += (int64_t)found;
	return true;
}

static bool hold_tickets(struct db *db, int64_t contact_id, int64_t keep_ms, int64_t now_ms,
	struct erase_counts *counts, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	int64_t *ids;
	size_t count;

	/* Those of held mails have lost his name already. */
	if (!erase_ids(db, "SELECT id FROM ticket WHERE supplier_contact_id = ?1", contact_id,
		    &arena, &ids, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		bool held;
		int64_t until_ms;

		if (!erase_ticket_hold(db, ids[i], keep_ms, &held, &until_ms, err))
			return false;
		if (!(held ? erase_hold_ticket(db, ids[i], until_ms, now_ms, err)
			   : erase_ticket(db, ids[i], err)))
			return false;
	}
	counts->tickets += (int64_t)count;
	return true;
}

static const struct kept *kept_of(const char *table)
{
	for (size_t i = 0; i < ARRAY_COUNT(kept_nouns); i++)
		if (strcmp(kept_nouns[i].table, table) == 0)
			return &kept_nouns[i];
	return NULL;
}

static const struct noun *noun_of(const char *table)
{
	const struct noun *noun;

	for (size_t i = 0; (noun = noun_at(i)); i++)
		if (strcmp(noun->table, table) == 0)
			return noun;
	return NULL;
}

static int64_t *counter_of(struct erase_counts *counts, const char *table, int64_t *other)
{
	const struct {
		const char *table;
		int64_t *count;
	} counters[] = {
		{"activity", &counts->activities},
		{"task", &counts->tasks},
		{"deal", &counts->deals},
		{"support_case", &counts->cases},
		{"contact_address", &counts->addresses},
	};

	for (size_t i = 0; i < ARRAY_COUNT(counters); i++)
		if (strcmp(counters[i].table, table) == 0)
			return counters[i].count;
	return other;
}

/*
 * Boards count deals, cases and tickets: these stay without him. All else that refers to a contact
 * is about him and goes, whatever is added to the references of the noun.
 */
static bool erase_reference(struct db *db, const struct record_reference *reference,
	int64_t contact_id, struct erase_counts *counts, struct error *err)
{
	const struct kept *kept = kept_of(reference->table);
	const struct noun *noun = noun_of(reference->table);
	struct buffer text CLEANUP(buffer_done) = {0};
	int64_t other = 0, *count = counter_of(counts, reference->table, &other);
	struct sql *q;

	if (kept)
		return erase_kept(db, kept, contact_id, count, err);
	if (noun && reference->when_removed != RECORD_IS_CLEARED)
		return erase_rows(db, noun, reference->column, contact_id, count, err);
	if (reference->when_removed == RECORD_IS_CLEARED)
		buffer_format(&text, "UPDATE %s SET %s = NULL WHERE %s = ?1", reference->table,
			reference->column, reference->column);
	else
		buffer_format(
			&text, "DELETE FROM %s WHERE %s = ?1", reference->table, reference->column);
	if (!sql_start_built(db, buffer_string(&text), &q, err))
		return false;
	sql_bind_i64(q, 1, contact_id);
	return sql_run(q, err);
}

/* ---------------------------------------------------------------- what is there no more */

/* Of rows that were his when they were removed only the audit is left. */
static bool erase_removed(struct db *db, int64_t contact_id, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct span id = arena_format(&arena, "%lld", (long long)contact_id);

	for (size_t i = 0; i < contact_noun.reference_count; i++) {
		const struct record_reference *reference = &contact_noun.references[i];
		const struct noun *noun = noun_of(reference->table);
		struct buffer text CLEANUP(buffer_done) = {0};
		struct list rows = LIST_OF(int64_t, &arena);
		const int64_t *ids;
		bool found, ok;
		struct sql *q;

		if (!noun)
			continue;
		buffer_format(&text,
			"SELECT DISTINCT a.row_id FROM audit a WHERE a.noun = ?1 AND a.field = ?2 "
			"AND a.old_value = ?3 AND NOT EXISTS (SELECT 1 FROM %s t "
			"WHERE t.id = a.row_id) ORDER BY 1",
			noun->table);
		if (!sql_start_built(db, buffer_string(&text), &q, err))
			return false;
		sql_bind_string(q, 1, noun->name);
		sql_bind_string(q, 2, reference->column);
		sql_bind_text(q, 3, id);
		while ((ok = sql_row(q, &found, err)) && found)
			*(int64_t *)list_add(&rows) = sql_i64(q, 0);
		sql_end(q);
		ids = rows.items;
		for (size_t j = 0; ok && j < rows.count; j++)
			ok = erase_audit(db, noun, ids[j], err);
		if (!ok)
			return false;
	}
	return true;
}

/* Contacts that were found to be him, and those that had been found to be them. */
static bool merged_into(struct db *db, int64_t contact_id, struct list *merged, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	bool found, ok;
	struct sql *q;

	if (!sql_start(db,
		    "SELECT DISTINCT a.row_id FROM audit a JOIN operation o "
		    "ON o.id = a.operation_id WHERE o.verb = 'contact merge' "
		    "AND a.noun = 'contact' AND a.field = '-' AND EXISTS (SELECT 1 FROM audit b "
		    "WHERE b.operation_id = a.operation_id AND ((b.noun = 'contact' "
		    "AND b.row_id = ?1) OR (b.field = 'contact_id' AND b.new_value = ?2))) "
		    "AND a.row_id <> ?1 ORDER BY 1",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, contact_id);
	sql_bind_text(q, 2, arena_format(&arena, "%lld", (long long)contact_id));
	while ((ok = sql_row(q, &found, err)) && found) {
		const int64_t *known = merged->items;
		bool again = false;

		for (size_t i = 0; i < merged->count; i++)
			again |= known[i] == sql_i64(q, 0);
		if (!again)
			*(int64_t *)list_add(merged) = sql_i64(q, 0);
	}
	sql_end(q);
	return ok;
}

static bool erase_past(struct db *db, int64_t contact_id, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct list merged = LIST_OF(int64_t, &arena);

	if (!erase_removed(db, contact_id, err) || !merged_into(db, contact_id, &merged, err))
		return false;
	for (size_t i = 0; i < merged.count; i++) {
		int64_t id = ((const int64_t *)merged.items)[i];

		if (!merged_into(db, id, &merged, err) || !erase_removed(db, id, err) ||
			!erase_audit(db, &contact_noun, id, err))
			return false;
	}
	return true;
}

bool erase_record(struct db *db, const struct person *person, int64_t keep_ms, int64_t now_ms,
	struct erase_counts *counts, struct error *err)
{
	for (size_t i = 0; i < person->address_count; i++)
		if (!erase_address(db, person->addresses[i],
			    person->erased_ms ? person->erased_ms : now_ms, counts, err))
			return false;
	if (!person->contact_id)
		return true;
	if (!erase_past(db, person->contact_id, err))
		return false;
	if (!hold_tickets(db, person->contact_id, keep_ms, now_ms, counts, err))
		return false;
	for (size_t i = 0; i < contact_noun.reference_count; i++) {
		const struct record_reference *reference = &contact_noun.references[i];

		if (strcmp(reference->table, "ticket") != 0 &&
			!erase_reference(db, reference, person->contact_id, counts, err))
			return false;
	}
	return erase_row(db, &contact_noun, person->contact_id, err);
}

bool erase_anonymise(
	struct db *db, int64_t contact_id, const struct erase_fields *fields, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct span name = arena_format(&arena, "Anonymous %lld", (long long)contact_id);
	const struct {
		bool wanted;
		const char *literal;
	} steps[] = {
		{fields->phone, "UPDATE contact SET phone = '' WHERE id = ?1"},
		{fields->note, "UPDATE contact SET note = '' WHERE id = ?1"},
		{fields->source, "UPDATE contact SET source = '' WHERE id = ?1"},
		{fields->company, "UPDATE contact SET company_id = NULL WHERE id = ?1"},
	};
	int64_t ignored = 0;
	struct sql *q;

	if (!erase_audit(db, &contact_noun, contact_id, err) ||
		!sql_start(db, "UPDATE contact SET name = ?2, name_folded = ?3 WHERE id = ?1", &q,
			err))
		return false;
	sql_bind_i64(q, 1, contact_id);
	sql_bind_text(q, 2, name);
	sql_bind_text(q, 3, text_fold(&arena, name));
	if (!sql_run(q, err) ||
		!record_show_again(db, &contact_noun, contact_id, false, clock_now_ms(), err))
		return false;
	for (size_t i = 0; i < ARRAY_COUNT(steps); i++)
		if (steps[i].wanted && !erase_run(db, steps[i].literal, contact_id, err))
			return false;
	/* Other names are names. */
	if (!erase_rows(db, &contact_alias_noun, "contact_id", contact_id, &ignored, err))
		return false;
	return !fields->addresses ||
	       erase_rows(db, &contact_address_noun, "contact_id", contact_id, &ignored, err);
}
