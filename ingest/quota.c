#include "ingest/quota.h"

#include "ingest/reading.h"
#include "store/quarantine.h"

/* Counting thousands of rows for each mail of a flood would be what the flood wants. */
#define COUNTED_FOR_MS 60000

static struct quota *quota_of(struct intake *intake, const struct config_mailbox *mailbox)
{
	return &intake->quotas[mailbox - intake->config->mailboxes];
}

static bool mailbox_full(struct plan *plan, bool *full, struct error *err)
{
	struct mail *mail = plan->mail;
	struct quota *quota = quota_of(mail->intake, plan->route.mailbox);
	int64_t limit = mail->intake->config->quarantine_per_mailbox;
	if (!quota->counted_ms || mail->now_ms - quota->counted_ms > COUNTED_FOR_MS) {
		if (!quarantine_count_mailbox(mail->intake->db,
			    span_from(plan->route.mailbox->name), limit, &quota->count, err))
			return false;
		quota->counted_ms = mail->now_ms;
	}
	*full = quota->count >= limit;
	quota->count += !*full;
	return true;
}

static bool sender_full(struct plan *plan, bool *full, struct error *err)
{
	struct mail *mail = plan->mail;
	int64_t limit = mail->intake->config->quarantine_per_sender, count = 0;
	*full = false;
	if (span_is_empty(mail->from))
		return true;
	if (!quarantine_count_sender(mail->intake->db, mail->from, limit, &count, err))
		return false;
	*full = count >= limit;
	return true;
}

/* What the header says stays; all that came of the body goes. */
static bool body_drop(struct plan *plan, struct error *err)
{
	struct mail *mail = plan->mail;
	struct facts *facts = arena_alloc(mail->arena, sizeof(*facts));
	*facts = *mail->facts;
	facts->text = facts->reply_text = facts->signature = (struct span){0};
	facts->attachment_count = facts->invoice_count = facts->action_count = 0;
	facts->invite_count = 0;
	facts->forwarded = (struct facts_forwarded){.how = FORWARD_NONE};
	mail->facts = facts;
	return message_drop_body(mail->intake->db, mail->message_id, err) &&
	       reading_record(mail, err);
}

bool quota_keep(struct plan *plan, struct error *err)
{
	const struct config *config = plan->mail->intake->config;
	bool sender = false, mailbox = false;
	if (!sender_full(plan, &sender, err) || (!sender && !mailbox_full(plan, &mailbox, err)))
		return false;
	if (!sender && !mailbox)
		return true;
	plan->rule =
		sender ? arena_format(plan->mail->arena,
				 "quota: %lld mails of %.*s are quarantined already, of this "
				 "one only the header is kept (%.*s)",
				 (long long)config->quarantine_per_sender,
				 SPAN_ARG(plan->mail->from), SPAN_ARG(plan->rule))
		       : arena_format(plan->mail->arena,
				 "quota: %lld mails to %s are quarantined already, of this one "
				 "only the header is kept (%.*s)",
				 (long long)config->quarantine_per_mailbox,
				 plan->route.mailbox->name, SPAN_ARG(plan->rule));
	return body_drop(plan, err);
}
