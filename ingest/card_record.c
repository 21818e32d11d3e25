#include "ingest/card_record.h"

#include <inttypes.h>

#include "base/text.h"
#include "ingest/resolve.h"
#include "ingest/state.h"
#include "store/alias.h"
#include "store/company.h"
#include "store/user.h"

/* One card on its way. */
struct recording {
	struct intake *intake;
	struct operation *operation;
	const struct card *card;
	struct arena *arena;
	struct card_result *result;
};

/* ---------------------------------------------------------------- who it is */

static bool refuse_ours(struct recording *r, struct error *err)
{
	for (size_t i = 0; i < r->card->addresses.count; i++) {
		struct span address = r->card->addresses.items[i];

		if (directory_is_ours(r->intake->directory, text_fold_address(r->arena, address)))
			return error_set(err, ERROR_INPUT,
				"%.*s is an address of ours: users are no contacts",
				SPAN_ARG(address));
	}
	return true;
}

/* *id 0: nobody has any of its addresses. */
static bool find_by_address(struct recording *r, int64_t *id, struct error *err)
{
	*id = 0;
	for (size_t i = 0; i < r->card->addresses.count; i++) {
		struct span folded = text_fold_address(r->arena, r->card->addresses.items[i]);
		int64_t holder;
		bool learnt;

		if (!contact_by_address(r->operation->db, folded, &holder, &learnt, err))
			return false;
		if (*id && holder && holder != *id)
			return error_set(err, ERROR_INPUT,
				"its addresses belong to two contacts, %" PRId64 " and %" PRId64
				"; see: postroom contact merge",
				*id, holder);
		*id = holder ? holder : *id;
	}
	return true;
}

static bool same_company(struct recording *r, const struct contact *contact)
{
	return span_equal(
		text_fold(r->arena, contact->company_name), text_fold(r->arena, r->card->company));
}

static bool find_by_name(struct recording *r, int64_t *id, struct error *err)
{
	struct contact *rows;
	size_t count;

	*id = 0;
	if (!contact_by_name(r->operation->db, text_fold(r->arena, r->card->name), r->arena, &rows,
		    &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!same_company(r, &rows[i]))
			continue;
		if (*id)
			return error_set(err, ERROR_INPUT,
				"there are two contacts %.*s: give it an address",
				SPAN_ARG(r->card->name));
		*id = rows[i].id;
	}
	return true;
}

/* ---------------------------------------------------------------- what it says */

static bool company_of(struct recording *r, int64_t *id, struct error *err)
{
	struct company *rows, company = {.name = r->card->company, .role = SPAN("customer")};
	size_t count;

	*id = 0;
	if (span_is_empty(company.name))
		return true;
	if (!company_by_name(r->operation->db, text_fold(r->arena, company.name), r->arena, &rows,
		    &count, err))
		return false;
	if (count > 1)
		return error_set(err, ERROR_INPUT,
			"%zu companies are called %.*s; see: postroom company merge", count,
			SPAN_ARG(company.name));
	if (count == 0)
		return company_add(r->operation, &company, id, err);
	*id = rows[0].id;
	return true;
}

