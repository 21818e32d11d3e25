#include "store/delivery.h"

#include "base/compress.h"
#include "store/count.h"
#include "store/list.h"
#include "store/message.h"
#include "store/message_state.h"
#include "store/sql.h"

static bool insert_message(struct db *db, const struct delivery *delivery, int64_t now_ms,
	int64_t *id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "INSERT INTO message (identity, state, same_id_differs, stored_ms, history, "
		    "size_bytes, raw_size_bytes, parse_tries) "
		    "VALUES (?1, 'received', 0, ?2, ?3, ?4, ?5, 0) "
		    "ON CONFLICT (identity) DO NOTHING",
		    &q, err))
		return false;
	sql_bind_digest(q, 1, &delivery->identity);
	sql_bind_i64(q, 2, now_ms);
	sql_bind_bool(q, 3, delivery->history);
	sql_bind_i64(q, 4, delivery->size_bytes);
	sql_bind_i64(q, 5, (int64_t)delivery->raw_frame.size);
	return sql_run_new(q, id, err);
}

bool message_by_identity(
	struct db *db, const struct digest *identity, int64_t *id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db, "SELECT id FROM message WHERE identity = ?1", &q, err))
		return false;
	sql_bind_digest(q, 1, identity);
	return sql_run_id(q, id, err);
}

/* New: with its raw bytes. Known: nothing but its id. */
static bool ensure_message(struct db *db, const struct delivery *delivery, int64_t now_ms,
	struct delivery_result *result, struct error *err)
{
	if (!insert_message(db, delivery, now_ms, &result->message_id, err))
		return false;
	result->new_message = result->message_id != 0;
	if (!result->new_message)
		return message_by_identity(db, &delivery->identity, &result->message_id, err);
	return count_add(db, SPAN("fetched"), 1, err) && count_add(db, SPAN("received"), 1, err) &&
	       message_write_raw(db, result->message_id, delivery->raw_frame, err);
}

/* Up to and with the empty line (RFC 5322 section 2.1); all of it when there is none. */
static struct span header_of(struct span mail)
{
	struct span rest = mail, line;

	while (span_next_line(&rest, &line))
		if (span_is_empty(line))
			break;
	return (struct span){mail.data, mail.size - rest.size};
}

/*
 * The header block of this copy as a frame: trace fields, Bcc and Authentication-Results differ
 * from those of the copy whose raw bytes are kept.
 */
static bool own_header(const struct delivery *delivery, struct buffer *frame, struct error *err)
{
	struct buffer mail CLEANUP(buffer_done) = {0};

	if (delivery->header_frame.size || !delivery->raw_frame.size) {
		buffer_append(frame, delivery->header_frame);
		return true;
	}
	if (!compress_unpack(&mail, delivery->raw_frame, MESSAGE_MAX_BYTES, err))
		return false;
	compress_append(frame, header_of(buffer_span(&mail)));
	return true;
}

/* Its bytes are here: those of this copy, or of the one before it. */
static const char *outcome_of(const struct delivery *delivery, bool bodiless)
{
	return delivery->raw_frame.size && !bodiless ? "stored" : "header-only";
}

static bool insert_delivery(struct db *db, const struct delivery *delivery, int64_t message_id,
	const char *outcome, int64_t now_ms, int64_t *id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "INSERT INTO delivery (message_id, folder_id, uidvalidity, uid, source, "
		    "outcome, received_ms, seen_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) "
		    "ON CONFLICT DO NOTHING",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	sql_bind_id(q, 2, delivery->folder_id);
	sql_bind_i64(q, 3, delivery->uidvalidity);
	sql_bind_i64(q, 4, delivery->uid);
	sql_bind_text(q, 5, delivery->source);
	sql_bind_string(q, 6, outcome);
	sql_bind_id(q, 7, delivery->received_ms);
	sql_bind_i64(q, 8, now_ms);
	return sql_run_new(q, id, err);
}

static bool write_header(
	struct db *db, const struct delivery *delivery, int64_t id, struct error *err)
{
	struct buffer header CLEANUP(buffer_done) = {0};
	struct sql *q;

