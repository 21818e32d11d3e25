#include "store/search_note.h"

#include "base/text.h"
#include "store/sql.h"

/* A note has no subject of its own: so much of its text stands for it. */
#define TITLE_BYTES 200

enum { WANTED = 1, UNWANTED, SINCE, UNTIL, LIMIT, FROM, CONTACT, CONTACT_ADDRESS, KIND };

/* Where the rows come from; the id of a row in the index is `doc`. */
struct source {
	const char *select, *doc, *at_ms;
	bool has_kind, has_contact;
};

static const struct source activities = {
	"SELECT t.kind, t.id, t.at_ms, t.subject, t.body, u.name FROM activity t "
	"LEFT JOIN app_user u ON u.id = t.user_id WHERE t.id IN (SELECT rowid / 2 FROM note_index "
	"WHERE rowid % 2 = 0",
	"2 * t.id", "t.at_ms", true, true};
static const struct source articles = {
	"SELECT 'article', t.id, t.changed_ms, t.title, t.body, u.name FROM article t "
	"LEFT JOIN app_user u ON u.id = t.author_id WHERE t.id IN (SELECT rowid / 2 "
	"FROM note_index WHERE rowid % 2 = 1",
	"2 * t.id + 1", "t.changed_ms", false, false};

static void query_text(
	const struct search_query *query, const struct source *source, struct buffer *text)
{
	buffer_append_string(text, source->select);
	buffer_append_string(text, query->note_wanted.size ? " AND note_index MATCH ?1)" : ")");
	if (query->note_unwanted.size)
		buffer_format(text,
			" AND %s NOT IN (SELECT rowid FROM note_index WHERE note_index MATCH ?2)",
			source->doc);
	if (query->since_ms)
		buffer_format(text, " AND %s >= ?3", source->at_ms);
	if (query->until_ms)
		buffer_format(text, " AND %s < ?4", source->at_ms);
	if (query->from.size)
		buffer_append_string(text, " AND ?6 IN (u.name, u.full_name)");
	if (query->contact.size && source->has_contact)
		buffer_append_string(text, " AND t.contact_id IN (" SEARCH_CONTACTS ")");
	if (query->kind.size && source->has_kind)
		buffer_append_string(text, " AND t.kind = ?9");
	buffer_format(text, " ORDER BY %s DESC, t.id DESC LIMIT ?5", source->at_ms);
}

static void bind_query(
	const struct search_query *query, const struct source *source, int limit, struct sql *q)
{
	if (query->note_wanted.size)
		sql_bind_text(q, WANTED, buffer_span(&query->note_wanted));
	if (query->note_unwanted.size)
		sql_bind_text(q, UNWANTED, buffer_span(&query->note_unwanted));
	if (query->since_ms)
		sql_bind_i64(q, SINCE, query->since_ms);
	if (query->until_ms)
		sql_bind_i64(q, UNTIL, query->until_ms);
	sql_bind_i64(q, LIMIT, limit);
	if (query->from.size)
		sql_bind_text(q, FROM, query->from);
	if (query->contact.size && source->has_contact) {
		sql_bind_text(q, CONTACT, query->contact);
		sql_bind_text(q, CONTACT_ADDRESS, query->contact_address);
	}
	if (query->kind.size && source->has_kind)
		sql_bind_text(q, KIND, query->kind);
}

static struct span title_of(struct sql *q, struct arena *arena)
{
	struct span subject = sql_text(q, 3, arena);

	return subject.size ? subject : text_cut(sql_text(q, 4, arena), TITLE_BYTES);
}

static bool search_source(struct db *db, const struct search_query *query,
	const struct source *source, int limit, struct list *hits, struct error *err)
{
	struct buffer text CLEANUP(buffer_done) = {0};
	struct sql *q;
	bool found, ok;

	query_text(query, source, &text);
	if (!sql_start_built(db, buffer_string(&text), &q, err))
		return false;
	bind_query(query, source, limit, q);
	while ((ok = sql_row(q, &found, err)) && found)
		*(struct search_hit *)list_add(hits) = (struct search_hit){
			.kind = sql_text(q, 0, hits->arena),
			.id = sql_i64(q, 1),
			.date_ms = sql_i64(q, 2),
			.subject = title_of(q, hits->arena),
			.from_address = sql_text(q, 5, hits->arena),
		};
	sql_end(q);
	return ok;
}

bool search_notes(struct db *db, const struct search_query *query, int limit, struct list *hits,
	struct error *err)
{
	bool article = span_equal(query->kind, SPAN("article"));

	if (query->mail_only)
		return true;
	if (!article && !search_source(db, query, &activities, limit, hits, err))
		return false;
	/* An article is about nobody. */
	if (query->contact.size || (query->kind.size && !article))
		return true;
	return search_source(db, query, &articles, limit, hits, err);
}
