/*
 * contact_import.c - `postroom contact import` and `contact export`: people from other programs and
 * for them.
 */
#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/process.h"
#include "base/text.h"
#include "cli/change.h"
#include "cli/contact.h"
#include "cli/file.h"
#include "cli/json.h"
#include "cli/pick.h"
#include "ingest/card_record.h"

#define FILE_MAX_BYTES ((size_t)256 << 20)
#define MAP_MAX_BYTES  (1u << 20)
#define COLUMN_MAPS    "../share/postroom/columns"

/* ---------------------------------------------------------------- files */

static bool folder_of_maps(char path[PATH_MAX], struct error *err)
{
	char own[PATH_MAX];
	int written;

	if (!process_own_folder(own, sizeof own, err))
		return false;
	written = snprintf(path, PATH_MAX, "%s" COLUMN_MAPS, own);
	return (written > 0 && written < PATH_MAX) ||
	       error_set(err, ERROR_INPUT, "the path of the program is too long");
}

static struct span maps_there_are(struct cli *cli, const char *folder)
{
	struct span names = {"", 0};
	struct dirent **entries;
	int count = scandir(folder, &entries, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		struct span name = span_from(entries[i]->d_name);

		if (span_ends(name, SPAN(".csv")))
			names = arena_format(&cli->arena, "%.*s%s%.*s", SPAN_ARG(names),
				names.size ? ", " : "",
				SPAN_ARG(span_part(name, 0, name.size - 4)));
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return names;
}

/* A word without slash and ending is one of the maps that come with the program. */
static bool map_read(struct cli *cli, const char *word, struct buffer *map, struct error *err)
{
	char folder[PATH_MAX];
	const char *path = word;

	if (!strchr(word, '/') && !span_ends_fold(span_from(word), SPAN(".csv"))) {
		if (!folder_of_maps(folder, err))
			return false;
		path = arena_format(&cli->arena, "%s/%s.csv", folder, word).data;
		if (!file_read(path, MAP_MAX_BYTES, map, err)) {
			struct span names = maps_there_are(cli, folder);

			return error_set(err, ERROR_INPUT,
				"there is no column map `%s`; there are %.*s, or give the path of "
				"a file of your own",
				word, SPAN_ARG(names));
		}
		return true;
	}
	return file_read(path, MAP_MAX_BYTES, map, err) || error_context(err, "%s", path);
}

/* By how it begins. */
static const char *format_of(struct span text)
{
	if (span_starts(text, SPAN("\xEF\xBB\xBF")))
		text = span_after(text, 3);
	text = span_trim(text);
	if (span_starts_fold(text, SPAN("BEGIN:VCARD")))
		return "vcard";
	return span_starts(text, SPAN("[")) ? "json" : "csv";
}

/*
 * Contacts without the addresses that their file has would be of no use, and in the way of the
 * right ones later: nothing is written then.
 */
static bool columns_check(struct cli *cli, const struct card_file *file, struct error *err)
{
	static const char ways[] =
		"name the columns in the first line as usual (name or first name and last name, "
		"email, company, phone), or say with --columns what they mean";
	char folder[PATH_MAX];
	struct span names = {"", 0};

	if (!file->no_column && !(file->no_address && file->address_column.size))
		return true;
	if (!folder_of_maps(folder, err))
		return false;
	names = maps_there_are(cli, folder);
	if (file->no_column)
		return error_set(err, ERROR_INPUT,
			"no column is known, nothing was imported; %s: %.*s, or the path of a map "
			"of your own (a CSV file with the columns column,field)",
			ways, SPAN_ARG(names));
	return error_set(err, ERROR_INPUT,
		"no column gave an address, but `%.*s`, which is not known, holds some; nothing "
		"was "
		"imported; %s: %.*s, or the path of a map of your own (a CSV file with the columns "
		"column,field; there `%.*s,address`)",
		SPAN_ARG(text_cut(file->address_column, 60)), ways, SPAN_ARG(names),
		SPAN_ARG(text_cut(file->address_column, 60)));
}

static bool cards_read(struct cli *cli, const char *path, struct buffer *text,
	struct card_file *file, struct error *err)
{
	struct buffer map CLEANUP(buffer_done) = {0};
	const char *columns = cli_option(cli, "columns"), *format = cli_option(cli, "format");
	bool good;

