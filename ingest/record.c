#include "ingest/record.h"

#include "base/text.h"
#include "ingest/meeting.h"

#define TITLE_MAX_BYTES 200

bool record_activity(
	struct plan *plan, const struct match *match, int64_t deal_id, struct error *err)
{
	struct mail *mail = plan->mail;
	if (!deal_id && match->contact_id &&
		!deal_current(mail->intake->db, match->contact_id, &deal_id, err))
		return false;
	struct effect *effect = plan_add(plan, EFFECT_ACTIVITY,
		match->evidence.size ? match->evidence : span_from(match->rule));
	effect->activity = (struct activity){
		.kind = SPAN("mail"),
		.direction = match->outgoing ? SPAN("out") : SPAN("in"),
		.subject = record_subject(mail),
		.rule = span_from(match->rule),
		.contact_id = match->contact_id,
		.company_id = match->contact_id ? 0 : match->company_id,
		.deal_id = deal_id,
		.message_id = mail->message_id,
		.user_id = intake_user_id(mail->intake, mail->sender),
		.at_ms = mail->at_ms,
		.logged_ms = mail->now_ms,
	};
	return meeting_plan(plan, effect, err);
}

/* Asked for by a tag of this mail, when nobody knew yet whom it is about. */
static bool is_unclaimed(const struct task *task)
{
	return span_starts(task->source_key, SPAN("follow-up:")) && !task->contact_id &&
	       !task->company_id;
}

static void task_claim(
	struct plan *plan, const struct task *task, int64_t contact_id, int64_t company_id)
{
	struct effect *effect =
		plan_add(plan, EFFECT_TASK, SPAN("the mail's contact is known now"));
	effect->task = *task;
	effect->task.contact_id = contact_id;
	effect->task.company_id = contact_id ? 0 : company_id;
}

/* It turns out to be somebody who is not to be contacted: a person decides, not the calendar. */
static void task_bar(struct plan *plan, const struct task *task, const struct contact *contact)
{
	struct span why = arena_format(plan->mail->arena,
		"a follow-up (\"%.*s\") was asked for %.*s, who is not to be contacted",
		SPAN_ARG(task->title), SPAN_ARG(contact->name));
	struct effect *effect = plan_add(plan, EFFECT_TASK, why);

	effect->task = *task;
	effect->task.state = SPAN("cancelled");
	effect->task.contact_id = contact->id;
	plan_ask(plan, "do-not-contact", (struct span){0}, contact->name, why);
}

bool record_tasks_claim(
	struct plan *plan, int64_t contact_id, int64_t company_id, struct error *err)
{
	struct mail *mail = plan->mail;
	struct task_filter filter = {.message_id = mail->message_id, .state = SPAN("open")};
	struct contact contact = {0};
	struct task *tasks = NULL;
	bool known = false;
	size_t count = 0;

	if (!mail->message_id || (!contact_id && !company_id))
		return true;
	if (!task_list(mail->intake->db, &filter, mail->arena, &tasks, &count, err))
		return false;
	if (contact_id &&
		!contact_get(mail->intake->db, contact_id, mail->arena, &contact, &known, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!is_unclaimed(&tasks[i]))
			continue;
		if (known && contact.do_not_contact)
			task_bar(plan, &tasks[i], &contact);
		else
			task_claim(plan, &tasks[i], contact_id, company_id);
	}
	return true;
}

void record_uncertain(struct plan *plan)
{
	const struct facts_address *from = &plan->mail->facts->forwarded.from;
	struct effect *effect = plan_ask(plan, "uncertain-forward", from->address, from->name,
		arena_format(plan->mail->arena,
			"the forwarded mail seems to be from %.*s, but that is not certain",
			SPAN_ARG(from->address.size ? from->address : SPAN("somebody"))));
	effect->unresolved.role = SPAN("original");
}

/* What mail programs put before the subject of a reply or a forward, in our four languages. */
static const char *const prefixes[] = {
	"re", "aw", "antw", "antwort", "rép", "rep", "sv", "fwd", "fw", "wg", "tr", "doorst", "vs"};

static bool prefix_skip(struct span *subject)
{
	for (size_t i = 0; i < ARRAY_COUNT(prefixes); i++) {
		struct span prefix = span_from(prefixes[i]);
		if (!span_starts_fold(*subject, prefix))
			continue;
		struct span rest = span_after(*subject, prefix.size);
		/* "Re[2]:" and "AW (2):" count. */
		while (rest.size && strchr("[]() 0123456789", rest.data[0]))
			rest = span_after(rest, 1);
		if (!span_starts(rest, SPAN(":")))
			continue;
		*subject = span_trim(span_after(rest, 1));
		return true;
	}
	return false;
}

struct span record_subject_base(struct span subject)
{
	subject = span_trim(subject);
	while (prefix_skip(&subject))
		;
	return subject;
}

struct span record_subject(const struct mail *mail)
{
	const struct facts *facts = mail->facts;
	if (facts->forwarded.how != FORWARD_NONE && mail->sender >= 0 && mail->to_us &&
		facts->forwarded.subject.size)
		return facts->forwarded.subject;
	return facts->subject;
}

struct span record_title(const struct mail *mail)
{
	struct span title = record_subject_base(record_subject(mail));
	return title.size ? text_cut(title, TITLE_MAX_BYTES) : SPAN("(no subject)");
}
