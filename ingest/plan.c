#include "ingest/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ingest/follow_up.h"
#include "ingest/kind.h"
#include "ingest/origin.h"

void plan_init(struct plan *plan, struct mail *mail)
{
	*plan = (struct plan){.mail = mail};
	plan->last_effect = plan->tag_effects = &plan->effects;
	plan->last_match = &plan->matches;
}

struct effect *plan_add(struct plan *plan, enum effect_kind kind, struct span why)
{
	struct effect *effect = arena_alloc(plan->mail->arena, sizeof(*effect));
	effect->kind = kind;
	effect->why = why;
	*plan->last_effect = effect;
	plan->last_effect = &effect->next;
	return effect;
}

struct match *plan_add_match(struct plan *plan, const struct match *match)
{
	struct match *copy = arena_alloc(plan->mail->arena, sizeof(*copy));
	*copy = *match;
	copy->next = NULL;
	*plan->last_match = copy;
	plan->last_match = &copy->next;
	return copy;
}

struct effect *plan_ask(struct plan *plan, const char *reason, struct span address,
	struct span name, struct span why)
{
	struct effect *effect = plan_add(plan, EFFECT_UNRESOLVED, why);
	effect->unresolved = (struct unresolved){
		.message_id = plan->mail->message_id,
		.reason = span_from(reason),
		.address = address,
		.address_folded = text_fold_address(plan->mail->arena, address),
		.name = name,
		.detail = why,
		.candidates = SPAN("[]"),
		.created_ms = plan->mail->now_ms,
	};
	/* Not every question is about an address: what stands there still tells two apart. */
	if (span_is_empty(effect->unresolved.address_folded))
		effect->unresolved.address_folded = text_fold(plan->mail->arena, address);
	return effect;
}

void plan_ignore(struct plan *plan, struct span rule)
{
	plan->state = "ignored";
	plan->rule = rule;
	plan_add(plan, EFFECT_IGNORE, rule);
}

static void plan_quarantine(struct plan *plan)
{
	plan->state = "quarantined";
	plan->rule = plan->verdict.rule;
	plan_add(plan, EFFECT_QUARANTINE, plan->verdict.rule);
}

static void plan_rotate(struct plan *plan)
{
	plan->rule = plan->verdict.rule;
	plan_ask(plan, "rotate-tag", (struct span){0}, (struct span){0},
		arena_format(plan->mail->arena,
			"rotate your tag: the secret tag of %s stands in To or Cc, so everybody "
			"who "
			"got this mail can write there",
			plan->route.mailbox->name));
}

/* Older than `since`: on the timeline of those who are known, and nothing else. */
static bool plan_history(struct plan *plan, struct error *err)
{
	plan->rule = SPAN("history: older than the mailbox's since");
	return kind_capture_history(plan, err);
}

/* Every address in it was ignored by a person, and nothing was recorded. */
static bool plan_is_ignored(const struct plan *plan)
{
	bool ignored = false;
	if (plan->effects)
		return false;
	for (const struct match *match = plan->matches; match; match = match->next) {
		if (strcmp(match->rule, "ignored") != 0)
			return false;
		ignored = true;
	}
	return ignored;
}

static void plan_conclude(struct plan *plan)
{
	if (plan_is_ignored(plan))
		plan_ignore(plan, plan->matches->evidence);
	for (const struct effect *effect = plan->effects; effect; effect = effect->next) {
		if (effect->kind == EFFECT_UNRESOLVED)
			plan->state = "waiting";
	}
	if (!plan->state)
		plan->state = "filed";
}

static bool plan_decide(struct plan *plan, struct error *err)
{
	struct mail *mail = plan->mail;
	if (!plan->route.found) {
		plan->rule = SPAN("no-mailbox: no address of ours is in it");
		return true;
	}
	if (mail->history)
		return plan_history(plan, err);
	if (plan->verdict.rotate) {
		plan_rotate(plan);
		return true;
	}
	if (origin_suppresses(plan)) {
		return origin_ignore(plan, err);
	}
	if (!kind_plan(plan, err))
		return false;
	plan->tag_effects = plan->last_effect;
	return follow_up_plan(plan, err);
}

bool plan_make(struct plan *plan, struct mail *mail, const struct route *route, bool released,
	struct error *err)
{
	plan_init(plan, mail);
	plan->route = *route;
	if (route->found)
		plan->verdict = policy_judge(mail, route);
	if (released) {
		plan->verdict.allowed = true;
		plan->verdict.rotate = false;
		plan->verdict.vouched = mail->sender >= 0;
		plan->verdict.rule = SPAN("released by a person");
	}
	mail->vouched = plan->verdict.vouched;
	plan->rule = plan->verdict.rule;
	if (route->found && !plan->verdict.allowed)
		plan_quarantine(plan);
	else if (!plan_decide(plan, err))
		return false;
	plan_conclude(plan);
	return true;
}

struct span plan_candidates_text(
	struct arena *arena, const struct match_candidate *candidates, size_t count)
{
	if (!count)
		return SPAN("[]");
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++) {
		const struct match_candidate *candidate = &candidates[i];
		json_array_append_new(list,
			json_pack("{sI sI ss% ss%}", "contact", (json_int_t)candidate->contact_id,
				"company", (json_int_t)candidate->company_id, "name",
				candidate->name.data ? candidate->name.data : "",
				candidate->name.size, "rule",
				candidate->rule.data ? candidate->rule.data : "",
				candidate->rule.size));
	}
	char *text = json_dumps(list, JSON_COMPACT);
	struct span copy = arena_copy(arena, span_from(text ? text : "[]"));
	free(text);
	json_decref(list);
	return copy;
}