	if (!file_read(path, FILE_MAX_BYTES, text, err))
		return error_context(err, "%s", path);
	if (!format)
		format = format_of(buffer_span(text));
	if (columns && !map_read(cli, columns, &map, err))
		return false;
	if (strcmp(format, "vcard") == 0)
		good = card_read_vcard(buffer_span(text), &cli->arena, file, err);
	else if (strcmp(format, "json") == 0)
		good = card_read_json(buffer_span(text), &cli->arena, file, err);
	else
		good = card_read_csv(
			       buffer_span(text), buffer_span(&map), &cli->arena, file, err) &&
		       columns_check(cli, file, err);
	return good || error_context(err, "%s", path);
}

/* ---------------------------------------------------------------- import */

struct totals {
	int64_t outcomes[CARD_REFUSED + 1];
	int64_t settled;
	json_t *remarks;
};

static void remark_add(struct totals *totals, const char *path, const struct card *card,
	const struct card_result *result)
{
	json_t *object = json_object();

	message_print("%s, %s %zu: %.*s%s", path, card->what, card->line, SPAN_ARG(result->remark),
		result->outcome == CARD_REFUSED ? "; not imported" : "");
	json_object_set_new(object, "file", json_string(path));
	json_object_set_new(object, card->what, json_integer((json_int_t)card->line));
	json_object_set_new(object, "name", json_span_or_null(card->name));
	json_object_set_new(object, "contact", json_id(result->contact_id));
	json_object_set_new(object, "remark", json_span(result->remark));
	json_array_append_new(totals->remarks, object);
}

/* Whoever waits for the database gets it between two cards: the operation goes on afterwards. */
static bool make_room(struct cli *cli, struct error *err)
{
	if (cli_flag(cli, "dry-run") || !db_is_awaited(cli->db))
		return true;
	return db_commit(cli->db, err) && db_begin_write(cli->db, err);
}

static bool file_record(struct cli *cli, struct operation *operation, const char *path,
	const struct card_file *file, struct totals *totals, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};

	for (size_t i = 0; i < file->count; i++) {
		struct card_result result;

		if (!card_record(cli->intake, operation, &file->cards[i], &arena, &result, err))
			return error_context(
				err, "%s, %s %zu", path, file->cards[i].what, file->cards[i].line);
		totals->outcomes[result.outcome]++;
		totals->settled += result.settled;
		if (result.remark.size)
			remark_add(totals, path, &file->cards[i], &result);
		arena_reset(&arena);
		if (!make_room(cli, err))
			return false;
	}
	for (size_t i = 0; i < file->unread.count; i++)
		message_print(
			"%s: nothing was kept of %.*s", path, SPAN_ARG(file->unread.items[i]));
	if (file->no_address && file->count)
		message_print("%s: no column gave an address: these contacts have none, and no "
			      "mail will be known as theirs; if the file has addresses, name "
			      "their column email and import it again",
			path);
	return operation_settled(operation, totals->settled, err);
}

static json_t *totals_json(struct totals *totals)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:O}", "added",
		(json_int_t)totals->outcomes[CARD_ADDED], "filled",
		(json_int_t)totals->outcomes[CARD_FILLED], "known",
		(json_int_t)totals->outcomes[CARD_KNOWN], "refused",
		(json_int_t)totals->outcomes[CARD_REFUSED], "settled", (json_int_t)totals->settled,
		"remarks", totals->remarks);
}

static enum exit_code files_import(struct cli *cli, struct totals *totals)
{
	size_t count = cli->invocation.argument_count;
	struct card_file *files = arena_array(&cli->arena, struct card_file, count);
	struct buffer *texts = arena_array(&cli->arena, struct buffer, count);
	struct operation operation;
	struct error err;
	bool good = true;

