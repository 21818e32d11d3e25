#include "ingest/follow_up.h"

#include <string.h>

#include "base/text.h"
#include "base/zone.h"
#include "ingest/contract.h"
#include "ingest/record.h"
#include "parser/facts_request.h"

/* Addresses of one mail that are read for tags; a person writes one or two. */
#define REQUESTS_MAX 16

/* ---------------------------------------------------------------- which tags count */

/* A tag on somebody else's address ("anna+news@…") asks nothing of us. */
static bool request_is_ours(const struct mail *mail, const struct facts_request *request)
{
	struct span folded = text_fold_address(mail->arena, request->source);
	return directory_find(mail->intake->directory, folded).mailbox != NULL;
}

/* The same tag stands in the envelope and in To. */
static bool request_is_first(const struct facts *facts, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (span_equal_fold(facts->requests[i].tag, facts->requests[index].tag))
			return false;
	}
	return true;
}

static bool request_counts(const struct mail *mail, size_t index)
{
	return request_is_first(mail->facts, index) &&
	       request_is_ours(mail, &mail->facts->requests[index]);
}

static struct span source_key(const struct mail *mail, const struct facts_request *request)
{
	return arena_format(mail->arena, "follow-up:%lld:%.*s", (long long)mail->message_id,
		SPAN_ARG(text_fold(mail->arena, request->tag)));
}

static bool makes_task(const struct facts_request *request)
{
	return request->when != REQUEST_NO_DATE || request->task || request->to.size;
}

static bool bad_tag_is_new(
	struct mail *mail, const struct facts_request *request, bool *is_new, struct error *err)
{
	struct unresolved_filter filter = {
		.message_id = mail->message_id,
		.reason = SPAN("bad-tag"),
		.address_folded = text_fold_address(mail->arena, request->source),
		.settled_too = true,
	};
	struct unresolved *rows = NULL;
	size_t count = 0;
	if (!unresolved_list(mail->intake->db, &filter, mail->arena, &rows, &count, err))
		return false;
	*is_new = count == 0;
	return true;
}

static bool request_is_new(
	struct mail *mail, const struct facts_request *request, bool *is_new, struct error *err)
{
	int64_t id = 0;
	if (request->error.size)
		return bad_tag_is_new(mail, request, is_new, err);
	if (!makes_task(request))
		return true;
	if (!task_by_source_key(mail->intake->db, source_key(mail, request), &id, err))
		return false;
	*is_new = id == 0;
	return true;
}

bool follow_up_is_new(struct mail *mail, bool *is_new, struct error *err)
{
	*is_new = false;
	for (size_t i = 0; i < mail->facts->request_count && i < REQUESTS_MAX && !*is_new; i++) {
		if (request_counts(mail, i) &&
			!request_is_new(mail, &mail->facts->requests[i], is_new, err))
			return false;
	}
	return true;
}

static void bad_tag(struct plan *plan, const struct facts_request *request, struct span why)
{
	plan_ask(plan, "bad-tag", request->source, (struct span){0}, why);
}

/* ---------------------------------------------------------------- filing elsewhere */

static void deal_file(
	struct plan *plan, const struct facts_request *request, const struct deal *deal)
{
	struct mail *mail = plan->mail;
	bool there = false;
	for (struct effect *effect = plan->effects; effect; effect = effect->next) {
		if (effect->kind != EFFECT_ACTIVITY)
			continue;
		effect->activity.deal_id = deal->id;
		there = there || effect->activity.contact_id == deal->contact_id;
	}
	if (there)
		return;
	struct match match = {
		.contact_id = deal->contact_id,
		.company_id = deal->company_id,
		.rule = "tag",
		.evidence = arena_format(mail->arena, "the tag %.*s", SPAN_ARG(request->tag)),
		.outgoing = true,
	};
	struct effect *effect = plan_add(plan, EFFECT_ACTIVITY, match.evidence);
	effect->activity = (struct activity){
		.kind = SPAN("mail"),
		.direction = SPAN("out"),
		.subject = record_subject(mail),
		.rule = SPAN("tag"),
		.contact_id = match.contact_id,
		.company_id = match.contact_id ? 0 : match.company_id,
		.deal_id = deal->id,
		.message_id = mail->message_id,
		.user_id = intake_user_id(mail->intake, mail->sender),
		.at_ms = mail->at_ms,
		.logged_ms = mail->now_ms,
	};
}

static bool link_deal(
	struct plan *plan, const struct facts_request *request, bool *found, struct error *err)
{
	struct deal deal;
	if (!deal_get(plan->mail->intake->db, request->link_number, plan->mail->arena, &deal, found,
		    err))
		return false;
	if (!*found)
		return true;
	deal_file(plan, request, &deal);
	if (!request->contract)
		return true;
	struct span fault = contract_plan(plan, &deal);
	if (fault.size)
		bad_tag(plan, request,
			arena_format(plan->mail->arena, "the tag %.*s: %.*s",
				SPAN_ARG(request->tag), SPAN_ARG(fault)));
	return true;
}

