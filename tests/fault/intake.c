#include "tests/fault/intake.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/compress.h"
#include "store/backup.h"
#include "store/mailbox.h"
#include "store/message.h"
#include "store/route.h"
#include "store/search.h"
#include "store/sql.h"

#define UIDVALIDITY 7
/* Every so many batches: */
#define INDEX_EVERY	 3  /* the search index catches up */
#define CHECKPOINT_EVERY 11 /* the log is emptied */
#define REOPEN_EVERY	 13 /* the ledger is restarted */

/* ---------------------------------------------------------------- mails */

/* The last of each batch is the first mail of the batch before, seen again. */
static uint32_t content_of(uint32_t uid)
{
	uint32_t batch = (uid - 1) / INTAKE_BATCH;

	if (batch > 0 && uid % INTAKE_BATCH == 0)
		return (batch - 1) * INTAKE_BATCH + 1;
	return uid;
}

/* Of 1 to 40 KB that don't compress well, from its number alone. */
static void write_mail(struct buffer *mail, uint32_t number)
{
	uint32_t state = number * 2654435761U;
	size_t size = 1000 + (number * 7919U) % 9000 + (number % 11 == 0 ? 30000 : 0);

	buffer_format(mail,
		"Message-ID: <%" PRIu32 "@example.org>\r\nSubject: mail %" PRIu32 "\r\n\r\n",
		number, number);
	while (mail->size < size) {
		state = state * 1664525U + 1013904223U;
		buffer_append_byte(mail, (char)('!' + (state >> 24) % 90));
	}
}

static size_t mails_in(size_t batches)
{
	return batches ? batches * (INTAKE_BATCH - 1) + 1 : 0;
}

/* ---------------------------------------------------------------- taking */

static bool read_mail(struct db *db, int64_t message_id, uint32_t number, struct error *err)
{
	const struct message_reading_address from = {"from", SPAN("customer@example.com")};
	const struct route_row route = {.message_id = message_id,
		.kind = SPAN("support"),
		.mailbox = SPAN("support"),
		.decided_by = SPAN("mailbox"),
		.state = SPAN("filed")};
	struct buffer text CLEANUP(buffer_done) = {0};
	struct message_reading reading = {.from_address = SPAN("customer@example.com"),
		.origin = SPAN("person"),
		.subject = SPAN("a subject"),
		.addresses = &from,
		.address_count = 1};
	int64_t route_id;
	bool existing;

	write_mail(&text, number);
	reading.facts = buffer_span(&text);
	reading.text = buffer_span(&text);
	return message_read(db, message_id, &reading, err) &&
	       route_add(db, &route, &route_id, &existing, err) &&
	       message_refresh_state(db, message_id, err);
}

static bool take_mail(struct db *db, int64_t folder_id, uint32_t uid, struct error *err)
{
	struct buffer mail CLEANUP(buffer_done) = {0}, frame CLEANUP(buffer_done) = {0};
	uint32_t number = content_of(uid);
	struct delivery_result result;
	struct delivery delivery = {.folder_id = folder_id,
		.uidvalidity = UIDVALIDITY,
		.uid = uid,
		.source = SPAN("imap")};

	write_mail(&mail, number);
	compress_append(&frame, buffer_span(&mail));
	delivery.identity = digest_of(buffer_span(&mail));
	delivery.size_bytes = (int64_t)mail.size;
	delivery.raw_frame = buffer_span(&frame);
	if (!message_store(db, &delivery, 1000 + uid, &result, err))
		return false;
	if (!result.new_delivery || result.new_message != (number == uid))
		return error_set(err, ERROR_CONFLICT, "uid %" PRIu32 " was there already", uid);
	return !result.new_message || read_mail(db, result.message_id, number, err);
}

static bool find_folder(
	struct db *db, struct folder_row *folder, struct arena *arena, struct error *err)
{
	int64_t mailbox;

	return mailbox_ensure(db, SPAN("support"), SPAN("support"),
		       SPAN("crm@imap.example.org:993"), 1, &mailbox, err) &&
	       folder_ensure(db, mailbox, SPAN("INBOX"), folder, arena, err);
}

static bool write_batch(struct db *db, size_t batch, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	uint32_t first = (uint32_t)batch * INTAKE_BATCH + 1;
	struct folder_row folder;

	if (!find_folder(db, &folder, &arena, err))
		return false;
	for (uint32_t uid = first; uid < first + INTAKE_BATCH; uid++)
		if (!take_mail(db, folder.id, uid, err))
			return false;
	return folder_move_cursor(db, folder.id, UIDVALIDITY, first + INTAKE_BATCH - 1, err);
}

