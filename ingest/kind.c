#include "ingest/kind.h"

#include "ingest/record.h"

static const struct kind *const kinds[] = {
	&kind_capture, &kind_invoices, &kind_leads, &kind_support, &kind_actions};

static const struct kind *kind_of(const struct plan *plan)
{
	for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
		if (kinds[i]->kind == plan->route.kind)
			return kinds[i];
	}
	return NULL;
}

bool kind_plan(struct plan *plan, struct error *err)
{
	const struct kind *kind = kind_of(plan);
	return kind ? kind->plan(plan, err)
		    : error_set(err, ERROR_BUG, "no kind %d", (int)plan->route.kind);
}

bool kind_settle(struct plan *plan, const struct unresolved *item, int64_t contact_id,
	int64_t company_id, struct error *err)
{
	const struct kind *kind = kind_of(plan);
	if (!kind)
		return error_set(err, ERROR_BUG, "no kind %d", (int)plan->route.kind);
	/* A tag may have asked for a follow-up at a mailbox of any kind. */
	return kind->settle(plan, item, contact_id, company_id, err) &&
	       record_tasks_claim(plan, contact_id, company_id, err);
}

bool kind_by_name(struct span name, enum mailbox_kind *kind)
{
	for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
		if (!span_equal(name, span_from(mailbox_kind_name(kinds[i]->kind))))
			continue;
		*kind = kinds[i]->kind;
		return true;
	}
	return false;
}
