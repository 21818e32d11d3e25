/*
 * reader_state.h - what the reader's files share: its state, its two sockets. Only they include it.
 */
#ifndef DAEMON_READER_STATE_H
#define DAEMON_READER_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "daemon/imap.h"
#include "daemon/wire.h"

#define NO_FOLDER SIZE_MAX

struct reader_folder {
	struct span name;
	uint32_t uidvalidity; /* as last opened; 0: never */
	uint32_t uidnext;
	uint32_t last_uid; /* sent up to here, and told to the ledger */
	char missing[300]; /* why it can't be opened, as it was told; empty: it can */
};

/* A batch that was sent and is not committed. */
struct reader_batch {
	uint32_t last_uid;
	uint32_t mails;
};

/* An action that waits; `action` points into `body`. */
struct reader_action {
	struct reader_action *next;
	struct buffer body;
	struct wire_action action;
};

/* Mails at which the connection broke: they are fetched one by one, and not for ever. */
struct reader_trouble {
	size_t folder; /* NO_FOLDER: none */
	uint32_t uidvalidity, first_uid, last_uid;
	unsigned tries, alike; /* alike: the last ones, that ended in the same kind of error */
	struct error error;
};

struct reader {
	struct arena arena;
	struct buffer start_body; /* `start` points into it */
	struct wire_start start;
	struct buffer secret;
	struct transport_trust *trust;

	struct imap *imap; /* NULL: not connected */
	struct reader_folder *folders;
	size_t selected; /* index of the folder that is open and known to the ledger; NO_FOLDER */
	bool selected_read_only;
	bool idle_refused;
	unsigned idle_silent; /* times that a mail came and IDLE had said nothing */
	struct reader_trouble trouble;

	/* the two sockets */
	struct buffer control_in, ledger_in, out;
	bool stop, paused, retry;
	bool secret_came;
	enum error_kind secret_error; /* with secret_problem */
	struct buffer secret_problem, pause_text;
	uint32_t cursor_uidvalidity, cursor_last_uid; /* the last FOLDER_CURSOR */
	bool cursor_came;
	struct reader_batch window[READER_WINDOW];
	unsigned outstanding;
	struct reader_action *actions; /* oldest first */
	int64_t progress_at_ms;	       /* monotonic */

	unsigned failures;  /* of the connection, one after another */
	unsigned refusals;  /* of the credentials */
	bool token_refused; /* not by the mail server: the token server gave none */
};

/* reader_link.c: frames. An error means that a socket ended: the reader ends too (stop is set). */

/* Sends reader->out, which the caller filled, to the ledger. */
MUST_CHECK bool link_send(struct reader *reader, enum wire_frame type, struct error *err);
MUST_CHECK bool link_control(struct reader *reader, enum control_frame type, struct error *err);
/* Takes every frame that comes within the time, at least those that are here. */
MUST_CHECK bool link_poll(struct reader *reader, int64_t timeout_ms, struct error *err);
/* Waits until at most `most` batches are outstanding. */
MUST_CHECK bool link_wait_window(struct reader *reader, unsigned most, struct error *err);
/* Announces the folder and waits for its cursor. */
MUST_CHECK bool link_open_folder(
	struct reader *reader, const struct wire_folder *folder, struct error *err);
/* Tells the ledger (and the log, where it is a problem) how the reader is. */
MUST_CHECK bool link_state(
	struct reader *reader, const struct wire_state *state, struct error *err);
/* The transport's tick: shows life, looks for an order to stop. */
bool link_tick(void *reader);
void link_forget_actions(struct reader *reader);

/* reader_fetch.c */

/* Selects the folder and learns its cursor. *open false: it is missing, which was told. */
MUST_CHECK bool fetch_open(
	struct reader *reader, size_t index, bool read_only, bool *open, struct error *err);
/* Hands everything above the cursor of the selected folder to the ledger. */
MUST_CHECK bool fetch_new(struct reader *reader, uint64_t *mails, struct error *err);
/* One mail of the selected folder, outside of a batch. *given false: the server has it not. */
MUST_CHECK bool fetch_one(struct reader *reader, struct span folder, uint32_t uidvalidity,
	uint32_t uid, bool *given, struct error *err);

/* reader_actions.c */

/* Carries out what waits, in any folder, and answers the ledger. May leave no folder selected. */
MUST_CHECK bool actions_run(struct reader *reader, struct error *err);

#endif
