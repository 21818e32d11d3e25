/*
 * privacy_export.c - `postroom privacy export`: everything on one person, to be handed out.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/compress.h"
#include "base/text.h"
#include "cli/company.h"
#include "cli/json.h"
#include "cli/privacy.h"
#include "cli/records.h"
#include "ingest/stored_facts.h"
#include "parser/facts_json.h"
#include "store/activity.h"
#include "store/erase.h"
#include "store/unresolved.h"

/* One export. */
struct export
{
	struct cli *cli;
	struct person person;
	int64_t *messages;
	size_t message_count;
};

/* ---------------------------------------------------------------- the record */

static json_t *strings_json(const struct span *texts, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, json_span(texts[i]));
	return array;
}

static bool activities_add(struct export *export, json_t *array, struct error *err)
{
	struct activity_filter filter = {
		.contact_id = export->person.contact_id, .page = {.limit = INT_MAX}};
	struct activity *rows;
	size_t count;

	if (!activity_list(export->cli->db, &filter, &export->cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, activity_json(export->cli, &rows[i]));
	return true;
}

static bool tasks_add(struct export *export, json_t *array, struct error *err)
{
	struct task_filter filter = {
		.contact_id = export->person.contact_id, .page = {.limit = INT_MAX}};
	struct task *rows;
	size_t count;

	if (!task_list(export->cli->db, &filter, &export->cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, task_json(export->cli, &rows[i]));
	return true;
}

static bool deals_add(struct export *export, json_t *array, struct error *err)
{
	struct deal *rows;
	size_t count;

	if (!deal_by_contact(export->cli->db, export->person.contact_id, &export->cli->arena, &rows,
		    &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, deal_json(export->cli, &rows[i]));
	return true;
}

static bool cases_add(struct export *export, json_t *array, struct error *err)
{
	struct db_page page = {.limit = INT_MAX};
	struct support_case *rows;
	size_t count;

	if (!case_list(export->cli->db, (struct span){0}, page, &export->cli->arena, &rows, &count,
		    err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (rows[i].contact_id == export->person.contact_id)
			json_array_append_new(array, case_json(export->cli, &rows[i]));
	return true;
}

static bool tickets_add(struct export *export, json_t *array, struct error *err)
{
	struct ticket_filter filter = {.page = {.limit = INT_MAX}};
	struct ticket *rows;
	size_t count;

	if (!ticket_list(export->cli->db, &filter, &export->cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (rows[i].supplier_contact_id == export->person.contact_id)
			json_array_append_new(array, ticket_json(export->cli, &rows[i]));
	return true;
}

static bool audit_add(struct export *export, json_t *array, struct error *err)
{
	struct cli *cli = export->cli;
	struct audit_row *rows;
	size_t count;

	if (!audit_list(cli->db, SPAN("contact"), export->person.contact_id, &cli->arena, &rows,
		    &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		json_t *object = json_object();

		json_object_set_new(object, "at", cli_time(cli, rows[i].at_ms));
		json_object_set_new(object, "actor", json_span(rows[i].actor));
		json_object_set_new(object, "verb", json_span(rows[i].verb));
		json_object_set_new(object, "field", json_span(rows[i].field));
		json_object_set_new(object, "old", json_span_or_null(rows[i].old_value));
		json_object_set_new(object, "new", json_span_or_null(rows[i].new_value));
		json_array_append_new(array, object);
	}
	return true;
}

static bool items_add(struct export *export, json_t *array, struct error *err)
{
	struct cli *cli = export->cli;

	for (size_t i = 0; i < export->person.address_count; i++) {
		struct unresolved_filter filter = {.address_folded = export->person.addresses[i],
			.settled_too = true,
			.page = {.limit = INT_MAX}};
		struct unresolved *rows;
		size_t count;

		if (!unresolved_list(cli->db, &filter, &cli->arena, &rows, &count, err))
			return false;
		for (size_t j = 0; j < count; j++) {
			json_t *object = json_object();

			json_object_set_new(object, "id", json_integer(rows[j].id));
			json_object_set_new(object, "message", json_id(rows[j].message_id));
			json_object_set_new(object, "reason", json_span(rows[j].reason));
			json_object_set_new(object, "address", json_span(rows[j].address));
			json_object_set_new(object, "name", json_span_or_null(rows[j].name));
			json_object_set_new(object, "state", json_span(rows[j].state));
			json_array_append_new(array, object);
		}
	}
	return true;
}

/* ---------------------------------------------------------------- mail */

static bool message_add(struct export *export, int64_t message_id, json_t *array, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct message_row row;
	struct facts facts;
	bool found, read;
	json_t *object;

	if (!message_get(export->cli->db, message_id, &arena, &row, &found, err) ||
		!stored_facts_read(export->cli->db, message_id, &arena, &facts, &read, err))
		return false;
	if (!found)
		return true;
	object = message_json(export->cli, &row);
	if (read)
		json_object_update_missing_new(object, facts_json(&facts, ""));
	json_array_append_new(array, object);
	return true;
}

static bool messages_add(struct export *export, json_t *array, struct error *err)
{
	for (size_t i = 0; i < export->message_count; i++)
		if (!message_add(export, export->messages[i], array, err))
			return false;
	return true;
}

/* ---------------------------------------------------------------- all of it */

static const struct part {
	const char *key;
	bool of_contact;
	bool (*add)(struct export *export, json_t *array, struct error *err);
} parts[] = {
	{"activities", true, activities_add},
	{"tasks", true, tasks_add},
	{"deals", true, deals_add},
	{"cases", true, cases_add},
	{"tickets", true, tickets_add},
	{"changes", true, audit_add},
	{"items", false, items_add},
	{"messages", false, messages_add},
};

static bool contact_add_to(struct export *export, json_t *object, struct error *err)
{
	struct contact contact;
	bool found;

	json_object_set_new(object, "contact", json_null());
	if (!export->person.contact_id)
		return true;
	if (!contact_get(export->cli->db, export->person.contact_id, &export->cli->arena, &contact,
		    &found, err))
		return false;
	if (found)
		json_object_set_new(object, "contact", contact_json(export->cli, &contact));
	return true;
}

static bool collect(struct export *export, json_t *object, struct error *err)
{
	const struct person *person = &export->person;

	if (!contact_add_to(export, object, err))
		return false;
	json_object_set_new(
		object, "addresses", strings_json(person->addresses, person->address_count));
	json_object_set_new(object, "names", strings_json(person->names, person->name_count));
	json_object_set_new(object, "phones", strings_json(person->phones, person->phone_count));
	for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
		json_t *array = json_array();

		json_object_set_new(object, parts[i].key, array);
		if ((person->contact_id || !parts[i].of_contact) &&
			!parts[i].add(export, array, err))
			return false;
	}
	return true;
}

/* ---------------------------------------------------------------- as files */

static bool file_write(int folder, const char *name, struct span bytes, struct error *err)
{
	int file = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool ok = file >= 0;

	while (ok && bytes.size) {
		ssize_t written = write(file, bytes.data, bytes.size);

		if (written < 0 && errno == EINTR)
			continue;
		ok = written > 0;
		bytes = span_after(bytes, ok ? (size_t)written : 0);
	}
	ok = ok && fsync(file) == 0;
	if (!ok)
		error_set_errno(err, ERROR_INPUT, errno, "%s", name);
	if (file >= 0)
		close(file);
	return ok;
}

static bool mail_write(struct export *export, int folder, int64_t message_id, struct error *err)
{
	struct buffer frame CLEANUP(buffer_done) = {0};
	struct buffer mail CLEANUP(buffer_done) = {0};
	char name[32];

	if (!message_raw_frame(export->cli->db, message_id, &frame, err))
		return false;
	if (!frame.size)
		return true;
	snprintf(name, sizeof name, "%" PRId64 ".eml", message_id);
	return compress_unpack(&mail, buffer_span(&frame), MESSAGE_MAX_BYTES, err) &&
	       file_write(folder, name, buffer_span(&mail), err);
}

static bool files_write(struct export *export, int folder, const json_t *object, struct error *err)
{
	struct buffer text CLEANUP(buffer_done) = {0};

	json_write(&text, object, false);
	for (size_t i = 0; i < export->message_count; i++)
		if (!mail_write(export, folder, export->messages[i], err))
			return false;
	/* Last: with it the export is whole. */
	return file_write(folder, "person.json", buffer_span(&text), err);
}

/* Personal data: for the one who asked for it, until he hands it out. */
static bool folder_write(
	struct export *export, const char *path, const json_t *object, struct error *err)
{
	bool ok;
	int folder;

	if (mkdir(path, 0700) != 0)
		return error_set_errno(err, ERROR_INPUT, errno, "%s", path);
	folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return error_set_errno(err, ERROR_INPUT, errno, "%s", path);
	ok = files_write(export, folder, object, err);
	close(folder);
	return ok || error_context(err, "%s", path);
}

enum exit_code privacy_run_export(struct cli *cli)
{
	const char *to = cli_option(cli, "to");
	struct export export = {.cli = cli};
	enum exit_code code = cli_open_db(cli, DB_READ);
	json_t *object;
	struct error err;

	if (code == EXIT_DONE)
		code = privacy_pick(cli, cli_argument(cli, 0), &export.person);
	if (code != EXIT_DONE)
		return code;
	object = json_object();
	if (!erase_messages_of(cli->db, &export.person, &cli->arena, &export.messages,
		    &export.message_count, &err) ||
		!collect(&export, object, &err) ||
		(to && !folder_write(&export, to, object, &err))) {
		json_decref(object);
		return cli_fail(&err);
	}
	if (!to || cli->output.json)
		output_json(&cli->output, object, false);
	else
		json_decref(object);
	if (to)
		message_print("%s: everything on this person, %zu mails", to, export.message_count);
	return EXIT_DONE;
}
