#include "store/person.h"

#include "base/text.h"
#include "store/list.h"
#include "store/sql.h"

/* Folded texts or texts as written, each once. */
struct texts {
	struct list list;
	struct arena *arena;
};

static struct texts texts_new(struct arena *arena)
{
	return (struct texts){LIST_OF(struct span, arena), arena};
}

static void texts_add(struct texts *texts, struct span text)
{
	const struct span *items = texts->list.items;

	text = span_trim(text);
	if (span_is_empty(text))
		return;
	for (size_t i = 0; i < texts->list.count; i++)
		if (span_equal(items[i], text))
			return;
	*(struct span *)list_add(&texts->list) = arena_copy(texts->arena, text);
}

/* The first column of each row; ends the statement. */
static bool texts_read(struct texts *texts, struct sql *q, struct error *err)
{
	bool found, ok;

	while ((ok = sql_row(q, &found, err)) && found)
		texts_add(texts, sql_peek(q, 0));
	sql_end(q);
	return ok;
}

/* ---------------------------------------------------------------- one contact */

/* Those of today, and those that were taken from him and given to nobody else. */
static bool read_addresses(
	struct db *db, int64_t contact_id, struct texts *addresses, struct error *err)
{
	struct texts before = texts_new(addresses->arena);
	const struct span *items;
	struct sql *q;

	if (!sql_start(db, "SELECT address_folded FROM contact_address WHERE contact_id = ?1", &q,
		    err))
		return false;
	sql_bind_i64(q, 1, contact_id);
	if (!texts_read(addresses, q, err))
		return false;
	if (!sql_start(db,
		    "SELECT coalesce(b.old_value, b.new_value) FROM audit a JOIN audit b "
		    "ON b.noun = a.noun AND b.row_id = a.row_id AND b.field = 'address' "
		    "WHERE a.noun = 'contact_address' AND a.field = 'contact_id' "
		    "AND a.old_value = ?1",
		    &q, err))
		return false;
	sql_bind_text(q, 1, arena_format(addresses->arena, "%lld", (long long)contact_id));
	if (!texts_read(&before, q, err))
		return false;
	items = before.list.items;
	for (size_t i = 0; i < before.list.count; i++) {
		struct span folded = text_fold_address(addresses->arena, items[i]);
		int64_t holder = 0;
		bool learnt;

		if (!contact_by_address(db, folded, &holder, &learnt, err))
			return false;
		if (!holder)
			texts_add(addresses, folded);
	}
	return true;
}

/* What stood in a field of the contact at any time. */
static bool read_past(struct db *db, int64_t contact_id, struct span field, struct texts *texts,
	struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "SELECT old_value FROM audit WHERE noun = 'contact' AND row_id = ?1 "
		    "AND field = ?2 UNION SELECT new_value FROM audit WHERE noun = 'contact' "
		    "AND row_id = ?1 AND field = ?2",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, contact_id);
	sql_bind_text(q, 2, field);
	return texts_read(texts, q, err);
}

/* Other names that he has, or had: those of whom he was merged with are among them. */
static bool read_aliases(struct db *db, int64_t contact_id, struct texts *names, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "SELECT name FROM contact_alias WHERE contact_id = ?1 UNION "
		    "SELECT coalesce(b.old_value, b.new_value) FROM audit a JOIN audit b "
		    "ON b.noun = a.noun AND b.row_id = a.row_id AND b.field = 'name' "
		    "WHERE a.noun = 'contact_alias' AND a.field = 'contact_id' "
		    "AND a.old_value = ?2",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, contact_id);
	sql_bind_text(q, 2, arena_format(names->arena, "%lld", (long long)contact_id));
	return texts_read(names, q, err);
}

/* What mail called whoever has this address. */
static bool read_names(struct db *db, struct span folded, struct texts *names, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "SELECT m.from_name FROM message_address a JOIN message m "
		    "ON m.id = a.message_id WHERE a.address_folded = ?1 AND a.role = 'from' "
		    "AND m.from_name IS NOT NULL "
		    "UNION SELECT name FROM unresolved WHERE address_folded = ?1",
		    &q, err))
		return false;
	sql_bind_text(q, 1, folded);
	return texts_read(names, q, err);
}

static bool fill(struct db *db, struct person *person, struct texts *addresses, struct texts *names,
	struct texts *phones, struct error *err)
{
	person->addresses = addresses->list.items;
	person->address_count = addresses->list.count;
	for (size_t i = 0; i < person->address_count; i++)
		if (!read_names(db, person->addresses[i], names, err))
			return false;
	person->names = names->list.items;
	person->name_count = names->list.count;
	person->phones = phones->list.items;
	person->phone_count = phones->list.count;
	return true;
}

