/*
 * mailbox.c - `postroom mailbox`: what the readers reported, and where they are.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/process.h"
#include "cli/cli.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "cli/pick.h"
#include "cli/records.h"
#include "ingest/status.h"
#include "store/mailbox.h"
#include "store/setting.h"

static const struct column columns[] = {
	{"name", "mailbox", COLUMN_TEXT},
	{"kind", "kind", COLUMN_TEXT},
	{"state", "state", COLUMN_STATE},
	{"last_success", "last success", COLUMN_TIME},
	{"waits_for", "waits for", COLUMN_TEXT},
	{"last_error", "last error", COLUMN_TEXT},
	{"last_error_at", "at", COLUMN_TIME},
};

static const struct column show_columns[] = {
	{"name", "mailbox", COLUMN_TEXT},
	{"kind", "kind", COLUMN_TEXT},
	{"state", "state", COLUMN_STATE},
	{"last_success", "last success", COLUMN_TIME},
	{"waits_for", "waits for", COLUMN_TEXT},
	{"last_error", "last error", COLUMN_TEXT},
	{"last_error_at", "at", COLUMN_TIME},
	{"login", "login", COLUMN_TEXT},
};

static enum exit_code run_list(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct error err;
	json_t *array;

	if (code != EXIT_DONE)
		return code;
	if (!status_mailboxes(cli->db, cli->config, &array, &err))
		return cli_fail(&err);
	output_rows(
		&cli->output, array, columns, ARRAY_COUNT(columns), "no mailboxes are configured");
	return EXIT_DONE;
}

static const struct column folder_columns[] = {
	{"folder", "folder", COLUMN_TEXT},
	{"uidvalidity", "UIDVALIDITY", COLUMN_NUMBER},
	{"last_uid", "last UID", COLUMN_NUMBER},
};

static enum exit_code run_show(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_READ);
	const struct config_mailbox *mailbox;
	struct error err;
	json_t *array, *object;

	if (code == EXIT_DONE)
		code = pick_mailbox(cli, cli_argument(cli, 0), &mailbox);
	if (code != EXIT_DONE)
		return code;
	if (!status_mailboxes(cli->db, cli->config, &array, &err))
		return cli_fail(&err);
	object = json_array_get(array, (size_t)(mailbox - cli->config->mailboxes));
	output_record(&cli->output, json_incref(object), show_columns, ARRAY_COUNT(show_columns));
	output_section(&cli->output, "Folders", json_object_get(object, "cursor"), folder_columns,
		ARRAY_COUNT(folder_columns));
	json_decref(array);
	return EXIT_DONE;
}

static bool retry_ask(struct cli *cli, const char *mailbox, struct error *err)
{
	struct span name = arena_format(&cli->arena, MAILBOX_RETRY_SETTING "%s", mailbox);
	struct span now = arena_format(&cli->arena, "%" PRId64, cli->now_ms);

	if (!db_begin_write(cli->db, err))
		return false;
	if (setting_set(cli->db, name.data, now, err))
		return db_commit(cli->db, err);
	db_rollback(cli->db);
	return false;
}

static enum exit_code run_retry(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	const struct config_mailbox *mailbox;
	struct error err;

	if (code == EXIT_DONE)
		code = pick_mailbox(cli, cli_argument(cli, 0), &mailbox);
	if (code != EXIT_DONE)
		return code;
	if (!retry_ask(cli, mailbox->name, &err))
		return cli_fail(&err);
	message_print("%s: the daemon tries again within seconds; see: postroom mailbox show %s",
		mailbox->name, mailbox->name);
	return EXIT_DONE;
}

/* The daemon's program logs in and counts; no command opens a connection itself. */
static enum exit_code run_preview(struct cli *cli)
{
	enum exit_code code = cli_load_config(cli);
	const struct config_mailbox *mailbox;
	char program[PATH_MAX];
	struct error err;

	if (code == EXIT_DONE)
		code = pick_mailbox(cli, cli_argument(cli, 0), &mailbox);
	if (code != EXIT_DONE)
		return code;
	if (!process_sibling("postroomd", program, sizeof program, &err))
		return cli_fail(&err);
	execl(program, "postroomd", "--config", cli->config->path, "--preview", mailbox->name,
		(char *)NULL);
	error_set_errno(&err, ERROR_TEMPORARY, errno, "%s", program);
	return cli_fail(&err);
}

