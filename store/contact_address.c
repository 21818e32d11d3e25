#include <inttypes.h>

#include "base/text.h"
#include "store/contact.h"
#include "store/erased.h"
#include "store/list.h"
#include "store/record.h"
#include "store/sql.h"

enum { CONTACT, ADDRESS, LEARNT, FAILING, FIELD_COUNT };
static const struct record_field fields[] = {
	[CONTACT] = {"contact_id", RECORD_INTEGER, false},
	[ADDRESS] = {"address", RECORD_TEXT, false},
	[LEARNT] = {"learnt", RECORD_INTEGER, false},
	[FAILING] = {"failing", RECORD_TEXT, false},
};
static const struct record_fold folds[] = {{"address_folded", ADDRESS, text_fold_address}};
const struct noun contact_address_noun = {
	.name = "contact_address",
	.table = "contact_address",
	.fields = fields,
	.field_count = FIELD_COUNT,
	.folds = folds,
	.fold_count = ARRAY_COUNT(folds),
};

struct holder {
	int64_t address_id, contact_id; /* 0: nobody */
	struct span name;
	bool learnt;
};

static bool find_holder(struct db *db, struct span address_folded, struct arena *arena,
	struct holder *holder, struct error *err)
{
	struct sql *q;
	bool found, ok;

	*holder = (struct holder){0};
	if (!sql_start(db,
		    "SELECT a.id, a.contact_id, a.learnt, c.name FROM contact_address a "
		    "JOIN contact c ON c.id = a.contact_id WHERE a.address_folded = ?1",
		    &q, err))
		return false;
	sql_bind_text(q, 1, address_folded);
	ok = sql_row(q, &found, err);
	if (ok && found)
		*holder = (struct holder){
			.address_id = sql_i64(q, 0),
			.contact_id = sql_i64(q, 1),
			.learnt = sql_bool(q, 2),
			.name = sql_text(q, 3, arena),
		};
	sql_end(q);
	return ok;
}

bool contact_by_address(struct db *db, struct span address_folded, int64_t *contact_id,
	bool *learnt, struct error *err)
{
	struct sql *q;
	bool found, ok;

	*contact_id = 0;
	*learnt = false;
	if (!sql_start(db,
		    "SELECT contact_id, learnt FROM contact_address WHERE address_folded = ?1", &q,
		    err))
		return false;
	sql_bind_text(q, 1, address_folded);
	ok = sql_row(q, &found, err);
	if (ok && found) {
		*contact_id = sql_i64(q, 0);
		*learnt = sql_bool(q, 1);
	}
	sql_end(q);
	return ok;
}

/* The contact has it already: typing a learnt address makes it a typed one, never the reverse. */
static bool known_already(struct operation *operation, int64_t contact_id, bool learnt,
	const struct holder *holder, struct span address, struct error *err)
{
	if (holder->contact_id != contact_id)
		return error_set(err, ERROR_CONFLICT,
			"%.*s is an address of contact %" PRId64 ", %.*s", SPAN_ARG(address),
			holder->contact_id, SPAN_ARG(holder->name));
	if (learnt || !holder->learnt)
		return true;
	return record_change_field(operation, &contact_address_noun, holder->address_id, LEARNT,
		value_integer(false), err);
}

/* Nobody who was erased comes back by accident. */
static bool refuse_erased(struct db *db, struct span folded, struct span address, struct error *err)
{
	struct erased *erased;
	bool listed;

	if (!erased_open(db_directory(db), &erased, err))
		return false;
	listed = erased_address(erased, folded) != 0;
	erased_close(erased);
	return !listed ||
	       error_set(err, ERROR_CONFLICT, "%.*s was erased: postroom privacy readmit %.*s",
		       SPAN_ARG(address), SPAN_ARG(address));
}

bool contact_address_add(struct operation *operation, int64_t contact_id, struct span address,
	bool learnt, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct span folded = text_fold_address(&arena, address);
	struct value values[FIELD_COUNT];
	struct holder holder;
	int64_t id;

	if (span_is_empty(folded))
		return error_set(
			err, ERROR_INPUT, "\"%.*s\" is no mail address", SPAN_ARG(address));
	if (!find_holder(operation->db, folded, &arena, &holder, err))
		return false;
	if (holder.address_id)
		return known_already(operation, contact_id, learnt, &holder, address, err);
	if (!refuse_erased(operation->db, folded, address, err))
		return false;
	values[CONTACT] = value_integer(contact_id);
	values[ADDRESS] = value_text(address);
	values[LEARNT] = value_integer(learnt);
	values[FAILING] = value_null();
	return record_make(operation, &contact_address_noun, values, &id, err);
}

bool contact_address_remove(struct operation *operation, int64_t address_id, struct error *err)
{
	return record_remove(operation, &contact_address_noun, address_id, err);
}

bool contact_address_list(struct db *db, int64_t contact_id, struct arena *arena,
	struct contact_address **rows, size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct contact_address, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT id, contact_id, address, failing, learnt FROM contact_address "
		    "WHERE contact_id = ?1 ORDER BY id",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, contact_id);
	while ((ok = sql_row(q, &found, err)) && found)
		*(struct contact_address *)list_add(&list) = (struct contact_address){
			.id = sql_i64(q, 0),
			.contact_id = sql_i64(q, 1),
			.address = sql_text(q, 2, arena),
			.failing = sql_text(q, 3, arena),
			.learnt = sql_bool(q, 4),
		};
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}

bool contact_address_failing(struct operation *operation, struct span address_folded,
	struct span failing, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct holder holder;

	if (!find_holder(operation->db, address_folded, &arena, &holder, err))
		return false;
	if (!holder.address_id)
		return true;
	return record_change_field(operation, &contact_address_noun, holder.address_id, FAILING,
		value_text_or_null(failing), err);
}
