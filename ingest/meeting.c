#include "ingest/meeting.h"

#include "base/clock.h"
#include "base/text.h"
#include "parser/facts_invite.h"

#define TIME_BYTES 40

/* UID, and RECURRENCE-ID where one of a series is meant. */
static struct span event_key(struct arena *arena, const struct facts_invite *invite)
{
	if (invite->recurrence_id.size == 0)
		return invite->uid;
	return arena_format(
		arena, "%.*s %.*s", SPAN_ARG(invite->uid), SPAN_ARG(invite->recurrence_id));
}

static bool is_method(const struct facts_invite *invite, const char *method)
{
	return span_equal(invite->method, span_from(method));
}

static bool is_cancelled(const struct facts_invite *invite)
{
	return is_method(invite, "CANCEL") || span_equal(invite->status, SPAN("CANCELLED"));
}

/* The mail's own address of the contact, among the attendees: what it answered; empty: nothing. */
static struct span answer_of(const struct plan *plan, const struct facts_invite *invite)
{
	const struct facts *facts = plan->mail->facts;
	struct span from = facts->from.count > 0 ? facts->from.items[0].address : (struct span){0};

	for (size_t i = 0; i < invite->attendee_count; i++)
		if (is_method(invite, "REPLY") &&
			(invite->attendee_count == 1 ||
				span_equal_fold(invite->attendees[i].address, from)))
			return invite->attendees[i].status;
	return (struct span){0};
}

static void append_time(
	struct buffer *out, const struct facts_time *time, const struct facts_invite *invite)
{
	char text[TIME_BYTES];

	buffer_append_string(out, clock_rfc3339(time->instant_ms, time->offset_minutes, text));
	if (invite->zone.size > 0)
		buffer_format(out, " %.*s", SPAN_ARG(invite->zone));
	if (!invite->time_certain)
		buffer_append_string(out, " (zone unknown)");
}

static void append_when(struct buffer *out, const struct facts_invite *invite)
{
	if (invite->all_day) {
		buffer_format(out, "%04d-%02d-%02d, all day", invite->start_date.year,
			invite->start_date.month, invite->start_date.day);
		return;
	}
	if (!invite->start.present)
		return;
	append_time(out, &invite->start, invite);
	if (invite->end.present && invite->end.instant_ms > invite->start.instant_ms)
		buffer_format(out, ", %d minutes",
			(int)((invite->end.instant_ms - invite->start.instant_ms) / 60000));
	if (invite->recurrence_rule.size > 0)
		buffer_format(out, ", repeated: %.*s", SPAN_ARG(invite->recurrence_rule));
}

/* "2026-11-05T15:00:00+01:00 Europe/Berlin, 90 minutes\ncancelled" */
static struct span body_of(struct plan *plan, const struct facts_invite *invite)
{
	struct buffer out CLEANUP(buffer_done) = {0};
	struct span answer = answer_of(plan, invite);

	append_when(&out, invite);
	if (is_cancelled(invite))
		buffer_format(&out, "%scancelled", out.size > 0 ? "\n" : "");
	if (answer.size > 0)
		buffer_format(&out, "%sanswered: %.*s", out.size > 0 ? "\n" : "", SPAN_ARG(answer));
	return arena_copy(plan->mail->arena, buffer_span(&out));
}

static int64_t starts_ms(const struct facts_invite *invite, int64_t otherwise_ms)
{
	if (invite->all_day)
		return date_to_days(invite->start_date) * INT64_C(86400000);
	return invite->start.present ? invite->start.instant_ms : otherwise_ms;
}

static bool is_newer(const struct facts_invite *invite, const struct activity *known)
{
	if (invite->sequence != known->event_sequence)
		return invite->sequence > known->event_sequence;
	return invite->stamp_ms > known->event_stamp_ms;
}

/* An answer comes with the number of what it answers, and need not say when that is. */
static void change(
	struct plan *plan, const struct facts_invite *invite, const struct activity *known)
{
	bool is_reply = is_method(invite, "REPLY");
	struct effect *effect;

	if (is_reply ? invite->sequence < known->event_sequence : !is_newer(invite, known))
		return;
	struct span line = arena_format(
		plan->mail->arena, "answered: %.*s", SPAN_ARG(answer_of(plan, invite)));
	if (is_reply && span_find(known->body, line) >= 0)
		return;
	effect = plan_add(plan, EFFECT_ACTIVITY,
		is_cancelled(invite) ? SPAN("the meeting is cancelled")
		: is_reply	     ? SPAN("the meeting is answered")
				     : SPAN("the meeting is changed"));
	effect->activity = *known;
	if (is_reply) {
		effect->activity.body = arena_format(plan->mail->arena, "%.*s%s%.*s",
			SPAN_ARG(known->body), known->body.size > 0 ? "\n" : "", SPAN_ARG(line));
		return;
	}
	effect->activity.event_sequence = invite->sequence;
	effect->activity.event_stamp_ms = invite->stamp_ms;
	effect->activity.at_ms = starts_ms(invite, known->at_ms);
	effect->activity.body = body_of(plan, invite);
	if (invite->summary.size > 0)
		effect->activity.subject = invite->summary;
}

static void make(struct plan *plan, struct activity *activity, const struct facts_invite *invite)
{
	activity->kind = SPAN("meeting");
	activity->event = event_key(plan->mail->arena, invite);
	activity->event_sequence = invite->sequence;
	activity->event_stamp_ms = invite->stamp_ms;
	activity->at_ms = starts_ms(invite, activity->at_ms);
	activity->body = body_of(plan, invite);
	if (invite->summary.size > 0)
		activity->subject = invite->summary;
}

bool meeting_plan(struct plan *plan, struct effect *activity, struct error *err)
{
	const struct facts *facts = plan->mail->facts;
	bool made = false;

	for (size_t i = 0; i < facts->invite_count; i++) {
		struct facts_invite invite = facts->invites[i];
		struct activity known;
		bool found;

		facts_invite_settle(&invite);
		if (!activity_find_event(plan->mail->intake->db,
			    event_key(plan->mail->arena, &invite), activity->activity.contact_id,
			    activity->activity.company_id, plan->mail->arena, &known, &found, err))
			return false;
		if (found)
			change(plan, &invite, &known);
		else if (!made && !is_method(&invite, "REPLY")) {
			/* one mail is one activity: of several new events the first */
			make(plan, &activity->activity, &invite);
			made = true;
		}
	}
	return true;
}
