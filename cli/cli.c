#include "cli/cli.h"

#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/zone.h"
#include "cli/help.h"
#include "cli/json.h"
#include "config/load.h"

/* ---------------------------------------------------------------- words */

const char *cli_option(const struct cli *cli, const char *name)
{
	return invocation_option(&cli->invocation, name);
}

bool cli_flag(const struct cli *cli, const char *name)
{
	return cli_option(cli, name) != NULL;
}

const char *cli_argument(const struct cli *cli, size_t index)
{
	return invocation_argument(&cli->invocation, index);
}

int64_t cli_number(const struct cli *cli, const char *option)
{
	const char *value = cli_option(cli, option);
	unsigned long long number = 0;

	if (value && !span_to_u64(span_from(value), INT64_MAX, &number))
		return 0;
	return (int64_t)number;
}

struct date cli_date(const struct cli *cli, const char *option)
{
	const char *value = cli_option(cli, option);
	struct date date = {0};

	if (value && !date_from_text(span_from(value), &date))
		return (struct date){0};
	return date;
}

struct db_page cli_page(const struct cli *cli)
{
	int64_t limit = cli_number(cli, "limit");

	return (struct db_page){.after_id = cli_number(cli, "after"),
		.limit = limit > 1000000 ? 1000000 : (int)limit};
}

/* ---------------------------------------------------------------- ends */

enum exit_code cli_fail(const struct error *err)
{
	message_print("%s", err->text);
	return exit_of(err->kind);
}

static void say(const char *format, va_list values)
{
	char text[1024];

	vsnprintf(text, sizeof text, format, values);
	message_print("%s", text);
}

enum exit_code cli_not_found(const char *format, ...)
{
	va_list values;

	va_start(values, format);
	say(format, values);
	va_end(values);
	return EXIT_NOT_FOUND;
}

enum exit_code cli_usage(const char *format, ...)
{
	va_list values;

	va_start(values, format);
	say(format, values);
	va_end(values);
	return EXIT_USAGE;
}

bool cli_confirm(struct cli *cli, const char *question)
{
	char answer[16];

	if (cli_flag(cli, "yes"))
		return true;
	if (cli_flag(cli, "no-input") || !isatty(STDIN_FILENO)) {
		message_print(
			"%s Nothing was done; say --yes to do it without being asked", question);
		return false;
	}
	fprintf(stderr, "%s [y/N] ", question);
	fflush(stderr);
	if (fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y'))
		return true;
	message_print("nothing was done");
	return false;
}

/* ---------------------------------------------------------------- what a command works with */

const char *cli_config_path(const struct cli *cli)
{
	const char *from_environment = getenv("POSTROOM_CONFIG");

	if (cli->invocation.config)
		return cli->invocation.config;
	return from_environment && *from_environment ? from_environment : CONFIG_DEFAULT_PATH;
}

enum exit_code cli_load_config(struct cli *cli)
{
	struct error err;

	if (cli->config)
		return EXIT_DONE;
	if (access(cli_config_path(cli), F_OK) < 0 && errno == ENOENT) {
		message_print("%s: there is no such file; `postroom config example` prints one to "
			      "start from, --config FILE names another",
			cli_config_path(cli));
		return EXIT_INPUT;
	}
	if (!config_load(cli_config_path(cli), &cli->config, &err))
		return cli_fail(&err);
	return EXIT_DONE;
}

int cli_database_missing(const struct cli *cli)
{
	struct arena arena = {0};
	struct span path = arena_format(&arena, "%s/postroom.db", cli->config->state_directory);
	int missing = access(path.data, F_OK) < 0 ? errno : 0;

	arena_done(&arena);
	return missing;
}

static const char *group_of(const char *directory)
{
	struct group *group;
	struct stat info;

	group = stat(directory, &info) == 0 ? getgrgid(info.st_gid) : NULL;
	return group ? group->gr_name : "postroom";
}

enum exit_code cli_open_db(struct cli *cli, enum db_mode mode)
{
	enum exit_code code = cli_load_config(cli);
	struct error err;
	int missing;

	if (code != EXIT_DONE)
		return code;
	if (cli->db && (cli->db_mode == DB_WRITE || mode == DB_READ))
		return EXIT_DONE;
	db_close(cli->db);
	cli->db = NULL;
	missing = cli_database_missing(cli);
	if (missing == EACCES) {
		message_print("%s: permission denied; people in the group of this folder may use "
			      "it: sudo usermod -aG %s %s, then log in again",
			cli->config->state_directory, group_of(cli->config->state_directory),
			cli->actor);
		return EXIT_FAILED;
	}
	if (missing && mode == DB_READ) {
		message_print("%s: there is no database yet; the daemon makes it: systemctl enable "
			      "--now postroomd (`postroom import` makes it too)",
			cli->config->state_directory);
		return EXIT_FAILED;
	}
	if (!db_open(cli->config->state_directory, mode, &cli->db, &err))
		return cli_fail(&err);
	cli->db_mode = mode;
	return EXIT_DONE;
}

enum exit_code cli_open_intake(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_WRITE);
	struct error err;

	if (code != EXIT_DONE || cli->intake)
		return code;
	if (!intake_open(cli->db, cli->config, &cli->intake, &err))
		return cli_fail(&err);
	return EXIT_DONE;
}

