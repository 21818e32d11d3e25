#include "ingest/import.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/compress.h"
#include "base/memory.h"
#include "base/zone.h"
#include "ingest/identity.h"
#include "ingest/route.h"
#include "ingest/state.h"
#include "ingest/walk.h"
#include "store/message.h"

/* One commit for so many mails or bytes: as the daemon's batches. */
#define BATCH_MAILS 200
#define BATCH_BYTES ((size_t)16 << 20)
#define PROGRESS_MS 200

/* A mail that was read and waits for the commit. */
struct parcel {
	struct digest identity;
	struct span source, frame;
	int64_t size_bytes;
	bool read;
	struct facts facts;
	struct error why; /* not read */
	bool final;	  /* and never will be */
};

struct importer {
	struct intake *intake;
	struct db *db;
	struct parser_client *parser;
	struct parse_options parse;
	const struct import_options *options;
	struct import_progress *total;
	struct walk walk;
	struct arena arena;   /* of the batch */
	struct arena lookups; /* of one mail */
	struct arena settings;
	struct parcel parcels[BATCH_MAILS];
	size_t count, bytes;
	int64_t shown_ms;
};

static void show(struct importer *importer, bool always)
{
	int64_t now_ms = clock_monotonic_ms();
	if (!importer->options->progress || (!always && now_ms - importer->shown_ms < PROGRESS_MS))
		return;
	importer->shown_ms = now_ms;
	importer->total->bytes_done = importer->walk.bytes_done;
	importer->options->progress(importer->options->context, importer->total);
}

/* ---------------------------------------------------------------- committing */

/* Mail older than the mailbox's `since` is history. */
static bool is_history(struct importer *importer, const struct parcel *parcel)
{
	const struct config *config = importer->intake->config;
	const struct config_mailbox *mailbox = importer->options->mailbox;
	if (!mailbox && parcel->read)
		mailbox = route_find(
			importer->intake, &importer->arena, &parcel->facts, NULL, (struct span){0})
				  .mailbox;
	if (!mailbox || !date_is_set(mailbox->since) || !parcel->read ||
		!parcel->facts.date.present)
		return false;
	return parcel->facts.date.instant_ms < zone_instant(config->zone, mailbox->since, 0, 0, 0);
}

static bool parcel_decide(struct importer *importer, const struct parcel *parcel,
	const struct delivery_result *result, int64_t now_ms, struct error *err)
{
	struct intake_copy copy = {
		.message_id = result->message_id,
		.delivery_id = result->delivery_id,
		.mailbox = importer->options->mailbox,
		.raw_frame = parcel->frame,
		.actor = importer->options->actor,
	};
	if (parcel->read)
		return intake_decide(importer->intake, &copy, &parcel->facts, now_ms, err);
	/* Another copy of it may have been read long ago: then nothing is lost. */
	if (!result->new_message)
		return true;
	importer->total->mails_dead++;
	return intake_failed(
		importer->intake, result->message_id, "parse", &parcel->why, true, err);
}

static bool parcel_commit(struct importer *importer, const struct parcel *parcel, struct error *err)
{
	int64_t now_ms = clock_now_ms();
	struct delivery_result result;
	struct delivery delivery = {
		.identity = parcel->identity,
		.source = parcel->source,
		.size_bytes = parcel->size_bytes,
		.raw_frame = parcel->frame,
		.history = is_history(importer, parcel),
	};
	enum intake_admission admission = INTAKE_WHOLE;

	if (parcel->read &&
		!intake_admits(importer->intake, &parcel->facts, now_ms, &admission, err))
		return false;
	if (admission != INTAKE_WHOLE) {
		delivery.raw_frame = (struct span){0};
		delivery.source = SPAN("erased"); /* a path may name him */
	}
	if (!message_store(importer->db, &delivery, now_ms, &result, err))
		return false;
	if (result.new_message)
		importer->total->mails_new++;
	else
		importer->total->mails_known++;
	return parcel_decide(importer, parcel, &result, now_ms, err);
}

/* One mail that can't be recorded costs itself, not the batch. */
static bool parcel_try(struct importer *importer, const struct parcel *parcel, struct error *err)
{
	struct error why = {0};
	struct import_progress before = *importer->total;
	if (!db_savepoint(importer->db, err))
		return false;
	if (parcel_commit(importer, parcel, &why))
		return db_savepoint_keep(importer->db, err);
	db_savepoint_undo(importer->db);
	*importer->total = before;
	if (why.kind == ERROR_STORAGE) {
		*err = why;
		return false;
	}
	importer->total->mails_failed++;
	if (importer->options->complain)
		importer->options->complain(importer->options->context,
			arena_string(&importer->arena, parcel->source), 0, &why);
	return true;
}

static bool parcels_each(struct importer *importer, size_t *next, struct error *err)
{
	for (; *next < importer->count; ++*next)
		if (!parcel_try(importer, &importer->parcels[*next], err))
			return false;
	return true;
}

/* As many as go together: a person at the terminal is let through. */
static bool parcels_all(struct importer *importer, size_t *next, struct error *err)
{
	while (*next < importer->count) {
		if (!parcel_commit(importer, &importer->parcels[*next], err))
			return false;
		++*next;
		if (db_is_awaited(importer->db))
			break;
	}
	return true;
}

/* All together: a savepoint a mail would copy every page. Only when that fails, one by one. */
static bool parcels_record(struct importer *importer, size_t *next, struct error *err)
{
	struct import_progress before = *importer->total;
	size_t first = *next;

	if (parcels_all(importer, next, err))
		return true;
	db_rollback(importer->db);
	*importer->total = before;
	*next = first;
	return err->kind != ERROR_STORAGE && db_begin_write(importer->db, err) &&
	       parcels_each(importer, next, err);
}

