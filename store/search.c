#include "store/search.h"

#include <stdlib.h>

#include "store/list.h"
#include "store/search_note.h"
#include "store/search_query.h"
#include "store/sql.h"

/*
 * A word that stands in more mails than this is sorted by date among the newest of them only:
 * every further one costs a look at its row.
 */
#define SORTED_HITS "20000"

enum { WANTED = 1, UNWANTED, STATE, SINCE, UNTIL, LIMIT, CONTACT, CONTACT_ADDRESS };

static bool has_filter(const struct search_query *query)
{
	return query->unwanted.size || query->contact.size || query->state.size ||
	       query->since_ms || query->until_ms;
}

static void query_text(const struct search_query *query, struct buffer *text)
{
	buffer_append_string(text,
		"SELECT m.id, m.date_ms, m.subject, m.from_address, m.state FROM message m WHERE ");
	if (!query->wanted.size)
		buffer_append_string(text, "1 = 1");
	else
		buffer_append_string(text,
			"m.id IN (SELECT rowid FROM message_index WHERE message_index MATCH ?1");
	if (query->wanted.size)
		buffer_append_string(text,
			has_filter(query) ? ")" : " ORDER BY rowid DESC LIMIT " SORTED_HITS ")");
	if (query->unwanted.size)
		buffer_append_string(text, " AND m.id NOT IN (SELECT rowid FROM message_index "
					   "WHERE message_index MATCH ?2)");
	if (query->state.size)
		buffer_append_string(text, " AND m.state = ?3");
	if (query->since_ms)
		buffer_append_string(text, " AND coalesce(m.date_ms, m.stored_ms) >= ?4");
	if (query->until_ms)
		buffer_append_string(text, " AND coalesce(m.date_ms, m.stored_ms) < ?5");
	if (query->contact.size)
		buffer_append_string(text, " AND m.id IN (SELECT a.message_id FROM activity a "
					   "WHERE a.contact_id IN (" SEARCH_CONTACTS "))");
	buffer_append_string(
		text, " ORDER BY coalesce(m.date_ms, m.stored_ms) DESC, m.id DESC LIMIT ?6");
}

static void bind_query(const struct search_query *query, int limit, struct sql *q)
{
	if (query->wanted.size)
		sql_bind_text(q, WANTED, buffer_span(&query->wanted));
	if (query->unwanted.size)
		sql_bind_text(q, UNWANTED, buffer_span(&query->unwanted));
	if (query->state.size)
		sql_bind_text(q, STATE, query->state);
	if (query->since_ms)
		sql_bind_i64(q, SINCE, query->since_ms);
	if (query->until_ms)
		sql_bind_i64(q, UNTIL, query->until_ms);
	if (query->contact.size) {
		sql_bind_text(q, CONTACT, query->contact);
		sql_bind_text(q, CONTACT_ADDRESS, query->contact_address);
	}
	sql_bind_i64(q, LIMIT, sql_limit((struct db_page){.limit = limit}));
}

static bool search_mail(struct db *db, const struct search_query *query, int limit,
	struct list *hits, struct error *err)
{
	struct buffer text CLEANUP(buffer_done) = {0};
	struct sql *q;
	bool found, ok;

	query_text(query, &text);
	if (!sql_start_built(db, buffer_string(&text), &q, err))
		return false;
	bind_query(query, limit, q);
	while ((ok = sql_row(q, &found, err)) && found)
		*(struct search_hit *)list_add(hits) = (struct search_hit){
			.kind = SPAN("mail"),
			.id = sql_i64(q, 0),
			.date_ms = sql_i64(q, 1),
			.subject = sql_text(q, 2, hits->arena),
			.from_address = sql_text(q, 3, hits->arena),
			.state = sql_text(q, 4, hits->arena),
		};
	sql_end(q);
	return ok;
}

/* The newest first; of one instant mail comes first, the newest row first. */
static int compare_hits(const void *one, const void *other)
{
	const struct search_hit *a = one, *b = other;
	int kinds = span_compare(b->kind, a->kind);

	if (a->date_ms != b->date_ms)
		return a->date_ms < b->date_ms ? 1 : -1;
	if (kinds)
		return kinds;
	return a->id < b->id ? 1 : a->id > b->id ? -1 : 0;
}

static bool find(struct db *db, const struct search_query *query, int limit, struct arena *arena,
	struct search_result *result, struct error *err)
{
	struct list list = LIST_OF(struct search_hit, arena);
	bool mail = !query->kind.size || span_equal(query->kind, SPAN("mail"));
	bool notes = !span_equal(query->kind, SPAN("mail"));
	size_t mails;

	if (mail && !search_mail(db, query, limit, &list, err))
		return false;
	mails = list.count;
	if (notes &&
		!search_notes(db, query, sql_limit((struct db_page){.limit = limit}), &list, err))
		return false;
	/* Mail alone has its order already, by stored_ms where it has no date. */
	if (mails < list.count)
		qsort(list.items, list.count, sizeof(struct search_hit), compare_hits);
	result->hits = list.items;
	result->count = list.count;
	if (limit > 0 && result->count > (size_t)limit)
		result->count = (size_t)limit;
	return true;
}

bool search_phrase(struct db *db, struct span phrase, struct arena *arena, int64_t **message_ids,
	size_t *count, struct error *err)
{
	struct list list = LIST_OF(int64_t, arena);
	struct buffer wanted CLEANUP(buffer_done) = {0};
	struct sql *q;
	bool found, ok;

	search_query_phrase(&wanted, phrase);
	if (!sql_start(db,
		    "SELECT rowid FROM message_index WHERE message_index MATCH ?1 ORDER BY rowid",
		    &q, err))
		return false;
	sql_bind_text(q, 1, buffer_span(&wanted));
	while ((ok = sql_row(q, &found, err)) && found)
		*(int64_t *)list_add(&list) = sql_i64(q, 0);
	sql_end(q);
	*message_ids = list.items;
	*count = list.count;
	return ok;
}

bool search_run(struct db *db, struct span query, int limit, struct arena *arena,
	struct search_result *result, struct error *err)
{
	struct search_query parts CLEANUP(search_query_done) = {0};

	*result = (struct search_result){0};
	if (!search_query_read(query, arena, &parts, err) ||
		!find(db, &parts, limit, arena, result, err) ||
		!search_pending(db, &result->pending, err))
		return false;
	result->complete = result->pending == 0;
	return true;
}
