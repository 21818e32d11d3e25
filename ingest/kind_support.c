/*
 * support: a case a question, with priority and assignee. Replies join the case by their thread.
 */
#include <string.h>

#include "ingest/kind.h"
#include "ingest/match.h"
#include "ingest/participants.h"
#include "ingest/record.h"
#include "ingest/suppress.h"

static bool case_of_thread(struct plan *plan, int64_t *case_id, struct error *err)
{
	struct mail *mail = plan->mail;
	*case_id = 0;
	if (!mail_thread(mail, err))
		return false;
	for (size_t t = 0; t < mail->thread.count && !*case_id; t++) {
		if (!case_by_message(mail->intake->db, mail->thread.messages[t], case_id, err))
			return false;
	}
	return true;
}

/* The customer answered: the case is somebody's turn again. */
static bool case_reopen(struct plan *plan, int64_t case_id, struct error *err)
{
	struct support_case item;
	bool found = false;
	if (plan->mail->sender >= 0)
		return true;
	if (!case_get(plan->mail->intake->db, case_id, plan->mail->arena, &item, &found, err))
		return false;
	if (!found || span_equal(item.state, SPAN("open")))
		return true;
	item.state = SPAN("open");
	plan_add(plan, EFFECT_CASE, SPAN("the customer wrote again"))->support_case = item;
	return true;
}

static bool case_join_plan(struct plan *plan, int64_t case_id, struct error *err)
{
	struct effect *effect = plan_add(plan, EFFECT_JOIN, SPAN("answers a message of the case"));
	effect->join.case_id = case_id;
	effect->join.how = SPAN("reply");
	return case_reopen(plan, case_id, err);
}

static void case_open(struct plan *plan, const struct match *match)
{
	struct mail *mail = plan->mail;
	const struct config *config = mail->intake->config;
	int assignee = config->support_assignee ? intake_user_index(mail->intake,
							  span_from(config->support_assignee))
						: -1;
	struct effect *effect = plan_add(plan, EFFECT_CASE, SPAN("mail to a support mailbox"));
	effect->support_case = (struct support_case){
		.subject = record_title(mail),
		.state = SPAN("open"),
		.priority = config->support_priority ? span_from(config->support_priority)
						     : SPAN("normal"),
		.contact_id = match->contact_id,
		.company_id = match->company_id,
		.assignee_id = intake_user_id(mail->intake, assignee),
		.created_ms = mail->now_ms,
	};
}

static void author_ask(struct plan *plan, const struct match *match)
{
	if (strcmp(match->rule, "ignored") == 0)
		return;
	if (participants_uncertain(plan->mail, KIND_SUPPORT)) {
		record_uncertain(plan);
		return;
	}
	struct effect *item = plan_ask(plan, match->also_count ? "several-candidates" : "no-match",
		match->address, match->name,
		match->folded.size ? arena_format(plan->mail->arena,
					     "no contact has the address %.*s of this question",
					     SPAN_ARG(match->address))
				   : SPAN("nobody outside wrote this mail"));
	item->unresolved.role = span_from(match->role);
	item->unresolved.candidates =
		plan_candidates_text(plan->mail->arena, match->also, match->also_count);
}

static bool author_plan(struct plan *plan, struct match *match, struct error *err)
{
	if (!participants_author(plan->mail, KIND_SUPPORT, match) ||
		participants_uncertain(plan->mail, KIND_SUPPORT)) {
		*match = (struct match){.role = "from", .rule = "none"};
		return true;
	}
	if (match->folded.size && !match_find(plan->mail, match, err))
		return false;
	if (match->folded.size)
		plan_add_match(plan, match);
	return true;
}

static bool support_plan(struct plan *plan, struct error *err)
{
	struct match match;
	int64_t case_id = 0, own = 0;
	if (!author_plan(plan, &match, err) || !case_of_thread(plan, &case_id, err))
		return false;
	if (match_is_erased(&match)) {
		suppress_ask(plan, match.address, match.role);
		return true;
	}
	if (plan->mail->message_id &&
		!case_by_message(plan->mail->intake->db, plan->mail->message_id, &own, err))
		return false;
	if (!own && case_id && !case_join_plan(plan, case_id, err))
		return false;
	if (!own && !case_id && strcmp(match.rule, "ignored") == 0)
		return true;
	if (!own && !case_id)
		case_open(plan, &match);
	if (match_is_known(&match))
		return record_activity(plan, &match, 0, err);
	/* A colleague's answer to a case concerns the customer, who is known there. */
	if (!(case_id && plan->mail->sender >= 0))
		author_ask(plan, &match);
	return true;
}

static bool support_settle(struct plan *plan, const struct unresolved *item UNUSED,
	int64_t contact_id, int64_t company_id, struct error *err)
{
	struct mail *mail = plan->mail;
	struct support_case known;
	int64_t case_id = 0;
	bool found = false;
	struct match match = {
		.contact_id = contact_id, .company_id = company_id, .rule = "resolved"};
	if (!case_by_message(mail->intake->db, mail->message_id, &case_id, err))
		return false;
	if (case_id && !case_get(mail->intake->db, case_id, mail->arena, &known, &found, err))
		return false;
	if (found && !known.contact_id) {
		known.contact_id = contact_id;
		known.company_id = company_id ? company_id : known.company_id;
		plan_add(plan, EFFECT_CASE, SPAN("the customer is known now"))->support_case =
			known;
	}
	return record_activity(plan, &match, 0, err);
}

const struct kind kind_support = {KIND_SUPPORT, support_plan, support_settle};
