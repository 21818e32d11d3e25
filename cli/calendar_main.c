/*
 * calendar_main.c - postroom-calendar, which `postroom calendar export` turns into: the same that
 * the feed serves, as a file. It reads the same command line by the same table.
 */
#include "calendar/feed.h"
#include "cli/calendar_pick.h"

static enum exit_code run_export(struct cli *cli)
{
	struct calendar_options options =
		calendar_options_default(cli_flag(cli, "tasks") ? CALENDAR_TASKS : CALENDAR_EVENTS);
	struct calendar_subject subject;
	struct calendar_now now;
	enum exit_code code;
	struct error err;
	size_t items;
	bool found;

	code = cli_open_db(cli, DB_READ);
	if (code == EXIT_DONE)
		code = calendar_pick(cli, &subject, &options);
	if (code != EXIT_DONE)
		return code;
	if (!calendar_subscription(cli->db, cli->config, &subject, &options, cli->now_ms,
		    &cli->arena, &now, &found, &err))
		return cli_fail(&err);
	if (!found)
		return cli_not_found("%.*s has no calendar: %s does not name it",
			SPAN_ARG(subject.name), cli->config->path);
	if (!calendar_render(cli->db, &now.feed, &cli->output.text, &items, &err)) {
		buffer_clear(&cli->output.text);
		return cli_fail(&err);
	}
	return EXIT_DONE;
}

int main(int argc, char **argv)
{
	return cli_main(argc, argv, run_export);
}
