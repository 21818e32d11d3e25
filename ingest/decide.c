#include <string.h>

#include "base/text.h"
#include "ingest/follow_up.h"
#include "ingest/intake.h"
#include "ingest/plan.h"
#include "ingest/quota.h"
#include "ingest/reading.h"
#include "ingest/suppress.h"
#include "store/erase.h"

/* Routes that a person closed; reading the mail anew opens none of them. */
static const char *const closed_rules[] = {"person", "dropped by a person"};

static struct span kind_name(const struct route *route)
{
	return route->found ? span_from(mailbox_kind_name(route->kind)) : SPAN("history");
}

static struct route_row row_of(const struct plan *plan)
{
	const struct route *route = &plan->route;
	return (struct route_row){
		.message_id = plan->mail->message_id,
		.kind = kind_name(route),
		.mailbox = span_from(route->found ? route->mailbox->name : ""),
		.address = route->address,
		.decided_by = span_from(route->by),
		.state = SPAN("received"),
		.decided_ms = plan->mail->now_ms,
	};
}

static bool is_quarantined(const struct plan *plan)
{
	return strcmp(plan->state, "quarantined") == 0;
}

/* kept: another route needs the whole mail. */
static bool decide_new(struct plan *plan, bool kept, const char *actor, struct error *err)
{
	struct operation operation = {0};
	struct route_row row = row_of(plan);
	int64_t route_id = 0;
	bool existing = false;
	if (!route_add(plan->mail->intake->db, &row, &route_id, &existing, err))
		return false;
	if (existing)
		return true;
	if (is_quarantined(plan) && !kept && !quota_keep(plan, err))
		return false;
	return plan_apply(plan, route_id, actor, "decide", &operation, err);
}

/*
 * Another copy was decided before. This one can still bring what that one could not: a check that
 * passes where that one's failed, or a further tag (two Bcc addresses give two copies).
 */
static bool decide_further(
	struct plan *plan, const struct route_row *known, const char *actor, struct error *err)
{
	struct mail *mail = plan->mail;
	struct operation operation = {0};
	bool is_new = false;

	if (is_quarantined(plan))
		return true;
	if (span_equal(known->state, SPAN("quarantined")))
		return route_reset(mail->intake->db, known->id, err) &&
		       plan_apply(plan, known->id, actor, "decide", &operation, err);
	if (!mail->vouched)
		return true;
	if (!follow_up_is_new(mail, &is_new, err))
		return false;
	if (!is_new)
		return true;
	return plan_apply_effects(
		       plan, *plan->tag_effects, known->id, actor, "decide", &operation, err) &&
	       message_refresh_state(mail->intake->db, mail->message_id, err);
}

static bool decide_anew(
	struct plan *plan, const struct route_row *known, const char *actor, struct error *err)
{
	struct operation operation = {0};
	if (is_quarantined(plan) && !span_equal(known->state, SPAN("quarantined")))
		return true;
	return route_reset(plan->mail->intake->db, known->id, err) &&
	       plan_apply(plan, known->id, actor, "replay", &operation, err);
}

static bool was_closed(const struct route_row *known)
{
	for (size_t i = 0; i < ARRAY_COUNT(closed_rules); i++) {
		if (span_equal(known->rule, span_from(closed_rules[i])))
			return true;
	}
	return false;
}

/* A copy of a known route that can change nothing is the usual case: nothing is worked out. */
static bool can_add(const struct mail *mail, const struct route_row *known, bool anew)
{
	if (was_closed(known))
		return false;
	return anew || mail->facts->request_count || span_equal(known->state, SPAN("quarantined"));
}

