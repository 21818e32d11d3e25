/*
 * mailbox.h - mailboxes as the database knows them: their folders' cursors and what their readers
 * reported last.
 */
#ifndef STORE_MAILBOX_H
#define STORE_MAILBOX_H

#include "base/arena.h"
#include "base/span.h"
#include "store/db.h"

/*
 * The setting (store/setting.h) that asks the daemon to try a mailbox again at once: this and the
 * mailbox's name; its value is when, in UTC milliseconds.
 */
#define MAILBOX_RETRY_SETTING "mailbox.retry."

struct mailbox_row {
	int64_t id;
	struct span name, kind, state, waits_for, last_error;
	int64_t last_success_ms, last_error_ms; /* 0: never */
};

struct folder_row {
	int64_t id, mailbox_id;
	struct span name;
	uint32_t uidvalidity, last_uid; /* 0: never seen */
};

/*
 * Makes it when it is new; changes kind and account when these changed. Folders belong to the
 * account: a mailbox that moved to another server or user begins with new cursors, because the
 * UIDs of the old ones mean other mail there.
 */
MUST_CHECK bool mailbox_ensure(struct db *db, struct span name, struct span kind,
	struct span account, int64_t now_ms, int64_t *id, struct error *err);
/* waits_for and error empty: none. success: the mailbox was reached and nothing is behind. */
MUST_CHECK bool mailbox_report(struct db *db, int64_t id, struct span state, struct span waits_for,
	struct span error, bool success, int64_t now_ms, struct error *err);
MUST_CHECK bool mailbox_list(struct db *db, struct arena *arena, struct mailbox_row **rows,
	size_t *count, struct error *err);
/* Takes all others, which the configuration no longer names, out of the list (deliveries stay). */
MUST_CHECK bool mailbox_retain(struct db *db, const int64_t *ids, size_t count, struct error *err);

MUST_CHECK bool folder_ensure(struct db *db, int64_t mailbox_id, struct span name,
	struct folder_row *folder, struct arena *arena, struct error *err);
/* In the transaction that stored the bytes. last_uid never goes back under one uidvalidity. */
MUST_CHECK bool folder_move_cursor(struct db *db, int64_t folder_id, uint32_t uidvalidity,
	uint32_t last_uid, struct error *err);
MUST_CHECK bool folder_list(struct db *db, int64_t mailbox_id, struct arena *arena,
	struct folder_row **rows, size_t *count, struct error *err);

#endif
