/*
 * reassign.h - what turns out wrong later: mail that was filed on somebody it is not about. One
 * mail is moved, or all that an address brought.
 */
#ifndef INGEST_REASSIGN_H
#define INGEST_REASSIGN_H

#include "ingest/intake.h"
#include "store/message.h"
#include "store/operation.h"

struct reassign_result {
	int64_t moved;	 /* mails that stand on the other contact now */
	int64_t waiting; /* mails whose address waits in the queue again */
	int64_t kept;	 /* mails that name the contact by another address too */
};

/*
 * The activities and tasks of the message on `from` are given to `to`; activities go onto his
 * current deal. ERROR_INPUT when nothing of it stands on `from`. Inside the operation.
 */
MUST_CHECK bool reassign_message(struct operation *operation, int64_t message_id, int64_t from,
	int64_t to, struct reassign_result *result, struct error *err);

/*
 * Takes the address from the contact, and all that it filed there: to the contact `to`, who has it
 * then, or (0) back into the queue. ERROR_INPUT when the contact has no such address. Inside the
 * operation.
 */
MUST_CHECK bool reassign_address(struct operation *operation, int64_t contact_id,
	struct span address, int64_t to, struct reassign_result *result, struct error *err);

#endif