/* *any: some route was decided; *kept: one of them needs the whole mail. */
static bool known_find(struct mail *mail, struct span kind, struct route_row **known, bool *any,
	bool *kept, struct error *err)
{
	struct route_row *rows = NULL;
	size_t count = 0;
	*known = NULL;
	*kept = false;
	if (!route_list(mail->intake->db, mail->message_id, mail->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (span_equal(rows[i].kind, kind))
			*known = &rows[i];
		*kept = *kept || !span_equal(rows[i].state, SPAN("quarantined"));
	}
	*any = count > 0;
	return true;
}

static bool route_decide(struct mail *mail, const struct route *route, bool anew, const char *actor,
	struct error *err)
{
	struct plan plan;
	struct route_row *known = NULL;
	bool any = false, kept = false;

	if (!known_find(mail, kind_name(route), &known, &any, &kept, err))
		return false;
	/* A copy that concerns no mailbox adds nothing to what others decided. */
	if (!known && !route->found && any)
		return true;
	if (known && !can_add(mail, known, anew))
		return true;
	mail->route_id = known ? known->id : 0;
	mail->again = known && anew && !span_equal(known->state, SPAN("quarantined"));
	bool released = known && span_starts(known->rule, SPAN("released"));
	if (!plan_make(&plan, mail, route, released, err))
		return false;
	if (!known)
		return decide_new(&plan, kept, actor, err);
	return anew ? decide_anew(&plan, known, actor, err)
		    : decide_further(&plan, known, actor, err);
}

/* Beyond a quota only its header was kept; now it was let in on some way, and here it is whole. */
static bool body_restore(struct mail *mail, struct span raw_frame, struct error *err)
{
	struct db *db = mail->intake->db;
	struct route_row *rows = NULL;
	size_t count = 0;
	bool wanted = false;
	if (!route_list(db, mail->message_id, mail->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		wanted = wanted || span_equal(rows[i].state, SPAN("filed")) ||
			 span_equal(rows[i].state, SPAN("waiting"));
	return !wanted || (message_restore_body(db, mail->message_id, raw_frame, err) &&
				  reading_record(mail, err));
}

/*
 * From before somebody was erased: the policy still sees the header, the record nothing of him.
 */
static bool decide_in_part(struct intake *intake, const struct intake_copy *copy,
	const struct message_row *row, const struct facts *facts, enum intake_admission admission,
	int64_t now_ms, struct error *err)
{
	const struct person nobody = {0};
	struct facts scrubbed, with_header;
	struct mail mail;
	if (admission == INTAKE_NOTHING)
		return erase_message(intake->db, row->id, err);
	if (!suppress_scrub(intake, facts, now_ms, &scrubbed, err) ||
		!erase_message_part(intake->db, row->id, &nobody, err))
		return false;
	mail_init(&mail, intake, &intake->arena, &scrubbed, row->id, row->history, now_ms);
	if (!reading_record(&mail, err))
		return false;
	with_header = scrubbed;
	with_header.fields = facts->fields;
	with_header.field_count = facts->field_count;
	with_header.received = facts->received;
	with_header.received_count = facts->received_count;
	with_header.authentication = facts->authentication;
	with_header.authentication_count = facts->authentication_count;
	mail_init(&mail, intake, &intake->arena, &with_header, row->id, row->history, now_ms);
	struct route route =
		route_find(intake, &intake->arena, &with_header, copy->mailbox, copy->folder);
	return route_decide(&mail, &route, copy->delivery_id == 0, copy->actor, err);
}

bool intake_admits(struct intake *intake, const struct facts *facts, int64_t now_ms,
	enum intake_admission *admission, struct error *err)
{
	arena_reset(&intake->arena);
	return suppress_judge(intake, facts, now_ms, admission, err);
}

bool intake_decide(struct intake *intake, const struct intake_copy *copy, const struct facts *facts,
	int64_t now_ms, struct error *err)
{
	struct message_row row;
	struct mail mail;
	bool found = false, anew = copy->delivery_id == 0;

	arena_reset(&intake->arena);
	if (!message_get(intake->db, copy->message_id, &intake->arena, &row, &found, err))
		return false;
	if (!found)
		return error_set(
			err, ERROR_BUG, "decide: no message %lld", (long long)copy->message_id);
	/* Another copy may have killed the parser; this one was read. */
	bool unread =
		span_equal(row.state, SPAN("received")) || span_equal(row.state, SPAN("dead"));
	bool erased = span_equal(row.removed, SPAN("erasure"));
	enum intake_admission admission = INTAKE_WHOLE;
	if (span_equal(row.state, SPAN("erased")))
		return true;
	if ((unread || erased) && !suppress_judge(intake, facts, now_ms, &admission, err))
		return false;
	if (admission != INTAKE_WHOLE)
		return decide_in_part(intake, copy, &row, facts, admission, now_ms, err);
	if (erased) /* what was taken out of it may be in this copy */
		return true;
	mail_init(&mail, intake, &intake->arena, facts, copy->message_id, row.history, now_ms);
	if ((anew || unread) && !reading_record(&mail, err))
		return false;
	struct route route = route_find(intake, &intake->arena, facts, copy->mailbox, copy->folder);
	if (!route_decide(&mail, &route, anew, copy->actor, err))
		return false;
	return row.raw_size_bytes || span_is_empty(copy->raw_frame) ||
	       body_restore(&mail, copy->raw_frame, err);
}

bool intake_failed(struct intake *intake, int64_t message_id, const char *stage,
	const struct error *why, bool final, struct error *err)
{
	return message_failed(
		intake->db, message_id, span_from(stage), span_from(why->text), final, err);
}
