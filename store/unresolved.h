/*
 * unresolved.h - what the daemon could not decide: one item an address (or a question) of a
 * message, until a person settles it. Rules that ignore addresses and domains live here too.
 */
#ifndef STORE_UNRESOLVED_H
#define STORE_UNRESOLVED_H

#include "base/arena.h"
#include "base/span.h"
#include "store/operation.h"

struct unresolved {
	int64_t id, message_id, route_id;
	struct span reason, address, address_folded, name, role, detail, candidates;
	struct span state, outcome;
	int64_t created_ms, operation_id;
};

/* A second item of the same route, reason and address changes nothing. */
MUST_CHECK bool unresolved_add(
	struct db *db, const struct unresolved *item, int64_t *id, struct error *err);
MUST_CHECK bool unresolved_get(struct db *db, int64_t id, struct arena *arena,
	struct unresolved *item, bool *found, struct error *err);
struct unresolved_filter {
	struct span address_folded, reason; /* empty: any */
	struct span domain;		    /* and the domains below it; empty: any */
	int64_t message_id;		    /* 0: any */
	bool settled_too;
	struct db_page page; /* oldest first */
};
MUST_CHECK bool unresolved_list(struct db *db, const struct unresolved_filter *filter,
	struct arena *arena, struct unresolved **rows, size_t *count, struct error *err);
/* Marks it settled with the outcome ("assigned", …) and refreshes its message's state. */
MUST_CHECK bool unresolved_settle(
	struct operation *operation, int64_t id, struct span outcome, struct error *err);
/*
 * The question is asked (again), as part of the operation: undone, it is as settled as before, or
 * one that was never asked.
 */
MUST_CHECK bool unresolved_open(
	struct operation *operation, const struct unresolved *item, struct error *err);
/* As unresolved_add, as part of the operation: undone, it is one that was never asked. */
MUST_CHECK bool unresolved_ask(
	struct operation *operation, const struct unresolved *item, int64_t *id, struct error *err);
struct unresolved_count {
	int64_t waiting, oldest_ms; /* oldest 0: none */
};
MUST_CHECK bool unresolved_waiting(
	struct db *db, struct unresolved_count *count, struct error *err);

enum ignore_kind { IGNORE_ADDRESS, IGNORE_DOMAIN };
MUST_CHECK bool ignore_add(struct operation *operation, enum ignore_kind kind,
	struct span value_folded, struct error *err);
MUST_CHECK bool ignore_remove(struct operation *operation, enum ignore_kind kind,
	struct span value_folded, bool *found, struct error *err);
/* rule: "address:a@example.org" or "domain:example.org", empty: not ignored. */
MUST_CHECK bool ignore_find(struct db *db, struct span address_folded, struct arena *arena,
	struct span *rule, struct error *err);
/* All rules, as ignore_find names them. */
MUST_CHECK bool ignore_list(
	struct db *db, struct arena *arena, struct span **rules, size_t *count, struct error *err);

#endif
