/*
 * message.c - `postroom message`: stored mail, as read and as raw bytes.
 */
#include <inttypes.h>
#include <string.h>

#include "base/compress.h"
#include "base/text.h"
#include "base/zone.h"
#include "cli/change.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "cli/pick.h"
#include "cli/records.h"
#include "ingest/reassign.h"
#include "parser/facts_json.h"
#include "store/activity.h"

/* What a stored mail or its facts may unpack to: the limit of a mail, and room for the facts. */
#define UNPACK_MAX_BYTES (256u * 1024 * 1024)

json_t *message_json(struct cli *cli, const struct message_row *message)
{
	json_t *object = json_object(), *from = json_null(), *dead = json_null();

	if (message->from_address.size || message->from_name.size) {
		from = json_object();
		json_object_set_new(from, "name", json_span_or_null(message->from_name));
		json_object_set_new(from, "address", json_span_or_null(message->from_address));
	}
	if (message->dead_error.size) {
		dead = json_object();
		json_object_set_new(dead, "stage", json_span_or_null(message->dead_stage));
		json_object_set_new(dead, "error", json_span(message->dead_error));
		json_object_set_new(dead, "tries", json_integer(message->parse_tries));
	}
	json_object_set_new(object, "id", json_integer(message->id));
	json_object_set_new(object, "state", json_span(message->state));
	json_object_set_new(object, "message_id", json_span_or_null(message->message_id));
	json_object_set_new(object, "date", cli_time(cli, message->date_ms));
	json_object_set_new(object, "stored", cli_time(cli, message->stored_ms));
	json_object_set_new(object, "from", from);
	json_object_set_new(object, "subject", json_span_or_null(message->subject));
	json_object_set_new(object, "origin", json_span_or_null(message->origin));
	json_object_set_new(object, "language", json_span_or_null(message->language));
	json_object_set_new(object, "size_bytes", json_integer(message->size_bytes));
	json_object_set_new(object, "raw_kept", json_boolean(message->raw_size_bytes > 0));
	json_object_set_new(object, "removed", json_span_or_null(message->removed));
	json_object_set_new(object, "history", json_boolean(message->history));
	json_object_set_new(object, "same_id_differs", json_boolean(message->same_id_differs));
	json_object_set_new(object, "dead", dead);
	return object;
}

static const struct column list_columns[] = {
	{"id", "id", COLUMN_ID},
	{"date", "date", COLUMN_TIME},
	{"state", "state", COLUMN_STATE},
	{"from.address", "from", COLUMN_TEXT},
	{"subject", "subject", COLUMN_TEXT},
	{"dead.error", "error", COLUMN_TEXT},
};

/* Midnight of the day in the organisation's zone; 0 when the option was not given. */
static int64_t day_instant(const struct cli *cli, const char *option, int days_later)
{
	struct date date = cli_date(cli, option);

	if (!date_is_set(date))
		return 0;
	return zone_instant(cli->config->zone, date_add_days(date, days_later), 0, 0, 0);
}

static enum exit_code run_list(struct cli *cli)
{
	struct message_filter filter = {.page = cli_page(cli)};
	enum exit_code code = cli_open_db(cli, DB_READ);
	const struct config_mailbox *mailbox;
	struct message_row *rows;
	struct error err;
	json_t *array;
	size_t count;

