#include "ingest/quarantine.h"

#include <string.h>

#include "base/text.h"
#include "ingest/action_text.h"
#include "ingest/kind.h"
#include "ingest/plan.h"
#include "ingest/stored_facts.h"
#include "store/server_action.h"

/* A released mail whose body is still on the server; "released" alone lets it in (decide.c). */
static const struct span released_waits =
	SPAN_INIT("released by a person: only its header was kept, the whole mail is asked for "
		  "from the server");

struct answer {
	struct intake *intake;
	const struct message_row *message;
	const char *actor, *verb;
	int64_t now_ms;
	struct operation *operation;
};

/* What releasing a route works on; facts and mail must outlive the plan. */
struct release {
	struct facts facts;
	struct mail mail;
	struct route route;
	struct plan plan;
};

/* Decides by what was read, whatever the policy says. */
static bool release_plan(struct release *release, struct intake *intake,
	const struct message_row *message, const struct route_row *row, int64_t now_ms,
	struct error *err)
{
	bool read = false;

	*release = (struct release){
		.route = {.found = true, .address = row->address, .by = "mailbox"}};
	if (!stored_facts_read(
		    intake->db, message->id, &intake->arena, &release->facts, &read, err))
		return false;
	if (!read)
		return error_set(err, ERROR_INPUT,
			"message %lld was not read by this version: replay it first",
			(long long)message->id);
	release->route.mailbox =
		config_mailbox(intake->config, arena_string(&intake->arena, row->mailbox));
	if (!release->route.mailbox || !kind_by_name(row->kind, &release->route.kind))
		return error_set(err, ERROR_INPUT, "the mailbox %.*s is no longer configured",
			SPAN_ARG(row->mailbox));
	mail_init(&release->mail, intake, &intake->arena, &release->facts, message->id,
		message->history, now_ms);
	release->mail.route_id = row->id;
	return plan_make(&release->plan, &release->mail, &release->route, true, err);
}

/* *asked: some server has it whole and was asked for it. */
static bool body_ask(struct answer *answer, bool *asked, struct error *err)
{
	struct intake *intake = answer->intake;
	struct message_delivery *rows = NULL;
	size_t count = 0;

	*asked = false;
	if (!message_deliveries(
		    intake->db, answer->message->id, &intake->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!span_equal(rows[i].source, SPAN("imap")) ||
			!config_mailbox(
				intake->config, arena_string(&intake->arena, rows[i].mailbox)))
			continue;
		if (!server_action_add(
			    intake->db, rows[i].id, SPAN("fetch"), (struct span){0}, 0, err))
			return false;
		*asked = true;
	}
	return true;
}

