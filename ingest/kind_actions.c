/*
 * actions: every action line of minutes is a task. Corrected minutes, in the same thread or under
 * the same subject a few days later, update their tasks.
 */
#include <string.h>

#include "base/text.h"
#include "ingest/action_text.h"
#include "ingest/kind.h"
#include "ingest/minutes.h"
#include "ingest/record.h"

#define TITLE_MAX_BYTES 500

static struct span source_key(struct mail *mail, struct span core, size_t index)
{
	char hex[DIGEST_HEX_SIZE];
	struct digest digest = digest_of(core);
	digest_hex(&digest, hex);
	return arena_format(
		mail->arena, "action:%lld:%.32s:%zu", (long long)mail->message_id, hex, index);
}

/* How many equal lines stand above: two like lines are two tasks. */
static size_t equal_before(struct mail *mail, size_t index)
{
	const struct facts *facts = mail->facts;
	struct span core = action_core(mail->intake->config, mail->arena, &facts->actions[index]);
	size_t count = 0;
	for (size_t i = 0; i < index; i++)
		count += span_equal(
			core, action_core(mail->intake->config, mail->arena, &facts->actions[i]));
	return count;
}

/* *user -1: nobody is named, or nobody is known by that name (an item says so). */
static void assignee_find(struct plan *plan, const struct facts_action *action, int *user)
{
	struct mail *mail = plan->mail;
	*user = -1;
	if (span_is_empty(action->assignee))
		return;
	size_t found = action_user(mail->intake->config, mail->arena, action->assignee, user);
	if (found == 1)
		return;
	*user = -1;
	plan_ask(plan, "unknown-name", action->assignee, action->assignee,
		arena_format(mail->arena, "%s %.*s: %.*s",
			found ? "several users are called" : "no user is called",
			SPAN_ARG(action->assignee), SPAN_ARG(text_cut(action->text, 200))));
}

static void action_add(struct plan *plan, size_t index, int user)
{
	struct mail *mail = plan->mail;
	const struct facts_action *action = &mail->facts->actions[index];
	struct span core = action_core(mail->intake->config, mail->arena, action);
	struct effect *effect = plan_add(plan, EFFECT_TASK, SPAN("an action line of the minutes"));
	effect->task = (struct task){
		.kind = SPAN("action"),
		.title = text_cut(action->text, TITLE_MAX_BYTES),
		.state = SPAN("open"),
		.source_key = source_key(mail, core, equal_before(mail, index)),
		.due_date = action->due,
		.assignee_id = intake_user_id(mail->intake, user),
		.message_id = mail->message_id,
		.created_ms = mail->now_ms,
	};
	if (user >= 0)
		effect->task.assignee_name = span_from(mail->intake->config->users[user].name);
}

/*
 * Only what differs between the two versions of the minutes is written: what a person changed in
 * the task since then stays.
 */
static void action_update(struct plan *plan, const struct minutes_task *old,
	const struct facts_action *action, int user)
{
	struct mail *mail = plan->mail;
	struct task task = old->task;
	int before = -1;
	bool changed = false;

	action_user(mail->intake->config, mail->arena, old->action.assignee, &before);
	if (!span_equal(old->action.text, action->text)) {
		task.title = text_cut(action->text, TITLE_MAX_BYTES);
		changed = true;
	}
	if (date_compare(old->action.due, action->due) != 0) {
		task.due_date = action->due;
		changed = true;
	}
	if (before != user && user >= 0) {
		task.assignee_id = intake_user_id(mail->intake, user);
		changed = true;
	}
	if (changed)
		plan_add(plan, EFFECT_TASK, SPAN("corrected minutes"))->task = task;
}

static bool actions_plan(struct plan *plan, struct error *err)
{
	struct mail *mail = plan->mail;
	struct minutes minutes = {0};

	if (!minutes_find(mail, &minutes, err))
		return false;
	for (size_t i = 0; i < mail->facts->action_count; i++) {
		const struct facts_action *action = &mail->facts->actions[i];
		int user = -1;
		assignee_find(plan, action, &user);
		const struct minutes_task *old = minutes_take(mail, &minutes, action);
		if (!old)
			action_add(plan, i, user);
		else if (!mail->again && span_equal(old->task.state, SPAN("open")))
			action_update(plan, old, action, user);
	}
	if (!mail->facts->action_count)
		plan->rule = SPAN("no-actions: no line begins with an action prefix");
	return true;
}

/* Names of minutes are users; nothing waits for a contact. */
static bool actions_settle(struct plan *plan UNUSED, const struct unresolved *item UNUSED,
	int64_t contact_id UNUSED, int64_t company_id UNUSED, struct error *err UNUSED)
{
	return true;
}

const struct kind kind_actions = {KIND_ACTIONS, actions_plan, actions_settle};