static bool take_batch(struct db *db, size_t batch, struct error *err)
{
	if (!db_begin_write(db, err))
		return false;
	if (!write_batch(db, batch, err)) {
		db_rollback(db);
		return false;
	}
	return db_commit(db, err);
}

/* Small, so that the log begins anew and is copied into the database again and again. */
static bool open_db(const char *directory, const char *setup, struct db **db, struct error *err)
{
	return db_open(directory, DB_WRITE, db, err) &&
	       sql_script(*db, "PRAGMA wal_autocheckpoint = 150", err) &&
	       (!setup || sql_script(*db, setup, err));
}

static bool keep_house(
	const char *directory, const char *setup, size_t batch, struct db **db, struct error *err)
{
	int64_t left;

	if (batch % INDEX_EVERY == 0 && !search_index(*db, 100, &left, err))
		return false;
	if (batch % CHECKPOINT_EVERY == CHECKPOINT_EVERY - 1 && !db_checkpoint(*db, err))
		return false;
	if (batch % REOPEN_EVERY != REOPEN_EVERY - 1)
		return true;
	db_close(*db);
	*db = NULL;
	return open_db(directory, setup, db, err);
}

bool intake_run(const char *directory, const char *setup, const struct disk_log *log,
	size_t acknowledged[INTAKE_BATCHES], struct error *err)
{
	struct db *db = NULL;
	bool ok = open_db(directory, setup, &db, err);

	for (size_t batch = 0; ok && batch < INTAKE_BATCHES; batch++) {
		ok = take_batch(db, batch, err);
		acknowledged[batch] = log->count;
		ok = ok && keep_house(directory, setup, batch, &db, err);
	}
	db_close(db);
	return ok;
}

/* ---------------------------------------------------------------- finding it again */

bool intake_found(struct db *db, size_t *batches, struct error *err)
{
	int64_t cursor;

	*batches = 0;
	if (!sql_number(db, "SELECT coalesce(max(last_uid), 0) FROM folder", &cursor, err))
		return false;
	if (cursor % INTAKE_BATCH)
		return error_set(err, ERROR_STORAGE,
			"the cursor %" PRId64 " stands in the middle of a batch", cursor);
	*batches = (size_t)cursor / INTAKE_BATCH;
	return true;
}

static bool check_counts(struct db *db, size_t batches, struct error *err)
{
	int64_t deliveries, messages, routes;

	if (!sql_number(db, "SELECT count(*) FROM delivery", &deliveries, err) ||
		!sql_number(
			db, "SELECT count(*) FROM message WHERE state = 'filed'", &messages, err) ||
		!sql_number(db, "SELECT count(*) FROM route", &routes, err))
		return false;
	if (deliveries == (int64_t)batches * INTAKE_BATCH &&
		messages == (int64_t)mails_in(batches) && routes == messages)
		return true;
	return error_set(err, ERROR_STORAGE,
		"%" PRId64 " deliveries, %" PRId64 " filed mails, %" PRId64
		" routes in %zu batches",
		deliveries, messages, routes, batches);
}

static bool check_mail(struct db *db, uint32_t number, struct error *err)
{
	struct buffer mail CLEANUP(buffer_done) = {0}, frame CLEANUP(buffer_done) = {0},
			   kept CLEANUP(buffer_done) = {0};
	struct digest identity;
	int64_t id;

	write_mail(&mail, number);
	identity = digest_of(buffer_span(&mail));
	if (!message_by_identity(db, &identity, &id, err))
		return false;
	if (!id)
		return error_set(err, ERROR_STORAGE, "mail %" PRIu32 " is not there", number);
	if (!message_raw_frame(db, id, &frame, err) ||
		!compress_unpack(&kept, buffer_span(&frame), (size_t)1 << 20, err))
		return error_context(err, "mail %" PRIu32, number);
	return span_equal(buffer_span(&kept), buffer_span(&mail)) ||
	       error_set(err, ERROR_STORAGE, "mail %" PRIu32 " has other bytes", number);
}

bool intake_check(struct db *db, size_t batches, struct error *err)
{
	if (!backup_check(db, err) || !check_counts(db, batches, err))
		return false;
	for (uint32_t uid = 1; uid <= batches * INTAKE_BATCH; uid++)
		if (!check_mail(db, content_of(uid), err))
			return false;
	if (batches == INTAKE_BATCHES)
		return true;
	if (!take_batch(db, batches, err))
		return error_context(err, "the next batch");
	return check_counts(db, batches + 1, err) && message_check_sum(db, err);
}
