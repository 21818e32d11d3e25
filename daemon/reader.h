/*
 * reader.h - the role that reads one mailbox: fetches, hands over to the ledger, waits for the
 * commit, acts on the server. Has one credential and the network; no file, no database.
 */
#ifndef DAEMON_READER_H
#define DAEMON_READER_H

#include "base/error.h"
#include "daemon/wire.h"

/*
 * `postroomd --role reader`: talks to the supervisor on READER_CONTROL_FD and to the ledger on
 * READER_LEDGER_FD (daemon/wire.h) until one of them ends or says stop. Returns the exit status.
 */
int reader_main(const char *mailbox);

/*
 * For `postroomd --check`: connects, logs in, opens every folder and logs out. The error's kind
 * says what failed (ERROR_AUTH: credentials, ERROR_INPUT: a folder or the certificate,
 * ERROR_TEMPORARY: network), its text how to mend it.
 */
MUST_CHECK bool reader_check(const struct wire_start *start, struct error *err);

/* What a first start would find in one folder. */
struct reader_preview {
	struct span folder; /* points into the start */
	bool found;	    /* false: `text` says why it can't be opened */
	char text[200];
	uint64_t messages;
	uint64_t since; /* of these, received on or after the given day */
	uint64_t bytes; /* of all, as the server counts them */
};

/*
 * For `postroom mailbox preview`: one entry a folder, in their order, into previews[folder_count].
 * `since` not set: `since` equals `messages`.
 */
MUST_CHECK bool reader_preview(const struct wire_start *start, struct date since,
	struct reader_preview *previews, struct error *err);

#endif
