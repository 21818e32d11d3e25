/*
 * record.h - effects that several kinds have in common: the mail on somebody's timeline, a contact
 * for an address.
 */
#ifndef INGEST_RECORD_H
#define INGEST_RECORD_H

#include "ingest/plan.h"

/* On the contact (else the company) of the match and on his current deal, or deal_id if not 0. */
MUST_CHECK bool record_activity(
	struct plan *plan, const struct match *match, int64_t deal_id, struct error *err);
/*
 * Tasks that tags of the mail asked for, and that stand on nobody, are given to this contact or
 * company; for one who is not to be contacted they are cancelled and a person is asked.
 */
MUST_CHECK bool record_tasks_claim(
	struct plan *plan, int64_t contact_id, int64_t company_id, struct error *err);
/* The forwarded mail was guessed rather than read: a person says whether it is he. */
void record_uncertain(struct plan *plan);
/* The subject without "Re:", "Fwd:", "AW:", "WG:", … ; may be empty. */
struct span record_subject_base(struct span subject);
/* A line for lists: the subject, else words that stand in for it; cut to what a list can show. */
struct span record_title(const struct mail *mail);
/* The forwarded mail's subject where the mail is about that one. */
struct span record_subject(const struct mail *mail);

#endif
