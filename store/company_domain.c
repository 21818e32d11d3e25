#include <inttypes.h>

#include "store/company.h"
#include "store/list.h"
#include "store/record.h"
#include "store/sql.h"

enum { COMPANY, DOMAIN, FIELD_COUNT };
static const struct record_field fields[] = {
	[COMPANY] = {"company_id", RECORD_INTEGER, false},
	[DOMAIN] = {"domain", RECORD_TEXT, false},
};
const struct noun company_domain_noun = {
	.name = "company_domain",
	.table = "company_domain",
	.fields = fields,
	.field_count = FIELD_COUNT,
};

static bool find_exact(struct db *db, struct span domain, int64_t *company_id, struct error *err)
{
	struct sql *q;
	bool found, ok;

	*company_id = 0;
	if (!sql_start(db, "SELECT company_id FROM company_domain WHERE domain = ?1", &q, err))
		return false;
	sql_bind_text(q, 1, domain);
	ok = sql_row(q, &found, err);
	if (ok && found)
		*company_id = sql_i64(q, 0);
	sql_end(q);
	return ok;
}

bool company_by_domain(struct db *db, struct span domain, int64_t *company_id, struct error *err)
{
	*company_id = 0;
	while (domain.size) {
		ptrdiff_t dot;

		if (!find_exact(db, domain, company_id, err))
			return false;
		dot = span_find_byte(domain, '.');
		if (*company_id || dot < 0)
			return true;
		domain = span_after(domain, (size_t)dot + 1);
	}
	return true;
}

static bool refuse_other(struct db *db, int64_t holder, struct span domain, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct company company = {0};
	bool found;

	if (!company_get(db, holder, &arena, &company, &found, err))
		return false;
	return error_set(err, ERROR_CONFLICT, "%.*s means company %" PRId64 ", %.*s",
		SPAN_ARG(domain), holder, SPAN_ARG(company.name));
}

bool company_domain_add(
	struct operation *operation, int64_t company_id, struct span domain, struct error *err)
{
	struct value values[FIELD_COUNT] = {
		[COMPANY] = value_integer(company_id), [DOMAIN] = value_text(domain)};
	int64_t holder, id;

	if (span_find_byte(domain, '.') <= 0 || span_find_byte(domain, '@') >= 0)
		return error_set(err, ERROR_INPUT, "\"%.*s\" is no domain", SPAN_ARG(domain));
	if (!find_exact(operation->db, domain, &holder, err))
		return false;
	if (holder == company_id)
		return true;
	if (holder)
		return refuse_other(operation->db, holder, domain, err);
	return record_make(operation, &company_domain_noun, values, &id, err);
}

bool company_domain_remove(
	struct operation *operation, struct span domain, bool *removed, struct error *err)
{
	int64_t id = 0;
	struct sql *q;
	bool ok;

	if (!sql_start(operation->db, "SELECT id FROM company_domain WHERE domain = ?1", &q, err))
		return false;
	sql_bind_text(q, 1, domain);
	ok = sql_row(q, removed, err);
	if (ok && *removed)
		id = sql_i64(q, 0);
	sql_end(q);
	if (!ok || !*removed)
		return ok;
	return record_remove(operation, &company_domain_noun, id, err);
}

bool company_domains(struct db *db, int64_t company_id, struct arena *arena, struct span **domains,
	size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct span, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT domain FROM company_domain WHERE company_id = ?1 ORDER BY domain", &q,
		    err))
		return false;
	sql_bind_i64(q, 1, company_id);
	while ((ok = sql_row(q, &found, err)) && found)
		*(struct span *)list_add(&list) = sql_text(q, 0, arena);
	sql_end(q);
	*domains = list.items;
	*count = list.count;
	return ok;
}
