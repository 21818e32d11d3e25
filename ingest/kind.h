/*
 * kind.h - what a mail becomes by the kind of its mailbox: one file a kind behind one table.
 */
#ifndef INGEST_KIND_H
#define INGEST_KIND_H

#include "ingest/plan.h"

struct kind {
	enum mailbox_kind kind;
	/* Adds matches and effects. Reads only. */
	bool (*plan)(struct plan *plan, struct error *err);
	/*
	 * An item of such a route was answered: contact (or, with contact_id 0, company) is whom
	 * its address means. Adds what the mail would have become on him.
	 */
	bool (*settle)(struct plan *plan, const struct unresolved *item, int64_t contact_id,
		int64_t company_id, struct error *err);
};

/* By plan->route.kind. */
MUST_CHECK bool kind_plan(struct plan *plan, struct error *err);
MUST_CHECK bool kind_settle(struct plan *plan, const struct unresolved *item, int64_t contact_id,
	int64_t company_id, struct error *err);

extern const struct kind kind_capture, kind_invoices, kind_leads, kind_support, kind_actions;

/* Activities on those who are known by address; for mail older than `since`. */
MUST_CHECK bool kind_capture_history(struct plan *plan, struct error *err);
/* "invoices" → its kind; false when there is none of that name. */
bool kind_by_name(struct span name, enum mailbox_kind *kind);

#endif
