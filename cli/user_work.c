/*
 * user_work.c - the verbs of `postroom user` that give work to others: away, back, handover, leave.
 */
#include <inttypes.h>

#include "cli/change.h"
#include "cli/json.h"
#include "cli/pick.h"
#include "cli/user.h"
#include "store/absence.h"
#include "store/feed.h"
#include "store/work.h"

/* Of an option that must be there. */
static enum exit_code pick_needed(
	struct cli *cli, const char *option, const char *what, struct user_row *user)
{
	const char *word = cli_option(cli, option);
	enum exit_code code;

	if (!word)
		return cli_usage("--%s says %s", option, what);
	code = pick_user(cli, word, user);
	if (code == EXIT_DONE && !user->id)
		return cli_usage("--%s names no user", option);
	return code;
}

static enum exit_code pick_argument(struct cli *cli, struct user_row *user)
{
	enum exit_code code = pick_user(cli, cli_argument(cli, 0), user);

	return code == EXIT_DONE && !user->id ? cli_usage("USER names nobody") : code;
}

/* ---------------------------------------------------------------- absences */

static json_t *absence_json(const struct absence *absence)
{
	json_t *object = json_object();

	json_object_set_new(object, "id", json_integer(absence->id));
	json_object_set_new(object, "user", json_span(absence->user_name));
	json_object_set_new(object, "from", cli_date_json(absence->from));
	json_object_set_new(object, "until", cli_date_json(absence->until));
	json_object_set_new(object, "stand_in", json_span(absence->stand_in_name));
	json_object_set_new(object, "state", json_span(absence->state));
	return object;
}

static const struct column absence_columns[] = {
	{"user", "user", COLUMN_TEXT},
	{"from", "from", COLUMN_TEXT},
	{"until", "until", COLUMN_TEXT},
	{"stand_in", "stand-in", COLUMN_TEXT},
	{"state", "state", COLUMN_STATE},
};

