#include "store/quarantine.h"

#include "store/sql.h"

bool quarantine_count_mailbox(
	struct db *db, struct span mailbox, int64_t limit, int64_t *count, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "SELECT count(*) FROM (SELECT 1 FROM route r JOIN message m ON m.id = "
		    "r.message_id WHERE r.state = 'quarantined' AND r.mailbox = ?1 "
		    "AND m.raw_size_bytes > 0 LIMIT ?2) counted",
		    &q, err))
		return false;
	sql_bind_text(q, 1, mailbox);
	sql_bind_i64(q, 2, limit);
	return sql_run_id(q, count, err);
}

bool quarantine_count_sender(
	struct db *db, struct span from_folded, int64_t limit, int64_t *count, struct error *err)
{
	struct sql *q;

	/* Ten times the limit: a colleague whose address is forged has many mails of his own. */
	if (!sql_start(db,
		    "SELECT count(*) FROM (SELECT a.message_id FROM message_address a "
		    "WHERE a.address_folded = ?1 AND a.role = 'from' "
		    "ORDER BY a.message_id DESC LIMIT ?2) newest "
		    "JOIN message m ON m.id = newest.message_id "
		    "WHERE m.state = 'quarantined' AND m.raw_size_bytes > 0",
		    &q, err))
		return false;
	sql_bind_text(q, 1, from_folded);
	sql_bind_i64(q, 2, 10 * limit);
	return sql_run_id(q, count, err);
}
