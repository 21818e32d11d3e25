/*
 * absence.h - colleagues who are away: their open work is with somebody else meanwhile, what comes
 * in goes there too, and what is left of it comes back.
 */
#ifndef STORE_ABSENCE_H
#define STORE_ABSENCE_H

#include "base/arena.h"
#include "base/date.h"
#include "base/span.h"
#include "store/operation.h"

struct absence {
	int64_t id, user_id, stand_in_id;
	struct date from, until;	      /* both days included, in the organisation's zone */
	struct span state;		      /* planned, away, over */
	struct span user_name, stand_in_name; /* filled by reads */
};

/*
 * ERROR_INPUT when the days are in the wrong order or the user stands in for himself;
 * ERROR_CONFLICT, naming it, when he or his stand-in is away on one of the days already. It begins
 * with the next absence_apply or absence_run.
 */
MUST_CHECK bool absence_add(
	struct operation *operation, const struct absence *absence, int64_t *id, struct error *err);
/* Those that are not over, or with over_too all; by their first day. */
MUST_CHECK bool absence_list(struct db *db, bool over_too, struct arena *arena,
	struct absence **rows, size_t *count, struct error *err);
/* Ends it now: what the stand-in still has to do goes back. *returned: how many records. */
MUST_CHECK bool absence_end(
	struct operation *operation, int64_t id, int64_t *returned, struct error *err);

/* What the day asks for, as part of the operation; as absence_run. */
MUST_CHECK bool absence_apply(
	struct operation *operation, struct date today, int64_t *moved, struct error *err);
/*
 * What the day asks for: begins absences, gives to the stand-ins what came in, ends absences. An
 * operation of its own by `actor` (in a transaction of its own) when there is something to do;
 * *moved is 0 otherwise. ERROR_BUSY: later.
 */
MUST_CHECK bool absence_run(struct db *db, struct date today, const char *actor, int64_t now_ms,
	int64_t *moved, struct error *err);
/* Who does the work of the user today; *stand_in_id 0: he himself. */
MUST_CHECK bool absence_stand_in(
	struct db *db, int64_t user_id, struct date today, int64_t *stand_in_id, struct error *err);

#endif
