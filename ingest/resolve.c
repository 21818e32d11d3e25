#include "ingest/resolve.h"

#include <string.h>

#include "base/text.h"
#include "ingest/settle.h"
#include "store/company.h"
#include "store/contact.h"

/* ---------------------------------------------------------------- learning */

static bool address_learn(struct settling *settling, int64_t contact_id,
	const struct unresolved *item, bool learnt, struct error *err)
{
	int64_t holder = 0;
	bool was_learnt = false;
	if (!settle_is_address(item))
		return true;
	if (!contact_by_address(
		    settling->intake->db, item->address_folded, &holder, &was_learnt, err))
		return false;
	return holder == contact_id ||
	       contact_address_add(settling->operation, contact_id, item->address, learnt, err);
}

/* Settles the item and, unless it stands alone, all that wait for the same address. */
static bool answer_all(struct settling *settling, const struct unresolved *item, bool alone,
	const struct settle_answer *answer, struct error *err)
{
	if (alone || !settle_by_address(item))
		return settle_item(settling, item, answer, err);
	struct unresolved_filter filter = {.address_folded = item->address_folded};
	return settle_list(settling, &filter, answer, err);
}

/* ---------------------------------------------------------------- the verbs */

struct resolution {
	struct settling settling;
	const struct resolve_request *request;
	struct unresolved item;
	struct resolve_result *result;
};

