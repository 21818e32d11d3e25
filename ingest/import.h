/*
 * import.h - .eml files, mbox files, Maildirs and folders of these into the database, through the
 * very same path as the daemon's mail. Killed and started again, nothing comes twice.
 */
#ifndef INGEST_IMPORT_H
#define INGEST_IMPORT_H

#include "ingest/intake.h"
#include "ingest/parser_client.h"

struct import_progress {
	int64_t mails_seen, mails_new, mails_known, mails_dead, mails_failed;
	int64_t bytes_done, bytes_total;
};

struct import_options {
	const struct config_mailbox
		*mailbox; /* whose kind decides; NULL: the envelope alone, else history */
	const char *actor;
	/* Called about five times a second; may be NULL. */
	void (*progress)(void *context, const struct import_progress *progress);
	/* A file or a mail that could not be taken, in words; may be NULL. */
	void (*complain)(void *context, const char *path, int64_t offset, const struct error *err);
	void *context;
};

/* Commits in batches. False only when nothing can go on (database, parser cannot start). */
MUST_CHECK bool import_paths(struct intake *intake, struct db *db, struct parser_client *parser,
	char *const *paths, size_t path_count, const struct import_options *options,
	struct import_progress *total, struct error *err);

#endif
