#include "store/article.h"

#include "base/text.h"
#include "store/list.h"
#include "store/note_index.h"
#include "store/record.h"
#include "store/sql.h"

enum { TITLE, BODY, CASE, AUTHOR, FIELD_COUNT };
static const struct record_field fields[] = {
	[TITLE] = {"title", RECORD_TEXT, false},
	[BODY] = {"body", RECORD_TEXT, false},
	[CASE] = {"case_id", RECORD_INTEGER, false},
	[AUTHOR] = {"author_id", RECORD_INTEGER, false},
};
static const struct record_fold folds[] = {{"title_folded", TITLE, text_fold}};
const struct noun article_noun = {
	.name = "article",
	.table = "article",
	.fields = fields,
	.field_count = FIELD_COUNT,
	.folds = folds,
	.fold_count = ARRAY_COUNT(folds),
	.has_created = true,
	.has_changed = true,
	.changed = note_index_article,
};

static void to_values(const struct article *article, struct value *values)
{
	values[TITLE] = value_text(article->title);
	values[BODY] = value_text(article->body);
	values[CASE] = value_id(article->case_id);
	values[AUTHOR] = value_id(article->author_id);
}

bool article_add(
	struct operation *operation, const struct article *article, int64_t *id, struct error *err)
{
	struct value values[FIELD_COUNT];

	to_values(article, values);
	return record_make(operation, &article_noun, values, id, err) &&
	       note_index_article(operation->db, *id, err);
}

bool article_edit(struct operation *operation, const struct article *article, struct error *err)
{
	struct value values[FIELD_COUNT];

	to_values(article, values);
	return record_change(operation, &article_noun, article->id, values, ~0U, err);
}

bool article_remove(struct operation *operation, int64_t id, struct error *err)
{
	return record_remove(operation, &article_noun, id, err);
}

#define SELECT_ARTICLE                                                                 \
	"SELECT a.id, a.title, a.body, a.case_id, a.author_id, u.name, a.created_ms, " \
	"a.changed_ms FROM article a LEFT JOIN app_user u ON u.id = a.author_id "

static void read_article(struct sql *q, struct arena *arena, struct article *article)
{
	*article = (struct article){
		.id = sql_i64(q, 0),
		.title = sql_text(q, 1, arena),
		.body = sql_text(q, 2, arena),
		.case_id = sql_i64(q, 3),
		.author_id = sql_i64(q, 4),
		.author_name = sql_text(q, 5, arena),
		.created_ms = sql_i64(q, 6),
		.changed_ms = sql_i64(q, 7),
	};
}

bool article_get(struct db *db, int64_t id, struct arena *arena, struct article *article,
	bool *found, struct error *err)
{
	struct sql *q;
	bool ok;

	if (!sql_start(db, SELECT_ARTICLE "WHERE a.id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	ok = sql_row(q, found, err);
	if (ok && *found)
		read_article(q, arena, article);
	sql_end(q);
	return ok;
}

bool article_list(struct db *db, struct span title_part_folded, int64_t case_id,
	struct db_page page, struct arena *arena, struct article **rows, size_t *count,
	struct error *err)
{
	struct list list = LIST_OF(struct article, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    SELECT_ARTICLE
		    "WHERE a.id > ?1 AND (?2 = '' OR replace(a.title_folded, ?2, '') "
		    "<> a.title_folded) AND (?3 = 0 OR a.case_id = ?3) ORDER BY a.id LIMIT ?4",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, page.after_id);
	sql_bind_text(q, 2, title_part_folded);
	sql_bind_i64(q, 3, case_id);
	sql_bind_i64(q, 4, sql_limit(page));
	while ((ok = sql_row(q, &found, err)) && found)
		read_article(q, arena, list_add(&list));
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}
