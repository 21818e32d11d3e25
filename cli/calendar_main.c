/*
 * calendar_main.c - postroom-calendar, which `postroom calendar export` turns into: the same that
 * the feed serves, as a file. It reads the same command line by the same table.
 */
#include <string.h>

#include "base/zone.h"
#include "calendar/feed.h"
#include "cli/cli.h"
#include "cli/pick.h"

/* Ids of the team's users that the record knows. */
static enum exit_code team_users(struct cli *cli, const char *name, int64_t **ids, size_t *count)
{
	const struct config_team *team = NULL;
	struct error err;

	for (size_t i = 0; i < cli->config->team_count; i++) {
		if (strcmp(cli->config->teams[i].name, name) == 0)
			team = &cli->config->teams[i];
	}
	if (!team)
		return cli_not_found("there is no team `%s` in %s", name, cli->config->path);
	*ids = arena_array(&cli->arena, int64_t, team->users.count + 1);
	*count = 0;
	for (size_t i = 0; i < team->users.count; i++) {
		int64_t id;

		if (!user_find(cli->db, span_from(team->users.items[i]), &id, &err))
			return cli_fail(&err);
		if (id)
			(*ids)[(*count)++] = id;
	}
	return EXIT_DONE;
}

static enum exit_code user_one(struct cli *cli, const char *word, struct calendar_feed *feed)
{
	const struct config_user *configured;
	struct user_row user;
	enum exit_code code = pick_user(cli, word, &user);
	int64_t *ids = arena_array(&cli->arena, int64_t, 1);

	if (code != EXIT_DONE)
		return code;
	ids[0] = user.id;
	feed->user_ids = ids;
	feed->user_count = 1;
	feed->title = user.full_name.size ? user.full_name : user.name;
	configured = config_user(cli->config, arena_string(&cli->arena, user.name));
	if (configured && configured->zone)
		feed->zone = configured->zone;
	return EXIT_DONE;
}

static enum exit_code feed_describe(struct cli *cli, struct calendar_feed *feed)
{
	const char *word = cli_argument(cli, 0), *team = cli_option(cli, "team");
	enum exit_code code;
	int64_t *ids = NULL;

	*feed = (struct calendar_feed){
		.kind = cli_flag(cli, "tasks") ? CALENDAR_TASKS : CALENDAR_EVENTS,
		.instance = cli->config->instance,
		.zone = cli->config->zone,
		.alarms = cli_flag(cli, "alarms"),
		.local_times = cli_flag(cli, "local-times"),
		.follow_up_length_ms = cli->config->follow_up_length_ms,
	};
	if (team) {
		feed->title = span_from(team);
		code = team_users(cli, team, &ids, &feed->user_count);
		feed->user_ids = ids;
	} else {
		code = user_one(cli, word, feed);
	}
	return code;
}

static enum exit_code run_export(struct cli *cli)
{
	struct calendar_content content;
	struct calendar_feed feed;
	enum exit_code code;
	struct error err;

	code = cli_open_db(cli, DB_READ);
	if (code == EXIT_DONE)
		code = feed_describe(cli, &feed);
	if (code != EXIT_DONE)
		return code;
	feed.today = zone_local(feed.zone, cli->now_ms).date;
	if (!calendar_render(cli->db, &feed, &cli->output.text, &content, &err)) {
		buffer_clear(&cli->output.text);
		return cli_fail(&err);
	}
	return EXIT_DONE;
}

int main(int argc, char **argv)
{
	return cli_main(argc, argv, run_export);
}
