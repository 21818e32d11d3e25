#include "ingest/plan.h"

#include <string.h>

#include "base/text.h"
#include "ingest/resolve.h"

/* Rules are shown in lists: long evidence is cut. */
#define RULE_MAX_BYTES 500

struct span plan_rule(const struct plan *plan)
{
	return text_cut(plan->rule, RULE_MAX_BYTES);
}

/* What carrying out a plan needs beside it. */
struct application {
	struct plan *plan;
	int64_t route_id;
	const char *actor, *verb;
	struct operation *operation;
	bool by_person; /* whose operation can be undone, with the questions that come of it */
};

/* Most mails change nothing of the record: an operation is begun with the first change. */
static bool operation_need(struct application *application, struct error *err)
{
	struct mail *mail = application->plan->mail;
	if (application->operation->id)
		return true;
	return operation_begin(mail->intake->db, application->actor, application->verb,
		text_cut(mail->facts->subject, 200), mail->now_ms, application->operation, err);
}

static int64_t id_of(int64_t id, const struct effect *from)
{
	return from ? from->made_id : id;
}

static bool apply_activity(
	struct application *application, struct effect *effect, struct error *err)
{
	struct activity *activity = &effect->activity;
	bool added = false;
	if (activity->id)
		return activity_edit(application->operation, activity, err);
	activity->contact_id = id_of(activity->contact_id, effect->contact_from);
	activity->deal_id = id_of(activity->deal_id, effect->deal_from);
	activity->route_id = application->route_id;
	return activity_add(application->operation, activity, &added, err);
}

static bool apply_unresolved(
	struct application *application, struct effect *effect, struct error *err)
{
	effect->unresolved.route_id = application->route_id;
	effect->unresolved.message_id = application->plan->mail->message_id;
	if (application->by_person)
		return unresolved_ask(
			application->operation, &effect->unresolved, &effect->made_id, err);
	return unresolved_add(
		application->plan->mail->intake->db, &effect->unresolved, &effect->made_id, err);
}

static bool apply_ticket(struct application *application, struct effect *effect, struct error *err)
{
	bool added = false;
	if (effect->ticket.id)
		return ticket_edit(application->operation, &effect->ticket, err);
	return ticket_add(application->operation, &effect->ticket, &effect->made_id, err) &&
	       ticket_join(application->operation, effect->made_id,
		       application->plan->mail->message_id, SPAN("opened"), &added, err);
}

static bool apply_join(struct application *application, struct effect *effect, struct error *err)
{
	int64_t message_id = effect->join.message_id ? effect->join.message_id
						     : application->plan->mail->message_id;
	int64_t ticket_id = id_of(effect->join.ticket_id, effect->ticket_from);
	int64_t case_id = id_of(effect->join.case_id, effect->case_from);
	bool added = false;
	if (ticket_id && !ticket_join(application->operation, ticket_id, message_id,
				 effect->join.how, &added, err))
		return false;
	/* A deal takes the mail by the activity that stands beside this effect. */
	return !case_id || case_join(application->operation, case_id, message_id, &added, err);
}

static bool apply_task(struct application *application, struct effect *effect, struct error *err)
{
	struct task *task = &effect->task;
	bool added = false;
	if (task->id)
		return task_edit(application->operation, task, err);
	task->contact_id = id_of(task->contact_id, effect->contact_from);
	task->message_id = application->plan->mail->message_id;
	return task_add(application->operation, task, &effect->made_id, &added, err);
}

static bool apply_deal(struct application *application, struct effect *effect, struct error *err)
{
	effect->deal.contact_id = id_of(effect->deal.contact_id, effect->contact_from);
	return deal_add(application->operation, &effect->deal, &effect->made_id, err);
}

static bool apply_case(struct application *application, struct effect *effect, struct error *err)
{
	bool added = false;
	if (effect->support_case.id)
		return case_edit(application->operation, &effect->support_case, err);
	return case_add(application->operation, &effect->support_case, &effect->made_id, err) &&
	       case_join(application->operation, effect->made_id,
		       application->plan->mail->message_id, &added, err);
}

