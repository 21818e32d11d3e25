/*
 * contact.h - people outside: a name, addresses, perhaps a company.
 */
#ifndef STORE_CONTACT_H
#define STORE_CONTACT_H

#include "base/arena.h"
#include "base/span.h"
#include "store/operation.h"

struct contact {
	int64_t id;
	struct span name, phone, source, note;
	int64_t company_id, owner_id;	      /* 0: none */
	struct span company_name, owner_name; /* filled by reads */
	bool do_not_contact;
	int64_t created_ms, changed_ms;
	int64_t touched_ms; /* a person said that he is still to be kept; 0: never */
};

struct contact_address {
	int64_t id, contact_id;
	struct span address, failing;
	bool learnt;
};

MUST_CHECK bool contact_add(
	struct operation *operation, const struct contact *contact, int64_t *id, struct error *err);
/* Writes the fields that differ; changing nothing is no change. */
MUST_CHECK bool contact_edit(
	struct operation *operation, const struct contact *contact, struct error *err);
/* ERROR_CONFLICT, naming it, while something refers to the contact. */
MUST_CHECK bool contact_remove(struct operation *operation, int64_t id, struct error *err);
MUST_CHECK bool contact_get(struct db *db, int64_t id, struct arena *arena, struct contact *contact,
	bool *found, struct error *err);
MUST_CHECK bool contact_list(struct db *db, struct span name_part_folded, struct db_page page,
	struct arena *arena, struct contact **rows, size_t *count, struct error *err);
/* By exact folded name; several are possible. */
MUST_CHECK bool contact_by_name(struct db *db, struct span name_folded, struct arena *arena,
	struct contact **rows, size_t *count, struct error *err);
MUST_CHECK bool contact_by_company(struct db *db, int64_t company_id, struct arena *arena,
	struct contact **rows, size_t *count, struct error *err);
/* *contact_id 0: nobody's. */
MUST_CHECK bool contact_by_address(struct db *db, struct span address_folded, int64_t *contact_id,
	bool *learnt, struct error *err);

/*
 * ERROR_CONFLICT, naming the holder, when another contact has it. Waiting items of the address are
 * not settled here: ingest/resolve does that.
 */
MUST_CHECK bool contact_address_add(struct operation *operation, int64_t contact_id,
	struct span address, bool learnt, struct error *err);
MUST_CHECK bool contact_address_remove(
	struct operation *operation, int64_t address_id, struct error *err);
MUST_CHECK bool contact_address_list(struct db *db, int64_t contact_id, struct arena *arena,
	struct contact_address **rows, size_t *count, struct error *err);
/* The address bounced: code and reason, empty clears. Unknown addresses are no error. */
MUST_CHECK bool contact_address_failing(struct operation *operation, struct span address_folded,
	struct span failing, struct error *err);

#endif
