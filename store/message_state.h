/*
 * message_state.h - changes of a message's state, each with its counter. For store/ alone.
 */
#ifndef STORE_MESSAGE_STATE_H
#define STORE_MESSAGE_STATE_H

#include "store/message.h"

/* Longer ones are cut: RFC 5322 section 2.1.1 allows no longer line. */
#define MESSAGE_ID_MAX_BYTES 998

/* Nothing when both are the same. */
MUST_CHECK bool message_change_state(struct db *db, int64_t message_id, struct span old_state,
	struct span new_state, struct error *err);
/* Chunks of at most 1 MiB. */
MUST_CHECK bool message_write_raw(
	struct db *db, int64_t message_id, struct span raw_frame, struct error *err);

#endif
