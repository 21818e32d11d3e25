/*
 * case.h - support cases: a question of a customer and the mails about it.
 */
#ifndef STORE_CASE_H
#define STORE_CASE_H

#include "base/arena.h"
#include "base/span.h"
#include "store/operation.h"

struct support_case {
	int64_t id;
	struct span subject, state, priority;
	int64_t contact_id, company_id, assignee_id; /* 0: none */
	struct span contact_name, assignee_name;
	int64_t created_ms, changed_ms;
};

MUST_CHECK bool case_add(struct operation *operation, const struct support_case *item, int64_t *id,
	struct error *err);
MUST_CHECK bool case_edit(
	struct operation *operation, const struct support_case *item, struct error *err);
MUST_CHECK bool case_get(struct db *db, int64_t id, struct arena *arena, struct support_case *item,
	bool *found, struct error *err);
MUST_CHECK bool case_list(struct db *db, struct span state, struct db_page page,
	struct arena *arena, struct support_case **rows, size_t *count, struct error *err);
/* *id 0: none. */
MUST_CHECK bool case_by_message(struct db *db, int64_t message_id, int64_t *id, struct error *err);
MUST_CHECK bool case_join(struct operation *operation, int64_t case_id, int64_t message_id,
	bool *added, struct error *err);
/* Oldest first. */
MUST_CHECK bool case_messages(struct db *db, int64_t case_id, struct arena *arena,
	int64_t **message_ids, size_t *count, struct error *err);

#endif
