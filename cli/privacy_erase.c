/*
 * privacy_erase.c - `postroom privacy erase`.
 */
#include <inttypes.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/json.h"
#include "cli/privacy.h"
#include "ingest/erase.h"
#include "store/backup.h"

/* One run: the list, what was done, what became of each backup. */
struct run {
	struct cli *cli;
	struct erased *erased;
	struct erase_report report;
	json_t *backups;
	size_t rewritten, missing, failed;
};

static struct erase_job job_of(struct run *run)
{
	return (struct erase_job){
		.db = run->cli->db,
		.config = run->cli->config,
		.actor = run->cli->actor,
		.now_ms = clock_now_ms(),
		.dry_run = cli_flag(run->cli, "dry-run"),
		.report = &run->report,
	};
}

/* ---------------------------------------------------------------- backups */

static void backup_note(
	struct run *run, const struct backup_file *file, const char *outcome, const char *error)
{
	json_t *object = json_object();

	json_object_set_new(object, "path", json_span(span_from(file->path)));
	json_object_set_new(object, "made", cli_time(run->cli, file->made_ms));
	json_object_set_new(object, "outcome", json_string(outcome));
	json_object_set_new(object, "error", error ? json_span(span_from(error)) : json_null());
	json_array_append_new(run->backups, object);
}

/* A file that is damaged or not ours to write is told; a disk that fails ends it all. */
static bool rewrite(struct run *run, const struct backup_file *file, struct error *err)
{
	struct erase_from from = {run->cli->config, run->erased, run->cli->actor};
	bool found;

	if (!backup_rewrite(file->path, erase_from_copy, &from, &found, err)) {
		if (err->kind == ERROR_STORAGE || err->kind == ERROR_BUSY)
			return false;
		run->failed++;
		backup_note(run, file, "failed", err->text);
	} else if (!found) {
		run->missing++;
		backup_note(run, file, "missing", NULL);
	} else {
		run->rewritten++;
		backup_note(run, file, "rewritten", NULL);
	}
	return true;
}