/* One transaction; *next is the first parcel behind it. */
static bool part_commit(struct importer *importer, size_t *next, struct error *err)
{
	if (!db_begin_write(importer->db, err))
		return false;
	if (parcels_record(importer, next, err))
		return db_commit(importer->db, err);
	db_rollback(importer->db);
	return false;
}

static bool batch_commit(struct importer *importer, struct error *err)
{
	size_t next = 0;

	while (next < importer->count)
		if (!part_commit(importer, &next, err))
			return false;
	importer->count = importer->bytes = 0;
	arena_reset(&importer->arena);
	return true;
}

/* ---------------------------------------------------------------- reading */

static bool parcel_read(struct importer *importer, struct span mail, struct parcel *parcel)
{
	struct parse_options parse = importer->parse;

	for (int tries = 0; tries < PARSE_TRIES; tries++) {
		parse.without_documents = tries == PARSE_TRIES - 1;
		parcel->read = parser_client_read(importer->parser, &parse, mail, &importer->arena,
			&parcel->facts, &parcel->why);
		if (parcel->read || parcel->why.kind != ERROR_TEMPORARY)
			break;
	}
	return parcel->read;
}

/* This very copy was imported and decided before: nothing is read again. */
static bool is_known(struct importer *importer, const struct walk_mail *mail,
	const struct digest *identity, bool *known, struct error *err)
{
	struct message_delivery *rows = NULL;
	struct message_row row;
	size_t count = 0;
	int64_t id = 0;
	bool found = false;

	*known = false;
	arena_reset(&importer->lookups);
	if (!message_by_identity(importer->db, identity, &id, err))
		return false;
	if (!id)
		return true;
	if (!message_get(importer->db, id, &importer->lookups, &row, &found, err) ||
		!message_deliveries(importer->db, id, &importer->lookups, &rows, &count, err))
		return false;
	if (!found || span_equal(row.state, SPAN("received")))
		return true;
	for (size_t i = 0; i < count; i++)
		*known = *known || span_equal(rows[i].source, span_from(mail->source));
	return true;
}

static void parcel_fill(
	struct importer *importer, const struct walk_mail *mail, const struct digest *identity)
{
	struct parcel *parcel = &importer->parcels[importer->count++];
	CLEANUP(buffer_done) struct buffer frame = {0};

	*parcel = (struct parcel){
		.identity = *identity,
		.source = arena_copy(&importer->arena, span_from(mail->source)),
		.size_bytes = (int64_t)mail->bytes.size,
	};
	parcel_read(importer, mail->bytes, parcel);
	compress_append(&frame, mail->bytes);
	parcel->frame = arena_copy(&importer->arena, buffer_span(&frame));
	importer->bytes += mail->bytes.size;
}

static void refuse(struct importer *importer, const struct walk_mail *mail)
{
	struct error why = {0};
	importer->total->mails_failed++;
	error_set(&why, ERROR_LIMIT, "the mail is larger than limits.message (%lld bytes)",
		(long long)importer->intake->config->limit_message_bytes);
	if (importer->options->complain)
		importer->options->complain(
			importer->options->context, mail->path, mail->offset, &why);
}

static bool take_mail(void *context, const struct walk_mail *mail, struct error *err)
{
	struct importer *importer = context;
	struct digest identity = identity_of(mail->bytes);
	bool known = false;

	importer->total->mails_seen++;
	show(importer, false);
	if (mail->too_large) {
		refuse(importer, mail);
		return true;
	}
	if (!is_known(importer, mail, &identity, &known, err))
		return false;
	if (known) {
		importer->total->mails_known++;
		return true;
	}
	parcel_fill(importer, mail, &identity);
	return (importer->count < BATCH_MAILS && importer->bytes < BATCH_BYTES) ||
	       batch_commit(importer, err);
}

static void take_complaint(void *context, const char *path, const struct error *why)
{
	struct importer *importer = context;
	importer->total->mails_failed++;
	if (importer->options->complain)
		importer->options->complain(importer->options->context, path, 0, why);
}

static bool run(struct importer *importer, char *const *paths, size_t path_count, struct error *err)
{
	for (size_t i = 0; i < path_count; i++)
		importer->total->bytes_total += walk_size(paths[i]);
	for (size_t i = 0; i < path_count; i++) {
		if (!walk_path(&importer->walk, paths[i], err))
			return false;
	}
	return batch_commit(importer, err);
}

bool import_paths(struct intake *intake, struct db *db, struct parser_client *parser,
	char *const *paths, size_t path_count, const struct import_options *options,
	struct import_progress *total, struct error *err)
{
	struct importer *importer = memory_alloc(sizeof(*importer));
	memset(importer, 0, sizeof(*importer));
	*total = (struct import_progress){0};
	importer->intake = intake;
	importer->db = db;
	importer->parser = parser;
	importer->options = options;
	importer->total = total;
	importer->walk = (struct walk){
		.max_bytes = (size_t)intake->config->limit_message_bytes,
		.mail = take_mail,
		.complain = take_complaint,
		.context = importer,
	};
	parser_options(intake->config, &importer->settings, &importer->parse);
	bool ok = run(importer, paths, path_count, err);
	if (ok)
		show(importer, true);
	total->bytes_done = importer->walk.bytes_done;
	arena_done(&importer->arena);
	arena_done(&importer->lookups);
	arena_done(&importer->settings);
	free(importer);
	return ok;
}