/* A contact's numbers stand in one field, with commas between them. */
static void numbers_add(struct texts *phones, const struct texts *fields)
{
	const struct span *items = fields->list.items;

	for (size_t i = 0; i < fields->list.count; i++) {
		struct span rest = items[i], phone;

		while (span_next(&rest, ',', &phone))
			texts_add(phones, phone);
	}
}

bool person_of_contact(struct db *db, int64_t contact_id, struct arena *arena,
	struct person *person, struct error *err)
{
	struct texts addresses = texts_new(arena), names = texts_new(arena),
		     phones = texts_new(arena), past_phones = texts_new(arena);
	struct contact contact;
	bool found;

	*person = (struct person){.contact_id = contact_id};
	if (!contact_get(db, contact_id, arena, &contact, &found, err))
		return false;
	if (!found)
		return error_set(
			err, ERROR_INPUT, "there is no contact %lld", (long long)contact_id);
	person->created_ms = contact.created_ms;
	texts_add(&names, contact.name);
	texts_add(&past_phones, contact.phone);
	if (!read_past(db, contact_id, SPAN("phone"), &past_phones, err))
		return false;
	numbers_add(&phones, &past_phones);
	return read_addresses(db, contact_id, &addresses, err) &&
	       read_past(db, contact_id, SPAN("name"), &names, err) &&
	       read_aliases(db, contact_id, &names, err) &&
	       fill(db, person, &addresses, &names, &phones, err);
}

/* ---------------------------------------------------------------- one address */

bool person_of_address(struct db *db, struct span folded, struct arena *arena,
	struct person *person, bool *found, struct error *err)
{
	struct texts addresses = texts_new(arena), names = texts_new(arena),
		     phones = texts_new(arena);
	struct sql *q;
	int64_t one;

	*person = (struct person){0};
	if (!sql_start(db,
		    "SELECT 1 WHERE EXISTS (SELECT 1 FROM message_address "
		    "WHERE address_folded = ?1) OR EXISTS (SELECT 1 FROM unresolved "
		    "WHERE address_folded = ?1)",
		    &q, err))
		return false;
	sql_bind_text(q, 1, folded);
	if (!sql_run_id(q, &one, err))
		return false;
	*found = one == 1;
	texts_add(&addresses, folded);
	return fill(db, person, &addresses, &names, &phones, err);
}

/* ---------------------------------------------------------------- those on the list */

struct listed {
	struct db *db;
	const struct erased *erased;
	struct arena *arena;
	struct list people, ids;
};

static bool all_addresses_listed(
	struct listed *listed, int64_t contact_id, int64_t *at_ms, struct error *err)
{
	struct sql *q;
	bool found, ok, all = true;
	int64_t latest = 0;

