/*
 * ticket_export.c - `postroom ticket export`: the tickets of a period for the accountant, with the
 * original mail where that is wanted.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/compress.h"
#include "base/zip.h"
#include "base/zone.h"
#include "cli/json.h"
#include "cli/period.h"
#include "cli/pick.h"
#include "cli/records.h"
#include "cli/sheet.h"
#include "cli/ticket.h"

#define MAIL_MAX_BYTES ((size_t)256 << 20)

static const struct db_page every = {.limit = 1000000};

/* Titles are keys that other programs know; a column is never renamed. */
static const struct column columns[] = {
	{"id", "ticket", COLUMN_TEXT},
	{"direction", "direction", COLUMN_TEXT},
	{"kind", "kind", COLUMN_TEXT},
	{"state", "state", COLUMN_TEXT},
	{"supplier.name", "name", COLUMN_TEXT},
	{"vat_id", "vat_id", COLUMN_TEXT},
	{"number", "number", COLUMN_TEXT},
	{"issue_date", "issued", COLUMN_TEXT},
	{"due_date", "due", COLUMN_TEXT},
	{"currency", "currency", COLUMN_TEXT},
	{"net", "net", COLUMN_NUMBER},
	{"discount", "discount", COLUMN_NUMBER},
	{"tax_rate", "tax_rate", COLUMN_NUMBER},
	{"tax", "tax", COLUMN_NUMBER},
	{"total", "total", COLUMN_NUMBER},
	{"payable", "payable", COLUMN_NUMBER},
	{"sent", "sent", COLUMN_TEXT},
	{"paid_date", "paid_on", COLUMN_TEXT},
	{"paid", "paid", COLUMN_NUMBER},
	{"iban", "iban", COLUMN_TEXT},
	{"title", "title", COLUMN_TEXT},
	{"files", "mail", COLUMN_LIST},
};

/* ---------------------------------------------------------------- the rows */

static struct span file_name(struct cli *cli, int64_t message_id)
{
	return arena_format(&cli->arena, "mail/%" PRId64 ".eml", message_id);
}