	if (code == EXIT_DONE && cli_option(cli, "mailbox")) {
		code = pick_mailbox(cli, cli_option(cli, "mailbox"), &mailbox);
		if (code == EXIT_DONE)
			filter.mailbox = span_from(mailbox->name);
	}
	if (code != EXIT_DONE)
		return code;
	filter.state = span_from(cli_option(cli, "state"));
	filter.kind = span_from(cli_option(cli, "kind"));
	filter.address_folded =
		text_fold_address(&cli->arena, span_from(cli_option(cli, "address")));
	filter.since_ms = day_instant(cli, "since", 0);
	filter.until_ms = day_instant(cli, "until", 1);
	if (!message_list(cli->db, &filter, &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	array = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, message_json(cli, &rows[i]));
	output_rows(&cli->output, array, list_columns, ARRAY_COUNT(list_columns), "no messages");
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- show */

static bool deliveries_add(struct cli *cli, int64_t id, json_t *object, struct error *err)
{
	json_t *array = json_array();
	struct message_delivery *rows;
	size_t count;

	json_object_set_new(object, "deliveries", array);
	if (!message_deliveries(cli->db, id, &cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		json_t *delivery = json_object();

		json_object_set_new(delivery, "mailbox", json_span_or_null(rows[i].mailbox));
		json_object_set_new(delivery, "folder", json_span_or_null(rows[i].folder));
		json_object_set_new(delivery, "source", json_span(rows[i].source));
		json_object_set_new(delivery, "outcome", json_span(rows[i].outcome));
		json_object_set_new(delivery, "uidvalidity", json_integer(rows[i].uidvalidity));
		json_object_set_new(delivery, "uid", json_integer(rows[i].uid));
		json_object_set_new(delivery, "received", cli_time(cli, rows[i].received_ms));
		json_object_set_new(delivery, "seen", cli_time(cli, rows[i].seen_ms));
		json_array_append_new(array, delivery);
	}
	return true;
}

static bool routes_add(struct cli *cli, int64_t id, json_t *object, struct error *err)
{
	json_t *array = json_array();
	struct route_row *rows;
	size_t count;

	json_object_set_new(object, "routes", array);
	if (!route_list(cli->db, id, &cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		json_t *route = json_object();

		json_object_set_new(route, "kind", json_span(rows[i].kind));
		json_object_set_new(route, "mailbox", json_span_or_null(rows[i].mailbox));
		json_object_set_new(route, "address", json_span_or_null(rows[i].address));
		json_object_set_new(route, "by", json_span_or_null(rows[i].decided_by));
		json_object_set_new(route, "state", json_span(rows[i].state));
		json_object_set_new(route, "rule", json_span_or_null(rows[i].rule));
		json_array_append_new(array, route);
	}
	return true;
}

static bool attachments_add(struct cli *cli, int64_t id, json_t *object, struct error *err)
{
	struct message_attachment *rows;
	json_t *array = json_array();
	char hex[DIGEST_HEX_SIZE];
	size_t count;

	json_object_set_new(object, "attachments", array);
	if (!message_attachments(cli->db, id, &cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		json_t *attachment = json_object();

		json_object_set_new(attachment, "filename", json_span_or_null(rows[i].filename));
		json_object_set_new(attachment, "content_type", json_span(rows[i].content_type));
		json_object_set_new(attachment, "size", json_integer(rows[i].size_bytes));
		json_object_set_new(
			attachment, "sha256", json_string(digest_hex(&rows[i].sha256, hex)));
		json_object_set_new(attachment, "decorative", json_boolean(rows[i].decorative));
		json_array_append_new(array, attachment);
	}
	return true;
}

/* The recipients and the text, from the facts as the parser read them. */
static bool facts_add(struct cli *cli, int64_t id, json_t *object, struct error *err)
{
	const char *const keys[] = {"to", "cc", "text"};
	struct buffer bytes = {0};
	struct facts facts;
	struct span frame;
	json_t *all;
	bool good;

	if (!message_facts_frame(cli->db, id, &cli->arena, &frame, err))
		return false;
	if (!frame.size)
		return true;
	good = compress_unpack(&bytes, frame, UNPACK_MAX_BYTES, err) &&
	       facts_read(buffer_span(&bytes), &cli->arena, &facts, err);
	buffer_done(&bytes);
	if (!good)
		return false;
	all = facts_json(&facts, NULL);
	for (size_t i = 0; i < ARRAY_COUNT(keys); i++)
		json_object_set(
			object, keys[i], json_object_get(json_object_get(all, "message"), keys[i]));
	json_decref(all);
	return true;
}

static const struct column record_columns[] = {
	{"id", "message", COLUMN_ID},
	{"message_id", "Message-ID", COLUMN_TEXT},
	{"state", "state", COLUMN_STATE},
	{"dead.stage", "failed at", COLUMN_TEXT},
	{"dead.error", "error", COLUMN_TEXT},
	{"from.name", "from", COLUMN_TEXT},
	{"from.address", "address", COLUMN_TEXT},
	{"subject", "subject", COLUMN_TEXT},
	{"date", "date", COLUMN_TIME},
	{"origin", "origin", COLUMN_TEXT},
	{"language", "language", COLUMN_TEXT},
	{"history", "history", COLUMN_FLAG},
	{"size_bytes", "bytes", COLUMN_TEXT},
};
static const struct column address_columns[] = {
	{"name", "name", COLUMN_TEXT},
	{"address", "address", COLUMN_TEXT},
};
static const struct column route_columns[] = {
	{"kind", "kind", COLUMN_TEXT},
	{"mailbox", "mailbox", COLUMN_TEXT},
	{"by", "by", COLUMN_TEXT},
	{"address", "address", COLUMN_TEXT},
	{"state", "state", COLUMN_STATE},
	{"rule", "rule", COLUMN_TEXT},
};
static const struct column delivery_columns[] = {
	{"mailbox", "mailbox", COLUMN_TEXT},
	{"folder", "folder", COLUMN_TEXT},
	{"uid", "UID", COLUMN_NUMBER},
	{"source", "source", COLUMN_TEXT},
	{"outcome", "outcome", COLUMN_TEXT},
	{"seen", "seen", COLUMN_TIME},
};
static const struct column attachment_columns[] = {
	{"filename", "file", COLUMN_TEXT},
	{"content_type", "type", COLUMN_TEXT},
	{"size", "bytes", COLUMN_NUMBER},
	{"decorative", "decorative", COLUMN_FLAG},
};
static const struct column text_columns[] = {
	{"text", "text", COLUMN_BLOCK},
};

static void show_print(struct cli *cli, json_t *object)
{
	const struct {
		const char *heading, *key;
		const struct column *columns;
		size_t count;
	} sections[] = {
		{"To", "to", address_columns, ARRAY_COUNT(address_columns)},
		{"Cc", "cc", address_columns, ARRAY_COUNT(address_columns)},
		{"Routes", "routes", route_columns, ARRAY_COUNT(route_columns)},
		{"Copies", "deliveries", delivery_columns, ARRAY_COUNT(delivery_columns)},
		{"Attachments", "attachments", attachment_columns, ARRAY_COUNT(attachment_columns)},
	};

	output_record(
		&cli->output, json_incref(object), record_columns, ARRAY_COUNT(record_columns));
	if (cli->output.json)
		return;
	for (size_t i = 0; i < ARRAY_COUNT(sections); i++)
		output_section(&cli->output, sections[i].heading,
			json_object_get(object, sections[i].key), sections[i].columns,
			sections[i].count);
	buffer_append_byte(&cli->output.text, '\n');
	output_record(&cli->output, json_incref(object), text_columns, ARRAY_COUNT(text_columns));
}

static enum exit_code run_show(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct message_row message;
	struct error err;
	json_t *object;
	bool good;

	if (code == EXIT_DONE)
		code = pick_message(cli, cli_argument(cli, 0), &message);
	if (code != EXIT_DONE)
		return code;
	object = message_json(cli, &message);
	good = facts_add(cli, message.id, object, &err) &&
	       routes_add(cli, message.id, object, &err) &&
	       deliveries_add(cli, message.id, object, &err) &&
	       attachments_add(cli, message.id, object, &err);
	if (good)
		show_print(cli, object);
	json_decref(object);
	return good ? EXIT_DONE : cli_fail(&err);
}

/* ---------------------------------------------------------------- raw */

static enum exit_code run_raw(struct cli *cli)
{
	struct buffer frame = {0}, mail = {0};
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct message_row message;
	struct error err;

	if (code == EXIT_DONE)
		code = pick_message(cli, cli_argument(cli, 0), &message);
	if (code != EXIT_DONE)
		return code;
	if (!message_raw_frame(cli->db, message.id, &frame, &err))
		code = cli_fail(&err);
	else if (frame.size == 0)
		code = cli_not_found(
			"message #%" PRId64 ": its raw bytes are not kept (any more)", message.id);
	else if (!compress_unpack(&mail, buffer_span(&frame), UNPACK_MAX_BYTES, &err))
		code = cli_fail(&err);
	else
		output_raw(&cli->output, buffer_span(&mail));
	buffer_done(&frame);
	buffer_done(&mail);
	return code;
}

/* ---------------------------------------------------------------- moving */

/* --from, else the one contact on whom the message stands. */
static enum exit_code pick_from(struct cli *cli, int64_t message_id, int64_t *contact_id)
{
	const struct activity_filter filter = {.message_id = message_id};
	struct contact contact;
	struct activity *rows;
	struct error err;
	enum exit_code code;
	size_t count;

	*contact_id = 0;
	if (cli_option(cli, "from")) {
		code = pick_contact(cli, cli_option(cli, "from"), &contact);
		*contact_id = code == EXIT_DONE ? contact.id : 0;
		return code;
	}
	if (!activity_list(cli->db, &filter, &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	for (size_t i = 0; i < count; i++) {
		if (!rows[i].contact_id)
			continue;
		if (*contact_id)
			return cli_usage("the message stands on several contacts: say which with "
					 "--from (postroom message show %" PRId64 ")",
				message_id);
		*contact_id = rows[i].contact_id;
	}
	if (!*contact_id)
		return cli_not_found("message #%" PRId64 " stands on no contact", message_id);
	return EXIT_DONE;
}

static enum exit_code run_move(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct reassign_result result;
	struct operation operation;
	struct message_row message;
	struct contact to;
	struct error err;
	int64_t from = 0;

	if (code == EXIT_DONE && !cli_option(cli, "to"))
		return cli_usage("say with --to who it is about");
	if (code == EXIT_DONE)
		code = pick_message(cli, cli_argument(cli, 0), &message);
	if (code == EXIT_DONE)
		code = pick_contact(cli, cli_option(cli, "to"), &to);
	if (code == EXIT_DONE)
		code = pick_from(cli, message.id, &from);
	if (code != EXIT_DONE)
		return code;
	if (from == to.id)
		return cli_usage("the message stands on %.*s already", SPAN_ARG(to.name));
	if (!change_begin(cli, message.subject, &operation, &err))
		return cli_fail(&err);
	if (!change_end(cli, &operation,
		    reassign_message(&operation, message.id, from, to.id, &result, &err), &err))
		return cli_fail(&err);
	change_report(cli, operation.id, NULL, "message #%" PRId64 " stands on %.*s now",
		message.id, SPAN_ARG(to.name));
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- the table */

static const struct command_argument one_argument[] = {
	{.name = "MESSAGE", .type = VALUE_MESSAGE},
	{0},
};
static const struct command_option list_options[] = {
	{"state", "STATE", VALUE_CHOICE, "in which state",
		"received|dead|quarantined|waiting|filed|ignored|erased"},
	{"mailbox", "NAME", VALUE_MAILBOX, "that came by this mailbox", NULL},
	{"kind", "KIND", VALUE_CHOICE, "decided for this kind",
		"capture|invoices|leads|support|actions"},
	{"address", "ADDRESS", VALUE_TEXT, "from or to this address", NULL},
	{"since", "DATE", VALUE_DATE, "of this day or later", NULL},
	{"until", "DATE", VALUE_DATE, "of this day or earlier", NULL},
	{0},
};
static const struct command_option move_options[] = {
	{"to", "CONTACT", VALUE_CONTACT, "who it is about", NULL},
	{"from", "CONTACT", VALUE_CONTACT, "on whom it stands, where that is not one alone", NULL},
	{0},
};
static const struct command_example move_examples[] = {
	{"postroom message move 12 --to anna", "It was about Anna"},
	{0},
};
static const struct command_example raw_examples[] = {
	{"postroom message raw 12 > mail.eml", "The mail, byte for byte"},
	{0},
};
static const struct command_example list_examples[] = {
	{"postroom message list --state dead", "What could not be processed, and why"},
	{0},
};

const struct command message_commands[] = {
	{
		.noun = "message",
		.verb = "list",
		.summary = "List messages, the newest first",
		.options = list_options,
		.examples = list_examples,
		.flags = COMMAND_JSON | COMMAND_PAGES,
		.run = run_list,
	},
	{
		.noun = "message",
		.verb = "show",
		.summary = "Show one message: text, routes, copies, attachments",
		.description = "By its number or its Message-ID.",
		.arguments = one_argument,
		.flags = COMMAND_JSON,
		.examples =
			EXAMPLE("postroom message show 12", "What it says and where it was filed"),
		.run = run_show,
	},
	{
		.noun = "message",
		.verb = "move",
		.summary = "File a message on another contact",
		.description =
			"Its activities and tasks go to that contact; nothing is learnt. For "
			"all mails of an address: postroom contact unlearn.",
		.arguments = one_argument,
		.options = move_options,
		.examples = move_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = run_move,
	},
	{
		.noun = "message",
		.verb = "raw",
		.summary = "Write a message's raw bytes to standard output",
		.description = "Exactly as they came; to a terminal, control characters are shown "
			       "instead of obeyed.",
		.arguments = one_argument,
		.examples = raw_examples,
		.run = run_raw,
	},
	{0},
};