static bool route_release(struct answer *answer, const struct route_row *row, struct error *err)
{
	struct release release;
	bool asked = false;

	if (!answer->message->raw_size_bytes && !body_ask(answer, &asked, err))
		return false;
	if (asked)
		return route_change(
			answer->operation, row->id, SPAN("quarantined"), released_waits, err);
	if (!release_plan(&release, answer->intake, answer->message, row, answer->now_ms, err))
		return false;
	/* Lines of minutes are in the body; a capture mail's addresses are not. */
	if (!answer->message->raw_size_bytes && release.route.kind == KIND_ACTIONS)
		return error_set(err, ERROR_INPUT,
			"only the header of message %lld is kept (%.*s): import the mail anew",
			(long long)answer->message->id, SPAN_ARG(row->rule));
	return plan_record(&release.plan, row->id, answer->actor, answer->verb, answer->operation,
		       err) &&
	       route_change(answer->operation, row->id, span_from(release.plan.state),
		       plan_rule(&release.plan), err);
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

/* ---------------------------------------------------------------- the body is gone */

static bool gone_record(struct intake *intake, const struct message_row *message,
	const struct route_row *row, struct span why, const char *actor, int64_t now_ms,
	struct error *err)
{
	struct operation operation = {0};
	struct release release;

	if (!release_plan(&release, intake, message, row, now_ms, err))
		return false;
	plan_ask(&release.plan, "body-gone", (struct span){0}, (struct span){0},
		arena_format(&intake->arena,
			"only the header is here, and the server can't give the mail any more "
			"(%.*s): if its text or documents matter, have it sent again",
			SPAN_ARG(why)));
	release.plan.state = "waiting";
	return route_reset(intake->db, row->id, err) &&
	       plan_apply(&release.plan, row->id, actor, "quarantine release", &operation, err);
}

bool quarantine_body_gone(struct intake *intake, int64_t message_id, struct span why,
	const char *actor, int64_t now_ms, struct error *err)
{
	struct message_row message;
	struct route_row *rows = NULL;
	size_t count = 0;
	bool found = false;

	arena_reset(&intake->arena);
	if (!message_get(intake->db, message_id, &intake->arena, &message, &found, err) ||
		!route_list(intake->db, message_id, &intake->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (message.raw_size_bytes || !span_equal(rows[i].state, SPAN("quarantined")) ||
			!span_equal(rows[i].rule, released_waits))
			continue;
		if (!gone_record(intake, &message, &rows[i], why, actor, now_ms, err))
			return false;
	}
	return true;
}

/* ---------------------------------------------------------------- letting the sender in */

/* "LABEL: [a, b, c]", the last one new. */
static struct span list_line(
	struct arena *arena, const char *label, const struct config_strings *have, struct span more)
{
	struct buffer text = {0};

	buffer_format(&text, "%s: [", label);
	for (size_t i = 0; i < have->count; i++)
		buffer_format(&text, "%s, ", have->items[i]);
	buffer_format(&text, "%.*s]", SPAN_ARG(more));
	struct span copy = arena_copy(arena, buffer_span(&text));
	buffer_done(&text);
	return copy;
}

/* The user of that full name, or NULL: the display name of a mail proves nothing, but it helps. */
static const struct config_user *user_called(
	const struct config *config, struct arena *arena, struct span name)
{
	int user = -1;

	return action_user(config, arena, name, &user) == 1 ? &config->users[user] : NULL;
}

static void advise_alias(struct intake *intake, const struct mail *mail, struct arena *arena,
	struct quarantine_advice *advice)
{
	static const struct config_strings none = {0};
	const struct config_user *user =
		user_called(intake->config, arena, mail->facts->from.items[0].name);

	*advice = (struct quarantine_advice){
		.option = SPAN("users[].addresses"),
		.name = user ? span_from(user->name) : (struct span){0},
		.line = list_line(arena, "addresses", user ? &user->addresses : &none, mail->from),
		.why = arena_format(arena, "%.*s is no user's address", SPAN_ARG(mail->from)),
	};
}

static void advise_writer(struct intake *intake, const struct mail *mail,
	const struct config_mailbox *mailbox, struct arena *arena, struct quarantine_advice *advice)
{
	const char *user = intake->config->users[mail->sender].name;

	*advice = (struct quarantine_advice){
		.option = SPAN("mailboxes[].may_write"),
		.name = span_from(mailbox->name),
		.line = list_line(arena, "may_write", &mailbox->may_write, span_from(user)),
		.why = arena_format(
			arena, "%s is not among those who may write to %s", user, mailbox->name),
	};
}

bool quarantine_advise(struct intake *intake, int64_t message_id, struct arena *arena,
	struct quarantine_advice *advice, struct error *err)
{
	struct facts facts = {0};
	struct route_row *rows = NULL;
	struct mail mail;
	size_t count = 0;
	bool read = false;

	*advice = (struct quarantine_advice){0};
	if (!stored_facts_read(intake->db, message_id, arena, &facts, &read, err) ||
		!route_list(intake->db, message_id, arena, &rows, &count, err))
		return false;
	if (!read)
		return true;
	mail_init(&mail, intake, arena, &facts, message_id, false, 0);
	for (size_t i = 0; i < count && !advice->option.size && mail.from.size; i++) {
		const struct config_mailbox *mailbox =
			config_mailbox(intake->config, arena_string(arena, rows[i].mailbox));
		if (!mailbox)
			continue;
		if (mail.sender < 0)
			advise_alias(intake, &mail, arena, advice);
		else if (!policy_user_may_write(mailbox, intake->config->users[mail.sender].name))
			advise_writer(intake, &mail, mailbox, arena, advice);
	}
	return true;
}