	if (!own_header(delivery, &header, err))
		return false;
	if (!header.size)
		return true;
	if (!sql_start(db, "UPDATE delivery SET header = ?2 WHERE id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	sql_bind_bytes(q, 2, buffer_span(&header));
	return sql_run(q, err);
}

struct known {
	int64_t id, message_id; /* message_id 0: it was missing */
};

static bool find_delivery(struct db *db, const struct delivery *delivery, int64_t message_id,
	struct known *known, struct error *err)
{
	struct sql *q;
	bool found, ok;

	*known = (struct known){0};
	if (!sql_start(db,
		    "SELECT id, message_id FROM delivery "
		    "WHERE folder_id = ?1 AND uidvalidity = ?2 AND uid = ?3 "
		    "UNION ALL SELECT id, message_id FROM delivery "
		    "WHERE ?1 IS NULL AND folder_id IS NULL AND message_id = ?4 AND source = ?5",
		    &q, err))
		return false;
	sql_bind_id(q, 1, delivery->folder_id);
	sql_bind_i64(q, 2, delivery->uidvalidity);
	sql_bind_i64(q, 3, delivery->uid);
	sql_bind_i64(q, 4, message_id);
	sql_bind_text(q, 5, delivery->source);
	ok = sql_row(q, &found, err);
	if (ok && found)
		*known = (struct known){sql_i64(q, 0), sql_i64(q, 1)};
	sql_end(q);
	return ok;
}

/*
 * The place is known: the same copy again, or one that was missing before, or a server that gave
 * one UID to two mails. The last two now point to this message; the earlier message stays.
 */
static bool take_place(struct db *db, const char *outcome, const struct known *known,
	int64_t message_id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "UPDATE delivery SET message_id = ?2, outcome = ?3, header = NULL WHERE id = "
		    "?1",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, known->id);
	sql_bind_i64(q, 2, message_id);
	sql_bind_string(q, 3, outcome);
	if (!sql_run(q, err))
		return false;
	return known->message_id || (count_add(db, SPAN("missing"), -1, err) &&
					    count_add(db, SPAN("deliveries"), 1, err));
}

/*
 * *erased: a copy of it is counted, nothing of it is kept. *bodiless: only its header was kept
 * (beyond a quota), and so it is until somebody wants all of it.
 */
static bool look_at_known(
	struct db *db, int64_t message_id, bool *erased, bool *bodiless, struct error *err)
{
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT removed IS NOT NULL AND removed = 'erasure', "
		    "removed IS NULL AND raw_size_bytes = 0 FROM message WHERE id = ?1",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	ok = sql_row(q, &found, err);
	*erased = ok && found && sql_bool(q, 0);
	*bodiless = ok && found && sql_bool(q, 1);
	sql_end(q);
	return ok;
}

/* Which delivery it is; made, or found where its place was known. */
static bool ensure_delivery(struct db *db, const struct delivery *delivery, const char *outcome,
	int64_t now_ms, struct delivery_result *result, struct error *err)
{
	struct known known;

	if (!insert_delivery(
		    db, delivery, result->message_id, outcome, now_ms, &result->delivery_id, err))
		return false;
	result->new_delivery = result->delivery_id != 0;
	if (result->new_delivery)
		return count_add(db, SPAN("deliveries"), 1, err);
	if (!find_delivery(db, delivery, result->message_id, &known, err))
		return false;
	result->delivery_id = known.id;
	result->new_delivery = known.message_id != result->message_id;
	return !result->new_delivery || take_place(db, outcome, &known, result->message_id, err);
}

bool message_store(struct db *db, const struct delivery *delivery, int64_t now_ms,
	struct delivery_result *result, struct error *err)
{
	struct delivery copy = *delivery;
	bool erased = false, bodiless = false;

