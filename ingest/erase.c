#include "ingest/erase.h"

#include <limits.h>

#include "base/clock.h"
#include "base/compress.h"
#include "base/text.h"
#include "ingest/directory.h"
#include "ingest/reading.h"
#include "ingest/scrub_facts.h"
#include "ingest/state.h"
#include "ingest/stored_facts.h"
#include "store/activity.h"
#include "store/message.h"
#include "store/search.h"
#include "store/ticket.h"

/* A transaction holds the others up no longer. */
#define BATCH_MAILS 100
#define INDEX_MAILS 500

struct erasure {
	const struct erase_job *job;
	const struct person *person;
	struct intake *intake;
	struct scrub *scrub;
	struct arena arena;   /* of the person */
	struct arena scratch; /* of one mail */
};

/* ---------------------------------------------------------------- transactions */

static bool begin(const struct erase_job *job, struct error *err)
{
	return job->dry_run || db_begin_write(job->db, err);
}

static bool end(const struct erase_job *job, bool good, struct error *err)
{
	if (job->dry_run)
		return good;
	if (good)
		return db_commit(job->db, err);
	db_rollback(job->db);
	return false;
}

/* ---------------------------------------------------------------- one mail */

/* Somebody from outside who is not this person stands in one of its lists. */
static bool list_has_others(struct erasure *erasure, const struct facts_addresses *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct span folded = text_fold_address(&erasure->scratch, list->items[i].address);

		if (folded.size && !directory_is_ours(erasure->intake->directory, folded) &&
			!scrub_person_has(erasure->person, folded, &erasure->scratch))
			return true;
	}
	return false;
}

static bool has_others(struct erasure *erasure, const struct facts *facts)
{
	struct facts_addresses senders[] = {
		{(struct facts_address *)&facts->sender, 1},
		{(struct facts_address *)&facts->forwarded.from, 1},
	};

	return list_has_others(erasure, &senders[0]) || list_has_others(erasure, &senders[1]) ||
	       list_has_others(erasure, &facts->from) ||
	       list_has_others(erasure, &facts->reply_to) || list_has_others(erasure, &facts->to) ||
	       list_has_others(erasure, &facts->cc) || list_has_others(erasure, &facts->bcc) ||
	       list_has_others(erasure, &facts->forwarded.to) ||
	       list_has_others(erasure, &facts->forwarded.cc);
}

