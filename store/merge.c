#include "store/merge.h"

#include <inttypes.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "store/alias.h"
#include "store/company.h"
#include "store/contact.h"
#include "store/list.h"
#include "store/record.h"
#include "store/sql.h"

struct merge {
	struct operation *operation;
	const struct noun *noun;
	int64_t keep, other;
	struct merge_result *result;
};

/* ---------------------------------------------------------------- what refers to it */

static const struct noun *noun_of(const char *table)
{
	const struct noun *noun;

	for (size_t i = 0; (noun = noun_at(i)); i++)
		if (strcmp(noun->table, table) == 0)
			return noun;
	return NULL;
}

/* Ids that a statement with ?1 the other and ?2 the kept one gives; ends it. */
static bool ids_read(struct merge *merge, struct sql *q, struct arena *arena, int64_t **ids,
	size_t *count, struct error *err)
{
	struct list list = LIST_OF(int64_t, arena);
	bool found, ok;

	sql_bind_i64(q, 1, merge->other);
	sql_bind_i64(q, 2, merge->keep);
	while ((ok = sql_row(q, &found, err)) && found)
		*(int64_t *)list_add(&list) = sql_i64(q, 0);
	sql_end(q);
	*ids = list.items;
	*count = list.count;
	return ok;
}

static bool reference_move(
	struct merge *merge, const struct record_reference *reference, struct error *err)
{
	const struct noun *noun = noun_of(reference->table);
	struct buffer text CLEANUP(buffer_done) = {0};
	struct arena arena CLEANUP(arena_done) = {0};
	unsigned field = 0;
	int64_t *ids;
	size_t count;
	struct sql *q;