	/* All are read before anything is written. */
	for (size_t i = 0; good && i < count; i++)
		good = cards_read(cli, cli_argument(cli, i), &texts[i], &files[i], &err);
	if (good && change_begin(cli, span_from(cli_argument(cli, 0)), &operation, &err)) {
		for (size_t i = 0; good && i < count; i++)
			good = file_record(
				cli, &operation, cli_argument(cli, i), &files[i], totals, &err);
		good = change_end(cli, &operation, good, &err);
	} else {
		good = false;
	}
	for (size_t i = 0; i < count; i++)
		buffer_done(&texts[i]);
	if (!good)
		return cli_fail(&err);
	change_report(cli, operation.id, totals_json(totals),
		"%" PRId64 " added, %" PRId64 " filled in, %" PRId64 " known already, %" PRId64
		" refused; settled %" PRId64,
		totals->outcomes[CARD_ADDED], totals->outcomes[CARD_FILLED],
		totals->outcomes[CARD_KNOWN], totals->outcomes[CARD_REFUSED], totals->settled);
	return totals->outcomes[CARD_REFUSED] ? EXIT_INPUT : EXIT_DONE;
}

enum exit_code contact_run_import(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct totals totals = {0};

	if (code != EXIT_DONE)
		return code;
	totals.remarks = json_array();
	code = files_import(cli, &totals);
	json_decref(totals.remarks);
	return code;
}

/* ---------------------------------------------------------------- export */

static json_t *strings_json(const struct card_strings *strings)
{
	json_t *array = json_array();

	for (size_t i = 0; i < strings->count; i++)
		json_array_append_new(array, json_span(strings->items[i]));
	return array;
}

static json_t *card_json(const struct card *card)
{
	json_t *object = json_object();

	json_object_set_new(object, "name", json_span(card->name));
	json_object_set_new(object, "addresses", strings_json(&card->addresses));
	json_object_set_new(object, "phones", strings_json(&card->phones));
	json_object_set_new(object, "company", json_span_or_null(card->company));
	json_object_set_new(object, "owner", json_span_or_null(card->owner));
	json_object_set_new(object, "source", json_span_or_null(card->source));
	json_object_set_new(object, "do_not_contact", json_boolean(card->do_not_contact));
	json_object_set_new(object, "aliases", strings_json(&card->aliases));
	json_object_set_new(object, "note", json_span_or_null(card->note));
	return object;
}

struct export
{
	const char *format;
	int64_t company_id; /* 0: any */
	struct buffer text;
	json_t *array;
};

static bool contact_export(
	struct cli *cli, struct export *export, const struct contact *contact, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct card card;

	if (export->company_id && contact->company_id != export->company_id)
		return true;
	if (!card_of_contact(cli->db, contact, &arena, &card, err))
		return false;
	if (strcmp(export->format, "json") == 0)
		json_array_append_new(export->array, card_json(&card));
	else if (strcmp(export->format, "vcard") == 0)
		card_write_vcard(&export->text, &card);
	else
		card_write_csv(&export->text, &card);
	return true;
}

static bool all_export(struct cli *cli, struct export *export, struct error *err)
{
	struct span part = text_fold(&cli->arena, span_from(cli_argument(cli, 0)));
	struct db_page page = {.limit = 1000};
	struct contact *rows;
	size_t count;

	do {
		if (!contact_list(cli->db, part, page, &cli->arena, &rows, &count, err))
			return false;
		for (size_t i = 0; i < count; i++)
			if (!contact_export(cli, export, &rows[i], err))
				return false;
		if (count)
			page.after_id = rows[count - 1].id;
	} while (count);
	return true;
}

enum exit_code contact_run_export(struct cli *cli)
{
	const char *format = cli_option(cli, "format"), *word = cli_option(cli, "company");
	struct export export = {.format = format ? format : "csv"};
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct company company = {0};
	struct error err;
	bool good;

	if (code == EXIT_DONE && word)
		code = pick_company(cli, word, &company);
	if (code != EXIT_DONE)
		return code;
	export.company_id = company.id;
	export.array = json_array();
	if (strcmp(export.format, "csv") == 0)
		card_write_csv_head(&export.text);
	good = db_begin_read(cli->db, &err);
	if (good) {
		good = all_export(cli, &export, &err);
		db_end_read(cli->db);
	}
	if (good && strcmp(export.format, "json") == 0)
		output_json(&cli->output, json_incref(export.array), false);
	else if (good)
		output_raw(&cli->output, buffer_span(&export.text));
	json_decref(export.array);
	buffer_done(&export.text);
	return good ? EXIT_DONE : cli_fail(&err);
}
