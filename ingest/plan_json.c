#include "ingest/json.h"
#include "ingest/plan.h"
#include "store/company.h"

/* Names are looked up for the eye; an id that leads nowhere stays without one. */
static json_t *contact_name(const struct mail *mail, int64_t id)
{
	struct contact contact;
	struct error err = {0};
	bool found = false;
	if (!id || !contact_get(mail->intake->db, id, mail->arena, &contact, &found, &err))
		return json_null();
	return found ? json_of_text(contact.name) : json_null();
}

static json_t *company_name(const struct mail *mail, int64_t id)
{
	struct company company;
	struct error err = {0};
	bool found = false;
	if (!id || !company_get(mail->intake->db, id, mail->arena, &company, &found, &err))
		return json_null();
	return found ? json_of_text(company.name) : json_null();
}

static json_t *user_name(const struct mail *mail, int64_t id)
{
	const struct config *config = mail->intake->config;
	for (size_t i = 0; id && i < config->user_count; i++) {
		if (mail->intake->user_ids[i] == id)
			return json_string(config->users[i].name);
	}
	return json_null();
}

/* The contact of the record, or the one that an earlier effect makes. */
static void put_contact(const struct mail *mail, json_t *object, int64_t contact_id,
	int64_t company_id, const struct effect *from)
{
	json_put(object, "contact",
		from ? json_of_text(from->contact.contact.name) : contact_name(mail, contact_id));
	json_put(object, "contact_id", json_of_id(contact_id));
	json_put(object, "company", company_name(mail, company_id));
	json_put(object, "company_id", json_of_id(company_id));
}

static void activity_json(const struct mail *mail, const struct effect *effect, json_t *object)
{
	const struct activity *activity = &effect->activity;
	put_contact(mail, object, activity->contact_id, activity->company_id, effect->contact_from);
	json_put(object, "activity", json_of_id(activity->id));
	json_put(object, "kind", json_of_text(activity->kind));
	json_put(object, "direction", json_of_text(activity->direction));
	json_put(object, "subject", json_of_text(activity->subject));
	json_put(object, "at", json_of_time(activity->at_ms, mail->intake->config->zone));
	json_put(object, "deal", json_of_id(activity->deal_id));
	json_put(object, "rule", json_of_text(activity->rule));
}

static void unresolved_json(
	const struct mail *mail UNUSED, const struct effect *effect, json_t *object)
{
	const struct unresolved *item = &effect->unresolved;
	json_put(object, "reason", json_of_text(item->reason));
	json_put(object, "address", json_of_text(item->address));
	json_put(object, "name", json_of_text(item->name));
	json_put(object, "role", json_of_text(item->role));
	json_t *candidates = json_loadb(item->candidates.data, item->candidates.size, 0, NULL);
	json_put(object, "candidates", candidates ? candidates : json_array());
}

static void ticket_json(const struct mail *mail, const struct effect *effect, json_t *object)
{
	const struct ticket *ticket = &effect->ticket;
	json_put(object, "ticket", json_of_id(ticket->id));
	json_put(object, "title", json_of_text(ticket->title));
	json_put(object, "kind", json_of_text(ticket->kind));
	json_put(object, "state", json_of_text(ticket->state));
	json_put(object, "supplier",
		ticket->supplier_id ? company_name(mail, ticket->supplier_id) : json_null());
	json_put(object, "supplier_name", json_of_text(ticket->supplier_name));
	json_put(object, "number", json_of_text(ticket->number));
	json_put(object, "issue_date", json_of_date(ticket->issue_date));
	json_put(object, "due_date", json_of_date(ticket->due_date));
	json_put(object, "currency", json_of_text(ticket->currency));
	json_put(object, "net", json_of_cents(ticket->has_net, ticket->net_cents));
	json_put(object, "tax", json_of_cents(ticket->has_tax, ticket->tax_cents));
	json_put(object, "total", json_of_cents(ticket->has_total, ticket->total_cents));
	json_put(object, "payable", json_of_cents(ticket->has_payable, ticket->payable_cents));
	json_put(object, "iban", json_of_text(ticket->iban));
	json_put(object, "hold_reason", json_of_text(ticket->hold_reason));
	json_put(object, "assignee", user_name(mail, ticket->assignee_id));
}

static void join_json(const struct mail *mail UNUSED, const struct effect *effect, json_t *object)
{
	json_put(object, "ticket", json_of_id(effect->join.ticket_id));
	json_put(object, "case", json_of_id(effect->join.case_id));
	json_put(object, "deal", json_of_id(effect->join.deal_id));
	json_put(object, "message", json_of_id(effect->join.message_id));
	json_put(object, "how", json_of_text(effect->join.how));
}

static void task_json(const struct mail *mail, const struct effect *effect, json_t *object)
{
	const struct task *task = &effect->task;
	json_put(object, "task", json_of_id(task->id));
	json_put(object, "kind", json_of_text(task->kind));
	json_put(object, "title", json_of_text(task->title));
	json_put(object, "assignee", user_name(mail, task->assignee_id));
	json_put(object, "due",
		task->due_ms ? json_of_time(task->due_ms, mail->intake->config->zone)
			     : json_of_date(task->due_date));
	json_put(object, "keep", json_boolean(task->keep));
	put_contact(mail, object, task->contact_id, task->company_id, effect->contact_from);
	json_put(object, "deal", json_of_id(task->deal_id));
	json_put(object, "ticket", json_of_id(task->ticket_id));
	json_put(object, "case", json_of_id(task->case_id));
}

