#include "ingest/explain.h"

#include "base/text.h"
#include "base/zone.h"
#include "ingest/follow_up.h"
#include "ingest/json.h"
#include "ingest/plan.h"
#include "parser/facts_json.h"
#include "store/company.h"

/* ---------------------------------------------------------------- a mail that is not stored */

/* The parser counted from the mail's own offset; the daemon counts in the sender's zone. */
static void requests_fill(const struct mail *mail, json_t *object)
{
	json_t *requests = json_object_get(object, "requests");
	for (size_t i = 0; i < json_array_size(requests) && i < mail->facts->request_count; i++) {
		const struct facts_request *request = &mail->facts->requests[i];
		struct task task = {0};
		if (request->error.size || request->when == REQUEST_NO_DATE)
			continue;
		follow_up_due(mail, request, &task);
		json_put(json_array_get(requests, i), "due",
			task.due_ms ? json_of_time(task.due_ms, follow_up_zone(mail))
				    : json_of_date(task.due_date));
	}
}

/* Of the effects those that are follow-ups. */
static json_t *follow_ups_json(const struct plan *plan, json_t *effects)
{
	json_t *list = json_array();
	size_t index = 0;
	for (const struct effect *effect = plan->effects; effect; effect = effect->next, index++) {
		if (effect->kind == EFFECT_TASK && !span_equal(effect->task.kind, SPAN("action")))
			json_array_append(list, json_array_get(effects, index));
	}
	return list;
}

/* As the import decides it: a file has no day of arrival on a server. */
static bool is_history(const struct mail *mail, const struct config_mailbox *mailbox)
{
	const struct facts *facts = mail->facts;
	return mailbox && date_is_set(mailbox->since) && facts->date.present &&
	       facts->date.instant_ms <
		       zone_instant(mail->intake->config->zone, mailbox->since, 0, 0, 0);
}

bool explain_mail(struct intake *intake, const struct facts *facts, const char *file,
	const struct config_mailbox *mailbox, struct span folder, int64_t now_ms, json_t **object,
	struct error *err)
{
	struct mail mail;
	struct plan plan;

	arena_reset(&intake->arena);
	mail_init(&mail, intake, &intake->arena, facts, 0, false, now_ms);
	struct route route = route_find(intake, &intake->arena, facts, mailbox, folder);
	mail.history = is_history(&mail, route.mailbox);
	if (!plan_make(&plan, &mail, &route, false, err))
		return false;
	*object = facts_json(mail.facts, file);
	requests_fill(&mail, *object);
	json_t *effects = plan_effects_json(&plan);
	json_put(*object, "route", plan_route_json(&plan));
	json_put(*object, "matches", plan_matches_json(&plan));
	json_put(*object, "follow_ups", follow_ups_json(&plan, effects));
	json_put(*object, "effects", effects);
	return true;
}

/* ---------------------------------------------------------------- a stored message */

/* What `why` collects for one message. */
struct explanation {
	struct intake *intake;
	struct arena *arena;
	int64_t message_id;
	json_t *object;
};

static json_t *named(struct explanation *explanation, int64_t contact_id, int64_t company_id)
{
	struct error err = {0};
	bool found = false;
	if (contact_id) {
		struct contact contact;
		if (contact_get(explanation->intake->db, contact_id, explanation->arena, &contact,
			    &found, &err) &&
			found)
			return json_of_text(contact.name);
	} else if (company_id) {
		struct company company;
		if (company_get(explanation->intake->db, company_id, explanation->arena, &company,
			    &found, &err) &&
			found)
			return json_of_text(company.name);
	}
	return json_null();
}