	while (noun && field < noun->field_count &&
		strcmp(noun->fields[field].column, reference->column) != 0)
		field++;
	if (!noun || field == noun->field_count)
		return error_set(err, ERROR_BUG, "%s.%s is no field of the record",
			reference->table, reference->column);
	/* ?2 is bound by ids_read and has no meaning here. */
	buffer_format(&text, "SELECT id FROM %s WHERE %s = ?1 AND ?1 <> ?2 ORDER BY id",
		reference->table, reference->column);
	if (!sql_start_built(merge->operation->db, buffer_string(&text), &q, err) ||
		!ids_read(merge, q, &arena, &ids, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!record_change_field(
			    merge->operation, noun, ids[i], field, value_integer(merge->keep), err))
			return false;
	if (noun != noun_of("match"))
		merge->result->moved += (int64_t)count;
	return true;
}

/* Activities of mails that `keep` has as well. */
static bool drop_doubles(struct merge *merge, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	int64_t *ids;
	size_t count;
	struct sql *q;

	if (merge->noun == &contact_noun
			? !sql_start(merge->operation->db,
				  "SELECT a.id FROM activity a JOIN activity b "
				  "ON b.message_id = a.message_id AND b.contact_id = ?2 "
				  "WHERE a.contact_id = ?1 ORDER BY a.id",
				  &q, err)
			: !sql_start(merge->operation->db,
				  "SELECT a.id FROM activity a JOIN activity b "
				  "ON b.message_id = a.message_id AND b.company_id = ?2 "
				  "AND b.contact_id IS NULL "
				  "WHERE a.company_id = ?1 AND a.contact_id IS NULL ORDER BY a.id",
				  &q, err))
		return false;
	if (!ids_read(merge, q, &arena, &ids, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!record_remove(merge->operation, &activity_noun, ids[i], err))
			return false;
	merge->result->dropped = (int64_t)count;
	return true;
}

/* One current deal a contact: where both have one, that of `keep` is it. */
static bool one_current_deal(struct merge *merge, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	unsigned field = 0;
	int64_t *ids;
	size_t count;
	struct sql *q;

	if (!sql_start(merge->operation->db,
		    "SELECT id FROM deal WHERE contact_id = ?1 AND current = 1 AND EXISTS "
		    "(SELECT 1 FROM deal d WHERE d.contact_id = ?2 AND d.current = 1)",
		    &q, err) ||
		!ids_read(merge, q, &arena, &ids, &count, err))
		return false;
	while (strcmp(deal_noun.fields[field].column, "current") != 0)
		field++;
	for (size_t i = 0; i < count; i++)
		if (!record_change_field(
			    merge->operation, &deal_noun, ids[i], field, value_integer(0), err))
			return false;
	return true;
}

static bool references_move(struct merge *merge, struct error *err)
{
	if (!drop_doubles(merge, err))
		return false;
	for (size_t i = 0; i < merge->noun->reference_count; i++)
		if (!reference_move(merge, &merge->noun->references[i], err))
			return false;
	return true;
}

/* ---------------------------------------------------------------- its own fields */

static struct span either(struct span first, struct span second)
{
	return first.size ? first : second;
}

static struct span joined(
	struct arena *arena, struct span first, const char *between, struct span second)
{
	if (!second.size || span_find(first, second) >= 0)
		return first;
	if (!first.size)
		return second;
	return arena_format(arena, "%.*s%s%.*s", SPAN_ARG(first), between, SPAN_ARG(second));
}

static bool rename_to_alias(struct merge *merge, enum alias_of of, struct span kept_name,
	struct span other_name, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	bool added;

	return span_equal(text_fold(&arena, kept_name), text_fold(&arena, other_name)) ||
	       alias_add(merge->operation, of, merge->keep, other_name, &added, err);
}

static bool refuse_itself(const struct merge *merge, struct error *err)
{
	return merge->keep != merge->other ||
	       error_set(err, ERROR_INPUT, "%s %" PRId64 " cannot be merged with itself",
		       merge->noun->name, merge->keep);
}

bool contact_merge(struct operation *operation, int64_t keep, int64_t other,
	struct merge_result *result, struct error *err)
{
	struct merge merge = {operation, &contact_noun, keep, other, result};
	struct arena arena CLEANUP(arena_done) = {0};
	struct contact kept, gone;
	bool found, found_other;

	*result = (struct merge_result){0};
	if (!refuse_itself(&merge, err) ||
		!contact_get(operation->db, keep, &arena, &kept, &found, err) ||
		!contact_get(operation->db, other, &arena, &gone, &found_other, err))
		return false;
	if (!found || !found_other)
		return error_set(
			err, ERROR_INPUT, "there is no contact %" PRId64, found ? other : keep);
	if (!one_current_deal(&merge, err) || !references_move(&merge, err) ||
		!rename_to_alias(&merge, ALIAS_OF_CONTACT, kept.name, gone.name, err))
		return false;
	kept.phone = joined(&arena, kept.phone, ", ", gone.phone);
	kept.note = joined(&arena, kept.note, "\n", gone.note);
	kept.source = either(kept.source, gone.source);
	kept.company_id = kept.company_id ? kept.company_id : gone.company_id;
	kept.owner_id = kept.owner_id ? kept.owner_id : gone.owner_id;
	kept.do_not_contact |= gone.do_not_contact;
	if (gone.touched_ms > kept.touched_ms)
		kept.touched_ms = gone.touched_ms;
	return contact_edit(operation, &kept, err) && contact_remove(operation, other, err);
}

bool company_merge(struct operation *operation, int64_t keep, int64_t other,
	struct merge_result *result, struct error *err)
{
	struct merge merge = {operation, &company_noun, keep, other, result};
	struct arena arena CLEANUP(arena_done) = {0};
	struct company kept, gone;
	bool found, found_other;

	*result = (struct merge_result){0};
	if (!refuse_itself(&merge, err) ||
		!company_get(operation->db, keep, &arena, &kept, &found, err) ||
		!company_get(operation->db, other, &arena, &gone, &found_other, err))
		return false;
	if (!found || !found_other)
		return error_set(
			err, ERROR_INPUT, "there is no company %" PRId64, found ? other : keep);
	if (kept.vat_id.size && gone.vat_id.size && !span_equal(kept.vat_id, gone.vat_id))
		return error_set(err, ERROR_CONFLICT,
			"the VAT ids differ, %.*s and %.*s: two companies, or edit one first",
			SPAN_ARG(kept.vat_id), SPAN_ARG(gone.vat_id));
	if (!references_move(&merge, err) ||
		!rename_to_alias(&merge, ALIAS_OF_COMPANY, kept.name, gone.name, err))
		return false;
	kept.vat_id = either(kept.vat_id, gone.vat_id);
	if (kept.iban.size && gone.iban.size && !span_equal(kept.iban, gone.iban))
		kept.note = joined(&arena, kept.note, "\n",
			arena_format(&arena, "IBAN of %.*s: %.*s", SPAN_ARG(gone.name),
				SPAN_ARG(gone.iban)));
	kept.iban = either(kept.iban, gone.iban);
	kept.note = joined(&arena, kept.note, "\n", gone.note);
	kept.role = either(kept.role, gone.role);
	kept.owner_id = kept.owner_id ? kept.owner_id : gone.owner_id;
	return company_edit(operation, &kept, err) &&
	       record_remove(operation, &company_noun, other, err);
}
