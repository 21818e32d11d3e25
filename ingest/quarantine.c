#include "ingest/quarantine.h"

#include "base/text.h"
#include "ingest/kind.h"
#include "ingest/plan.h"
#include "ingest/stored_facts.h"

struct answer {
	struct intake *intake;
	const struct message_row *message;
	const char *actor, *verb;
	int64_t now_ms;
	struct operation *operation;
};

static bool route_release(struct answer *answer, const struct route_row *row, struct error *err)
{
	struct intake *intake = answer->intake;
	struct facts facts = {0};
	struct mail mail;
	struct plan plan;
	struct route route = {.found = true, .address = row->address, .by = "mailbox"};
	bool read = false;

	if (!stored_facts_read(intake->db, answer->message->id, &intake->arena, &facts, &read, err))
		return false;
	if (!read)
		return error_set(err, ERROR_INPUT,
			"message %lld was not read by this version: replay it first",
			(long long)answer->message->id);
	route.mailbox = config_mailbox(intake->config, arena_string(&intake->arena, row->mailbox));
	if (!route.mailbox || !kind_by_name(row->kind, &route.kind))
		return error_set(err, ERROR_INPUT, "the mailbox %.*s is no longer configured",
			SPAN_ARG(row->mailbox));
	/* Lines of minutes are in the body; a capture mail's addresses are not. */
	if (!answer->message->raw_size_bytes && route.kind == KIND_ACTIONS)
		return error_set(err, ERROR_INPUT,
			"only the header of message %lld is kept (%.*s): forward the mail anew",
			(long long)answer->message->id, SPAN_ARG(row->rule));
	mail_init(&mail, intake, &intake->arena, &facts, answer->message->id,
		answer->message->history, answer->now_ms);
	mail.route_id = row->id;
	if (!plan_make(&plan, &mail, &route, true, err))
		return false;
	return plan_record(&plan, row->id, answer->actor, answer->verb, answer->operation, err) &&
	       route_change(
		       answer->operation, row->id, span_from(plan.state), plan_rule(&plan), err);
}

static bool route_drop(struct answer *answer, const struct route_row *row, struct error *err)
{
	return route_change(
		answer->operation, row->id, SPAN("ignored"), SPAN("dropped by a person"), err);
}

/* Every quarantined route of the message. */
static bool answer_routes(struct answer *answer,
	bool (*apply)(struct answer *answer, const struct route_row *row, struct error *err),
	struct error *err)
{
	struct intake *intake = answer->intake;
	struct route_row *rows = NULL;
	size_t count = 0, answered = 0;
	if (!route_list(intake->db, answer->message->id, &intake->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!span_equal(rows[i].state, SPAN("quarantined")))
			continue;
		if (!apply(answer, &rows[i], err))
			return false;
		answered++;
	}
	return answered || error_set(err, ERROR_INPUT, "message %lld is not quarantined",
				   (long long)answer->message->id);
}

static bool run(struct intake *intake, struct operation *operation, int64_t message_id,
	const char *actor, const char *verb,
	bool (*apply)(struct answer *answer, const struct route_row *row, struct error *err),
	struct error *err)
{
	struct message_row row;
	struct answer answer = {intake, &row, actor, verb, operation->at_ms, operation};
	bool found = false;

	arena_reset(&intake->arena);
	if (!message_get(intake->db, message_id, &intake->arena, &row, &found, err))
		return false;
	if (!found)
		return error_set(
			err, ERROR_INPUT, "there is no message %lld", (long long)message_id);
	return answer_routes(&answer, apply, err);
}

bool quarantine_release(struct intake *intake, struct operation *operation, int64_t message_id,
	const char *actor, struct error *err)
{
	return run(intake, operation, message_id, actor, "quarantine release", route_release, err);
}

bool quarantine_drop(struct intake *intake, struct operation *operation, int64_t message_id,
	const char *actor, struct error *err)
{
	return run(intake, operation, message_id, actor, "quarantine drop", route_drop, err);
}