static bool row_add(struct cli *cli, const struct ticket *ticket, json_t *rows, struct error *err)
{
	json_t *object = ticket_json(cli, ticket), *files = json_array(), *messages = json_array();
	struct ticket_message *mails;
	struct company company = {0};
	bool found;
	size_t count;

	json_array_append_new(rows, object);
	json_object_set_new(object, "files", files);
	json_object_set_new(object, "messages", messages);
	if (ticket->supplier_id &&
		!company_get(cli->db, ticket->supplier_id, &cli->arena, &company, &found, err))
		return false;
	json_object_set_new(object, "vat_id", json_span_or_null(company.vat_id));
	if (!ticket_messages(cli->db, ticket->id, &cli->arena, &mails, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		json_array_append_new(messages, json_integer(mails[i].message_id));
		json_array_append_new(files, json_span(file_name(cli, mails[i].message_id)));
	}
	return true;
}

static bool rows_read(struct cli *cli, const struct period *period, json_t *rows, struct error *err)
{
	struct ticket_filter filter = {
		.direction = span_from(cli_option(cli, "direction")), .page = every};
	struct ticket *tickets;
	size_t count;

	if (!ticket_list(cli->db, &filter, &cli->arena, &tickets, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct date day = tickets[i].issue_date;

		if (!date_is_set(day))
			day = zone_local(cli->config->zone, tickets[i].created_ms).date;
		if (period_has(period, day) && !span_equal(tickets[i].state, SPAN("dismissed")) &&
			!row_add(cli, &tickets[i], rows, err))
			return false;
	}
	return true;
}

/* ---------------------------------------------------------------- the archive */

static bool mail_add(
	struct cli *cli, struct zip *zip, int64_t message_id, size_t *missing, struct error *err)
{
	struct buffer frame CLEANUP(buffer_done) = {0};
	struct buffer mail CLEANUP(buffer_done) = {0};

	if (!message_raw_frame(cli->db, message_id, &frame, err))
		return false;
	if (!frame.size) {
		++*missing;
		return true;
	}
	return compress_unpack(&mail, buffer_span(&frame), MAIL_MAX_BYTES, err) &&
	       zip_add(zip, file_name(cli, message_id), buffer_span(&mail), err);
}

static int ids_compare(const void *left, const void *right)
{
	const int64_t *one = left, *other = right;

	return (*one > *other) - (*one < *other);
}

/* A collective invoice is the mail of several tickets: it comes once. */
static int64_t *mails_of(struct cli *cli, const json_t *rows, size_t *count)
{
	json_t *row, *message;
	size_t i, j, used = 0, room = 0;
	int64_t *ids;

	json_array_foreach((json_t *)rows, i, row) room +=
		json_array_size(json_object_get(row, "messages"));
	ids = arena_array(&cli->arena, int64_t, room + 1);
	json_array_foreach((json_t *)rows, i, row)
		json_array_foreach(json_object_get(row, "messages"), j, message) ids[used++] =
			json_integer_value(message);
	qsort(ids, used, sizeof *ids, ids_compare);
	*count = 0;
	for (i = 0; i < used; i++)
		if (i == 0 || ids[i] != ids[i - 1])
			ids[(*count)++] = ids[i];
	return ids;
}

static bool zip_write(struct cli *cli, int file, const json_t *rows, struct span table,
	size_t *missing, struct error *err)
{
	struct zip zip;
	int64_t *ids;
	size_t count;
	bool ok;

	zip_begin(&zip, file, cli_today(cli));
	ids = mails_of(cli, rows, &count);
	ok = zip_add(&zip, SPAN("tickets.csv"), table, err);
	for (size_t i = 0; ok && i < count; i++)
		ok = mail_add(cli, &zip, ids[i], missing, err);
	ok = ok && zip_end(&zip, err);
	zip_done(&zip);
	return ok;
}

/* ---------------------------------------------------------------- the file */

static bool bytes_write(int file, struct span bytes, struct error *err)
{
	while (bytes.size) {
		ssize_t written = write(file, bytes.data, bytes.size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return error_set_errno(err, ERROR_STORAGE, errno, "writing");
		bytes = span_after(bytes, (size_t)written);
	}
	return true;
}

/* Whole, or not there. */
static bool export_to(struct cli *cli, const char *path, const json_t *rows, struct span text,
	bool archive, struct error *err)
{
	int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	size_t missing = 0;
	bool ok;

	if (file < 0)
		return error_set_errno(err, ERROR_INPUT, errno, "%s", path);
	ok = archive ? zip_write(cli, file, rows, text, &missing, err)
		     : bytes_write(file, text, err);
	if (ok && fsync(file) != 0)
		ok = error_set_errno(err, ERROR_STORAGE, errno, "writing");
	close(file);
	if (!ok) {
		unlink(path);
		return error_context(err, "%s", path);
	}
	message_print("%s: %zu tickets", path, json_array_size(rows));
	if (missing)
		message_print("%zu mails are not in it: their bytes are gone", missing);
	return true;
}

static enum exit_code export_rows(struct cli *cli, const json_t *rows)
{
	const char *format = cli_option(cli, "format"), *to = cli_option(cli, "to");
	bool json = cli->output.json || (format && strcmp(format, "json") == 0);
	bool archive = format && strcmp(format, "zip") == 0;
	struct buffer text CLEANUP(buffer_done) = {0};
	struct error err;

	if (archive && !to)
		return cli_usage("an archive is written to a file: --to FILE");
	if (json && !archive)
		json_write(&text, rows, false);
	else
		sheet_append(&text, rows, columns, ARRAY_COUNT(columns));
	if (to)
		return export_to(cli, to, rows, buffer_span(&text), archive, &err) ? EXIT_DONE
										   : cli_fail(&err);
	output_raw(&cli->output, buffer_span(&text));
	return EXIT_DONE;
}

enum exit_code ticket_run_export(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct period period;
	struct error err;
	json_t *rows;

	if (code == EXIT_DONE)
		code = period_option(cli, "last-month", &period);
	if (code != EXIT_DONE)
		return code;
	rows = json_array();
	code = rows_read(cli, &period, rows, &err) ? export_rows(cli, rows) : cli_fail(&err);
	json_decref(rows);
	return code;
}
