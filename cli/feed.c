/*
 * feed.c - `postroom feed`: the secret addresses at which calendars are fetched. An address is
 * printed once; the record keeps only its hash.
 */
#include "store/feed.h"

#include <inttypes.h>
#include <string.h>

#include "cli/calendar_pick.h"
#include "cli/change.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "cli/pick.h"
#include "store/feed_token.h"

static const struct column list_columns[] = {
	{"id", "id", COLUMN_ID},
	{"scope", "for", COLUMN_TEXT},
	{"name", "name", COLUMN_TEXT},
	{"created", "since", COLUMN_TIME},
	{"revoked", "revoked", COLUMN_TIME},
	{"client", "client", COLUMN_TEXT},
	{"calendar", "calendar", COLUMN_TEXT},
	{"fetched", "last fetched", COLUMN_TIME},
	{"got", "got", COLUMN_TEXT},
	{"fetches", "fetches", COLUMN_NUMBER},
};

/* In words what a client got the last time. */
static struct span got_words(struct cli *cli, const struct feed_client *client)
{
	const char *plural = client->items == 1 ? "" : "s";

	if (client->status == 304)
		return arena_format(
			&cli->arena, "nothing new, %" PRId64 " item%s", client->items, plural);
	if (client->status == 200)
		return arena_format(&cli->arena, "%" PRId64 " item%s, %" PRId64 " bytes",
			client->items, plural, client->size_bytes);
	return arena_format(&cli->arena, "an error (%d)", client->status);
}

static json_t *client_json(struct cli *cli, const struct feed_client *client)
{
	json_t *object = json_object();

	json_object_set_new(object, "client", json_span(client->client));
	json_object_set_new(object, "calendar", json_span(client->calendar));
	json_object_set_new(object, "fetched", cli_time(cli, client->at_ms));
	json_object_set_new(object, "status", json_integer(client->status));
	json_object_set_new(object, "items", json_integer(client->items));
	json_object_set_new(object, "size_bytes", json_integer(client->size_bytes));
	json_object_set_new(object, "fetches", json_integer(client->fetches));
	json_object_set_new(object, "got", json_span(got_words(cli, client)));
	return object;
}

static json_t *feed_json(struct cli *cli, const struct feed_row *row)
{
	json_t *object = json_object();

	json_object_set_new(object, "id", json_integer(row->id));
	json_object_set_new(object, "scope", json_span(row->scope));
	json_object_set_new(object, "name", json_span(row->name));
	json_object_set_new(object, "created", cli_time(cli, row->created_ms));
	json_object_set_new(object, "revoked", cli_time(cli, row->revoked_ms));
	return object;
}

/* All clients of a feed, the latest first. */
static json_t *clients_json(struct cli *cli, const struct feed_row *feed,
	const struct feed_client *clients, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		if (clients[i].feed_id == feed->id)
			json_array_append_new(array, client_json(cli, &clients[i]));
	return array;
}

/* JSON has the clients of a feed in it, a table has a line for each. */
static void append_feed(struct cli *cli, json_t *array, const struct feed_row *row, json_t *clients)
{
	json_t *object = feed_json(cli, row), *client;
	size_t i;

	if (cli->output.json) {
		json_object_set_new(object, "last_fetch", cli_time(cli, row->last_fetch_ms));
		json_object_set_new(object, "last_client", json_span_or_null(row->last_client));
		json_object_set_new(object, "last_status", json_id(row->last_status));
		json_object_set_new(object, "fetches", json_integer(row->fetches));
		json_object_set_new(object, "clients", clients);
		json_array_append_new(array, object);
		return;
	}
	json_array_foreach(clients, i, client)
	{
		json_object_update(client, object);
		json_array_append(array, client);
	}
	if (json_array_size(clients) == 0)
		json_array_append(array, object);
	json_decref(object);
	json_decref(clients);
}

