/*
 * backup.c - `postroom backup` and `postroom restore`.
 */
#include "store/backup.h"

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "cli/progress.h"
#include "ingest/erase.h"

/* The store's progress takes no context: there is one backup a run. */
static struct progress progress;

static void pages_done(int64_t done, int64_t total)
{
	progress_draw(&progress, done, "pages", done, total);
}

static enum exit_code run_backup(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_READ); /* there must be one */
	const char *file = cli_argument(cli, 0);
	struct error err;
	bool good;

	if (code == EXIT_DONE)
		code = cli_open_db(cli, DB_WRITE); /* to remember when it was */
	if (code != EXIT_DONE)
		return code;
	progress_begin(&progress);
	good = backup_write(cli->db, file, pages_done, &err);
	progress_end(&progress);
	if (!good)
		return cli_fail(&err);
	if (cli->output.json)
		output_json(&cli->output, json_pack("{s:o}", "file", json_span(span_from(file))),
			false);
	message_print("%s: written", file);
	return EXIT_DONE;
}

static enum exit_code run_restore(struct cli *cli)
{
	enum exit_code code = cli_load_config(cli);
	const char *file = cli_argument(cli, 0);
	struct erased *erased;
	struct erase_from from;
	struct error err;
	bool good;

	if (code != EXIT_DONE)
		return code;
	if (!cli_confirm(
		    cli, "Replace the database by the backup (the old one is kept beside it)?"))
		return EXIT_FAILED;
	if (!erased_open(cli->config->state_directory, &erased, &err))
		return cli_fail(&err);
	from = (struct erase_from){cli->config, erased, cli->actor};
	good = backup_restore(cli->config->state_directory, file,
		erased_is_empty(erased) ? NULL : erase_from_copy, &from, &err);
	erased_close(erased);
	if (!good)
		return cli_fail(&err);
	message_print("%s: in place", file);
	return EXIT_DONE;
}

static const struct command_argument file_argument[] = {
	{.name = "FILE", .type = VALUE_FILE},
	{0},
};
static const struct command_example backup_examples[] = {
	{"postroom backup /srv/backup/postroom-$(date +%F).db", "Fit for cron"},
	{0},
};

const struct command backup_commands[] = {
	{
		.noun = "backup",
		.summary = "Write a consistent copy of the database, while the daemon runs",
		.arguments = file_argument,
		.examples = backup_examples,
		.flags = COMMAND_JSON,
		.run = run_backup,
	},
	{0},
};

const struct command restore_commands[] = {
	{
		.noun = "restore",
		.summary = "Put a backup in the database's place, with the daemon stopped",
		.description = "The backup is checked first. The old database is kept beside the "
			       "new one under a dated name. Who was erased since the backup was "
			       "made does not come back.",
		.arguments = file_argument,
		.flags = COMMAND_ASKS,
		.examples = EXAMPLE("postroom restore /srv/backup/postroom.db --yes",
			"The daemon is stopped; the old database is kept"),
		.run = run_restore,
	},
	{0},
};