static void deal_json(const struct mail *mail, const struct effect *effect, json_t *object)
{
	const struct deal *deal = &effect->deal;
	json_put(object, "name", json_of_text(deal->name));
	json_put(object, "phase", json_of_text(deal->phase));
	json_put(object, "source", json_of_text(deal->source));
	json_put(object, "owner", user_name(mail, deal->owner_id));
	json_put(object, "score", json_integer(deal->score));
	put_contact(mail, object, deal->contact_id, deal->company_id, effect->contact_from);
}

static void case_json(const struct mail *mail, const struct effect *effect, json_t *object)
{
	const struct support_case *item = &effect->support_case;
	json_put(object, "case", json_of_id(item->id));
	json_put(object, "subject", json_of_text(item->subject));
	json_put(object, "state", json_of_text(item->state));
	json_put(object, "priority", json_of_text(item->priority));
	json_put(object, "assignee", user_name(mail, item->assignee_id));
	put_contact(mail, object, item->contact_id, item->company_id, NULL);
}

static void contact_json(const struct mail *mail, const struct effect *effect, json_t *object)
{
	json_put(object, "name", json_of_text(effect->contact.contact.name));
	json_put(object, "address", json_of_text(effect->contact.address));
	json_put(object, "company", company_name(mail, effect->contact.contact.company_id));
	json_put(object, "source", json_of_text(effect->contact.contact.source));
	json_put(object, "failing", json_of_text(effect->contact.failing));
}

static void close_json(const struct mail *mail UNUSED, const struct effect *effect, json_t *object)
{
	json_put(object, "task", json_of_id(effect->task.id));
}

static void document_json(
	const struct mail *mail UNUSED, const struct effect *effect, json_t *object)
{
	json_put(object, "kind", json_of_text(effect->document.kind));
	json_put(object, "title", json_of_text(effect->document.title));
	json_put(object, "signed", json_boolean(effect->document.is_signed));
	json_put(object, "deal", json_of_id(effect->document.deal_id));
}

static void nothing_json(
	const struct mail *mail UNUSED, const struct effect *effect UNUSED, json_t *object UNUSED)
{
}

static const struct {
	const char *name;
	void (*write)(const struct mail *mail, const struct effect *effect, json_t *object);
} writers[] = {
	[EFFECT_ACTIVITY] = {"activity", activity_json},
	[EFFECT_UNRESOLVED] = {"unresolved", unresolved_json},
	[EFFECT_TICKET] = {"ticket", ticket_json},
	[EFFECT_JOIN] = {"join", join_json},
	[EFFECT_TASK] = {"task", task_json},
	[EFFECT_DEAL] = {"deal", deal_json},
	[EFFECT_CASE] = {"case", case_json},
	[EFFECT_CONTACT] = {"contact", contact_json},
	[EFFECT_CLOSE] = {"close", close_json},
	[EFFECT_DOCUMENT] = {"document", document_json},
	[EFFECT_QUARANTINE] = {"quarantine", nothing_json},
	[EFFECT_IGNORE] = {"ignore", nothing_json},
};

json_t *plan_effects_json(const struct plan *plan)
{
	json_t *list = json_array();
	for (const struct effect *effect = plan->effects; effect; effect = effect->next) {
		json_t *object = json_object();
		json_put(object, "do", json_string(writers[effect->kind].name));
		json_put(object, "why", json_of_text(effect->why));
		writers[effect->kind].write(plan->mail, effect, object);
		json_array_append_new(list, object);
	}
	return list;
}

static json_t *candidates_json(const struct mail *mail, const struct match *match)
{
	json_t *list = json_array();
	for (size_t i = 0; i < match->also_count; i++) {
		const struct match_candidate *candidate = &match->also[i];
		json_t *object = json_object();
		put_contact(mail, object, candidate->contact_id, candidate->company_id, NULL);
		json_put(object, "rule", json_of_text(candidate->rule));
		json_array_append_new(list, object);
	}
	return list;
}

json_t *plan_matches_json(const struct plan *plan)
{
	json_t *list = json_array();
	for (const struct match *match = plan->matches; match; match = match->next) {
		json_t *object = json_object();
		json_put(object, "address", json_of_text(match->address));
		json_put(object, "role", json_string(match->role));
		put_contact(plan->mail, object, match->contact_id, match->company_id, NULL);
		json_put(object, "rule", json_string(match->rule));
		json_put(object, "evidence", json_of_text(match->evidence));
		json_put(object, "score", json_real(match->score));
		json_put(object, "also", candidates_json(plan->mail, match));
		json_array_append_new(list, object);
	}
	return list;
}

json_t *plan_route_json(const struct plan *plan)
{
	const struct route *route = &plan->route;
	if (!route->found)
		return json_null();
	json_t *object = json_object();
	json_put(object, "mailbox", json_string(route->mailbox->name));
	json_put(object, "kind", json_string(mailbox_kind_name(route->kind)));
	json_put(object, "address", json_of_text(route->address));
	json_put(object, "by", json_string(route->by));
	json_put(object, "trusted_folder", json_boolean(route->trusted));
	json_put(object, "state", json_string(plan->state));
	json_put(object, "rule", json_of_text(plan->rule));
	return object;
}