static bool is_his(struct erasure *erasure, int64_t message_id, bool *his, struct error *err)
{
	struct activity_filter filter = {.message_id = message_id};
	struct activity *rows;
	size_t count;

	*his = false;
	if (!erasure->person->contact_id)
		return true;
	if (!activity_list(erasure->job->db, &filter, &erasure->scratch, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (rows[i].contact_id && rows[i].contact_id != erasure->person->contact_id) {
			*his = false;
			return true;
		}
		*his = *his || rows[i].contact_id;
	}
	return true;
}

static bool erase_whole(struct erasure *erasure, int64_t message_id, struct error *err)
{
	erasure->job->report->erased++;
	erase_report_touched(erasure->job->report, message_id);
	return erase_message(erasure->job->db, message_id, err);
}

static bool erase_part(struct erasure *erasure, const struct message_row *row,
	const struct facts *scrubbed, struct error *err)
{
	struct mail mail;

	erasure->job->report->redacted++;
	erase_report_touched(erasure->job->report, row->id);
	mail_init(&mail, erasure->intake, &erasure->scratch, scrubbed, row->id, row->history,
		erasure->job->now_ms);
	return erase_message_part(erasure->job->db, row->id, erasure->person, err) &&
	       reading_record(&mail, err);
}

/* The bytes of a mail that nobody could read say whether it is his: all of it or none goes. */
static bool erase_unread(struct erasure *erasure, const struct message_row *row, struct error *err)
{
	struct buffer frame CLEANUP(buffer_done) = {0};
	struct buffer mail CLEANUP(buffer_done) = {0};
	struct span ignored;

	if (!message_raw_frame(erasure->job->db, row->id, &frame, err))
		return false;
	if (!frame.size)
		return true;
	if (!compress_unpack(&mail, buffer_span(&frame), MESSAGE_MAX_BYTES, err))
		return false;
	if (!scrub_text(erasure->scrub, false, buffer_span(&mail), &erasure->scratch, &ignored))
		return true;
	return erase_whole(erasure, row->id, err);
}

static bool hold(
	struct erasure *erasure, const struct message_row *row, int64_t until_ms, struct error *err)
{
	struct db *db = erasure->job->db;
	int64_t ticket_id = 0;

	if (!ticket_by_message(db, row->id, &ticket_id, err))
		return false;
	erase_report_held(erasure->job->report, row->id, ticket_id, until_ms, row->subject);
	return erase_hold_message(
		db, row->id, until_ms, erasure->job->now_ms, erasure->person, err);
}

static bool erase_read(struct erasure *erasure, const struct message_row *row,
	const struct facts *facts, struct error *err)
{
	enum scrub_part part = scrub_part_of(erasure->person, facts, &erasure->scratch);
	struct facts scrubbed;
	bool changed, his;

	if (!is_his(erasure, row->id, &his, err))
		return false;
	/* Filed on nobody else by a person who knew, or by a web form: no list has his address. */
	if (part == SCRUB_MENTIONED ? his : !has_others(erasure, facts))
		return erase_whole(erasure, row->id, err);
	scrub_facts(erasure->scrub, erasure->person, part, facts, &erasure->scratch, &scrubbed,
		&changed);
	return !changed || erase_part(erasure, row, &scrubbed, err);
}

/* A bill that is found by a name of his may be of a namesake. */
static bool is_in(struct erasure *erasure, const struct message_row *row, const struct facts *facts)
{
	struct facts scrubbed;
	bool changed = true;

	if (facts && row->raw_size_bytes)
		scrub_facts(erasure->scrub, erasure->person,
			scrub_part_of(erasure->person, facts, &erasure->scratch), facts,
			&erasure->scratch, &scrubbed, &changed);
	return changed;
}

static bool erase_one(struct erasure *erasure, int64_t message_id, struct error *err)
{
	const struct erase_job *job = erasure->job;
	struct message_row row;
	struct facts facts;
	int64_t until_ms;
	bool found, held, read;

	arena_reset(&erasure->scratch);
	if (!message_get(job->db, message_id, &erasure->scratch, &row, &found, err) ||
		!erase_is_held(job->db, message_id, &held, err))
		return false;
	if (!found || held || span_equal(row.state, SPAN("erased")))
		return true;
	if (erasure->person->erased_ms && row.stored_ms > erasure->person->erased_ms)
		return true;
	if (!erase_message_hold(
		    job->db, message_id, job->config->retention_finance_ms, &held, &until_ms, err))
		return false;
	if (!stored_facts_read(job->db, message_id, &erasure->scratch, &facts, &read, err))
		return false;
	if (held)
		return !is_in(erasure, &row, read ? &facts : NULL) ||
		       hold(erasure, &row, until_ms, err);
	return read ? erase_read(erasure, &row, &facts, err) : erase_unread(erasure, &row, err);
}

/* ---------------------------------------------------------------- all of his mail */

static bool erase_batch(
	struct erasure *erasure, const int64_t *ids, size_t count, struct error *err)
{
	if (!begin(erasure->job, err))
		return false;
	bool good = true;
	for (size_t i = 0; good && i < count; i++)
		good = erase_one(erasure, ids[i], err);
	return end(erasure->job, good, err);
}

static bool erase_all(struct erasure *erasure, const int64_t *ids, size_t count, struct error *err)
{
	for (size_t from = 0; from < count; from += BATCH_MAILS) {
		size_t left = count - from;

		if (!erase_batch(erasure, ids + from, left < BATCH_MAILS ? left : BATCH_MAILS, err))
			return false;
	}
	return true;
}

/* By the search index: who is only mentioned stands in no list. */
static bool erase_mentions(struct erasure *erasure, struct span phrase, struct error *err)
{
	int64_t *ids;
	size_t count;

	return search_phrase(erasure->job->db, phrase, &erasure->arena, &ids, &count, err) &&
	       erase_all(erasure, ids, count, err);
}

static bool erase_all_mentions(struct erasure *erasure, struct error *err)
{
	const struct person *person = erasure->person;
	const struct span *names;
	size_t count = scrub_names(erasure->scrub, &names);

	for (size_t i = 0; i < person->address_count; i++)
		if (!erase_mentions(erasure, person->addresses[i], err))
			return false;
	for (size_t i = 0; i < person->phone_count; i++)
		if (!erase_mentions(erasure, person->phones[i], err))
			return false;
	for (size_t i = 0; i < count; i++)
		if (!erase_mentions(erasure, names[i], err))
			return false;
	return true;
}

/*
 * In a transaction: it waits for mail of his that the daemon is just writing, and has let in before
 * the list said otherwise.
 */
static bool find_mail(struct erasure *erasure, int64_t **ids, size_t *count, int64_t **unread,
	size_t *unread_count, struct error *err)
{
	struct db *db = erasure->job->db;
	int64_t left = 1;

	if (!begin(erasure->job, err))
		return false;
	bool good = true;
	while (good && left)
		good = search_index(db, INDEX_MAILS, &left, err);
	good = good && erase_messages_of(db, erasure->person, &erasure->arena, ids, count, err) &&
	       erase_messages_unread(db, &erasure->arena, unread, unread_count, err);
	return end(erasure->job, good, err);
}

/* ---------------------------------------------------------------- the record */

static bool scrub_one(void *context, struct span text, struct arena *arena, struct span *scrubbed)
{
	const struct erasure *erasure = context;

	return scrub_text(erasure->scrub, false, text, arena, scrubbed);
}

static bool erase_rest(struct erasure *erasure, struct error *err)
{
	const struct erase_job *job = erasure->job;
	struct erase_report *report = job->report;
	struct operation operation;

	if (!begin(job, err))
		return false;
	bool good = erase_texts(job->db, scrub_one, erasure, &report->record.texts, err) &&
		    erase_record(job->db, erasure->person, job->config->retention_finance_ms,
			    job->now_ms, &report->record, err) &&
		    operation_begin(job->db, job->actor, "privacy erase", SPAN("a person"),
			    job->now_ms, &operation, err);
	return end(job, good, err);
}

static bool run(struct erasure *erasure, struct error *err)
{
	int64_t *ids, *unread;
	size_t count, unread_count;

	if (!scrub_new(erasure->job->db, erasure->person, &erasure->arena, &erasure->scrub, err) ||
		!find_mail(erasure, &ids, &count, &unread, &unread_count, err))
		return false;
	erasure->job->report->people++;
	return erase_all(erasure, ids, count, err) &&
	       erase_all(erasure, unread, unread_count, err) && erase_all_mentions(erasure, err) &&
	       erase_rest(erasure, err);
}

bool erase_person(const struct erase_job *job, const struct person *person, struct error *err)
{
	struct erasure erasure = {.job = job, .person = person};
	bool good = intake_open_reading(job->db, job->config, &erasure.intake, err) &&
		    run(&erasure, err);

	intake_close(erasure.intake);
	arena_done(&erasure.scratch);
	arena_done(&erasure.arena);
	return good &&
	       erase_server_copies(job->db, job->report->touched, job->report->touched_count,
		       job->report->arena, &job->report->server, &job->report->server_count, err);
}

/* Whose mail all came since then: he waits to be readmitted. */
static bool is_gone(
	const struct erase_job *job, const struct person *person, bool *gone, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	int64_t *ids;
	size_t count;

	*gone = person->contact_id == 0;
	if (!*gone)
		return true;
	if (!erase_messages_of(job->db, person, &arena, &ids, &count, err))
		return false;
	for (size_t i = 0; i < count && *gone; i++) {
		struct message_row row;
		bool found, held;

		if (!message_get(job->db, ids[i], &arena, &row, &found, err) ||
			!erase_is_held(job->db, ids[i], &held, err))
			return false;
		*gone = !found || held || row.stored_ms > person->erased_ms;
	}
	return true;
}

bool erase_listed(const struct erase_job *job, const struct erased *erased, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct person *people;
	size_t count;

	if (!person_listed(job->db, erased, &arena, &people, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		bool gone;

		if (!is_gone(job, &people[i], &gone, err) ||
			(!gone && !erase_person(job, &people[i], err)))
			return false;
	}
	return true;
}

bool erase_from_copy(void *context, struct db *copy, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	const struct erase_from *from = context;
	struct erase_report report = {.arena = &arena};
	struct erase_job job = {
		.db = copy,
		.config = from->config,
		.actor = from->actor,
		.now_ms = clock_now_ms(),
		.report = &report,
	};

	return erase_listed(&job, from->erased, err) && erase_flush(copy, err);
}

bool erase_flush(struct db *db, struct error *err)
{
	int64_t left = 1;

	if (!db_begin_write(db, err))
		return false;
	/* What others share is found again at once. */
	while (left)
		if (!search_index(db, INDEX_MAILS, &left, err))
			break;
	if (left || !search_optimize(db, err)) {
		db_rollback(db);
		return false;
	}
	return db_commit(db, err) && db_compact(db, err);
}
