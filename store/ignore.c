#include "base/text.h"
#include "store/list.h"
#include "store/record.h"
#include "store/sql.h"
#include "store/unresolved.h"

enum { KIND, VALUE, FIELD_COUNT };
static const struct record_field fields[] = {
	[KIND] = {"kind", RECORD_TEXT, false},
	[VALUE] = {"value_folded", RECORD_TEXT, false},
};
const struct noun ignore_rule_noun = {
	.name = "ignore_rule",
	.table = "ignore_rule",
	.fields = fields,
	.field_count = FIELD_COUNT,
};

static struct span kind_name(enum ignore_kind kind)
{
	return kind == IGNORE_ADDRESS ? SPAN("address") : SPAN("domain");
}

static bool find_rule(
	struct db *db, enum ignore_kind kind, struct span value, int64_t *id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db, "SELECT id FROM ignore_rule WHERE kind = ?1 AND value_folded = ?2", &q,
		    err))
		return false;
	sql_bind_text(q, 1, kind_name(kind));
	sql_bind_text(q, 2, value);
	return sql_run_id(q, id, err);
}

bool ignore_add(struct operation *operation, enum ignore_kind kind, struct span value_folded,
	struct error *err)
{
	int64_t id;

	if (span_is_empty(value_folded))
		return error_set(err, ERROR_INPUT, "an empty %.*s cannot be ignored",
			SPAN_ARG(kind_name(kind)));
	if (!find_rule(operation->db, kind, value_folded, &id, err))
		return false;
	return id || record_make(operation, &ignore_rule_noun,
			     (struct value[FIELD_COUNT]){
				     [KIND] = value_text(kind_name(kind)),
				     [VALUE] = value_text(value_folded),
			     },
			     &id, err);
}

bool ignore_remove(struct operation *operation, enum ignore_kind kind, struct span value_folded,
	bool *found, struct error *err)
{
	int64_t id;

	if (!find_rule(operation->db, kind, value_folded, &id, err))
		return false;
	*found = id != 0;
	return !*found || record_remove(operation, &ignore_rule_noun, id, err);
}

/* An address of its own first, then its domain and the domains above that. */
bool ignore_find(struct db *db, struct span address_folded, struct arena *arena, struct span *rule,
	struct error *err)
{
	struct span domain = text_address_domain(address_folded);
	int64_t id;

	*rule = (struct span){0};
	if (!find_rule(db, IGNORE_ADDRESS, address_folded, &id, err))
		return false;
	if (id) {
		*rule = arena_format(arena, "address:%.*s", SPAN_ARG(address_folded));
		return true;
	}
	while (domain.size) {
		ptrdiff_t dot = span_find_byte(domain, '.');

		if (!find_rule(db, IGNORE_DOMAIN, domain, &id, err))
			return false;
		if (id) {
			*rule = arena_format(arena, "domain:%.*s", SPAN_ARG(domain));
			return true;
		}
		domain = dot < 0 ? (struct span){0} : span_after(domain, (size_t)dot + 1);
	}
	return true;
}

bool ignore_list(
	struct db *db, struct arena *arena, struct span **rules, size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct span, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db, "SELECT kind, value_folded FROM ignore_rule ORDER BY kind, value_folded",
		    &q, err))
		return false;
	while ((ok = sql_row(q, &found, err)) && found)
		*(struct span *)list_add(&list) = arena_format(
			arena, "%.*s:%.*s", SPAN_ARG(sql_peek(q, 0)), SPAN_ARG(sql_peek(q, 1)));
	sql_end(q);
	*rules = list.items;
	*count = list.count;
	return ok;
}
