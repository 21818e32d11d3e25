#include "ingest/match.h"

#include <string.h>

#include "base/text.h"
#include "ingest/suppress.h"
#include "store/activity.h"
#include "store/company.h"
#include "store/contact.h"
#include "store/unresolved.h"

/* A thread with more people than this says nothing about whom one address means. */
#define THREAD_CONTACTS 16
#define TAKEN_MAX	64

static bool candidate_name(struct mail *mail, struct match_candidate *candidate, struct error *err)
{
	bool found = false;
	if (candidate->contact_id) {
		struct contact contact;
		if (!contact_get(mail->intake->db, candidate->contact_id, mail->arena, &contact,
			    &found, err))
			return false;
		if (found)
			candidate->name = contact.name;
		return true;
	}
	struct company company;
	if (!company_get(
		    mail->intake->db, candidate->company_id, mail->arena, &company, &found, err))
		return false;
	if (found)
		candidate->name = company.name;
	return true;
}

static bool also_add(struct mail *mail, struct match *match, int64_t contact_id, int64_t company_id,
	struct span rule, struct error *err)
{
	struct match_candidate *grown =
		arena_array(mail->arena, struct match_candidate, match->also_count + 1);
	for (size_t i = 0; i < match->also_count; i++)
		grown[i] = match->also[i];
	match->also = grown;
	match->also[match->also_count] = (struct match_candidate){
		.contact_id = contact_id, .company_id = company_id, .rule = rule};
	return candidate_name(mail, &match->also[match->also_count++], err);
}

static bool by_address(struct mail *mail, struct match *match, struct error *err)
{
	bool learnt = false;
	if (!contact_by_address(mail->intake->db, match->folded, &match->contact_id, &learnt, err))
		return false;
	if (!match->contact_id)
		return true;
	match->rule = learnt ? "learnt" : "address";
	match->score = learnt ? 0.95 : 1.0;
	match->evidence = arena_format(mail->arena,
		learnt ? "%.*s was assigned to this contact" : "%.*s is an address of the contact",
		SPAN_ARG(match->folded));
	return true;
}

static bool by_ignore_rule(struct mail *mail, struct match *match, struct error *err)
{
	struct span rule = {0};
	if (!ignore_find(mail->intake->db, match->folded, mail->arena, &rule, err))
		return false;
	if (span_is_empty(rule))
		return true;
	match->rule = "ignored";
	match->evidence = rule;
	return true;
}

bool match_thread_contacts(struct mail *mail, int64_t **contacts, size_t *count, struct error *err)
{
	*contacts = arena_array(mail->arena, int64_t, THREAD_CONTACTS);
	*count = 0;
	if (!mail_thread(mail, err))
		return false;
	for (size_t t = 0; t < mail->thread.count; t++) {
		struct activity_filter filter = {
			.message_id = mail->thread.messages[t], .page = {.limit = THREAD_CONTACTS}};
		struct activity *rows = NULL;
		size_t row_count = 0;
		if (!activity_list(mail->intake->db, &filter, mail->arena, &rows, &row_count, err))
			return false;
		for (size_t r = 0; r < row_count && *count < THREAD_CONTACTS; r++) {
			size_t known = 0;
			while (known < *count && (*contacts)[known] != rows[r].contact_id)
				known++;
			if (rows[r].contact_id && known == *count)
				(*contacts)[(*count)++] = rows[r].contact_id;
		}
		/* The nearest mail with people decides; older ones only add noise. */
		if (*count)
			break;
	}
	return true;
}

static bool id_listed(const int64_t *ids, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++) {
		if (ids[i] == id)
			return true;
	}
	return false;
}

/* Who is left of the thread's people when those with an address in this mail are taken away. */
static bool by_thread(struct mail *mail, struct match *match, const int64_t *taken,
	size_t taken_count, struct error *err)
{
	int64_t *contacts = NULL;
	size_t count = 0, left = 0;
	if (!match_thread_contacts(mail, &contacts, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!id_listed(taken, taken_count, contacts[i]))
			contacts[left++] = contacts[i];
	}
	if (left == 1) {
		match->contact_id = contacts[0];
		match->rule = "thread";
		match->score = 0.8;
		match->evidence = arena_format(mail->arena,
			"answers message %lld, which is filed on the contact",
			(long long)mail->thread.messages[0]);
		return true;
	}
	for (size_t i = 0; i < left; i++) {
		match->rule = "several";
		match->evidence = SPAN("the thread is filed on several contacts");
		if (!also_add(mail, match, contacts[i], 0, SPAN("thread"), err))
			return false;
	}
	return true;
}

