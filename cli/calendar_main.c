/*
 * calendar_main.c - postroom-calendar, which `postroom calendar export` turns into: the same that
 * the feed serves, as a file. It reads the same command line by the same table.
 */
#include "calendar/feed.h"
#include "calendar/vdir.h"
#include "cli/calendar_pick.h"

static enum exit_code write_text(struct cli *cli, const struct calendar_feed *feed)
{
	struct error err;
	size_t items;

	if (calendar_render(cli->db, feed, &cli->output.text, &items, &err))
		return EXIT_DONE;
	buffer_clear(&cli->output.text);
	return cli_fail(&err);
}

static enum exit_code write_folder(
	struct cli *cli, const struct calendar_feed *feed, const char *directory)
{
	struct vdir_counts counts;
	struct error err;

	if (!vdir_write(cli->db, feed, directory, &counts, &err))
		return cli_fail(&err);
	output_line(&cli->output, "%s: %zu written, %zu removed, %zu unchanged", directory,
		counts.written, counts.removed, counts.unchanged);
	return EXIT_DONE;
}

static enum exit_code run_export(struct cli *cli)
{
	struct calendar_options options =
		calendar_options_default(cli_flag(cli, "tasks") ? CALENDAR_TASKS : CALENDAR_EVENTS);
	struct calendar_subject subject;
	struct calendar_now now;
	enum exit_code code;
	const char *directory = cli_option(cli, "vdir");
	struct error err;
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
	return directory ? write_folder(cli, &now.feed, directory) : write_text(cli, &now.feed);
}

int main(int argc, char **argv)
{
	return cli_main(argc, argv, run_export);
}
