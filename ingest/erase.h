/*
 * erase.h - erasing people: what is theirs alone goes, what others share is kept without them,
 * finance documents are held to their date (docs/operating/privacy.md). In one database: the
 * live one beside the daemon, or a backup of it.
 */
#ifndef INGEST_ERASE_H
#define INGEST_ERASE_H

#include "base/arena.h"
#include "config/config.h"
#include "store/erase.h"
#include "store/erased.h"
#include "store/person.h"

/* What was done, or with a dry run would be. */
struct erase_report {
	int64_t people, erased, redacted; /* mails */
	struct erase_counts record;
	struct erase_held {
		int64_t message_id, ticket_id; /* 0: several or none */
		int64_t until_ms;	       /* 0: for ever */
		struct span subject;	       /* in the arena */
	} * held;
	size_t held_count;
	struct erase_copy *server; /* copies that still lie in mailboxes on servers */
	size_t server_count;
	/* for the one who fills it */
	struct arena *arena;
	int64_t *touched;
	size_t touched_count, touched_capacity, held_capacity;
};

struct erase_job {
	struct db *db;
	const struct config *config;
	const char *actor;
	int64_t now_ms;
	bool dry_run; /* the caller has begun a transaction, and takes it back */
	struct erase_report *report;
};

/* One person, of this database alone. */
MUST_CHECK bool erase_person(
	const struct erase_job *job, const struct person *person, struct error *err);
/*
 * All whom the list names and who are in this database: what is left of an erasure that was
 * interrupted, or what an older copy brought back. Mail that came since stays.
 */
MUST_CHECK bool erase_listed(
	const struct erase_job *job, const struct erased *erased, struct error *err);
/* What erase_from_copy needs to know; its context. */
struct erase_from {
	const struct config *config;
	const struct erased *erased;
	const char *actor;
};
/* A backup_change (store/backup.h): the copy without all who are on the list, and flushed. */
MUST_CHECK bool erase_from_copy(void *context, struct db *copy, struct error *err);
/* Takes what was deleted off the disk: the search index, stale pages, the log. */
MUST_CHECK bool erase_flush(struct db *db, struct error *err);

/* For the report: a mail that was dealt with. In erase_report.c. */
void erase_report_touched(struct erase_report *report, int64_t message_id);
void erase_report_held(struct erase_report *report, int64_t message_id, int64_t ticket_id,
	int64_t until_ms, struct span subject);

#endif
