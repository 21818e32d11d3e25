#include "base/compress.h"
#include "base/text.h"
#include "store/message_state.h"
#include "store/search.h"
#include "store/search_text.h"
#include "store/sql.h"

struct before {
	bool read, dead;
	bool held; /* a finance document outside search */
};

static bool look_before(struct db *db, int64_t message_id, struct before *before, struct error *err)
{
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT m.dead_stage IS NOT NULL, EXISTS "
		    "(SELECT 1 FROM message_facts f WHERE f.message_id = m.id), EXISTS "
		    "(SELECT 1 FROM finance_hold h WHERE h.message_id = m.id) "
		    "FROM message m WHERE m.id = ?1",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	ok = sql_row(q, &found, err);
	if (ok && found)
		*before = (struct before){
			.dead = sql_bool(q, 0), .read = sql_bool(q, 1), .held = sql_bool(q, 2)};
	else if (ok)
		ok = error_set(err, ERROR_INPUT, "there is no message %lld", (long long)message_id);
	sql_end(q);
	return ok;
}

static bool write_row(
	struct db *db, int64_t message_id, const struct message_reading *reading, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "UPDATE message SET message_id = ?2, date_ms = ?3, from_name = ?4, "
		    "from_address = ?5, subject = ?6, origin = ?7, language = ?8, parse_tries = 0, "
		    "dead_stage = NULL, dead_error = NULL WHERE id = ?1",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	sql_bind_text_or_null(q, 2, text_cut(reading->message_id, MESSAGE_ID_MAX_BYTES));
	sql_bind_id(q, 3, reading->date_ms);
	sql_bind_text_or_null(q, 4, reading->from_name);
	sql_bind_text_or_null(q, 5, reading->from_address);
	sql_bind_text(q, 6, reading->subject);
	sql_bind_text_or_null(q, 7, reading->origin);
	sql_bind_text_or_null(q, 8, reading->language);
	return sql_run(q, err);
}

/* Another message with this Message-ID has other content, or it would be the same message. */
static bool mark_same_id(
	struct db *db, int64_t message_id, struct span header_id, struct error *err)
{
	struct span id = text_cut(header_id, MESSAGE_ID_MAX_BYTES);
	struct sql *q;
	int64_t other;

	if (span_is_empty(id))
		return true;
	if (!sql_start(db, "SELECT id FROM message WHERE message_id = ?1 AND id <> ?2 LIMIT 1", &q,
		    err))
		return false;
	sql_bind_text(q, 1, id);
	sql_bind_i64(q, 2, message_id);
	if (!sql_run_id(q, &other, err) || !other)
		return !other;
	if (!sql_start(db,
		    "UPDATE message SET same_id_differs = 1 "
		    "WHERE message_id = ?1 AND same_id_differs = 0",
		    &q, err))
		return false;
	sql_bind_text(q, 1, id);
	return sql_run(q, err);
}

static bool write_facts(
	struct db *db, int64_t message_id, const struct message_reading *reading, struct error *err)
{
	struct buffer frame CLEANUP(buffer_done) = {0};
	struct sql *q;

	compress_append(&frame, reading->facts);
	if (!sql_start(db,
		    "INSERT INTO message_facts (message_id, format, frame) VALUES (?1, ?2, ?3) "
		    "ON CONFLICT (message_id) DO UPDATE SET format = excluded.format, "
		    "frame = excluded.frame",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	sql_bind_i64(q, 2, reading->facts_format);
	sql_bind_bytes(q, 3, buffer_span(&frame));
	return sql_run(q, err);
}

static bool forget_lists(struct db *db, int64_t message_id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db, "DELETE FROM message_address WHERE message_id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	if (!sql_run(q, err))
		return false;
	if (!sql_start(db, "DELETE FROM attachment WHERE message_id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, message_id);
	return sql_run(q, err);
}

static bool write_addresses(
	struct db *db, int64_t message_id, const struct message_reading *reading, struct error *err)
{
	struct sql *q;

	for (size_t i = 0; i < reading->address_count; i++) {
		if (!sql_start(db,
			    "INSERT INTO message_address (message_id, role, position, "
			    "address_folded) VALUES (?1, ?2, ?3, ?4)",
			    &q, err))
			return false;
		sql_bind_i64(q, 1, message_id);
		sql_bind_string(q, 2, reading->addresses[i].role);
		sql_bind_i64(q, 3, (int64_t)i);
		sql_bind_text(q, 4, reading->addresses[i].address_folded);
		if (!sql_run(q, err))
			return false;
	}
	return true;
}

static bool write_attachments(
	struct db *db, int64_t message_id, const struct message_reading *reading, struct error *err)
{
	struct sql *q;

	for (size_t i = 0; i < reading->attachment_count; i++) {
		const struct message_reading_attachment *attachment = &reading->attachments[i];

		if (!sql_start(db,
			    "INSERT INTO attachment (message_id, position, filename, content_type, "
			    "size_bytes, sha256, decorative) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
			    &q, err))
			return false;
		sql_bind_i64(q, 1, message_id);
		sql_bind_i64(q, 2, (int64_t)i);
		sql_bind_text(q, 3, attachment->filename);
		sql_bind_text(q, 4, attachment->content_type);
		sql_bind_i64(q, 5, attachment->size_bytes);
		sql_bind_digest(q, 6, &attachment->sha256);
		sql_bind_bool(q, 7, attachment->decorative);
		if (!sql_run(q, err))
			return false;
	}
	return true;
}

static void append_word(struct buffer *out, struct span word)
{
	if (out->size)
		buffer_append_byte(out, ' ');
	buffer_append(out, word);
}

static bool write_search_text(
	struct db *db, int64_t message_id, const struct message_reading *reading, struct error *err)
{
	struct buffer sender CLEANUP(buffer_done) = {0};
	struct buffer recipients CLEANUP(buffer_done) = {0};
	struct buffer filenames CLEANUP(buffer_done) = {0};

	append_word(&sender, reading->from_name);
	append_word(&sender, reading->from_address);
	for (size_t i = 0; i < reading->address_count; i++) {
		struct span role = span_from(reading->addresses[i].role);

		if (span_equal(role, SPAN("to")) || span_equal(role, SPAN("cc")))
			append_word(&recipients, reading->addresses[i].address_folded);
	}
	for (size_t i = 0; i < reading->attachment_count; i++)
		if (!reading->attachments[i].decorative)
			append_word(&filenames, reading->attachments[i].filename);
	return search_put(db, message_id,
		&(struct search_columns){.subject = reading->subject,
			.sender = buffer_span(&sender),
			.recipients = buffer_span(&recipients),
			.body = reading->text,
			.facts = reading->facts,
			.filenames = buffer_span(&filenames)},
		err);
}

bool message_read(
	struct db *db, int64_t message_id, const struct message_reading *reading, struct error *err)
{
	struct before before = {0};

	if (!look_before(db, message_id, &before, err) ||
		(before.read && !search_forget(db, message_id, err)) ||
		!write_row(db, message_id, reading, err) ||
		!mark_same_id(db, message_id, reading->message_id, err) ||
		!write_facts(db, message_id, reading, err))
		return false;
	if (before.read && !forget_lists(db, message_id, err))
		return false;
	if (!write_addresses(db, message_id, reading, err) ||
		!write_attachments(db, message_id, reading, err) ||
		(!before.held && !write_search_text(db, message_id, reading, err)))
		return false;
	return !before.dead || message_refresh_state(db, message_id, err);
}
