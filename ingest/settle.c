#include "ingest/settle.h"

#include <limits.h>

#include "base/buffer.h"
#include "base/text.h"
#include "ingest/kind.h"
#include "ingest/stored_facts.h"
#include "ingest/suppress.h"

/* What a person can say about an item. */
static const struct reason {
	const char *name;
	bool answerable; /* a contact or a company answers it */
	bool by_address; /* and the answer holds for every item of the address */
} reasons[] = {
	{"no-match", true, true},
	{"several-candidates", true, true},
	{"uncertain-forward", true, true},
	{"supplier-unknown", true, true},
	{"new-lead", true, true},
	/* Documents and address contradict each other: true of this mail alone. */
	{"supplier-disagrees", true, false},
	{"no-contact", true, false},
	{"many-recipients", true, false},
	{"bad-tag", false, false},
	{"do-not-contact", false, false},
	{"unknown-name", false, false},
	{"rotate-tag", false, false},
	{"body-gone", false, false},
	{SUPPRESS_REASON, false, false},
};

static const struct reason *reason_of(const struct unresolved *item)
{
	static const struct reason unknown = {"", false, false};
	for (size_t i = 0; i < ARRAY_COUNT(reasons); i++) {
		if (span_equal(item->reason, span_from(reasons[i].name)))
			return &reasons[i];
	}
	return &unknown;
}

bool settle_is_answerable(const struct unresolved *item, struct error *err)
{
	if (reason_of(item)->answerable)
		return true;
	if (span_equal(item->reason, SPAN(SUPPRESS_REASON)))
		return error_set(err, ERROR_CONFLICT,
			"item %lld is about somebody who was erased: postroom privacy readmit %.*s",
			(long long)item->id, SPAN_ARG(item->address));
	return error_set(err, ERROR_INPUT,
		"item %lld (%.*s) is not about who somebody is: dismiss it when it is done",
		(long long)item->id, SPAN_ARG(item->reason));
}

bool settle_is_address(const struct unresolved *item)
{
	return reason_of(item)->answerable && text_address_domain(item->address_folded).size > 0;
}

bool settle_by_address(const struct unresolved *item)
{
	return reason_of(item)->by_address && settle_is_address(item);
}

/* ---------------------------------------------------------------- what was touched */

static struct span contact_name(struct mail *mail, int64_t id)
{
	struct contact contact;
	struct error err = {0};
	bool found = false;
	if (!id || !contact_get(mail->intake->db, id, mail->arena, &contact, &found, &err))
		return SPAN("a company");
	return found ? contact.name : SPAN("a contact");
}

static void effect_words(struct mail *mail, const struct effect *effect, struct buffer *words)
{
	if (words->size)
		buffer_append_string(words, ", ");
	switch (effect->kind) {
	case EFFECT_ACTIVITY:
		buffer_format(words, "activity on %.*s",
			SPAN_ARG(contact_name(mail, effect->activity.contact_id)));
		break;
	case EFFECT_TICKET:
		buffer_format(words, "supplier of ticket #%lld%s", (long long)effect->ticket.id,
			span_equal(effect->ticket.state, SPAN("hold")) ? ", held" : "");
		break;
	case EFFECT_CASE:
		buffer_format(words, "customer of case #%lld", (long long)effect->support_case.id);
		break;
	case EFFECT_DEAL:
		buffer_format(words, "deal %.*s", SPAN_ARG(effect->deal.name));
		break;
	case EFFECT_JOIN:
		buffer_format(words, "joins deal #%lld", (long long)effect->join.deal_id);
		break;
	case EFFECT_TASK:
		buffer_format(words, "%s task #%lld",
			span_equal(effect->task.state, SPAN("cancelled")) ? "cancels"
									  : "contact of",
			(long long)effect->task.id);
		break;
	case EFFECT_UNRESOLVED:
		buffer_format(words, "asks %.*s", SPAN_ARG(effect->unresolved.reason));
		break;
	default:
		buffer_append_string(words, "note");
		break;
	}
}

static struct resolve_touched *touched_add(struct settling *settling)
{
	if (settling->touched_count == settling->touched_capacity) {
		size_t capacity = settling->touched_capacity ? 2 * settling->touched_capacity : 16;
		struct resolve_touched *grown =
			arena_array(settling->arena, struct resolve_touched, capacity);
		for (size_t i = 0; i < settling->touched_count; i++)
			grown[i] = settling->touched[i];
		settling->touched = grown;
		settling->touched_capacity = capacity;
	}
	return &settling->touched[settling->touched_count++];
}