/* A colleague by login name, full name or address; somebody else's colleague is a remark. */
static bool owner_of(struct recording *r, int64_t *id, struct error *err)
{
	struct span owner = r->card->owner, folded = text_fold(r->arena, owner);
	const struct config_user *user =
		config_user_by_address(r->intake->config, text_fold_address(r->arena, owner));
	struct user_row *rows;
	size_t count;

	*id = 0;
	if (span_is_empty(owner))
		return true;
	if (!user_list(r->operation->db, r->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (user ? span_equal(rows[i].name, span_from(user->name))
			 : span_equal(text_fold(r->arena, rows[i].name), folded) ||
					span_equal(text_fold(r->arena, rows[i].full_name), folded))
			*id = rows[i].id;
	if (!*id)
		r->result->remark =
			arena_format(r->arena, "its owner %.*s is no user", SPAN_ARG(owner));
	return true;
}

/* The numbers of the contact with those of the card that are not among them. */
static struct span phones_joined(struct arena *arena, struct span before, const struct card *card)
{
	struct span all = before;

	for (size_t i = 0; i < card->phones.count; i++) {
		struct span phone = card->phones.items[i];

		if (span_find(all, phone) < 0)
			all = arena_format(arena, "%.*s%s%.*s", SPAN_ARG(all), all.size ? ", " : "",
				SPAN_ARG(phone));
	}
	return all;
}

static struct span note_joined(struct arena *arena, struct span before, struct span note)
{
	if (!note.size || span_find(before, note) >= 0)
		return before;
	return before.size ? arena_format(arena, "%.*s\n%.*s", SPAN_ARG(before), SPAN_ARG(note))
			   : note;
}

/* What is there stays. */
static bool fill(struct recording *r, struct contact *contact, struct error *err)
{
	int64_t company_id = contact->company_id, owner_id = contact->owner_id;

	if ((!company_id && !company_of(r, &company_id, err)) ||
		(!owner_id && !owner_of(r, &owner_id, err)))
		return false;
	contact->company_id = company_id;
	contact->owner_id = owner_id;
	contact->phone = phones_joined(r->arena, contact->phone, r->card);
	contact->note = note_joined(r->arena, contact->note, r->card->note);
	if (!contact->source.size)
		contact->source = r->card->source;
	contact->do_not_contact |= r->card->do_not_contact;
	return true;
}

static bool addresses_give(
	struct recording *r, int64_t contact_id, bool *any_new, struct error *err)
{
	for (size_t i = 0; i < r->card->addresses.count; i++) {
		struct span address = r->card->addresses.items[i];
		struct span folded = text_fold_address(r->arena, address);
		int64_t holder, settled = 0;
		bool learnt;

		if (!contact_by_address(r->operation->db, folded, &holder, &learnt, err))
			return false;
		if (holder && !learnt)
			continue;
		*any_new = true;
		if (!contact_address_add(r->operation, contact_id, address, false, err) ||
			!resolve_address_known(
				r->intake, r->operation, contact_id, folded, &settled, err))
			return false;
		r->result->settled += settled;
	}
	return true;
}

static bool aliases_give(struct recording *r, int64_t contact_id, bool *any_new, struct error *err)
{
	for (size_t i = 0; i < r->card->aliases.count; i++) {
		bool added;

		if (!alias_add(r->operation, ALIAS_OF_CONTACT, contact_id,
			    r->card->aliases.items[i], &added, err))
			return false;
		*any_new |= added;
	}
	return true;
}

static bool is_same(const struct contact *a, const struct contact *b)
{
	return a->company_id == b->company_id && a->owner_id == b->owner_id &&
	       a->do_not_contact == b->do_not_contact && span_equal(a->phone, b->phone) &&
	       span_equal(a->note, b->note) && span_equal(a->source, b->source);
}

static bool put(struct recording *r, struct error *err)
{
	struct contact before = {0}, contact;
	bool found = false, any_new = false;
	int64_t id;

	if (!refuse_ours(r, err) || !find_by_address(r, &id, err))
		return false;
	if (!id && !r->card->addresses.count && !find_by_name(r, &id, err))
		return false;
	if (id && !contact_get(r->operation->db, id, r->arena, &before, &found, err))
		return false;
	contact = before;
	if (!fill(r, &contact, err))
		return false;
	if (found) {
		r->result->outcome = is_same(&before, &contact) ? CARD_KNOWN : CARD_FILLED;
		if (!contact_edit(r->operation, &contact, err))
			return false;
	} else {
		contact.name = r->card->name;
		r->result->outcome = CARD_ADDED;
		if (!contact_add(r->operation, &contact, &id, err))
			return false;
	}
	r->result->contact_id = id;
	if (!addresses_give(r, id, &any_new, err) || !aliases_give(r, id, &any_new, err))
		return false;
	if (any_new && found)
		r->result->outcome = CARD_FILLED;
	return true;
}

static void refuse(struct card_result *result, struct span why)
{
	*result = (struct card_result){.outcome = CARD_REFUSED, .remark = why};
}

bool card_record(struct intake *intake, struct operation *operation, const struct card *card,
	struct arena *arena, struct card_result *result, struct error *err)
{
	struct recording r = {intake, operation, card, arena, result};

	*result = (struct card_result){0};
	if (card->fault.size) {
		refuse(result, card->fault);
		return true;
	}
	if (!db_savepoint(operation->db, err))
		return false;
	if (put(&r, err))
		return db_savepoint_keep(operation->db, err);
	db_savepoint_undo(operation->db);
	if (err->kind != ERROR_INPUT && err->kind != ERROR_CONFLICT && err->kind != ERROR_LIMIT)
		return false;
	refuse(result, arena_copy(arena, span_from(err->text)));
	return true;
}

/* ---------------------------------------------------------------- and back */

bool card_of_contact(struct db *db, const struct contact *contact, struct arena *arena,
	struct card *card, struct error *err)
{
	struct span rest = contact->phone, phone;
	struct contact_address *rows;
	struct alias *aliases;
	size_t count;

	*card = (struct card){
		.name = contact->name,
		.company = contact->company_name,
		.owner = contact->owner_name,
		.source = contact->source,
		.note = contact->note,
		.do_not_contact = contact->do_not_contact,
	};
	while (span_next(&rest, ',', &phone))
		card_string_add(&card->phones, arena, phone);
	if (!contact_address_list(db, contact->id, arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		card_string_add(&card->addresses, arena, rows[i].address);
	if (!alias_list(db, ALIAS_OF_CONTACT, contact->id, arena, &aliases, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		card_string_add(&card->aliases, arena, aliases[i].name);
	return true;
}