static struct effect *join_add(struct plan *plan, const struct facts_request *request)
{
	struct effect *effect = plan_add(plan, EFFECT_JOIN,
		arena_format(plan->mail->arena, "the tag %.*s", SPAN_ARG(request->tag)));
	effect->join.how = SPAN("reply");
	return effect;
}

static bool link_ticket(
	struct plan *plan, const struct facts_request *request, bool *found, struct error *err)
{
	struct ticket ticket;
	if (!ticket_get(plan->mail->intake->db, request->link_number, plan->mail->arena, &ticket,
		    found, err))
		return false;
	if (*found)
		join_add(plan, request)->join.ticket_id = ticket.id;
	return true;
}

static bool link_case(
	struct plan *plan, const struct facts_request *request, bool *found, struct error *err)
{
	struct support_case item;
	if (!case_get(plan->mail->intake->db, request->link_number, plan->mail->arena, &item, found,
		    err))
		return false;
	if (*found)
		join_add(plan, request)->join.case_id = item.id;
	return true;
}

static const struct {
	enum request_link link;
	const char *noun;
	bool (*plan)(struct plan *plan, const struct facts_request *request, bool *found,
		struct error *err);
} links[] = {
	{REQUEST_LINK_DEAL, "deal", link_deal},
	{REQUEST_LINK_TICKET, "ticket", link_ticket},
	{REQUEST_LINK_CASE, "case", link_case},
};

/* *ok false: there is no such record, and an item says so. */
static bool link_plan(
	struct plan *plan, const struct facts_request *request, bool *ok, struct error *err)
{
	*ok = true;
	for (size_t i = 0; i < ARRAY_COUNT(links); i++) {
		if (links[i].link != request->link)
			continue;
		if (!links[i].plan(plan, request, ok, err))
			return false;
		if (!*ok)
			bad_tag(plan, request,
				arena_format(plan->mail->arena, "the tag %.*s: there is no %s %u",
					SPAN_ARG(request->tag), links[i].noun,
					request->link_number));
	}
	return true;
}

/* ---------------------------------------------------------------- closing */

static bool task_close(struct plan *plan, int64_t id, struct span why)
{
	for (const struct effect *effect = plan->effects; effect; effect = effect->next) {
		if (effect->kind == EFFECT_CLOSE && effect->task.id == id)
			return false;
	}
	plan_add(plan, EFFECT_CLOSE, why)->task.id = id;
	return true;
}

/* `done`: whatever is still open on the thread, `keep` or not. */
static bool done_plan(struct plan *plan, const struct facts_request *request, struct error *err)
{
	struct mail *mail = plan->mail;
	/* It closed them once; whoever opened one again meant it. */
	if (mail->again)
		return true;
	if (!mail_thread(mail, err))
		return false;
	for (size_t t = 0; t < mail->thread.count; t++) {
		struct task_filter filter = {.message_id = mail->thread.messages[t],
			.kind = SPAN("follow-up"),
			.state = SPAN("open")};
		struct task *tasks = NULL;
		size_t count = 0;
		if (!task_list(mail->intake->db, &filter, mail->arena, &tasks, &count, err))
			return false;
		for (size_t i = 0; i < count; i++)
			task_close(plan, tasks[i].id,
				arena_format(mail->arena, "the tag %.*s", SPAN_ARG(request->tag)));
	}
	return true;
}

static const struct match *match_of_sender(const struct plan *plan)
{
	for (const struct match *match = plan->matches; match; match = match->next) {
		if (match->contact_id && span_equal(match->folded, plan->mail->from) &&
			(strcmp(match->rule, "address") == 0 || strcmp(match->rule, "learnt") == 0))
			return match;
	}
	return NULL;
}