static enum exit_code run_list(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct feed_client *clients;
	size_t count, client_count;
	struct feed_row *rows;
	struct error err;
	json_t *array;

	if (code != EXIT_DONE)
		return code;
	if (!feed_list(cli->db, &cli->arena, &rows, &count, &err) ||
		!feed_client_list(cli->db, &cli->arena, &clients, &client_count, &err))
		return cli_fail(&err);
	array = json_array();
	for (size_t i = 0; i < count; i++) {
		if (!rows[i].revoked_ms || cli_flag(cli, "all"))
			append_feed(cli, array, &rows[i],
				clients_json(cli, &rows[i], clients, client_count));
	}
	output_rows(&cli->output, array, list_columns, ARRAY_COUNT(list_columns), "no feeds");
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- add */

/* Where clients reach us: as configured, else where we listen. The options stand in the query. */
static struct span feed_url(struct cli *cli, const char *token, const char *file,
	const struct calendar_options *options)
{
	struct span query = calendar_options_query(options, &cli->arena);
	const struct config *config = cli->config;

	if (config->feed_base_url)
		return arena_format(&cli->arena, "%s/feed/%s/%s%s%.*s", config->feed_base_url,
			token, file, query.size ? "?" : "", SPAN_ARG(query));
	return arena_format(&cli->arena, "http://%s/feed/%s/%s%s%.*s",
		config->feed_listen ? config->feed_listen : "localhost", token, file,
		query.size ? "?" : "", SPAN_ARG(query));
}

/* Some clients take webcal: to mean "subscribe to this" (https: behind it). */
static struct span webcal_url(struct cli *cli, struct span url)
{
	ptrdiff_t colon = span_find_byte(url, ':');

	return arena_format(&cli->arena, "webcal%.*s",
		SPAN_ARG(span_after(url, colon > 0 ? (size_t)colon : 0)));
}

static void urls_print(
	struct cli *cli, const char *token, const struct calendar_options *options, json_t *object)
{
	struct span events = feed_url(cli, token, "events.ics", options);
	struct span tasks = feed_url(cli, token, "tasks.ics", options);

	json_object_set_new(object, "events", json_span(events));
	json_object_set_new(object, "tasks", json_span(tasks));
	json_object_set_new(object, "webcal", json_span(webcal_url(cli, events)));
	output_line(&cli->output, "%.*s", SPAN_ARG(events));
	output_line(&cli->output, "%.*s", SPAN_ARG(webcal_url(cli, events)));
	output_line(&cli->output, "%.*s", SPAN_ARG(tasks));
}

static enum exit_code add(struct cli *cli, const struct calendar_subject *subject,
	const struct calendar_options *options)
{
	char token[FEED_TOKEN_SIZE];
	struct operation operation;
	struct digest hash;
	struct error err;
	json_t *object;
	int64_t id = 0;

	feed_token_new(token);
	hash = feed_token_hash(span_from(token));
	if (!change_begin(cli, subject->name, &operation, &err))
		return cli_fail(&err);
	if (!change_end(cli, &operation,
		    feed_add(&operation, subject->scope, subject->name, &hash, &id, &err), &err))
		return cli_fail(&err);
	object = json_object();
	json_object_set_new(object, "id", operation.id ? json_integer(id) : json_null());
	if (operation.id)
		urls_print(cli, token, options, object);
	change_report(cli, operation.id, object,
		"feed #%" PRId64 " for %.*s %.*s; its address is "
		"shown this once: whoever knows it can read the calendar",
		id, SPAN_ARG(subject->scope), SPAN_ARG(subject->name));
	if (!cli->config->feed_listen)
		message_print("no feed is served yet: set feed.listen in %s", cli->config->path);
	return EXIT_DONE;
}

static enum exit_code run_add(struct cli *cli)
{
	struct calendar_options options = calendar_options_default(CALENDAR_EVENTS);
	struct calendar_subject subject;
	enum exit_code code = cli_open_intake(cli);

	if (code == EXIT_DONE)
		code = calendar_pick(cli, &subject, &options);
	return code == EXIT_DONE ? add(cli, &subject, &options) : code;
}

static enum exit_code run_revoke(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct operation operation;
	struct error err;
	bool found, good;
	int64_t id;

	if (code != EXIT_DONE)
		return code;
	if (!pick_id(cli_argument(cli, 0), &id))
		return cli_usage(
			"`%s` is no feed's number; see: postroom feed list", cli_argument(cli, 0));
	if (!change_begin(cli, span_from(cli_argument(cli, 0)), &operation, &err))
		return cli_fail(&err);
	good = feed_revoke(&operation, id, &found, &err);
	if (good && !found) {
		db_rollback(cli->db);
		return cli_not_found("there is no feed #%" PRId64, id);
	}
	if (!change_end(cli, &operation, good, &err))
		return cli_fail(&err);
	change_report(
		cli, operation.id, NULL, "feed #%" PRId64 " is revoked: its address gives 404", id);
	return EXIT_DONE;
}

static const struct command_argument add_arguments[] = {
	CALENDAR_ARGUMENT,
	{0},
};
static const struct command_argument revoke_arguments[] = {
	{.name = "FEED", .type = VALUE_TEXT},
	{0},
};
static const struct command_option list_options[] = {
	{"all", NULL, VALUE_NONE, "revoked ones too", NULL},
	{0},
};
static const struct command_option add_options[] = {
	CALENDAR_OPTIONS,
	{0},
};
static const struct command_example add_examples[] = {
	{"postroom feed add anna", "A calendar address for Anna, to paste into her calendar"},
	{"postroom feed add --board finance --alarms",
		"Due invoices and the weekly run, with reminders"},
	{0},
};

const struct command feed_commands[] = {
	{
		.noun = "feed",
		.verb = "list",
		.summary = "List calendar addresses, who fetched them and what they got",
		.options = list_options,
		.flags = COMMAND_JSON,
		.examples = EXAMPLE(
			"postroom feed list", "Which addresses there are, and who fetches them"),
		.run = run_list,
	},
	{
		.noun = "feed",
		.verb = "add",
		.summary = "Make a secret calendar address for a user, a team or a board",
		.description = "The address is printed once and stored as a hash: nobody can look "
			       "it up again. Lost or leaked: revoke it and make another. The "
			       "options are part of the address (?alarms=1&before=90) and can be "
			       "changed in it.",
		.arguments = add_arguments,
		.options = add_options,
		.examples = add_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = run_add,
	},
	{
		.noun = "feed",
		.verb = "revoke",
		.summary = "Make a calendar address worthless",
		.arguments = revoke_arguments,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE("postroom feed revoke 1", "By its number in the list"),
		.run = run_revoke,
	},
	{0},
};