static bool all_backups(struct run *run, bool dry_run, struct error *err)
{
	struct backup_file *files;
	size_t count;

	if (!backup_files(run->cli->db, &run->cli->arena, &files, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (dry_run)
			backup_note(run, &files[i], "to be rewritten", NULL);
		else if (!rewrite(run, &files[i], err))
			return false;
	}
	return true;
}

/* ---------------------------------------------------------------- telling */

static json_t *held_json(struct cli *cli, const struct erase_report *report)
{
	json_t *array = json_array();

	for (size_t i = 0; i < report->held_count; i++) {
		const struct erase_held *held = &report->held[i];
		json_t *object = json_object();

		json_object_set_new(object, "message", json_id(held->message_id));
		json_object_set_new(object, "ticket", json_id(held->ticket_id));
		json_object_set_new(object, "subject", json_span_or_null(held->subject));
		json_object_set_new(object, "until", cli_time(cli, held->until_ms));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *server_json(const struct erase_report *report)
{
	json_t *array = json_array();

	for (size_t i = 0; i < report->server_count; i++) {
		const struct erase_copy *copy = &report->server[i];
		json_t *object = json_object();

		json_object_set_new(object, "mailbox", json_span(copy->mailbox));
		json_object_set_new(object, "folder", json_span(copy->folder));
		json_object_set_new(object, "messages", json_integer(copy->count));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *record_json(const struct erase_counts *counts)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "addresses",
		(json_int_t)counts->addresses, "activities", (json_int_t)counts->activities,
		"tasks", (json_int_t)counts->tasks, "deals", (json_int_t)counts->deals, "cases",
		(json_int_t)counts->cases, "tickets", (json_int_t)counts->tickets, "items",
		(json_int_t)counts->items, "texts", (json_int_t)counts->texts);
}

static json_t *report_json(struct run *run)
{
	const struct erase_report *report = &run->report;
	json_t *object = json_object();

	json_object_set_new(object, "dry_run", json_boolean(cli_flag(run->cli, "dry-run")));
	json_object_set_new(object, "people", json_integer(report->people));
	json_object_set_new(object, "messages",
		json_pack("{s:I, s:I, s:I}", "erased", (json_int_t)report->erased, "redacted",
			(json_int_t)report->redacted, "held", (json_int_t)report->held_count));
	json_object_set_new(object, "record", record_json(&report->record));
	json_object_set_new(object, "held", held_json(run->cli, report));
	json_object_set_new(object, "server_copies", server_json(report));
	json_object_set(object, "backups", run->backups);
	return object;
}

static const struct column held_columns[] = {
	{"ticket", "ticket", COLUMN_ID},
	{"message", "message", COLUMN_ID},
	{"until", "held until", COLUMN_TIME},
	{"subject", "subject", COLUMN_TEXT},
};
static const struct column server_columns[] = {
	{"mailbox", "mailbox", COLUMN_TEXT},
	{"folder", "folder", COLUMN_TEXT},
	{"messages", "messages", COLUMN_NUMBER},
};
static const struct column backup_columns[] = {
	{"path", "backup", COLUMN_TEXT},
	{"made", "made", COLUMN_TIME},
	{"outcome", "outcome", COLUMN_TEXT},
	{"error", "why", COLUMN_TEXT},
};

static void print(struct run *run)
{
	const struct erase_report *report = &run->report;
	bool dry_run = cli_flag(run->cli, "dry-run");
	struct output *output = &run->cli->output;
	json_t *object = report_json(run);

	if (output->json) {
		output_json(output, object, false);
		return;
	}
	output_line(output,
		"%s: %" PRId64 " messages erased, %" PRId64 " kept without him, %zu held; "
		"%" PRId64 " activities, %" PRId64 " tasks gone; %" PRId64 " deals, %" PRId64
		" cases, %" PRId64 " texts redacted",
		dry_run ? "would do" : "done", report->erased, report->redacted, report->held_count,
		report->record.activities, report->record.tasks, report->record.deals,
		report->record.cases, report->record.texts);
	output_section(output, "Finance documents, kept unaltered", json_object_get(object, "held"),
		held_columns, ARRAY_COUNT(held_columns));
	output_section(output, "Still on mail servers: delete it there",
		json_object_get(object, "server_copies"), server_columns,
		ARRAY_COUNT(server_columns));
	output_section(
		output, "Backups", run->backups, backup_columns, ARRAY_COUNT(backup_columns));
	json_decref(object);
}

/* ---------------------------------------------------------------- the command */

/* Everything is worked out in one transaction, and taken back. */
static bool preview(struct run *run, const struct person *person, struct error *err)
{
	struct erase_job job = job_of(run);
	bool good;

	if (!db_begin_write(run->cli->db, err))
		return false;
	good = erase_person(&job, person, err);
	db_rollback(run->cli->db);
	return good && all_backups(run, true, err);
}

/* From here on it can be killed anywhere and be run again. */
static bool finish(struct run *run, struct error *err)
{
	struct erase_job job = job_of(run);

	if (!erase_listed(&job, run->erased, err) || !erase_flush(run->cli->db, err) ||
		!all_backups(run, false, err))
		return false;
	return run->failed || erased_finish(run->erased, err);
}

static bool start(struct run *run, const struct person *person, const char *word, struct error *err)
{
	struct erased_person listed = {
		.addresses = person->addresses,
		.address_count = person->address_count,
		.contact_id = person->contact_id,
		.created_ms = person->created_ms,
		.asked = text_fold(&run->cli->arena, span_from(word)),
	};

	return erased_begin(run->erased, &listed, clock_now_ms(), err);
}

static enum exit_code end(struct run *run, bool good, const struct error *err)
{
	if (!good)
		return cli_fail(err);
	print(run);
	if (!run->failed)
		return EXIT_DONE;
	message_print("%zu backups could not be written anew: mend that, then run `postroom "
		      "privacy erase` again, or delete them",
		run->failed);
	return EXIT_FINDINGS;
}

/* Whoever asks again, or was killed at the very end, is told so. */
static bool is_done(struct run *run, const char *word)
{
	struct span folded = text_fold_address(&run->cli->arena, span_from(word));
	struct person person;
	struct error err;
	int64_t contact_id;
	bool learnt, found;

	return erased_address(run->erased, folded) &&
	       contact_by_address(run->cli->db, folded, &contact_id, &learnt, &err) &&
	       !contact_id &&
	       person_of_address(run->cli->db, folded, &run->cli->arena, &person, &found, &err) &&
	       !found;
}

static enum exit_code erase_new(struct run *run, const char *word)
{
	struct cli *cli = run->cli;
	struct person person;
	struct error err;
	enum exit_code code;
	bool good;

	if (is_done(run, word)) {
		message_print("%s was erased already, and nothing came since", word);
		return EXIT_DONE;
	}
	code = privacy_pick(cli, word, &person);

	if (code != EXIT_DONE)
		return code;
	if (cli_flag(cli, "dry-run"))
		return end(run, preview(run, &person, &err), &err);
	if (!cli_confirm(cli, "Erase this person from record, mail and backups? There is no undo "
			      "(--dry-run shows what would go)."))
		return EXIT_FAILED;
	good = start(run, &person, word, &err) && finish(run, &err);
	return end(run, good, &err);
}

static enum exit_code run_with(struct run *run)
{
	struct cli *cli = run->cli;
	const char *word = cli_argument(cli, 0);
	struct error err;
	bool resumes =
		word ? erased_is_unfinished(run->erased, text_fold(&cli->arena, span_from(word)))
		     : erased_unfinished(run->erased) > 0;

	if (!resumes && word)
		return erase_new(run, word);
	if (!resumes) {
		message_print("no erasure is unfinished; name the person to erase");
		return EXIT_DONE;
	}
	message_print("an erasure was interrupted: finishing it");
	return end(run, finish(run, &err), &err);
}

enum exit_code privacy_run_erase(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_WRITE);
	struct run run = {.cli = cli, .report = {.arena = &cli->arena}};
	struct error err;

	if (code != EXIT_DONE)
		return code;
	if (!erased_open(db_directory(cli->db), &run.erased, &err))
		return cli_fail(&err);
	run.backups = json_array();
	code = run_with(&run);
	json_decref(run.backups);
	erased_close(run.erased);
	return code;
}
