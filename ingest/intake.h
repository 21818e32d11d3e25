/*
 * intake.h - from a stored mail and its facts to the record: who may write, which kind, whom it
 * concerns, what follows. The decision is made first as a plan that reads only (ingest/plan.h,
 * shown by `explain`), then carried out in one transaction.
 */
#ifndef INGEST_INTAKE_H
#define INGEST_INTAKE_H

#include "base/arena.h"
#include "base/error.h"
#include "config/config.h"
#include "parser/facts.h"
#include "store/db.h"

/* What outlives one mail: the database, the configuration, ids of users and mailboxes. */
struct intake;

/* Makes users and mailboxes of the configuration known to the database (a write of its own). */
MUST_CHECK bool intake_open(
	struct db *db, const struct config *config, struct intake **intake, struct error *err);
/* For `explain` and suggestions alone: writes nothing; users that the database does not know yet
 * have the id 0. */
MUST_CHECK bool intake_open_reading(
	struct db *db, const struct config *config, struct intake **intake, struct error *err);
void intake_close(struct intake *intake);

/* Where a copy of a mail came from. */
struct intake_copy {
	int64_t message_id, delivery_id;      /* delivery_id 0: decided anew (replay) */
	const struct config_mailbox *mailbox; /* it was read from; NULL: imported without one */
	struct span folder;
	struct span
		raw_frame; /* the whole mail, for one of which only the header was kept; or empty */
	const char *actor; /* "postroomd" or the user at the terminal */
};

/*
 * Records what was read (message_read) and decides every route of this copy that was not decided
 * before. Inside a write transaction. Idempotent: the same copy again changes nothing.
 */
MUST_CHECK bool intake_decide(struct intake *intake, const struct intake_copy *copy,
	const struct facts *facts, int64_t now_ms, struct error *err);

/*
 * What may be kept of a mail when those who were erased stay out (ingest/suppress.h): whoever
 * stores it asks first, so that bytes that may not stay are never written.
 */
enum intake_admission {
	INTAKE_WHOLE,
	INTAKE_PART,	/* others share it: what was read, without him; no raw bytes */
	INTAKE_NOTHING, /* that it came */
};
MUST_CHECK bool intake_admits(struct intake *intake, const struct facts *facts, int64_t now_ms,
	enum intake_admission *admission, struct error *err);

/* The mail could not be read: counts the try; dead after the third (or at once when final). */
MUST_CHECK bool intake_failed(struct intake *intake, int64_t message_id, const char *stage,
	const struct error *why, bool final, struct error *err);

#endif
