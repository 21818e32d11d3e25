/*
 * leads: a contact (made, or asked for) with its source, and a deal in the first phase with an
 * owner and a score. Mail from a contact with an open lead joins that deal.
 */
#include <string.h>

#include "base/text.h"
#include "base/zone.h"
#include "ingest/form.h"
#include "ingest/kind.h"
#include "ingest/match.h"
#include "ingest/participants.h"
#include "ingest/record.h"
#include "ingest/suppress.h"
#include "store/absence.h"

/* Text that score rules look at. */
#define SCORE_TEXT_BYTES (64 * 1024)

/* Who wants something, by the form, by Reply-To of a form's sender, by From. */
struct lead {
	struct form form;
	struct match match;
	struct span source;
};

static void person_set(struct mail *mail, struct match *match, struct span address,
	struct span name, const char *role)
{
	struct span folded = text_fold_address(mail->arena, address);
	if (span_is_empty(folded) || directory_is_ours(mail->intake->directory, folded))
		return;
	*match = (struct match){
		.address = address, .name = name, .folded = folded, .role = role, .rule = "none"};
}

static void lead_read(struct plan *plan, struct lead *lead)
{
	struct mail *mail = plan->mail;
	const struct config_leads *config = &mail->intake->config->leads;
	const struct facts *facts = mail->facts;

	*lead = (struct lead){.form = form_read(mail), .source = span_from(config->source)};
	if (!participants_author(mail, KIND_LEADS, &lead->match))
		lead->match = (struct match){.role = "from", .rule = "none"};
	/* The site's own address is never the lead. */
	if (form_sender_is_known(mail))
		lead->match = (struct match){.role = "reply-to", .rule = "none"};
	if (form_sender_is_known(mail) && facts->reply_to.count)
		person_set(mail, &lead->match, facts->reply_to.items[0].address,
			facts->reply_to.items[0].name, "reply-to");
	if (lead->form.found && lead->form.email.size)
		person_set(mail, &lead->match, lead->form.email, lead->form.name, "form");
	if (lead->form.found && lead->form.name.size)
		lead->match.name = lead->form.name;
	if (lead->form.source.size)
		lead->source = lead->form.source;
}

/* ---------------------------------------------------------------- score and owner */

static struct span score_field(struct mail *mail, const struct lead *lead, const char *field)
{
	struct span name = span_from(field);
	if (span_equal(name, SPAN("subject")))
		return record_subject(mail);
	if (span_equal(name, SPAN("text")))
		return text_cut(mail->facts->text, SCORE_TEXT_BYTES);
	if (span_equal(name, SPAN("from")))
		return lead->match.folded;
	if (span_equal(name, SPAN("domain")))
		return text_address_domain(lead->match.folded);
	if (span_equal(name, SPAN("source")))
		return lead->source;
	return form_value(mail, name);
}

static int score_of(struct mail *mail, const struct lead *lead)
{
	const struct config_leads *config = &mail->intake->config->leads;
	int score = 0;
	for (size_t i = 0; i < config->score_rule_count; i++) {
		const struct config_score_rule *rule = &config->score_rules[i];
		struct span value = text_fold(mail->arena, score_field(mail, lead, rule->field));
		if (span_find(value, text_fold(mail->arena, span_from(rule->contains))) >= 0)
			score += rule->score;
	}
	return score;
}

/*
 * Round robin: the one behind him who got the latest lead. Counting what each of them has would
 * give a new colleague every lead until he has as many as the others. Who is away today is passed
 * over; when all are, somebody who stands in for one gets it.
 */
static bool owner_find(struct plan *plan, int64_t *owner_id, struct error *err)
{
	struct intake *intake = plan->mail->intake;
	const struct config_strings *owners = &intake->config->leads.owners;
	int64_t *ids = arena_array(plan->mail->arena, int64_t, owners->count + 1);
	int64_t latest = 0;
	struct date today = zone_local(intake->config->zone, plan->mail->now_ms).date;
	int64_t stand_in, instead = 0;
	size_t count = 0, next = 0;
	*owner_id = 0;
	for (size_t i = 0; i < owners->count; i++) {
		int64_t deal_id = 0;
		int64_t id = intake_user_id(
			intake, intake_user_index(intake, span_from(owners->items[i])));
		if (!id)
			continue;
		if (owners->count > 1 && !deal_latest_lead(intake->db, id, &deal_id, err))
			return false;
		if (!absence_stand_in(intake->db, id, today, &stand_in, err))
			return false;
		if (stand_in) {
			instead = stand_in;
			continue;
		}
		ids[count++] = id;
		if (deal_id > latest) {
			latest = deal_id;
			next = count;
		}
	}
	*owner_id = count ? ids[next % count] : instead;
	return true;
}

/* ---------------------------------------------------------------- effects */

static struct span deal_name(struct mail *mail, const struct lead *lead)
{
	struct span subject = record_subject_base(record_subject(mail));
	if (lead->form.found && lead->form.company.size)
		return lead->form.company;
	if (lead->form.found && lead->form.name.size)
		return lead->form.name;
	return subject.size ? text_cut(subject, 200) : lead->match.folded;
}

