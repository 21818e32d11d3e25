/*
 * person.h - everything by which the record knows one person outside, for privacy: the contact, all
 * addresses, all names.
 */
#ifndef STORE_PERSON_H
#define STORE_PERSON_H

#include "base/arena.h"
#include "base/span.h"
#include "store/contact.h"
#include "store/db.h"
#include "store/erased.h"

struct person {
	int64_t contact_id; /* 0: nobody made a contact of him */
	int64_t created_ms;
	struct span *addresses; /* folded; those that he had before, too, unless another has them */
	size_t address_count;
	struct span *names, *phones; /* as written; all that he was ever called */
	size_t name_count, phone_count;
	int64_t erased_ms; /* person_listed: when that was */
};

/* The address (folded) is his. */
bool person_has(const struct person *person, struct span folded);
/* Of a contact. */
MUST_CHECK bool person_of_contact(struct db *db, int64_t contact_id, struct arena *arena,
	struct person *person, struct error *err);
/* Of an address that is no contact's; *found false: no mail has it. */
MUST_CHECK bool person_of_address(struct db *db, struct span folded, struct arena *arena,
	struct person *person, bool *found, struct error *err);
/*
 * Those in this database whom the list names: contacts by their row or by all their addresses, and
 * addresses in mail.
 */
MUST_CHECK bool person_listed(struct db *db, const struct erased *erased, struct arena *arena,
	struct person **people, size_t *count, struct error *err);
/* Somebody else is called so: another contact, a user, or whoever wrote from another address. */
MUST_CHECK bool person_name_is_shared(struct db *db, const struct person *person, struct span name,
	bool *shared, struct error *err);

/* How old what is known of a person is: for the age list, the oldest first. */
struct person_age {
	int64_t contact_id;
	struct span name, company_name, owner_name;
	int64_t last_ms; /* the last of: made, touched, something happened with him */
	int64_t activities;
};
MUST_CHECK bool person_ages(struct db *db, int64_t before_ms, struct db_page page,
	struct arena *arena, struct person_age **rows, size_t *count, struct error *err);

#endif
