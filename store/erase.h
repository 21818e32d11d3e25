/*
 * erase.h - taking a person out of the record: what ingest/erase decides, done row by row. Inside
 * write transactions of the caller; nothing here is written to the audit, whose values go too.
 */
#ifndef STORE_ERASE_H
#define STORE_ERASE_H

#include "base/arena.h"
#include "base/span.h"
#include "store/db.h"
#include "store/person.h"

/* What stands where something was. */
#define ERASED_TEXT "[erased]"

/* ---------------------------------------------------------------- mail */
/* All in which he takes part: by address, activity, case or ticket; oldest first. */
MUST_CHECK bool erase_messages_of(struct db *db, const struct person *person, struct arena *arena,
	int64_t **ids, size_t *count, struct error *err);
/* Those that nobody could read, whose raw bytes alone can tell. */
MUST_CHECK bool erase_messages_unread(
	struct db *db, struct arena *arena, int64_t **ids, size_t *count, struct error *err);
/* Nothing of the mail stays but that it was there: its state is erased. */
MUST_CHECK bool erase_message(struct db *db, int64_t message_id, struct error *err);
/* The bytes and headers of a mail that others share, and what was filed of him from it. */
MUST_CHECK bool erase_message_part(
	struct db *db, int64_t message_id, const struct person *person, struct error *err);
/*
 * A finance document (some ticket of it is not dismissed): how long it is kept. *held false: it is
 * none. *until_ms 0: for ever. keep_ms: `retention.finance`, 0 for ever.
 */
MUST_CHECK bool erase_message_hold(struct db *db, int64_t message_id, int64_t keep_ms, bool *held,
	int64_t *until_ms, struct error *err);
/* Holds it with its tickets until then, out of search and without his name on it. */
MUST_CHECK bool erase_hold_message(struct db *db, int64_t message_id, int64_t until_ms,
	int64_t now_ms, const struct person *person, struct error *err);
/* Is it held already? */
MUST_CHECK bool erase_is_held(struct db *db, int64_t message_id, bool *held, struct error *err);

/* ---------------------------------------------------------------- the record */
struct erase_counts {
	int64_t activities, tasks, deals, cases, tickets, addresses, items, texts;
};
/* His contact and all that hangs on it; tickets are held as erase_message_hold says. */
MUST_CHECK bool erase_record(struct db *db, const struct person *person, int64_t keep_ms,
	int64_t now_ms, struct erase_counts *counts, struct error *err);

/* What of a contact is made anonymous beside the name. */
struct erase_fields {
	bool phone, note, source, company, addresses;
};
/* The contact becomes "Anonymous 12"; what happened with it stays. */
MUST_CHECK bool erase_anonymise(
	struct db *db, int64_t contact_id, const struct erase_fields *fields, struct error *err);

/* The text without him, in the arena; false when nothing of him is in it. */
typedef bool erase_scrub(
	void *context, struct span text, struct arena *arena, struct span *scrubbed);
/* Every text of the record, the audit's values too, but those of tickets that are held. */
MUST_CHECK bool erase_texts(
	struct db *db, erase_scrub *scrub, void *context, int64_t *changed, struct error *err);

/* ---------------------------------------------------------------- afterwards */
struct erase_held_row {
	int64_t message_id, ticket_id; /* one of them is 0 */
	int64_t until_ms;	       /* 0: for ever */
	struct span title;
};
/* What is held, the tickets first. */
MUST_CHECK bool erase_held_list(struct db *db, struct arena *arena, struct erase_held_row **rows,
	size_t *count, struct error *err);
/* Erases what was held until now. A write transaction of its own; at most limit documents. */
MUST_CHECK bool erase_held_ended(
	struct db *db, int64_t now_ms, int limit, int64_t *erased, struct error *err);

/* Copies of mail that lies on a server: we erase nothing there. */
struct erase_copy {
	struct span mailbox, folder;
	int64_t count;
};
MUST_CHECK bool erase_server_copies(struct db *db, const int64_t *message_ids, size_t count,
	struct arena *arena, struct erase_copy **rows, size_t *row_count, struct error *err);

#endif
