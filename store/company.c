#include "store/company.h"

#include "base/text.h"
#include "store/list.h"
#include "store/record.h"
#include "store/sql.h"

enum { NAME, ROLE, VAT_ID, IBAN, OWNER, NOTE, FIELD_COUNT };
static const struct record_field fields[] = {
	[NAME] = {"name", RECORD_TEXT, false},
	[ROLE] = {"role", RECORD_TEXT, false},
	[VAT_ID] = {"vat_id", RECORD_TEXT, false},
	[IBAN] = {"iban", RECORD_TEXT, false},
	[OWNER] = {"owner_id", RECORD_INTEGER, false},
	[NOTE] = {"note", RECORD_TEXT, false},
};
static const struct record_fold folds[] = {{"name_folded", NAME, text_fold}};
static const struct record_reference references[] = {
	{"contact", "company_id", RECORD_REFUSES},
	{"company_alias", "company_id", RECORD_REFUSES},
	{"company_domain", "company_id", RECORD_REFUSES},
	{"deal", "company_id", RECORD_REFUSES},
	{"deal_party", "company_id", RECORD_REFUSES},
	{"ticket", "supplier_id", RECORD_REFUSES},
	{"support_case", "company_id", RECORD_REFUSES},
	{"task", "company_id", RECORD_REFUSES},
	{"activity", "company_id", RECORD_REFUSES},
	{"match", "company_id", RECORD_IS_CLEARED},
};
const struct noun company_noun = {
	.name = "company",
	.table = "company",
	.fields = fields,
	.field_count = FIELD_COUNT,
	.folds = folds,
	.fold_count = ARRAY_COUNT(folds),
	.references = references,
	.reference_count = ARRAY_COUNT(references),
	.has_created = true,
	.has_changed = true,
};

static void to_values(const struct company *company, struct value *values)
{
	values[NAME] = value_text(company->name);
	values[ROLE] = value_text(company->role);
	values[VAT_ID] = value_text_or_null(company->vat_id);
	values[IBAN] = value_text_or_null(company->iban);
	values[OWNER] = value_id(company->owner_id);
	values[NOTE] = value_text(company->note);
}

bool company_add(
	struct operation *operation, const struct company *company, int64_t *id, struct error *err)
{
	struct value values[FIELD_COUNT];

	to_values(company, values);
	return record_make(operation, &company_noun, values, id, err);
}

bool company_edit(struct operation *operation, const struct company *company, struct error *err)
{
	struct value values[FIELD_COUNT];

	to_values(company, values);
	return record_change(operation, &company_noun, company->id, values, ~0U, err);
}

#define SELECT_COMPANY                                                                      \
	"SELECT c.id, c.name, c.role, c.vat_id, c.iban, c.note, c.owner_id, c.created_ms, " \
	"c.changed_ms FROM company c "

static void read_company(struct sql *q, struct arena *arena, struct company *company)
{
	*company = (struct company){
		.id = sql_i64(q, 0),
		.name = sql_text(q, 1, arena),
		.role = sql_text(q, 2, arena),
		.vat_id = sql_text(q, 3, arena),
		.iban = sql_text(q, 4, arena),
		.note = sql_text(q, 5, arena),
		.owner_id = sql_i64(q, 6),
		.created_ms = sql_i64(q, 7),
		.changed_ms = sql_i64(q, 8),
	};
}

bool company_get(struct db *db, int64_t id, struct arena *arena, struct company *company,
	bool *found, struct error *err)
{
	struct sql *q;
	bool ok;

	if (!sql_start(db, SELECT_COMPANY "WHERE c.id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	ok = sql_row(q, found, err);
	if (ok && *found)
		read_company(q, arena, company);
	sql_end(q);
	return ok;
}

static bool collect(
	struct sql *q, struct arena *arena, struct company **rows, size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct company, arena);
	bool found, ok;

	while ((ok = sql_row(q, &found, err)) && found)
		read_company(q, arena, list_add(&list));
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}

bool company_list(struct db *db, struct span name_part_folded, struct db_page page,
	struct arena *arena, struct company **rows, size_t *count, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    SELECT_COMPANY "WHERE c.id > ?1 AND (?2 = '' OR replace(c.name_folded, ?2, '') "
				   "<> c.name_folded) "
				   "ORDER BY c.id LIMIT ?3",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, page.after_id);
	sql_bind_text(q, 2, name_part_folded);
	sql_bind_i64(q, 3, sql_limit(page));
	return collect(q, arena, rows, count, err);
}

bool company_by_name(struct db *db, struct span name_folded, struct arena *arena,
	struct company **rows, size_t *count, struct error *err)
{
	struct sql *q;

	if (!sql_start(
		    db, SELECT_COMPANY "WHERE c.name_folded = ?1 ORDER BY c.id LIMIT 100", &q, err))
		return false;
	sql_bind_text(q, 1, name_folded);
	return collect(q, arena, rows, count, err);
}

/* An id that decides when it is one company's alone. An empty value never matches. */
static bool find_only(
	struct sql *q, struct span value, int64_t *company_id, int *candidates, struct error *err)
{
	bool found = false, ok = true;

	*company_id = 0;
	*candidates = 0;
	sql_bind_text(q, 1, value);
	while (value.size && (ok = sql_row(q, &found, err)) && found) {
		*company_id = *candidates ? 0 : sql_i64(q, 0);
		++*candidates;
	}
	sql_end(q);
	return ok;
}

bool company_by_vat_id(
	struct db *db, struct span vat_id, int64_t *company_id, int *candidates, struct error *err)
{
	struct sql *q;

	if (!sql_start(
		    db, "SELECT id FROM company WHERE vat_id = ?1 ORDER BY id LIMIT 20", &q, err))
		return false;
	return find_only(q, vat_id, company_id, candidates, err);
}

bool company_by_iban(
	struct db *db, struct span iban, int64_t *company_id, int *candidates, struct error *err)
{
	struct sql *q;

	if (!sql_start(db, "SELECT id FROM company WHERE iban = ?1 ORDER BY id LIMIT 20", &q, err))
		return false;
	return find_only(q, iban, company_id, candidates, err);
}
