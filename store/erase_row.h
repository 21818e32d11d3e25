/*
 * erase_row.h - rows that go without a trace, with what the audit says of them. For store/ alone.
 */
#ifndef STORE_ERASE_ROW_H
#define STORE_ERASE_ROW_H

#include "store/erase.h"
#include "store/record.h"

/* A statement with one parameter. */
MUST_CHECK bool erase_run(struct db *db, const char *literal, int64_t id, struct error *err);
/* The ids that a statement of one parameter (a number) gives. */
MUST_CHECK bool erase_ids(struct db *db, const char *literal, int64_t parameter,
	struct arena *arena, int64_t **ids, size_t *count, struct error *err);
/* The audit's texts of the row, and what the operations that changed it were about. */
MUST_CHECK bool erase_audit(struct db *db, const struct noun *noun, int64_t id, struct error *err);
/* The row itself and its audit. */
MUST_CHECK bool erase_row(struct db *db, const struct noun *noun, int64_t id, struct error *err);
/* Rows of the noun whose column has this id. *count grows. */
MUST_CHECK bool erase_rows(struct db *db, const struct noun *noun, const char *column, int64_t id,
	int64_t *count, struct error *err);
/* The texts of a ticket; amounts, dates and numbers stay. */
MUST_CHECK bool erase_ticket(struct db *db, int64_t ticket_id, struct error *err);
/* As erase_message_hold, of a ticket by itself. */
MUST_CHECK bool erase_ticket_hold(struct db *db, int64_t ticket_id, int64_t keep_ms, bool *held,
	int64_t *until_ms, struct error *err);
/* Holds the ticket, or lets a longer time stand. until_ms 0: for ever. */
MUST_CHECK bool erase_hold_ticket(
	struct db *db, int64_t ticket_id, int64_t until_ms, int64_t now_ms, struct error *err);

/* Bytes, headers and what was read of a mail whose time has come; its row in lists stays. */
MUST_CHECK bool erase_message_bytes(struct db *db, int64_t message_id, struct error *err);

#endif
