#include "cli/calendar_pick.h"

#include <string.h>

#include "cli/pick.h"

static bool team_is_known(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->team_count; i++)
		if (strcmp(config->teams[i].name, name) == 0)
			return true;
	return false;
}

static enum exit_code pick_days(struct cli *cli, const char *option, int *days)
{
	int64_t number = cli_number(cli, option);

	if (!cli_option(cli, option))
		return EXIT_DONE;
	if (number > CALENDAR_WINDOW_MAX_DAYS)
		return cli_usage("--%s: at most %d", option, CALENDAR_WINDOW_MAX_DAYS);
	*days = (int)number;
	return EXIT_DONE;
}

enum exit_code calendar_pick(
	struct cli *cli, struct calendar_subject *subject, struct calendar_options *options)
{
	const char *word = cli_argument(cli, 0), *team = cli_option(cli, "team"),
		   *board = cli_option(cli, "board");
	struct user_row user;
	enum exit_code code;

	options->alarms = cli_flag(cli, "alarms");
	options->local_times = cli_flag(cli, "local-times");
	code = pick_days(cli, "days-before", &options->before_days);
	if (code == EXIT_DONE)
		code = pick_days(cli, "days-after", &options->after_days);
	if (code != EXIT_DONE)
		return code;
	if (!!word + !!team + !!board != 1)
		return cli_usage(
			"name the USER, or a team with --team NAME, or a board with --board BOARD");
	if (board) {
		*subject = (struct calendar_subject){SPAN("board"), span_from(board)};
		return EXIT_DONE;
	}
	if (team) {
		*subject = (struct calendar_subject){SPAN("team"), span_from(team)};
		return team_is_known(cli->config, team)
			       ? EXIT_DONE
			       : cli_not_found(
					 "there is no team `%s` in %s", team, cli->config->path);
	}
	code = pick_user(cli, word, &user);
	if (code == EXIT_DONE && !user.id)
		return cli_not_found("there is no user `%s`; see: postroom user list", word);
	*subject = (struct calendar_subject){SPAN("user"), user.name};
	return code;
}