	if (!sql_start(listed->db,
		    "SELECT address_folded FROM contact_address WHERE contact_id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, contact_id);
	while ((ok = sql_row(q, &found, err)) && found) {
		int64_t at = erased_address(listed->erased, sql_peek(q, 0));

		all = all && at != 0;
		latest = at > latest ? at : latest;
	}
	sql_end(q);
	*at_ms = all ? latest : 0;
	return ok;
}

/* Made since he was erased: somebody let him in again on purpose. */
static bool listed_contact(struct listed *listed, int64_t id, int64_t created_ms, struct error *err)
{
	int64_t at_ms = erased_contact(listed->erased, id, created_ms);

	if (!at_ms && !all_addresses_listed(listed, id, &at_ms, err))
		return false;
	if (!at_ms || created_ms > at_ms)
		return true;
	struct person *person = list_add(&listed->people);
	if (!person_of_contact(listed->db, id, listed->arena, person, err))
		return false;
	person->erased_ms = at_ms;
	return true;
}

static bool listed_contacts(struct listed *listed, struct error *err)
{
	struct sql *q;
	bool found, ok;

	if (!sql_start(listed->db, "SELECT id, created_ms FROM contact ORDER BY id", &q, err))
		return false;
	while ((ok = sql_row(q, &found, err)) && found)
		if (!(ok = listed_contact(listed, sql_i64(q, 0), sql_i64(q, 1), err)))
			break;
	sql_end(q);
	return ok;
}

static bool is_taken(const struct listed *listed, struct span folded)
{
	const struct person *people = listed->people.items;

	for (size_t i = 0; i < listed->people.count; i++)
		for (size_t j = 0; j < people[i].address_count; j++)
			if (span_equal(people[i].addresses[j], folded))
				return true;
	return false;
}

static bool listed_address(struct listed *listed, struct span folded, struct error *err)
{
	int64_t at_ms = erased_address(listed->erased, folded);
	bool found;

	if (!at_ms || is_taken(listed, folded))
		return true;
	struct person *person = list_add(&listed->people);
	if (!person_of_address(listed->db, arena_copy(listed->arena, folded), listed->arena, person,
		    &found, err))
		return false;
	person->erased_ms = at_ms;
	return true;
}

static bool listed_addresses(struct listed *listed, struct error *err)
{
	struct sql *q;
	bool found, ok;

	if (!sql_start(listed->db,
		    "SELECT address_folded FROM message_address UNION "
		    "SELECT address_folded FROM unresolved WHERE address_folded <> ''",
		    &q, err))
		return false;
	while ((ok = sql_row(q, &found, err)) && found)
		if (!(ok = listed_address(listed, sql_peek(q, 0), err)))
			break;
	sql_end(q);
	return ok;
}

bool person_listed(struct db *db, const struct erased *erased, struct arena *arena,
	struct person **people, size_t *count, struct error *err)
{
	struct listed listed = {.db = db,
		.erased = erased,
		.arena = arena,
		.people = LIST_OF(struct person, arena)};
	bool ok = erased_is_empty(erased) ||
		  (listed_contacts(&listed, err) && listed_addresses(&listed, err));

	*people = listed.people.items;
	*count = listed.people.count;
	return ok;
}

static bool is_contacts_name(
	struct db *db, const struct person *person, struct span folded, bool *is, struct error *err)
{
	struct sql *q;
	bool ok;

	if (!sql_start(db, "SELECT id FROM contact WHERE name_folded = ?1 AND id <> ?2 LIMIT 1", &q,
		    err))
		return false;
	sql_bind_text(q, 1, folded);
	sql_bind_i64(q, 2, person->contact_id);
	ok = sql_row(q, is, err);
	sql_end(q);
	return ok;
}

static bool is_users_name(struct db *db, struct span folded, bool *is, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct sql *q;
	bool found, ok;

	*is = false;
	if (!sql_start(db, "SELECT full_name FROM app_user", &q, err))
		return false;
	while ((ok = sql_row(q, &found, err)) && found)
		*is = *is || span_equal(text_fold(&arena, sql_peek(q, 0)), folded);
	sql_end(q);
	return ok;
}

/* "Sales team" stands over many mails. */
static bool is_writers_name(
	struct db *db, const struct person *person, struct span name, bool *is, struct error *err)
{
	struct sql *q;
	bool found, ok;

	*is = false;
	if (!sql_start(db,
		    "SELECT DISTINCT from_address FROM message WHERE from_name = ?1 "
		    "AND from_address IS NOT NULL",
		    &q, err))
		return false;
	sql_bind_text(q, 1, name);
	while ((ok = sql_row(q, &found, err)) && found) {
		struct arena arena CLEANUP(arena_done) = {0};

		*is = *is || !person_has(person, text_fold_address(&arena, sql_peek(q, 0)));
	}
	sql_end(q);
	return ok;
}

bool person_has(const struct person *person, struct span folded)
{
	for (size_t i = 0; folded.size && i < person->address_count; i++)
		if (span_equal(person->addresses[i], folded))
			return true;
	return false;
}

bool person_name_is_shared(struct db *db, const struct person *person, struct span name,
	bool *shared, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct span folded = text_fold(&arena, name);

	if (!is_contacts_name(db, person, folded, shared, err))
		return false;
	if (!*shared && !is_users_name(db, folded, shared, err))
		return false;
	return *shared || is_writers_name(db, person, name, shared, err);
}

/* ---------------------------------------------------------------- age */

bool person_ages(struct db *db, int64_t before_ms, struct db_page page, struct arena *arena,
	struct person_age **rows, size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct person_age, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "WITH p AS (SELECT c.id AS id, c.name AS name, k.name AS company, u.name AS "
		    "owner, "
		    "(SELECT count(*) FROM activity a "
		    "WHERE a.contact_id = c.id) AS activities, "
		    "(SELECT max(i.at_ms) FROM (SELECT c.created_ms AS at_ms "
		    "UNION ALL SELECT coalesce(c.touched_ms, 0) "
		    "UNION ALL SELECT coalesce(max(b.at_ms), 0) FROM activity b "
		    "WHERE b.contact_id = c.id) i) AS last_ms "
		    "FROM contact c LEFT JOIN company k ON k.id = c.company_id "
		    "LEFT JOIN app_user u ON u.id = c.owner_id) "
		    "SELECT id, name, company, owner, last_ms, activities FROM p "
		    "WHERE last_ms < ?1 AND (?2 = 0 OR "
		    "(last_ms, id) > (SELECT q.last_ms, q.id FROM p q WHERE q.id = ?2)) "
		    "ORDER BY last_ms, id LIMIT ?3",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, before_ms);
	sql_bind_i64(q, 2, page.after_id);
	sql_bind_i64(q, 3, sql_limit(page));
	while ((ok = sql_row(q, &found, err)) && found)
		*(struct person_age *)list_add(&list) = (struct person_age){
			.contact_id = sql_i64(q, 0),
			.name = sql_text(q, 1, arena),
			.company_name = sql_text(q, 2, arena),
			.owner_name = sql_text(q, 3, arena),
			.last_ms = sql_i64(q, 4),
			.activities = sql_i64(q, 5),
		};
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}