static bool domain_company(
	struct mail *mail, struct match *match, int64_t *company_id, struct error *err)
{
	struct span domain = text_address_domain(match->folded);
	*company_id = 0;
	if (span_is_empty(domain) || config_is_free_mail_domain(mail->intake->config, domain) ||
		config_is_own_domain(mail->intake->config, domain))
		return true;
	return company_by_domain(mail->intake->db, domain, company_id, err);
}

static bool by_domain(struct mail *mail, struct match *match, struct error *err)
{
	int64_t company_id = 0;
	if (!domain_company(mail, match, &company_id, err))
		return false;
	if (!company_id)
		return true;
	match->company_id = company_id;
	match->rule = "domain";
	match->score = 0.6;
	match->evidence = arena_format(mail->arena, "%.*s is a domain of the company",
		SPAN_ARG(text_address_domain(match->folded)));
	return true;
}

/* The address decided; a company that its domain would have meant is kept as a loser. */
static bool losers_add(struct mail *mail, struct match *match, struct error *err)
{
	int64_t company_id = 0;
	struct contact contact;
	bool found = false;
	if (!domain_company(mail, match, &company_id, err))
		return false;
	if (!company_id)
		return true;
	if (!contact_get(mail->intake->db, match->contact_id, mail->arena, &contact, &found, err))
		return false;
	if (found && contact.company_id == company_id)
		return true;
	return also_add(mail, match, 0, company_id, SPAN("domain"), err);
}

/* Neither his thread nor his company brings him back. */
static bool by_erasure(struct mail *mail, struct match *match, struct error *err)
{
	bool erased = false;
	if (!suppress_is_erased(mail->intake, match->folded, &erased, err))
		return false;
	if (erased) {
		match->rule = MATCH_ERASED;
		match->evidence = SPAN("this person was erased");
	}
	return true;
}

static bool rest_find(struct mail *mail, struct match *match, bool alone, const int64_t *taken,
	size_t taken_count, struct error *err)
{
	if (!by_erasure(mail, match, err))
		return false;
	if (match_is_erased(match))
		return true;
	if (!by_ignore_rule(mail, match, err))
		return false;
	if (strcmp(match->rule, "ignored") == 0)
		return true;
	if (alone && !by_thread(mail, match, taken, taken_count, err))
		return false;
	if (match->contact_id || match->also_count)
		return true;
	return by_domain(mail, match, err);
}

static bool address_find(struct mail *mail, struct match *match, struct error *err)
{
	match->rule = "none";
	match->evidence = SPAN("no contact has this address");
	if (span_is_empty(match->folded))
		return true;
	if (!by_address(mail, match, err))
		return false;
	return match->contact_id == 0 || losers_add(mail, match, err);
}

bool match_find(struct mail *mail, struct match *match, struct error *err)
{
	if (!address_find(mail, match, err))
		return false;
	if (match->contact_id || span_is_empty(match->folded))
		return true;
	return rest_find(mail, match, true, NULL, 0, err);
}

bool match_all(struct mail *mail, struct match *matches, struct error *err)
{
	int64_t taken[TAKEN_MAX];
	size_t taken_count = 0, unknown = 0;
	for (struct match *match = matches; match; match = match->next) {
		if (!address_find(mail, match, err))
			return false;
		if (match->contact_id && taken_count < TAKEN_MAX)
			taken[taken_count++] = match->contact_id;
		unknown += match->contact_id == 0;
	}
	for (struct match *match = matches; match; match = match->next) {
		if (!match->contact_id && match->folded.size &&
			!rest_find(mail, match, unknown == 1, taken, taken_count, err))
			return false;
	}
	return true;
}
