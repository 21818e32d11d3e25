#include "store/alias.h"

#include "base/buffer.h"
#include "base/text.h"
#include "store/list.h"
#include "store/record.h"
#include "store/sql.h"

enum { OWNER, NAME, FIELD_COUNT };
static const struct record_field contact_fields[] = {
	[OWNER] = {"contact_id", RECORD_INTEGER, false},
	[NAME] = {"name", RECORD_TEXT, false},
};
static const struct record_field company_fields[] = {
	[OWNER] = {"company_id", RECORD_INTEGER, false},
	[NAME] = {"name", RECORD_TEXT, false},
};
static const struct record_fold folds[] = {{"name_folded", NAME, text_fold}};
const struct noun contact_alias_noun = {
	.name = "contact_alias",
	.table = "contact_alias",
	.fields = contact_fields,
	.field_count = FIELD_COUNT,
	.folds = folds,
	.fold_count = ARRAY_COUNT(folds),
};
const struct noun company_alias_noun = {
	.name = "company_alias",
	.table = "company_alias",
	.fields = company_fields,
	.field_count = FIELD_COUNT,
	.folds = folds,
	.fold_count = ARRAY_COUNT(folds),
};

static const struct noun *const nouns[] = {
	[ALIAS_OF_CONTACT] = &contact_alias_noun,
	[ALIAS_OF_COMPANY] = &company_alias_noun,
};

/* The rows of a statement that is bound; ends it. */
static bool collect(
	struct sql *q, struct arena *arena, struct alias **rows, size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct alias, arena);
	bool found, ok;

	while ((ok = sql_row(q, &found, err)) && found)
		*(struct alias *)list_add(&list) = (struct alias){
			.id = sql_i64(q, 0),
			.owner_id = sql_i64(q, 1),
			.name = sql_text(q, 2, arena),
		};
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}

bool alias_list(struct db *db, enum alias_of of, int64_t owner_id, struct arena *arena,
	struct alias **rows, size_t *count, struct error *err)
{
	struct sql *q;

	if (of == ALIAS_OF_CONTACT ? !sql_start(db,
					     "SELECT id, contact_id, name FROM contact_alias "
					     "WHERE contact_id = ?1 ORDER BY id",
					     &q, err)
				   : !sql_start(db,
					     "SELECT id, company_id, name FROM company_alias "
					     "WHERE company_id = ?1 ORDER BY id",
					     &q, err))
		return false;
	sql_bind_i64(q, 1, owner_id);
	return collect(q, arena, rows, count, err);
}

bool alias_find(struct db *db, enum alias_of of, struct span part_folded, struct arena *arena,
	struct alias **rows, size_t *count, struct error *err)
{
	struct sql *q;

	if (of == ALIAS_OF_CONTACT
			? !sql_start(db,
				  "SELECT id, contact_id, name FROM contact_alias "
				  "WHERE replace(name_folded, ?1, '') <> name_folded ORDER BY id",
				  &q, err)
			: !sql_start(db,
				  "SELECT id, company_id, name FROM company_alias "
				  "WHERE replace(name_folded, ?1, '') <> name_folded ORDER BY id",
				  &q, err))
		return false;
	sql_bind_text(q, 1, part_folded);
	return collect(q, arena, rows, count, err);
}

/* *id 0: it has none of that name. */
static bool find_own(struct db *db, enum alias_of of, int64_t owner_id, struct span name,
	int64_t *id, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct span folded = text_fold(&arena, name);
	struct alias *rows;
	size_t count;

	*id = 0;
	if (!alias_list(db, of, owner_id, &arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (span_equal(text_fold(&arena, rows[i].name), folded))
			*id = rows[i].id;
	return true;
}

bool alias_add(struct operation *operation, enum alias_of of, int64_t owner_id, struct span name,
	bool *added, struct error *err)
{
	struct value values[FIELD_COUNT] = {
		[OWNER] = value_integer(owner_id), [NAME] = value_text(span_trim(name))};
	int64_t id;

	*added = false;
	if (span_is_empty(span_trim(name)))
		return error_set(err, ERROR_INPUT, "the alias is empty");
	if (!find_own(operation->db, of, owner_id, name, &id, err))
		return false;
	if (id)
		return true;
	*added = true;
	return record_make(operation, nouns[of], values, &id, err);
}

bool alias_remove(struct operation *operation, enum alias_of of, int64_t owner_id, struct span name,
	bool *removed, struct error *err)
{
	int64_t id;

	if (!find_own(operation->db, of, owner_id, name, &id, err))
		return false;
	*removed = id != 0;
	return !id || record_remove(operation, nouns[of], id, err);
}
