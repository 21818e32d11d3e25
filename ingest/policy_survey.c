#include "ingest/policy_survey.h"

#include "ingest/policy.h"
#include "ingest/stored_facts.h"
#include "store/message.h"

/* The mail as if the mailbox asked for this policy. */
static bool passes(const struct mail *mail, const struct route *route, enum write_policy policy,
	const char *authserv_id)
{
	struct config_mailbox mailbox = *route->mailbox;
	struct route asked = *route;

	mailbox.policy = policy;
	mailbox.policy_authserv_id = authserv_id;
	asked.mailbox = &mailbox;
	return policy_judge(mail, &asked).allowed;
}

/* The place of this id in the survey, -1 when there are too many. */
static int authserv_place(struct policy_survey *survey, struct arena *arena, struct span id)
{
	for (size_t i = 0; i < survey->authserv_count; i++) {
		if (span_equal_fold(survey->authserv[i].id, id))
			return (int)i;
	}
	if (survey->authserv_count == POLICY_SURVEY_IDS)
		return -1;
	survey->authserv[survey->authserv_count].id = arena_copy(arena, id);
	return (int)survey->authserv_count++;
}

/* Each id that checked the mail is asked once. */
static void authserv_survey(struct policy_survey *survey, struct arena *arena,
	const struct mail *mail, const struct route *route)
{
	bool asked[POLICY_SURVEY_IDS] = {false};

	for (size_t i = 0; i < mail->facts->authentication_count; i++) {
		struct span id = mail->facts->authentication[i].authserv_id;
		int place = id.size ? authserv_place(survey, arena, id) : -1;

		if (place < 0 || asked[place])
			continue;
		asked[place] = true;
		survey->authserv[place].passed +=
			passes(mail, route, POLICY_AUTHSERV_ID, survey->authserv[place].id.data);
	}
}

/* The secret is not kept with the mail, so what was decided then is what can be said. */
static bool tag_passed(
	struct mail *mail, const struct config_mailbox *mailbox, bool *passed, struct error *err)
{
	struct route_row *rows = NULL;
	size_t count = 0;

	*passed = false;
	if (!route_list(mail->intake->db, mail->message_id, mail->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		*passed = *passed || (span_equal(rows[i].mailbox, span_from(mailbox->name)) &&
					     !span_equal(rows[i].state, SPAN("quarantined")) &&
					     span_starts(rows[i].rule, SPAN("policy:secret-tag")));
	}
	return true;
}

static bool configured_passed(
	struct mail *mail, const struct config_mailbox *mailbox, bool *passed, struct error *err)
{
	struct route route;

	if (mailbox->policy == POLICY_SECRET_TAG)
		return tag_passed(mail, mailbox, passed, err);
	route = route_find(mail->intake, mail->arena, mail->facts, mailbox, (struct span){0});
	*passed = policy_judge(mail, &route).allowed;
	return true;
}

static int64_t passed_others(const struct policy_survey *survey)
{
	int64_t sum = survey->submission + survey->exchange_internal;

	for (size_t i = 0; i < survey->authserv_count; i++)
		sum += survey->authserv[i].passed;
	return sum;
}

static bool mail_survey(struct intake *intake, const struct config_mailbox *mailbox,
	int64_t message_id, struct arena *arena, struct policy_survey *survey, struct error *err)
{
	struct route route = {
		.found = true, .kind = mailbox->kind, .mailbox = mailbox, .by = "mailbox"};
	struct facts facts;
	struct mail mail;
	int64_t before = passed_others(survey);
	bool found = false, passed = false;

	arena_reset(&intake->arena);
	if (!stored_facts_read(intake->db, message_id, &intake->arena, &facts, &found, err))
		return false;
	if (!found)
		return true;
	mail_init(&mail, intake, &intake->arena, &facts, message_id, false, 0);
	if (mail.sender < 0)
		return true;
	survey->mails++;
	survey->submission += passes(&mail, &route, POLICY_SUBMISSION, NULL);
	survey->exchange_internal += passes(&mail, &route, POLICY_EXCHANGE_INTERNAL, NULL);
	authserv_survey(survey, arena, &mail, &route);
	if (!configured_passed(&mail, mailbox, &passed, err))
		return false;
	survey->configured += passed;
	survey->elsewhere += !passed && passed_others(survey) > before;
	return true;
}

bool policy_survey(struct intake *intake, const struct config_mailbox *mailbox, int limit,
	struct arena *arena, struct policy_survey *survey, struct error *err)
{
	struct message_filter filter = {
		.mailbox = span_from(mailbox->name), .page = {.limit = limit}};
	struct message_row *rows;
	size_t count;

	*survey = (struct policy_survey){0};
	if (!message_list(intake->db, &filter, arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!mail_survey(intake, mailbox, rows[i].id, arena, survey, err))
			return false;
	}
	return true;
}