enum exit_code user_run_absences(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct absence *rows;
	struct error err;
	json_t *array;
	size_t count;

	if (code != EXIT_DONE)
		return code;
	if (!absence_list(cli->db, cli_flag(cli, "all"), &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	array = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, absence_json(&rows[i]));
	output_rows(&cli->output, array, absence_columns, ARRAY_COUNT(absence_columns),
		"nobody is away");
	return EXIT_DONE;
}

enum exit_code user_run_away(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct user_row user = {0}, stand_in = {0};
	struct absence absence = {.from = cli_date(cli, "from"), .until = cli_date(cli, "until")};
	int64_t id = 0, moved = 0;
	struct operation operation;
	char from[DATE_TEXT_SIZE], until[DATE_TEXT_SIZE];
	struct error err;
	json_t *object;
	bool good;

	if (code == EXIT_DONE)
		code = pick_argument(cli, &user);
	if (code == EXIT_DONE)
		code = pick_needed(cli, "to", "who stands in", &stand_in);
	if (code != EXIT_DONE)
		return code;
	if (!date_is_set(absence.until))
		return cli_usage("--until says the last day of the absence");
	if (!date_is_set(absence.from))
		absence.from = cli_today(cli);
	if (date_compare(absence.until, cli_today(cli)) < 0)
		return cli_usage("--until %s is over", date_text(absence.until, until));
	absence.user_id = user.id;
	absence.stand_in_id = stand_in.id;
	if (!change_begin(cli, user.name, &operation, &err))
		return cli_fail(&err);
	/* It begins today, perhaps: not only when the daemon looks next. */
	good = absence_add(&operation, &absence, &id, &err) &&
	       absence_apply(&operation, cli_today(cli), &moved, &err);
	if (!change_end(cli, &operation, good, &err))
		return cli_fail(&err);
	object = json_object();
	json_object_set_new(object, "id", json_id(operation.id ? id : 0));
	json_object_set_new(object, "moved", json_integer(moved));
	change_report(cli, operation.id, object,
		"%.*s is away from %s to %s, %.*s stands in; %" PRId64 " records moved",
		SPAN_ARG(user.name), date_text(absence.from, from), date_text(absence.until, until),
		SPAN_ARG(stand_in.name), moved);
	return EXIT_DONE;
}

/* The absence that he is in, else the next planned one. id 0: there is none. */
static bool absence_of(struct cli *cli, int64_t user_id, struct absence *absence, struct error *err)
{
	struct absence *rows;
	size_t count;

	*absence = (struct absence){0};
	if (!absence_list(cli->db, false, &cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count && !absence->id; i++)
		if (rows[i].user_id == user_id)
			*absence = rows[i];
	return true;
}

enum exit_code user_run_back(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct operation operation;
	struct user_row user = {0};
	struct absence absence;
	int64_t returned = 0;
	struct error err;
	json_t *object;
	bool good;

	if (code == EXIT_DONE)
		code = pick_argument(cli, &user);
	if (code != EXIT_DONE)
		return code;
	if (!absence_of(cli, user.id, &absence, &err))
		return cli_fail(&err);
	if (!absence.id)
		return cli_not_found(
			"%.*s is not away; see: postroom user absences", SPAN_ARG(user.name));
	if (!change_begin(cli, user.name, &operation, &err))
		return cli_fail(&err);
	good = absence_end(&operation, absence.id, &returned, &err);
	if (!change_end(cli, &operation, good, &err))
		return cli_fail(&err);
	object = json_object();
	json_object_set_new(object, "returned", json_integer(returned));
	change_report(cli, operation.id, object, "%.*s is back; %" PRId64 " records returned",
		SPAN_ARG(user.name), returned);
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- for good */

enum exit_code user_run_handover(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct user_row from = {0}, to = {0};
	struct operation operation;
	int64_t count = 0;
	struct error err;
	json_t *object;
	bool good;

	if (code == EXIT_DONE)
		code = pick_needed(cli, "from", "whose work it is", &from);
	if (code == EXIT_DONE)
		code = pick_needed(cli, "to", "who does it from now on", &to);
	if (code != EXIT_DONE)
		return code;
	if (from.id == to.id)
		return cli_usage("--from and --to name the same user");
	if (!change_begin(cli, from.name, &operation, &err))
		return cli_fail(&err);
	good = work_hand_over(&operation, from.id, to.id, WORK_ALL, &count, &err);
	if (!change_end(cli, &operation, good, &err))
		return cli_fail(&err);
	object = json_object();
	json_object_set_new(object, "moved", json_integer(count));
	change_report(cli, operation.id, object, "%" PRId64 " records of %.*s are %.*s's", count,
		SPAN_ARG(from.name), SPAN_ARG(to.name));
	return EXIT_DONE;
}

static bool feeds_revoke(struct cli *cli, struct operation *operation, struct span user,
	int64_t *revoked, struct error *err)
{
	struct feed_row *rows;
	size_t count;

	if (!feed_list(cli->db, &cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		bool found;

		if (rows[i].revoked_ms || !span_equal(rows[i].scope, SPAN("user")) ||
			!span_equal(rows[i].name, user))
			continue;
		if (!feed_revoke(operation, rows[i].id, &found, err))
			return false;
		*revoked += found;
	}
	return true;
}

static bool leave(struct cli *cli, struct operation *operation, const struct user_row *user,
	int64_t to, int64_t *moved, int64_t *revoked, struct error *err)
{
	struct absence absence;
	int64_t returned;

	/* What he gave away for his holidays comes back, to go to who has it for good. */
	do {
		if (!absence_of(cli, user->id, &absence, err) ||
			(absence.id && !absence_end(operation, absence.id, &returned, err)))
			return false;
	} while (absence.id);
	return work_hand_over(operation, user->id, to, WORK_ALL, moved, err) &&
	       feeds_revoke(cli, operation, user->name, revoked, err);
}

enum exit_code user_run_leave(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct user_row user = {0}, to = {0};
	int64_t moved = 0, revoked = 0;
	struct operation operation;
	struct error err;
	json_t *object;
	bool good;

	if (code == EXIT_DONE)
		code = pick_argument(cli, &user);
	if (code == EXIT_DONE)
		code = pick_needed(cli, "to", "who has the work from now on", &to);
	if (code != EXIT_DONE)
		return code;
	if (user.id == to.id)
		return cli_usage("USER and --to name the same user");
	if (!change_begin(cli, user.name, &operation, &err))
		return cli_fail(&err);
	good = leave(cli, &operation, &user, to.id, &moved, &revoked, &err);
	if (!change_end(cli, &operation, good, &err))
		return cli_fail(&err);
	object = json_object();
	json_object_set_new(object, "moved", json_integer(moved));
	json_object_set_new(object, "feeds", json_integer(revoked));
	change_report(cli, operation.id, object,
		"%" PRId64 " records of %.*s are %.*s's, %" PRId64
		" calendar addresses are revoked, what he did stays",
		moved, SPAN_ARG(user.name), SPAN_ARG(to.name), revoked);
	if (config_user(cli->config, arena_string(&cli->arena, user.name)))
		message_print("now take him out of `users` in %s, and reload the daemon",
			cli->config->path);
	return EXIT_DONE;
}