static bool assign(struct resolution *resolution, struct error *err)
{
	const struct resolve_request *request = resolution->request;
	struct settling *settling = &resolution->settling;
	struct settle_answer answer = {
		.contact_id = request->contact_id, .outcome = SPAN("assigned")};
	struct contact contact;
	bool found = false;

	if (!settle_is_answerable(&resolution->item, err))
		return false;
	if (!contact_get(settling->intake->db, request->contact_id, settling->arena, &contact,
		    &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_INPUT, "there is no contact %lld",
			(long long)request->contact_id);
	resolution->result->contact_id = contact.id;
	resolution->result->company_id = contact.company_id;
	bool alone = request->once || !settle_by_address(&resolution->item);
	if (!alone && !address_learn(settling, contact.id, &resolution->item, true, err))
		return false;
	return answer_all(settling, &resolution->item, alone, &answer, err);
}

static struct span name_of(const struct resolution *resolution)
{
	if (resolution->request->name.size)
		return resolution->request->name;
	if (resolution->item.name.size)
		return resolution->item.name;
	return resolution->item.address;
}

/* The company that was given, else the one that the address's domain means. */
static bool company_of(struct resolution *resolution, int64_t *company_id, struct error *err)
{
	struct intake *intake = resolution->settling.intake;
	struct span domain = text_address_domain(resolution->item.address_folded);
	*company_id = resolution->request->company_id;
	if (*company_id || span_is_empty(domain) ||
		config_is_free_mail_domain(intake->config, domain))
		return true;
	return company_by_domain(intake->db, domain, company_id, err);
}

static bool create(struct resolution *resolution, struct error *err)
{
	struct settling *settling = &resolution->settling;
	struct contact contact = {
		.name = name_of(resolution), .created_ms = settling->operation->at_ms};
	struct settle_answer answer = {.outcome = SPAN("created")};

	if (!settle_is_answerable(&resolution->item, err))
		return false;
	if (span_is_empty(span_trim(contact.name)))
		return error_set(err, ERROR_INPUT, "the item names nobody: give a name");
	if (!company_of(resolution, &contact.company_id, err) ||
		!contact_add(settling->operation, &contact, &answer.contact_id, err) ||
		!address_learn(settling, answer.contact_id, &resolution->item, false, err))
		return false;
	resolution->result->contact_id = answer.contact_id;
	resolution->result->company_id = contact.company_id;
	return answer_all(settling, &resolution->item, resolution->request->once, &answer, err);
}

/* A domain that says which company somebody belongs to. */
static bool domain_check(
	const struct intake *intake, struct span domain, const char *instead, struct error *err)
{
	if (span_is_empty(domain))
		return error_set(err, ERROR_INPUT, "the item has no address with a domain");
	if (config_is_own_domain(intake->config, domain))
		return error_set(
			err, ERROR_INPUT, "%.*s is one of our own domains", SPAN_ARG(domain));
	if (config_is_free_mail_domain(intake->config, domain))
		return error_set(err, ERROR_INPUT,
			"%.*s gives mail addresses to anybody: %s instead", SPAN_ARG(domain),
			instead);
	return true;
}

static bool company_prepare(
	struct resolution *resolution, struct span domain, int64_t *company_id, struct error *err)
{
	struct settling *settling = &resolution->settling;
	const struct resolve_request *request = resolution->request;
	struct company company = {
		.name = request->name.size ? request->name : domain,
		.created_ms = settling->operation->at_ms,
	};
	bool found = false;
	*company_id = request->company_id;
	if (!*company_id)
		return company_add(settling->operation, &company, company_id, err);
	if (!company_get(settling->intake->db, *company_id, settling->arena, &company, &found, err))
		return false;
	return found ||
	       error_set(err, ERROR_INPUT, "there is no company %lld", (long long)*company_id);
}

static bool map_domain(struct resolution *resolution, struct error *err)
{
	struct settling *settling = &resolution->settling;
	struct span domain = text_address_domain(resolution->item.address_folded);
	struct settle_answer answer = {.outcome = SPAN("mapped"), .company_only = true};
	struct unresolved_filter filter = {.domain = domain};
	int64_t holder = 0;

	if (!settle_is_answerable(&resolution->item, err) ||
		!domain_check(settling->intake, domain, "assign the address to a contact", err) ||
		!company_prepare(resolution, domain, &answer.company_id, err))
		return false;
	resolution->result->company_id = answer.company_id;
	if (resolution->request->once)
		return settle_item(settling, &resolution->item, &answer, err);
	if (!company_by_domain(settling->intake->db, domain, &holder, err))
		return false;
	if (holder != answer.company_id &&
		!company_domain_add(settling->operation, answer.company_id, domain, err))
		return false;
	return settle_list(settling, &filter, &answer, err);
}

static bool ignore_address(struct resolution *resolution, struct error *err)
{
	struct settling *settling = &resolution->settling;
	struct settle_answer answer = {.outcome = SPAN("ignored"), .nothing = true};
	if (!settle_is_address(&resolution->item))
		return error_set(
			err, ERROR_INPUT, "this item is not about an address: dismiss it instead");
	if (resolution->request->once)
		return settle_item(settling, &resolution->item, &answer, err);
	return ignore_add(
		       settling->operation, IGNORE_ADDRESS, resolution->item.address_folded, err) &&
	       answer_all(settling, &resolution->item, false, &answer, err);
}

static bool ignore_domain(struct resolution *resolution, struct error *err)
{
	struct settling *settling = &resolution->settling;
	struct span domain = text_address_domain(resolution->item.address_folded);
	struct settle_answer answer = {.outcome = SPAN("ignored"), .nothing = true};
	struct unresolved_filter filter = {.domain = domain};
	if (!settle_is_address(&resolution->item))
		return error_set(
			err, ERROR_INPUT, "this item is not about an address: dismiss it instead");
	return domain_check(settling->intake, domain, "ignore the address", err) &&
	       ignore_add(settling->operation, IGNORE_DOMAIN, domain, err) &&
	       settle_list(settling, &filter, &answer, err);
}

static bool dismiss(struct resolution *resolution, struct error *err)
{
	struct settle_answer answer = {.outcome = SPAN("dismissed"), .nothing = true};
	return settle_item(&resolution->settling, &resolution->item, &answer, err);
}

static const struct {
	const char *verb;
	bool (*run)(struct resolution *resolution, struct error *err);
} verbs[] = {
	[RESOLVE_ASSIGN] = {"unresolved assign", assign},
	[RESOLVE_CREATE] = {"unresolved create", create},
	[RESOLVE_MAP_DOMAIN] = {"unresolved map", map_domain},
	[RESOLVE_IGNORE_ADDRESS] = {"unresolved ignore", ignore_address},
	[RESOLVE_IGNORE_DOMAIN] = {"unresolved ignore-domain", ignore_domain},
	[RESOLVE_DISMISS] = {"unresolved dismiss", dismiss},
};

/* ---------------------------------------------------------------- running one */

static bool item_load(struct resolution *resolution, struct error *err)
{
	bool found = false;
	int64_t id = resolution->request->item_id;
	if (!unresolved_get(resolution->settling.intake->db, id, resolution->settling.arena,
		    &resolution->item, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_INPUT, "there is no item %lld", (long long)id);
	if (!span_equal(resolution->item.state, SPAN("waiting")))
		return error_set(err, ERROR_CONFLICT, "item %lld was settled already: %.*s",
			(long long)id, SPAN_ARG(resolution->item.outcome));
	return true;
}

static bool run_in_transaction(struct resolution *resolution, struct operation *operation,
	int64_t now_ms, struct error *err)
{
	const struct resolve_request *request = resolution->request;
	if (!item_load(resolution, err))
		return false;
	struct span about =
		resolution->item.address.size ? resolution->item.address : resolution->item.detail;
	if (!operation_begin(resolution->settling.intake->db, request->actor,
		    verbs[request->verb].verb, text_cut(about, 200), now_ms, operation, err))
		return false;
	resolution->settling.operation = operation;
	resolution->settling.verb = verbs[request->verb].verb;
	return verbs[request->verb].run(resolution, err) &&
	       operation_settled(operation, resolution->settling.settled, err);
}

bool resolve_run(struct intake *intake, const struct resolve_request *request, bool dry_run,
	int64_t now_ms, struct arena *arena, struct resolve_result *result, struct error *err)
{
	struct operation operation = {0};
	struct resolution resolution = {
		.settling = {.intake = intake,
			.arena = arena,
			.scratch = &intake->arena,
			.actor = request->actor,
			.now_ms = now_ms},
		.request = request,
		.result = result,
	};

	*result = (struct resolve_result){0};
	if (!db_begin_write(intake->db, err))
		return false;
	bool done = run_in_transaction(&resolution, &operation, now_ms, err);
	/* What would be done is found out by doing it: nothing can differ. */
	if (!done || dry_run)
		db_rollback(intake->db);
	else if (!db_commit(intake->db, err))
		return false;
	if (!done)
		return false;
	result->operation_id = dry_run ? 0 : operation.id;
	result->settled = resolution.settling.settled;
	result->touched = resolution.settling.touched;
	result->touched_count = resolution.settling.touched_count;
	if (dry_run && request->verb == RESOLVE_CREATE)
		result->contact_id = 0;
	if (dry_run && request->verb == RESOLVE_MAP_DOMAIN && !request->company_id)
		result->company_id = 0;
	return true;
}

bool resolve_address_known(struct intake *intake, struct operation *operation, int64_t contact_id,
	struct span address_folded, int64_t *settled, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = {0};
	CLEANUP(arena_done) struct arena scratch = {0};
	struct settling settling = {
		.intake = intake,
		.arena = &arena,
		.scratch = &scratch, /* the mail in hand may lie in the intake's */
		.operation = operation,
		.actor = "",
		.verb = "contact address",
		.now_ms = operation->at_ms,
	};
	struct settle_answer answer = {.contact_id = contact_id, .outcome = SPAN("assigned")};
	struct unresolved_filter filter = {.address_folded = address_folded};

	*settled = 0;
	if (span_is_empty(address_folded))
		return true;
	if (!settle_list(&settling, &filter, &answer, err))
		return false;
	*settled = settling.settled;
	return true;
}