enum exit_code cli_open_intake_reading(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct error err;

	if (code != EXIT_DONE || cli->intake)
		return code;
	if (!intake_open_reading(cli->db, cli->config, &cli->intake, &err))
		return cli_fail(&err);
	return EXIT_DONE;
}

enum exit_code cli_start_parser(struct cli *cli)
{
	struct error err;

	if (!cli->parser && !parser_client_start(&cli->parser, &err))
		return cli_fail(&err);
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- values */

json_t *cli_time(const struct cli *cli, int64_t instant_ms)
{
	const char *zone = cli->config ? cli->config->zone : "UTC";
	char text[CLOCK_RFC3339_SIZE];

	if (!instant_ms)
		return json_null();
	/* Whole seconds: nobody reads more, and all columns line up. */
	instant_ms -= ((instant_ms % 1000) + 1000) % 1000;
	return json_string(
		clock_rfc3339(instant_ms, zone_local(zone, instant_ms).offset_minutes, text));
}

json_t *cli_date_json(struct date date)
{
	char text[DATE_TEXT_SIZE];

	return date_is_set(date) ? json_string(date_text(date, text)) : json_null();
}

struct date cli_today(const struct cli *cli)
{
	return zone_local(cli->config ? cli->config->zone : "UTC", cli->now_ms).date;
}

/* ---------------------------------------------------------------- the program */

static const char *login_name(struct arena *arena)
{
	struct passwd *entry = getpwuid(getuid());

	return entry ? arena_string(arena, span_from(entry->pw_name))
		     : arena_format(arena, "uid %u", (unsigned)getuid()).data;
}

static void hint_help(const struct invocation *invocation)
{
	const struct command *command = invocation->command;

	if (command)
		message_print("see: postroom %s%s%s --help", command->noun,
			command->verb ? " " : "", command->verb ? command->verb : "");
	else if (invocation->group)
		message_print("see: postroom %s --help", invocation->group->noun);
	else
		message_print("see: postroom --help");
}

static enum exit_code run(
	struct cli *cli, int argc, char **argv, enum exit_code (*run_instead)(struct cli *cli))
{
	struct error err = {0};

	if (!invocation_read(argc, argv, &cli->arena, &cli->invocation, &err)) {
		message_print("%s", err.text);
		hint_help(&cli->invocation);
		return EXIT_USAGE;
	}
	if (cli->invocation.version) {
		output_line(&cli->output, "postroom %s", POSTROOM_VERSION);
		return EXIT_DONE;
	}
	if (cli->invocation.help) {
		help_write(&cli->output, &cli->invocation);
		return EXIT_DONE;
	}
	if (!cli->invocation.command) {
		message_print(cli->invocation.group ? "which of these?" : "no command was given");
		help_list_commands(&cli->invocation);
		return EXIT_USAGE;
	}
	cli->output.json = cli_flag(cli, "json");
	return run_instead ? run_instead(cli) : cli->invocation.command->run(cli);
}

void cli_close_db(struct cli *cli)
{
	intake_close(cli->intake);
	db_close(cli->db);
	cli->intake = NULL;
	cli->db = NULL;
}

static void close_all(struct cli *cli)
{
	parser_client_free(cli->parser);
	cli_close_db(cli);
	config_free(cli->config);
	output_done(&cli->output);
	arena_done(&cli->arena);
}

int cli_main(int argc, char **argv, enum exit_code (*run_instead)(struct cli *cli))
{
	struct cli cli = {.argv = argv};
	struct error err;
	enum exit_code code;

	/* `postroom … | head`: a write tells us, no signal. */
	signal(SIGPIPE, SIG_IGN);
	output_init(&cli.output);
	cli.now_ms = clock_now_ms();
	cli.actor = login_name(&cli.arena);
	code = run(&cli, argc, argv, run_instead);
	if (!output_flush(&cli.output, &err) && code == EXIT_DONE)
		code = cli_fail(&err);
	close_all(&cli);
	return (int)code;
}