static bool thread_close(
	struct plan *plan, int64_t message_id, const struct match *sender, struct error *err)
{
	struct mail *mail = plan->mail;
	int64_t *ids = NULL;
	size_t count = 0;
	if (!task_open_follow_ups(mail->intake->db, message_id, mail->arena, &ids, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct task task;
		bool found = false;
		if (!task_get(mail->intake->db, ids[i], mail->arena, &task, &found, err))
			return false;
		if (found && task.contact_id == sender->contact_id)
			task_close(plan, task.id,
				arena_format(
					mail->arena, "%.*s replied", SPAN_ARG(sender->address)));
	}
	return true;
}

static bool reply_plan(struct plan *plan, struct error *err)
{
	struct mail *mail = plan->mail;
	const struct match *sender = match_of_sender(plan);
	if (mail->facts->origin != ORIGIN_PERSON || mail->sender >= 0 || !sender || mail->again)
		return true;
	if (!mail_thread(mail, err))
		return false;
	for (size_t t = 0; t < mail->thread.count; t++) {
		if (!thread_close(plan, mail->thread.messages[t], sender, err))
			return false;
	}
	return true;
}

/* ---------------------------------------------------------------- the task */

/* Whom the follow-up is about: the first who was matched, or whom this plan makes. */
struct subject {
	int64_t contact_id, company_id;
	const struct match *match;
	const struct effect *made;
};

static struct subject subject_of(const struct plan *plan)
{
	struct subject subject = {0};
	for (const struct match *match = plan->matches; match; match = match->next) {
		if (match->contact_id) {
			subject.match = match;
			subject.contact_id = match->contact_id;
			return subject;
		}
		if (match->company_id && !subject.company_id) {
			subject.match = match;
			subject.company_id = match->company_id;
		}
	}
	for (const struct effect *effect = plan->effects; effect; effect = effect->next) {
		if (effect->kind == EFFECT_CONTACT && !effect->contact.contact.id &&
			!effect->contact.failing.size)
			subject.made = effect;
	}
	return subject;
}

const char *follow_up_zone(const struct mail *mail)
{
	const struct config *config = mail->intake->config;
	const char *zone = mail->sender >= 0 ? config->users[mail->sender].zone : NULL;
	return zone ? zone : config->zone;
}

void follow_up_due(const struct mail *mail, const struct facts_request *request, struct task *task)
{
	const struct config *config = mail->intake->config;
	const char *zone = follow_up_zone(mail);
	struct date from = zone_local(zone, mail->at_ms).date;
	struct date due = request_due(request, from, config->days_off, config->days_off_count);
	if (!date_is_set(due) || request->hour < 0) {
		task->due_date = due;
		return;
	}
	task->due_ms = zone_instant(zone, due, request->hour, request->minute, 0);
	task->length_ms = config->follow_up_length_ms;
}

static void task_plan(struct plan *plan, const struct facts_request *request, int assignee,
	const struct subject *subject)
{
	struct mail *mail = plan->mail;
	struct effect *effect = plan_add(plan, EFFECT_TASK,
		arena_format(mail->arena, "the tag %.*s", SPAN_ARG(request->tag)));
	effect->contact_from = subject->made;
	effect->task = (struct task){
		.kind = request->task ? SPAN("task") : SPAN("follow-up"),
		.title = record_title(mail),
		.state = SPAN("open"),
		.source_key = source_key(mail, request),
		.assignee_id = intake_user_id(mail->intake, assignee),
		.assignee_name = span_from(mail->intake->config->users[assignee].name),
		.contact_id = subject->contact_id,
		.company_id = subject->contact_id ? 0 : subject->company_id,
		.message_id = mail->message_id,
		.keep = request->keep,
		.created_ms = mail->now_ms,
	};
	if (request->link == REQUEST_LINK_DEAL)
		effect->task.deal_id = request->link_number;
	if (request->link == REQUEST_LINK_TICKET)
		effect->task.ticket_id = request->link_number;
	if (request->link == REQUEST_LINK_CASE)
		effect->task.case_id = request->link_number;
	follow_up_due(mail, request, &effect->task);
}

/* *ask: a person has to say whether somebody who must not be contacted is to be. */
static bool contact_is_barred(
	struct plan *plan, const struct subject *subject, bool *barred, struct error *err)
{
	struct contact contact;
	bool found = false;
	*barred = false;
	if (!subject->contact_id)
		return true;
	if (!contact_get(plan->mail->intake->db, subject->contact_id, plan->mail->arena, &contact,
		    &found, err))
		return false;
	*barred = found && contact.do_not_contact;
	return true;
}

/* The user of `to-anna`, else the sender; -1: there is none of that name, and an item says so. */
static int assignee_of(struct plan *plan, const struct facts_request *request)
{
	if (span_is_empty(request->to))
		return plan->mail->sender;
	int user = intake_user_index(plan->mail->intake, request->to);
	if (user < 0)
		bad_tag(plan, request,
			arena_format(plan->mail->arena,
				"the tag %.*s: there is no user %.*s (user list shows the names)",
				SPAN_ARG(request->tag), SPAN_ARG(request->to)));
	return user;
}

static bool asked_plan(struct plan *plan, const struct facts_request *request, struct error *err)
{
	struct subject subject = subject_of(plan);
	bool barred = false;
	int assignee = assignee_of(plan, request);
	if (assignee < 0)
		return true;
	if (!contact_is_barred(plan, &subject, &barred, err))
		return false;
	if (!barred) {
		task_plan(plan, request, assignee, &subject);
		return true;
	}
	plan_ask(plan, "do-not-contact", subject.match->address, subject.match->name,
		arena_format(plan->mail->arena,
			"a follow-up (%.*s) was asked for %.*s, who is not to be contacted",
			SPAN_ARG(request->tag), SPAN_ARG(subject.match->address)));
	return true;
}

static bool request_plan(struct plan *plan, const struct facts_request *request, struct error *err)
{
	bool ok = true;
	if (request->error.size) {
		bad_tag(plan, request, request->error);
		return true;
	}
	if (request->done && !done_plan(plan, request, err))
		return false;
	if (!link_plan(plan, request, &ok, err))
		return false;
	return !ok || !makes_task(request) || asked_plan(plan, request, err);
}

bool follow_up_plan(struct plan *plan, struct error *err)
{
	struct mail *mail = plan->mail;
	if (!reply_plan(plan, err))
		return false;
	if (!mail->vouched)
		return true;
	for (size_t i = 0; i < mail->facts->request_count && i < REQUESTS_MAX; i++) {
		if (request_counts(mail, i) && !request_plan(plan, &mail->facts->requests[i], err))
			return false;
	}
	return true;
}