static bool deal_open(
	struct plan *plan, const struct lead *lead, const struct effect *made, struct error *err)
{
	struct mail *mail = plan->mail;
	const struct config_leads *config = &mail->intake->config->leads;
	struct deal deal = {
		.name = deal_name(mail, lead),
		.pipeline = span_from(mail->intake->config->deals.pipelines[0].name),
		.phase = span_from(config->first_phase),
		.state = SPAN("open"),
		.source = lead->source,
		.contact_id = lead->match.contact_id,
		.company_id = lead->match.company_id,
		.score = score_of(mail, lead),
		.is_lead = true,
		.created_ms = mail->now_ms,
	};
	if (!owner_find(plan, &deal.owner_id, err))
		return false;
	struct effect *effect = plan_add(plan, EFFECT_DEAL,
		lead->form.found ? SPAN("a web form") : SPAN("mail to a leads mailbox"));
	effect->deal = deal;
	effect->contact_from = made;

	struct effect *activity = plan_add(plan, EFFECT_ACTIVITY, lead->match.evidence);
	activity->contact_from = made;
	activity->deal_from = effect;
	activity->activity = (struct activity){
		.kind = SPAN("mail"),
		.direction = SPAN("in"),
		.subject = record_subject(mail),
		.rule = span_from(made ? "created" : lead->match.rule),
		.contact_id = lead->match.contact_id,
		.company_id = lead->match.contact_id || made ? 0 : lead->match.company_id,
		.message_id = mail->message_id,
		.at_ms = mail->at_ms,
		.logged_ms = mail->now_ms,
	};
	return true;
}

static struct effect *contact_make(struct plan *plan, const struct lead *lead)
{
	struct effect *effect =
		plan_add(plan, EFFECT_CONTACT, SPAN("a lead from somebody who was not known"));
	effect->contact.address = lead->match.address;
	effect->contact.contact = (struct contact){
		.name = lead->match.name.size ? lead->match.name : lead->match.folded,
		.phone = lead->form.found ? lead->form.phone : SPAN(""),
		.source = lead->source,
		.company_id = lead->match.company_id,
		.created_ms = plan->mail->now_ms,
	};
	return effect;
}

static void contact_ask(struct plan *plan, const struct lead *lead)
{
	const struct match *match = &lead->match;
	struct effect *item = plan_ask(plan, match->also_count ? "several-candidates" : "new-lead",
		match->address, match->name,
		match->also_count
			? match->evidence
			: arena_format(plan->mail->arena,
				  "a lead from %.*s: create a contact, or assign it to one",
				  SPAN_ARG(match->address)));
	item->unresolved.role = span_from(match->role);
	item->unresolved.candidates =
		plan_candidates_text(plan->mail->arena, match->also, match->also_count);
}

/* His open lead takes the mail, else a new deal does. */
static bool known_plan(struct plan *plan, const struct lead *lead, struct error *err)
{
	int64_t deal_id = 0;
	if (!deal_open_lead(plan->mail->intake->db, lead->match.contact_id, &deal_id, err))
		return false;
	if (!deal_id)
		return deal_open(plan, lead, NULL, err);
	struct effect *effect = plan_add(plan, EFFECT_JOIN, SPAN("the contact has an open lead"));
	effect->join.deal_id = deal_id;
	effect->join.how = SPAN("lead");
	return record_activity(plan, &lead->match, deal_id, err);
}

/* Decided anew: the deal that this route opened before, 0: none. */
static bool deal_of_route(struct plan *plan, int64_t *deal_id, struct error *err)
{
	struct mail *mail = plan->mail;
	struct activity_filter filter = {.message_id = mail->message_id};
	struct activity *rows = NULL;
	size_t count = 0;
	*deal_id = 0;
	if (!mail->route_id)
		return true;
	if (!activity_list(mail->intake->db, &filter, mail->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (rows[i].route_id == mail->route_id && rows[i].deal_id)
			*deal_id = rows[i].deal_id;
	}
	return true;
}

static bool leads_plan(struct plan *plan, struct error *err)
{
	struct lead lead;
	int64_t deal_id = 0;

	lead_read(plan, &lead);
	if (participants_uncertain(plan->mail, KIND_LEADS) && !lead.form.found) {
		record_uncertain(plan);
		return true;
	}
	if (span_is_empty(lead.match.folded)) {
		plan_ask(plan, "no-contact", (struct span){0}, lead.match.name,
			lead.form.found ? SPAN("the web form names no address")
					: SPAN("nobody outside wrote this mail"));
		return true;
	}
	if (!match_find(plan->mail, &lead.match, err))
		return false;
	plan_add_match(plan, &lead.match);
	if (match_is_erased(&lead.match))
		suppress_ask(plan, lead.match.address, lead.match.role);
	if (match_is_erased(&lead.match) || strcmp(lead.match.rule, "ignored") == 0)
		return true;
	if (!deal_of_route(plan, &deal_id, err))
		return false;
	if (deal_id && match_is_known(&lead.match))
		return record_activity(plan, &lead.match, deal_id, err);
	if (deal_id)
		return true;
	if (lead.match.contact_id)
		return known_plan(plan, &lead, err);
	if (!plan->mail->intake->config->leads.create_contact || lead.match.also_count) {
		contact_ask(plan, &lead);
		return true;
	}
	return deal_open(plan, &lead, contact_make(plan, &lead), err);
}

static bool leads_settle(struct plan *plan, const struct unresolved *item UNUSED,
	int64_t contact_id, int64_t company_id, struct error *err)
{
	struct lead lead;
	lead_read(plan, &lead);
	lead.match.contact_id = contact_id;
	lead.match.company_id = company_id;
	lead.match.rule = "resolved";
	lead.match.evidence = SPAN("a person named the contact");
	if (!contact_id)
		return deal_open(plan, &lead, NULL, err);
	return known_plan(plan, &lead, err);
}

const struct kind kind_leads = {KIND_LEADS, leads_plan, leads_settle};