static bool apply_contact(struct application *application, struct effect *effect, struct error *err)
{
	struct operation *operation = application->operation;
	struct mail *mail = application->plan->mail;
	int64_t settled = 0;

	if (effect->contact.failing.size)
		return contact_address_failing(
			operation, effect->contact.address, effect->contact.failing, err);
	/* Mails from before may wait for this very address. */
	return contact_add(operation, &effect->contact.contact, &effect->made_id, err) &&
	       contact_address_add(
		       operation, effect->made_id, effect->contact.address, false, err) &&
	       resolve_address_known(mail->intake, operation, effect->made_id,
		       text_fold_address(mail->arena, effect->contact.address), &settled, err);
}

static bool apply_close(struct application *application, struct effect *effect, struct error *err)
{
	struct mail *mail = application->plan->mail;
	struct task task;
	bool found = false;
	if (!task_get(mail->intake->db, effect->task.id, mail->arena, &task, &found, err))
		return false;
	if (!found || !span_equal(task.state, SPAN("open")))
		return true;
	task.state = SPAN("done");
	return task_edit(application->operation, &task, err);
}

static bool apply_document(
	struct application *application, struct effect *effect, struct error *err)
{
	bool added = false;
	effect->document.message_id = application->plan->mail->message_id;
	return document_add(
		application->operation, &effect->document, &effect->made_id, &added, err);
}

static bool apply_nothing(struct application *application UNUSED, struct effect *effect UNUSED,
	struct error *err UNUSED)
{
	return true; /* the state of the route says it */
}

static const struct {
	bool (*apply)(struct application *application, struct effect *effect, struct error *err);
	bool changes_record;
} appliers[] = {
	[EFFECT_ACTIVITY] = {apply_activity, true},
	[EFFECT_UNRESOLVED] = {apply_unresolved, false},
	[EFFECT_TICKET] = {apply_ticket, true},
	[EFFECT_JOIN] = {apply_join, true},
	[EFFECT_TASK] = {apply_task, true},
	[EFFECT_DEAL] = {apply_deal, true},
	[EFFECT_CASE] = {apply_case, true},
	[EFFECT_CONTACT] = {apply_contact, true},
	[EFFECT_CLOSE] = {apply_close, true},
	[EFFECT_DOCUMENT] = {apply_document, true},
	[EFFECT_QUARANTINE] = {apply_nothing, false},
	[EFFECT_IGNORE] = {apply_nothing, false},
};

static bool effects_apply(struct application *application, struct effect *first, struct error *err)
{
	for (struct effect *effect = first; effect; effect = effect->next) {
		if (appliers[effect->kind].changes_record && !operation_need(application, err))
			return false;
		if (!appliers[effect->kind].apply(application, effect, err))
			return false;
	}
	return true;
}

static bool matches_apply(struct application *application, struct error *err)
{
	struct mail *mail = application->plan->mail;
	for (const struct match *match = application->plan->matches; match; match = match->next) {
		struct match_row row = {
			.address = match->folded.size ? match->folded : match->address,
			.role = span_from(match->role),
			.rule = span_from(match->rule),
			.evidence = match->evidence,
			.also = plan_candidates_text(mail->arena, match->also, match->also_count),
			.contact_id = match->contact_id,
			.company_id = match->company_id,
			.score = match->score,
		};
		if (!match_add(mail->intake->db, application->route_id, &row, err))
			return false;
	}
	return true;
}

bool plan_apply_effects(struct plan *plan, struct effect *first, int64_t route_id,
	const char *actor, const char *verb, struct operation *operation, struct error *err)
{
	struct application application = {
		.plan = plan,
		.route_id = route_id,
		.actor = actor,
		.verb = verb,
		.operation = operation,
		.by_person = operation->id != 0,
	};
	return effects_apply(&application, first, err);
}

bool plan_record(struct plan *plan, int64_t route_id, const char *actor, const char *verb,
	struct operation *operation, struct error *err)
{
	struct application application = {
		.plan = plan,
		.route_id = route_id,
		.actor = actor,
		.verb = verb,
		.operation = operation,
	};
	return matches_apply(&application, err) && effects_apply(&application, plan->effects, err);
}

bool plan_apply(struct plan *plan, int64_t route_id, const char *actor, const char *verb,
	struct operation *operation, struct error *err)
{
	return plan_record(plan, route_id, actor, verb, operation, err) &&
	       route_set_state(plan->mail->intake->db, route_id, span_from(plan->state),
		       plan_rule(plan), err);
}
