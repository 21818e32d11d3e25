/*
 * replay.h - mail through the parser and the decision again: dead ones, or everything after an
 * upgrade. What a person edited is never overwritten.
 */
#ifndef INGEST_REPLAY_H
#define INGEST_REPLAY_H

#include "ingest/intake.h"
#include "ingest/parser_client.h"
#include "store/message.h"

struct replay_result {
	int64_t read, changed, revived, still_dead;
};

/* What the caller is told on the way; either may be NULL. */
struct replay_watch {
	void (*progress)(void *context, int64_t done, int64_t total);
	/* It is read or decided otherwise now: its states before and after. */
	void (*changed)(void *context, const struct message_row *message, struct span before);
	void *context;
};

/*
 * message_id 0: all dead ones (with `all`: every message whose raw mail is kept), the oldest first,
 * as they came: later mails change what earlier ones made.
 */
MUST_CHECK bool replay_run(struct intake *intake, struct db *db, struct parser_client *parser,
	int64_t message_id, bool all, const char *actor, const struct replay_watch *watch,
	struct replay_result *result, struct error *err);

#endif
