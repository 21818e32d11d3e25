#include "store/contact.h"

#include <inttypes.h>

#include "base/text.h"
#include "store/list.h"
#include "store/record.h"
#include "store/sql.h"

enum { NAME, COMPANY, OWNER, PHONE, SOURCE, NOTE, DO_NOT_CONTACT, TOUCHED, FIELD_COUNT };
static const struct record_field fields[] = {
	[NAME] = {"name", RECORD_TEXT, RECORD_SHOWN_TEXT},
	[COMPANY] = {"company_id", RECORD_INTEGER, false},
	[OWNER] = {"owner_id", RECORD_INTEGER, false},
	[PHONE] = {"phone", RECORD_TEXT, false},
	[SOURCE] = {"source", RECORD_TEXT, false},
	[NOTE] = {"note", RECORD_TEXT, false},
	[DO_NOT_CONTACT] = {"do_not_contact", RECORD_INTEGER, RECORD_SHOWN_TITLE},
	[TOUCHED] = {"touched_ms", RECORD_INTEGER, false},
};
static const struct record_fold folds[] = {{"name_folded", NAME, text_fold}};
static const struct record_reference references[] = {
	{"contact_address", "contact_id", RECORD_REFUSES},
	{"contact_alias", "contact_id", RECORD_REFUSES},
	{"deal", "contact_id", RECORD_REFUSES},
	{"deal_party", "contact_id", RECORD_REFUSES},
	{"ticket", "supplier_contact_id", RECORD_REFUSES},
	{"support_case", "contact_id", RECORD_REFUSES},
	{"task", "contact_id", RECORD_REFUSES},
	{"activity", "contact_id", RECORD_REFUSES},
	{"match", "contact_id", RECORD_IS_CLEARED},
};
const struct noun contact_noun = {
	.name = "contact",
	.table = "contact",
	.fields = fields,
	.field_count = FIELD_COUNT,
	.folds = folds,
	.fold_count = ARRAY_COUNT(folds),
	.references = references,
	.reference_count = ARRAY_COUNT(references),
	.has_created = true,
	.has_changed = true,
	.shown_in = {"task", "contact_id"},
};

static void to_values(const struct contact *contact, struct value *values)
{
	values[NAME] = value_text(contact->name);
	values[COMPANY] = value_id(contact->company_id);
	values[OWNER] = value_id(contact->owner_id);
	values[PHONE] = value_text(contact->phone);
	values[SOURCE] = value_text(contact->source);
	values[NOTE] = value_text(contact->note);
	values[DO_NOT_CONTACT] = value_integer(contact->do_not_contact);
	values[TOUCHED] = value_id(contact->touched_ms);
}

bool contact_add(
	struct operation *operation, const struct contact *contact, int64_t *id, struct error *err)
{
	struct value values[FIELD_COUNT];

	to_values(contact, values);
	return record_make(operation, &contact_noun, values, id, err);
}

bool contact_edit(struct operation *operation, const struct contact *contact, struct error *err)
{
	struct value values[FIELD_COUNT];

	to_values(contact, values);
	return record_change(operation, &contact_noun, contact->id, values, ~0U, err);
}

bool contact_remove(struct operation *operation, int64_t id, struct error *err)
{
	return record_remove(operation, &contact_noun, id, err);
}

#define SELECT_CONTACT                                                                       \
	"SELECT c.id, c.name, c.phone, c.source, c.note, c.company_id, c.owner_id, k.name, " \
	"u.name, c.do_not_contact, c.created_ms, c.changed_ms, c.touched_ms FROM contact c " \
	"LEFT JOIN company k ON k.id = c.company_id LEFT JOIN app_user u ON u.id = c.owner_id "

static void read_contact(struct sql *q, struct arena *arena, struct contact *contact)
{
	*contact = (struct contact){
		.id = sql_i64(q, 0),
		.name = sql_text(q, 1, arena),
		.phone = sql_text(q, 2, arena),
		.source = sql_text(q, 3, arena),
		.note = sql_text(q, 4, arena),
		.company_id = sql_i64(q, 5),
		.owner_id = sql_i64(q, 6),
		.company_name = sql_text(q, 7, arena),
		.owner_name = sql_text(q, 8, arena),
		.do_not_contact = sql_bool(q, 9),
		.created_ms = sql_i64(q, 10),
		.changed_ms = sql_i64(q, 11),
		.touched_ms = sql_i64(q, 12),
	};
}

bool contact_get(struct db *db, int64_t id, struct arena *arena, struct contact *contact,
	bool *found, struct error *err)
{
	struct sql *q;
	bool ok;

	if (!sql_start(db, SELECT_CONTACT "WHERE c.id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	ok = sql_row(q, found, err);
	if (ok && *found)
		read_contact(q, arena, contact);
	sql_end(q);
	return ok;
}

/* The rows of a statement that is bound; ends it. */
static bool collect(
	struct sql *q, struct arena *arena, struct contact **rows, size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct contact, arena);
	bool found, ok;

	while ((ok = sql_row(q, &found, err)) && found)
		read_contact(q, arena, list_add(&list));
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}

bool contact_list(struct db *db, struct span name_part_folded, struct db_page page,
	struct arena *arena, struct contact **rows, size_t *count, struct error *err)
{
	struct sql *q;

	/* Contains, by bytes: LIKE folds, and instr is not in every dialect. */
	if (!sql_start(db,
		    SELECT_CONTACT "WHERE c.id > ?1 AND (?2 = '' OR replace(c.name_folded, ?2, '') "
				   "<> c.name_folded) "
				   "ORDER BY c.id LIMIT ?3",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, page.after_id);
	sql_bind_text(q, 2, name_part_folded);
	sql_bind_i64(q, 3, sql_limit(page));
	return collect(q, arena, rows, count, err);
}

bool contact_by_name(struct db *db, struct span name_folded, struct arena *arena,
	struct contact **rows, size_t *count, struct error *err)
{
	struct sql *q;

	if (!sql_start(
		    db, SELECT_CONTACT "WHERE c.name_folded = ?1 ORDER BY c.id LIMIT 100", &q, err))
		return false;
	sql_bind_text(q, 1, name_folded);
	return collect(q, arena, rows, count, err);
}

bool contact_by_company(struct db *db, int64_t company_id, struct arena *arena,
	struct contact **rows, size_t *count, struct error *err)
{
	struct sql *q;

	if (!sql_start(
		    db, SELECT_CONTACT "WHERE c.company_id = ?1 ORDER BY c.id LIMIT 1000", &q, err))
		return false;
	sql_bind_i64(q, 1, company_id);
	return collect(q, arena, rows, count, err);
}
