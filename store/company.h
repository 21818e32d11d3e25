/*
 * company.h - companies and the mail domains that mean them.
 */
#ifndef STORE_COMPANY_H
#define STORE_COMPANY_H

#include "base/arena.h"
#include "base/span.h"
#include "store/operation.h"

struct company {
	int64_t id;
	struct span name, role, vat_id, iban, note;
	int64_t owner_id;
	int64_t created_ms, changed_ms;
};

MUST_CHECK bool company_add(
	struct operation *operation, const struct company *company, int64_t *id, struct error *err);
MUST_CHECK bool company_edit(
	struct operation *operation, const struct company *company, struct error *err);
MUST_CHECK bool company_get(struct db *db, int64_t id, struct arena *arena, struct company *company,
	bool *found, struct error *err);
MUST_CHECK bool company_list(struct db *db, struct span name_part_folded, struct db_page page,
	struct arena *arena, struct company **rows, size_t *count, struct error *err);
MUST_CHECK bool company_by_name(struct db *db, struct span name_folded, struct arena *arena,
	struct company **rows, size_t *count, struct error *err);
/* The domain itself or the nearest parent that is mapped; *company_id 0: none. */
MUST_CHECK bool company_by_domain(
	struct db *db, struct span domain, int64_t *company_id, struct error *err);
/* By VAT id or IBAN, upper case without spaces: *company_id 0 unless there is exactly one
 * candidate. */
MUST_CHECK bool company_by_vat_id(
	struct db *db, struct span vat_id, int64_t *company_id, int *candidates, struct error *err);
MUST_CHECK bool company_by_iban(
	struct db *db, struct span iban, int64_t *company_id, int *candidates, struct error *err);
/* ERROR_CONFLICT, naming the holder, when the domain means another company. */
MUST_CHECK bool company_domain_add(
	struct operation *operation, int64_t company_id, struct span domain, struct error *err);
MUST_CHECK bool company_domain_remove(
	struct operation *operation, struct span domain, bool *removed, struct error *err);
MUST_CHECK bool company_domains(struct db *db, int64_t company_id, struct arena *arena,
	struct span **domains, size_t *count, struct error *err);

#endif
