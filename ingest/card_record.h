/*
 * card_record.h - cards into the record, and contacts as cards.
 */
#ifndef INGEST_CARD_RECORD_H
#define INGEST_CARD_RECORD_H

#include "ingest/card.h"
#include "ingest/intake.h"
#include "store/contact.h"
#include "store/operation.h"

enum card_outcome { CARD_ADDED, CARD_FILLED, CARD_KNOWN, CARD_REFUSED };

struct card_result {
	enum card_outcome outcome;
	int64_t contact_id; /* 0: refused */
	int64_t settled;    /* waiting items that its addresses answered */
	struct span remark; /* what was left out, or why it was refused; may be empty */
};

/*
 * The contact is the one that has one of its addresses; for a card without address the one of that
 * name and company. What he lacks is filled in from the card, nothing that is there is overwritten;
 * where there is none he is made, with his company. What is wrong with one card is its result, and
 * leaves nothing of it behind; an error ends the import. Inside the operation.
 */
MUST_CHECK bool card_record(struct intake *intake, struct operation *operation,
	const struct card *card, struct arena *arena, struct card_result *result,
	struct error *err);

/* Of a contact, for the exports. */
MUST_CHECK bool card_of_contact(struct db *db, const struct contact *contact, struct arena *arena,
	struct card *card, struct error *err);

#endif