static void touched_note(struct settling *settling, const struct unresolved *item,
	const struct plan *plan, struct span subject, struct span outcome)
{
	CLEANUP(buffer_done) struct buffer words = {0};
	for (const struct effect *effect = plan ? plan->effects : NULL; effect;
		effect = effect->next)
		effect_words(plan->mail, effect, &words);
	*touched_add(settling) = (struct resolve_touched){
		.item_id = item->id,
		.message_id = item->message_id,
		.address = arena_copy(settling->arena, item->address),
		.subject = arena_copy(settling->arena, subject),
		.what = arena_copy(settling->arena, words.size ? buffer_span(&words) : outcome),
	};
}

/* ---------------------------------------------------------------- settling one */

/* The mail as it was read, and the route on which its question came up. */
struct question {
	struct facts facts;
	struct mail mail;
	struct plan plan;
	struct message_row message;
	bool found;
};

static bool route_rebuild(struct settling *settling, const struct unresolved *item,
	struct route *route, struct error *err)
{
	struct route_row row;
	bool found = false;
	*route = (struct route){0};
	if (!item->route_id)
		return true;
	if (!route_get(settling->intake->db, item->route_id, settling->scratch, &row, &found, err))
		return false;
	route->found = found && kind_by_name(row.kind, &route->kind);
	if (!found)
		return true;
	route->address = row.address;
	route->by = "mailbox";
	route->mailbox = config_mailbox(
		settling->intake->config, arena_string(settling->scratch, row.mailbox));
	return true;
}

static bool question_load(struct settling *settling, const struct unresolved *item,
	struct question *question, struct error *err)
{
	struct intake *intake = settling->intake;
	bool read = false, exists = false;

	*question = (struct question){0};
	if (!item->message_id)
		return true;
	if (!message_get(intake->db, item->message_id, settling->scratch, &question->message,
		    &exists, err) ||
		!stored_facts_read(intake->db, item->message_id, settling->scratch,
			&question->facts, &read, err))
		return false;
	if (!exists || !read)
		return true;
	mail_init(&question->mail, intake, settling->scratch, &question->facts, item->message_id,
		question->message.history, settling->now_ms);
	question->mail.route_id = item->route_id;
	plan_init(&question->plan, &question->mail);
	if (!route_rebuild(settling, item, &question->plan.route, err))
		return false;
	question->found = question->plan.route.found;
	return true;
}

static bool effects_make(struct settling *settling, const struct unresolved *item,
	const struct settle_answer *answer, struct question *question, struct error *err)
{
	if (!question->found || answer->nothing)
		return true;
	return kind_settle(&question->plan, item, answer->contact_id, answer->company_id, err) &&
	       plan_apply_effects(&question->plan, question->plan.effects, item->route_id,
		       settling->actor, settling->verb, settling->operation, err);
}

bool settle_item(struct settling *settling, const struct unresolved *item,
	const struct settle_answer *answer, struct error *err)
{
	struct question question;

	arena_reset(settling->scratch);
	if (!question_load(settling, item, &question, err) ||
		!effects_make(settling, item, answer, &question, err) ||
		!unresolved_settle(settling->operation, item->id, answer->outcome, err))
		return false;
	touched_note(settling, item, question.found ? &question.plan : NULL,
		question.message.subject, answer->outcome);
	settling->settled++;
	return true;
}

/* A domain says where somebody works, not who he is: a lead's question is who. */
static bool answers(const struct unresolved *item, const struct settle_answer *answer)
{
	if (!settle_by_address(item))
		return false;
	return !answer->company_only || !span_equal(item->reason, SPAN("new-lead"));
}

bool settle_list(struct settling *settling, const struct unresolved_filter *filter,
	const struct settle_answer *answer, struct error *err)
{
	struct unresolved_filter all = *filter;
	struct unresolved *items = NULL;
	size_t count = 0;
	all.page.limit = INT_MAX;
	if (!unresolved_list(settling->intake->db, &all, settling->arena, &items, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (answers(&items[i], answer) && !settle_item(settling, &items[i], answer, err))
			return false;
	}
	return true;
}
