/*
 * capture: BCC'd, forwarded by a colleague, or put into a trusted folder. An activity on everybody
 * outside who is known, a question for everybody who is not.
 */
#include <string.h>

#include "ingest/kind.h"
#include "ingest/match.h"
#include "ingest/participants.h"
#include "ingest/record.h"
#include "ingest/suppress.h"

/* More unknown people in one mail make one question. */
#define ITEMS_MAX 20

static bool several(const struct match *match)
{
	return !match_is_known(match) && match->also_count > 0;
}

static bool unknown(const struct match *match)
{
	return !match_is_known(match) && strcmp(match->rule, "ignored") != 0;
}

static struct span unknown_words(struct plan *plan, const struct match *match)
{
	if (several(match))
		return arena_format(plan->mail->arena, "%.*s: who of them is %.*s?",
			SPAN_ARG(match->evidence), SPAN_ARG(match->address));
	return arena_format(
		plan->mail->arena, "no contact has the address %.*s", SPAN_ARG(match->address));
}

static void item_add(struct plan *plan, const struct match *match)
{
	if (match_is_erased(match)) {
		suppress_ask(plan, match->address, match->outgoing ? "to" : match->role);
		return;
	}
	struct effect *effect = plan_ask(plan, several(match) ? "several-candidates" : "no-match",
		match->address, match->name, unknown_words(plan, match));
	/* The role tells a later resolution in which direction the mail went. */
	effect->unresolved.role = match->outgoing ? span_from("to") : span_from(match->role);
	effect->unresolved.candidates =
		plan_candidates_text(plan->mail->arena, match->also, match->also_count);
}

static void items_add(struct plan *plan)
{
	size_t count = 0;
	for (const struct match *match = plan->matches; match; match = match->next)
		count += unknown(match);
	if (count > ITEMS_MAX) {
		plan_ask(plan, "many-recipients", (struct span){0}, (struct span){0},
			arena_format(plan->mail->arena,
				"%zu addresses of this mail belong to nobody who is known", count));
		return;
	}
	for (const struct match *match = plan->matches; match; match = match->next) {
		if (unknown(match))
			item_add(plan, match);
	}
}

static bool is_attendee(const struct match *match)
{
	return strcmp(match->role, "attendee") == 0;
}

/*
 * Others who are invited get the meeting too where they are known. Who is not is asked for only
 * when the mail names nobody else.
 */
static bool matches_add(struct plan *plan, struct error *err)
{
	struct match *found = participants_all(plan->mail, plan->route.kind);
	bool only_attendees = found && is_attendee(found);
	if (!match_all(plan->mail, found, err))
		return false;
	for (const struct match *match = found; match; match = match->next)
		if (only_attendees || !is_attendee(match) || match_is_known(match))
			plan_add_match(plan, match);
	return true;
}

static bool activities_add(struct plan *plan, struct error *err)
{
	for (const struct match *match = plan->matches; match; match = match->next) {
		if (match_is_known(match) && !record_activity(plan, match, 0, err))
			return false;
	}
	return true;
}

static void no_contact_ask(struct plan *plan)
{
	bool forwarded = plan->mail->facts->forwarded.how != FORWARD_NONE;
	plan_ask(plan, "no-contact", (struct span){0}, (struct span){0},
		forwarded ? SPAN("nobody outside is named in the mail or in what it forwards")
			  : SPAN("nobody outside is named in From, To, Cc or Bcc"));
}

/* A mail program put it there and nobody asked for anything: mail among colleagues. */
static bool is_internal(const struct plan *plan)
{
	return plan->route.sent && plan->mail->sender >= 0 && !plan->mail->facts->request_count;
}

static void nobody_plan(struct plan *plan)
{
	if (is_internal(plan))
		plan_ignore(plan, SPAN("internal: sent to colleagues alone"));
	else if (participants_uncertain(plan->mail, KIND_CAPTURE))
		record_uncertain(plan);
	else
		no_contact_ask(plan);
}

static bool capture_plan(struct plan *plan, struct error *err)
{
	/* With somebody outside in To it is a mail to him, even if it quotes another. */
	if (!matches_add(plan, err))
		return false;
	if (!plan->matches) {
		nobody_plan(plan);
		return true;
	}
	if (!activities_add(plan, err))
		return false;
	items_add(plan);
	return true;
}

bool kind_capture_history(struct plan *plan, struct error *err)
{
	return matches_add(plan, err) && activities_add(plan, err);
}

static bool capture_settle(struct plan *plan, const struct unresolved *item, int64_t contact_id,
	int64_t company_id, struct error *err)
{
	struct match match = {
		.contact_id = contact_id,
		.company_id = company_id,
		.rule = "resolved",
		.outgoing = span_equal(item->role, SPAN("to")) ||
			    (span_is_empty(item->role) && plan->mail->sender >= 0),
	};
	return record_activity(plan, &match, 0, err);
}

const struct kind kind_capture = {KIND_CAPTURE, capture_plan, capture_settle};
