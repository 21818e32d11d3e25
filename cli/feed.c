/*
 * feed.c - `postroom feed`: the secret addresses at which calendars are fetched. An address is
 * printed once; the record keeps only its hash.
 */
#include "store/feed.h"

#include <inttypes.h>
#include <string.h>

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
	{"last_fetch", "last fetched", COLUMN_TIME},
	{"last_status", "got", COLUMN_NUMBER},
	{"last_client", "by", COLUMN_TEXT},
	{"fetches", "fetches", COLUMN_NUMBER},
};

static json_t *feed_json(struct cli *cli, const struct feed_row *row)
{
	json_t *object = json_object();

	json_object_set_new(object, "id", json_integer(row->id));
	json_object_set_new(object, "scope", json_span(row->scope));
	json_object_set_new(object, "name", json_span(row->name));
	json_object_set_new(object, "created", cli_time(cli, row->created_ms));
	json_object_set_new(object, "revoked", cli_time(cli, row->revoked_ms));
	json_object_set_new(object, "last_fetch", cli_time(cli, row->last_fetch_ms));
	json_object_set_new(object, "last_client", json_span_or_null(row->last_client));
	json_object_set_new(object, "last_status", json_id(row->last_status));
	json_object_set_new(object, "fetches", json_integer(row->fetches));
	return object;
}

static enum exit_code run_list(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct feed_row *rows;
	struct error err;
	json_t *array;
	size_t count;

	if (code != EXIT_DONE)
		return code;
	if (!feed_list(cli->db, &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	array = json_array();
	for (size_t i = 0; i < count; i++) {
		if (!rows[i].revoked_ms || cli_flag(cli, "all"))
			json_array_append_new(array, feed_json(cli, &rows[i]));
	}
	output_rows(&cli->output, array, list_columns, ARRAY_COUNT(list_columns), "no feeds");
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- add */

static const struct config_team *team_find(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->team_count; i++) {
		if (strcmp(config->teams[i].name, name) == 0)
			return &config->teams[i];
	}
	return NULL;
}

/* Where clients reach us: as configured, else where we listen. */
static struct span feed_url(struct cli *cli, const char *token, const char *file)
{
	const struct config *config = cli->config;

	if (config->feed_base_url)
		return arena_format(
			&cli->arena, "%s/feed/%s/%s", config->feed_base_url, token, file);
	return arena_format(&cli->arena, "http://%s/feed/%s/%s",
		config->feed_listen ? config->feed_listen : "localhost", token, file);
}

/* Some clients take webcal: to mean "subscribe to this" (https: behind it). */
static struct span webcal_url(struct cli *cli, struct span url)
{
	ptrdiff_t colon = span_find_byte(url, ':');

	return arena_format(&cli->arena, "webcal%.*s",
		SPAN_ARG(span_after(url, colon > 0 ? (size_t)colon : 0)));
}

static void urls_print(struct cli *cli, const char *token, json_t *object)
{
	struct span events = feed_url(cli, token, "events.ics");
	struct span tasks = feed_url(cli, token, "tasks.ics");

	json_object_set_new(object, "events", json_span(events));
	json_object_set_new(object, "tasks", json_span(tasks));
	json_object_set_new(object, "webcal", json_span(webcal_url(cli, events)));
	output_line(&cli->output, "%.*s", SPAN_ARG(events));
	output_line(&cli->output, "%.*s", SPAN_ARG(webcal_url(cli, events)));
	output_line(&cli->output, "%.*s", SPAN_ARG(tasks));
}

static enum exit_code add(struct cli *cli, struct span scope, struct span name)
{
	char token[FEED_TOKEN_SIZE];
	struct operation operation;
	struct digest hash;
	struct error err;
	json_t *object;
	int64_t id = 0;

	feed_token_new(token);
	hash = feed_token_hash(span_from(token));
	if (!change_begin(cli, name, &operation, &err))
		return cli_fail(&err);
	if (!change_end(cli, &operation, feed_add(&operation, scope, name, &hash, &id, &err), &err))
		return cli_fail(&err);
	object = json_object();
	json_object_set_new(object, "id", operation.id ? json_integer(id) : json_null());
	if (operation.id)
		urls_print(cli, token, object);
	change_report(cli, operation.id, object,
		"feed #%" PRId64 " for %.*s %.*s; its address is "
		"shown this once: whoever knows it can read the calendar",
		id, SPAN_ARG(scope), SPAN_ARG(name));
	if (!cli->config->feed_listen)
		message_print("no feed is served yet: set feed.listen in %s", cli->config->path);
	return EXIT_DONE;
}

static enum exit_code run_add(struct cli *cli)
{
	const char *word = cli_argument(cli, 0), *team = cli_option(cli, "team");
	struct user_row user;
	enum exit_code code;

	if (!word == !team)
		return cli_usage("name the USER, or a team with --team NAME");
	code = cli_open_intake(cli);
	if (code != EXIT_DONE)
		return code;
	if (team) {
		if (!team_find(cli->config, team))
			return cli_not_found(
				"there is no team `%s` in %s", team, cli->config->path);
		return add(cli, SPAN("team"), span_from(team));
	}
	code = pick_user(cli, word, &user);
	if (code == EXIT_DONE && !user.id)
		return cli_usage("name a USER");
	return code == EXIT_DONE ? add(cli, SPAN("user"), user.name) : code;
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
	{.name = "USER", .type = VALUE_USER, .optional = true},
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
	{"team", "NAME", VALUE_TEXT, "for everybody of a team", NULL},
	{0},
};
static const struct command_example add_examples[] = {
	{"postroom feed add anna", "A calendar address for Anna, to paste into her calendar"},
	{0},
};

const struct command feed_commands[] = {
	{
		.noun = "feed",
		.verb = "list",
		.summary = "List calendar addresses, who fetched them and what they got",
		.options = list_options,
		.flags = COMMAND_JSON,
		.run = run_list,
	},
	{
		.noun = "feed",
		.verb = "add",
		.summary = "Make a secret calendar address for a user or a team",
		.description = "The address is printed once and stored as a hash: nobody can look "
			       "it up again. Lost or leaked: revoke it and make another.",
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
		.run = run_revoke,
	},
	{0},
};