	*result = (struct delivery_result){0};
	if (!ensure_message(db, delivery, now_ms, result, err) ||
		(!result->new_message &&
			!look_at_known(db, result->message_id, &erased, &bodiless, err)))
		return false;
	if (erased && !copy.folder_id)
		copy.source = SPAN("erased"); /* a path may name him */
	if (!ensure_delivery(db, &copy, outcome_of(delivery, bodiless), now_ms, result, err))
		return false;
	if (erased || !result->new_delivery || (result->new_message && delivery->raw_frame.size))
		return true;
	return write_header(db, delivery, result->delivery_id, err);
}

static bool keep_header(struct db *db, int64_t message_id, struct span header, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "UPDATE delivery SET header = coalesce(header, ?2), outcome = 'header-only' "
		    "WHERE message_id = ?1",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	sql_bind_bytes(q, 2, header);
	return sql_run(q, err);
}

static bool remove_raw(struct db *db, int64_t message_id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db, "DELETE FROM message_raw WHERE message_id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	if (!sql_run(q, err) ||
		!sql_start(db, "UPDATE message SET raw_size_bytes = 0 WHERE id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	return sql_run(q, err);
}

bool message_drop_body(struct db *db, int64_t message_id, struct error *err)
{
	struct buffer raw CLEANUP(buffer_done) = {0};
	struct buffer header CLEANUP(buffer_done) = {0};
	struct delivery whole = {0};

	if (!message_raw_frame(db, message_id, &raw, err))
		return false;
	if (!raw.size)
		return true;
	whole.raw_frame = buffer_span(&raw);
	return own_header(&whole, &header, err) &&
	       keep_header(db, message_id, buffer_span(&header), err) &&
	       remove_raw(db, message_id, err);
}

bool message_restore_body(
	struct db *db, int64_t message_id, struct span raw_frame, struct error *err)
{
	struct sql *q;

	if (!message_store_raw(db, message_id, raw_frame, err) ||
		!sql_start(db,
			"UPDATE delivery SET outcome = 'stored' "
			"WHERE message_id = ?1 AND outcome = 'header-only'",
			&q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	return sql_run(q, err);
}

bool message_store_missing(struct db *db, int64_t folder_id, uint32_t uidvalidity, uint32_t uid,
	int64_t now_ms, struct error *err)
{
	struct sql *q;
	int64_t id;

	if (!sql_start(db,
		    "INSERT INTO delivery (folder_id, uidvalidity, uid, source, outcome, seen_ms) "
		    "VALUES (?1, ?2, ?3, 'imap', 'missing', ?4) ON CONFLICT DO NOTHING",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, folder_id);
	sql_bind_i64(q, 2, uidvalidity);
	sql_bind_i64(q, 3, uid);
	sql_bind_i64(q, 4, now_ms);
	if (!sql_run_new(q, &id, err))
		return false;
	return !id || count_add(db, SPAN("missing"), 1, err);
}

bool message_delivery_header(struct db *db, int64_t delivery_id, struct arena *arena,
	struct span *frame, struct error *err)
{
	struct sql *q;
	bool found, ok;

	*frame = (struct span){0};
	if (!sql_start(db, "SELECT header FROM delivery WHERE id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, delivery_id);
	ok = sql_row(q, &found, err);
	if (ok && found)
		*frame = sql_bytes(q, 0, arena);
	sql_end(q);
	return ok;
}

bool message_deliveries(struct db *db, int64_t message_id, struct arena *arena,
	struct message_delivery **rows, size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct message_delivery, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT d.id, b.name, f.name, d.source, d.outcome, d.uidvalidity, d.uid, "
		    "d.received_ms, d.seen_ms FROM delivery d "
		    "LEFT JOIN folder f ON f.id = d.folder_id "
		    "LEFT JOIN mailbox b ON b.id = f.mailbox_id "
		    "WHERE d.message_id = ?1 ORDER BY d.id",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	while ((ok = sql_row(q, &found, err)) && found)
		*(struct message_delivery *)list_add(&list) = (struct message_delivery){
			.id = sql_i64(q, 0),
			.mailbox = sql_text(q, 1, arena),
			.folder = sql_text(q, 2, arena),
			.source = sql_text(q, 3, arena),
			.outcome = sql_text(q, 4, arena),
			.uidvalidity = (uint32_t)sql_i64(q, 5),
			.uid = (uint32_t)sql_i64(q, 6),
			.received_ms = sql_i64(q, 7),
			.seen_ms = sql_i64(q, 8),
		};
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}