static bool matches_explain(
	struct explanation *explanation, int64_t route_id, json_t *route, struct error *err)
{
	struct match_row *rows = NULL;
	size_t count = 0;
	json_t *list = json_array();
	json_put(route, "matches", list);
	if (!match_list(explanation->intake->db, route_id, explanation->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		json_t *object = json_object();
		json_t *also = json_loadb(rows[i].also.data, rows[i].also.size, 0, NULL);
		json_put(object, "address", json_of_text(rows[i].address));
		json_put(object, "role", json_of_text(rows[i].role));
		json_put(object, "contact", named(explanation, rows[i].contact_id, 0));
		json_put(object, "contact_id", json_of_id(rows[i].contact_id));
		json_put(object, "company", named(explanation, 0, rows[i].company_id));
		json_put(object, "company_id", json_of_id(rows[i].company_id));
		json_put(object, "rule", json_of_text(rows[i].rule));
		json_put(object, "evidence", json_of_text(rows[i].evidence));
		json_put(object, "score", json_real(rows[i].score));
		json_put(object, "also", also ? also : json_array());
		json_array_append_new(list, object);
	}
	return true;
}

static bool routes_explain(struct explanation *explanation, struct error *err)
{
	struct route_row *rows = NULL;
	size_t count = 0;
	json_t *list = json_array();
	json_put(explanation->object, "routes", list);
	if (!route_list(explanation->intake->db, explanation->message_id, explanation->arena, &rows,
		    &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		json_t *object = json_object();
		json_array_append_new(list, object);
		json_put(object, "kind", json_of_text(rows[i].kind));
		json_put(object, "mailbox", json_of_text(rows[i].mailbox));
		json_put(object, "address", json_of_text(rows[i].address));
		json_put(object, "by", json_of_text(rows[i].decided_by));
		json_put(object, "state", json_of_text(rows[i].state));
		json_put(object, "rule", json_of_text(rows[i].rule));
		json_put(object, "decided",
			json_of_time(rows[i].decided_ms, explanation->intake->config->zone));
		if (!matches_explain(explanation, rows[i].id, object, err))
			return false;
	}
	return true;
}

/* Who answered, and with which operation (for `undo`). */
static bool settled_explain(struct explanation *explanation, const struct unresolved *item,
	json_t *object, struct error *err)
{
	struct operation_row row;
	bool found = false;
	if (item->operation_id && !operation_get(explanation->intake->db, item->operation_id,
					  explanation->arena, &row, &found, err))
		return false;
	json_put(object, "outcome", json_of_text(item->outcome));
	json_put(object, "operation", json_of_id(item->operation_id));
	json_put(object, "settled_by", found ? json_of_text(row.actor) : json_null());
	return true;
}

static bool items_explain(struct explanation *explanation, struct error *err)
{
	struct unresolved_filter filter = {
		.message_id = explanation->message_id, .settled_too = true};
	struct unresolved *rows = NULL;
	size_t count = 0;
	json_t *list = json_array();
	json_put(explanation->object, "items", list);
	if (!unresolved_list(
		    explanation->intake->db, &filter, explanation->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		json_t *object = json_object();
		json_array_append_new(list, object);
		json_put(object, "item", json_of_id(rows[i].id));
		json_put(object, "reason", json_of_text(rows[i].reason));
		json_put(object, "address", json_of_text(rows[i].address));
		json_put(object, "detail", json_of_text(rows[i].detail));
		json_put(object, "state", json_of_text(rows[i].state));
		if (!settled_explain(explanation, &rows[i], object, err))
			return false;
	}
	return true;
}

static json_t *effect_add(json_t *list, const char *what)
{
	json_t *object = json_object();
	json_put(object, "do", json_string(what));
	json_array_append_new(list, object);
	return object;
}

static bool activities_explain(struct explanation *explanation, json_t *list, struct error *err)
{
	struct activity_filter filter = {.message_id = explanation->message_id};
	struct activity *rows = NULL;
	size_t count = 0;
	if (!activity_list(
		    explanation->intake->db, &filter, explanation->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		json_t *object = effect_add(list, "activity");
		json_put(object, "why", json_of_text(rows[i].rule));
		json_put(object, "contact", named(explanation, rows[i].contact_id, 0));
		json_put(object, "company", named(explanation, 0, rows[i].company_id));
		json_put(object, "direction", json_of_text(rows[i].direction));
		json_put(object, "deal", json_of_id(rows[i].deal_id));
	}
	return true;
}

static bool tickets_explain(struct explanation *explanation, json_t *list, struct error *err)
{
	int64_t *ids = NULL;
	size_t count = 0;
	if (!ticket_list_by_message(explanation->intake->db, explanation->message_id,
		    explanation->arena, &ids, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct ticket ticket;
		bool found = false;
		if (!ticket_get(explanation->intake->db, ids[i], explanation->arena, &ticket,
			    &found, err))
			return false;
		json_t *object = effect_add(list, "ticket");
		json_put(object, "ticket", json_of_id(ids[i]));
		json_put(object, "title", found ? json_of_text(ticket.title) : json_null());
		json_put(object, "state", found ? json_of_text(ticket.state) : json_null());
		json_put(object, "why", found ? json_of_text(ticket.hold_reason) : json_null());
	}
	return true;
}

static bool rest_explain(struct explanation *explanation, json_t *list, struct error *err)
{
	struct task_filter filter = {.message_id = explanation->message_id};
	struct task *tasks = NULL;
	size_t count = 0;
	int64_t case_id = 0;
	if (!case_by_message(explanation->intake->db, explanation->message_id, &case_id, err))
		return false;
	if (case_id)
		json_put(effect_add(list, "case"), "case", json_of_id(case_id));
	if (!task_list(explanation->intake->db, &filter, explanation->arena, &tasks, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		json_t *object = effect_add(list, "task");
		json_put(object, "task", json_of_id(tasks[i].id));
		json_put(object, "kind", json_of_text(tasks[i].kind));
		json_put(object, "title", json_of_text(tasks[i].title));
		json_put(object, "state", json_of_text(tasks[i].state));
		json_put(object, "why", json_of_text(tasks[i].source_key));
	}
	return true;
}

bool explain_message(
	struct intake *intake, int64_t message_id, json_t **object, bool *found, struct error *err)
{
	struct message_row row;
	arena_reset(&intake->arena);
	if (!message_get(intake->db, message_id, &intake->arena, &row, found, err))
		return false;
	if (!*found)
		return true;
	json_t *effects = json_array();
	struct explanation explanation = {intake, &intake->arena, message_id, json_object()};
	json_put(explanation.object, "message", json_of_id(message_id));
	json_put(explanation.object, "subject", json_of_text(row.subject));
	json_put(explanation.object, "from", json_of_text(row.from_address));
	json_put(explanation.object, "state", json_of_text(row.state));
	json_put(explanation.object, "origin", json_of_text(row.origin));
	json_put(explanation.object, "dead_stage", json_of_text(row.dead_stage));
	json_put(explanation.object, "dead_error", json_of_text(row.dead_error));
	json_put(explanation.object, "effects", effects);
	*object = explanation.object;
	if (routes_explain(&explanation, err) && items_explain(&explanation, err) &&
		activities_explain(&explanation, effects, err) &&
		tickets_explain(&explanation, effects, err) &&
		rest_explain(&explanation, effects, err))
		return true;
	json_decref(*object);
	*object = NULL;
	return false;
}