/* Its own exit status, or EXIT_FAILED when it did not come to one. */
static enum exit_code wait_for(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? (enum exit_code)WEXITSTATUS(status) : EXIT_FAILED;
}

/* The daemon's program asks the provider; it writes on our terminal, and reads from it. */
static enum exit_code run_daemon_login(struct cli *cli, const char *mailbox)
{
	char program[PATH_MAX];
	struct error err;
	pid_t pid;

	if (!process_sibling("postroomd", program, sizeof program, &err))
		return cli_fail(&err);
	pid = fork();
	if (pid == 0) {
		execl(program, "postroomd", "--config", cli->config->path, "--login", mailbox,
			cli_flag(cli, "refresh-token") ? "--refresh-token" : (char *)NULL,
			(char *)NULL);
		_exit(EXIT_FAILED);
	}
	if (pid < 0) {
		error_set_errno(&err, ERROR_TEMPORARY, errno, "%s", program);
		return cli_fail(&err);
	}
	return wait_for(pid);
}

/* Then the daemon, which may be waiting for just this, tries again at once. */
static enum exit_code run_login(struct cli *cli)
{
	enum exit_code code = cli_load_config(cli);
	const struct config_mailbox *mailbox;
	struct error err;

	if (code == EXIT_DONE)
		code = pick_mailbox(cli, cli_argument(cli, 0), &mailbox);
	if (code == EXIT_DONE)
		code = run_daemon_login(cli, mailbox->name);
	if (code != EXIT_DONE)
		return code;
	if (access(arena_format(&cli->arena, "%s/postroom.db", cli->config->state_directory).data,
		    F_OK) != 0)
		return EXIT_DONE; /* the daemon has not run yet */
	code = cli_open_intake(cli);
	if (code == EXIT_DONE && !retry_ask(cli, mailbox->name, &err))
		return cli_fail(&err);
	return code;
}

static const struct command_option login_options[] = {
	{.name = "refresh-token",
		.help = "Take a refresh token from stdin, for a provider without device codes"},
	{0},
};

static const struct command_example login_examples[] = {
	{"sudo -u postroom postroom mailbox login crm",
		"Prints an address and a code to enter there, and waits until you did"},
	{0},
};

static const struct command_example preview_examples[] = {
	{"sudo -u postroom postroom mailbox preview crm",
		"What the first start would bring, as the user who may read the password"},
	{0},
};

static const struct command_argument one_argument[] = {
	{.name = "MAILBOX", .type = VALUE_MAILBOX},
	{0},
};

const struct command mailbox_commands[] = {
	{
		.noun = "mailbox",
		.verb = "list",
		.summary = "List the configured mailboxes and how they do",
		.flags = COMMAND_JSON,
		.examples = EXAMPLE(
			"postroom mailbox list", "What each reader does, and its last error"),
		.run = run_list,
	},
	{
		.noun = "mailbox",
		.verb = "show",
		.summary = "Show one mailbox with its folders' cursors",
		.arguments = one_argument,
		.flags = COMMAND_JSON,
		.examples = EXAMPLE("postroom mailbox show crm", "One mailbox with its folders"),
		.run = run_show,
	},
	{
		.noun = "mailbox",
		.verb = "preview",
		.summary = "Log in and count the mails that a first start would read",
		.description = "Nothing is fetched and nothing is changed. With `since` it says "
			       "how many are newer and open something; the others are filed as "
			       "history. It needs the mailbox's password, which as a rule only "
			       "the daemon's user may read.",
		.arguments = one_argument,
		.examples = preview_examples,
		.run = run_preview,
	},
	{
		.noun = "mailbox",
		.verb = "login",
		.summary = "Log in to a mailbox's OAuth provider, once",
		.description =
			"For mailboxes with `oauth: {grant: refresh-token}`. You enter the code on "
			"any device and log in there as the mailbox's user; the refresh token is "
			"stored for the daemon, renewed by itself, and shown nowhere. The daemon "
			"then tries the mailbox at once. It writes where only the daemon's user "
			"may, so run it as that user.",
		.arguments = one_argument,
		.options = login_options,
		.examples = login_examples,
		.run = run_login,
	},
	{
		.noun = "mailbox",
		.verb = "retry",
		.summary = "Let the daemon try a mailbox again now",
		.description = "For one that waits: after a refused password, say, that was put "
			       "right.",
		.arguments = one_argument,
		.examples = EXAMPLE("postroom mailbox retry crm", "The password was put right"),
		.run = run_retry,
	},
	{0},
};
