/*
 * cli.h - one run of `postroom`: what a command gets. Configuration, database, decision and parser
 * are opened when a command first asks for them, so that the rest starts in a few milliseconds.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "cli/exit.h"
#include "cli/invocation.h"
#include "cli/output.h"
#include "config/config.h"
#include "ingest/intake.h"
#include "ingest/parser_client.h"
#include "store/db.h"

struct cli {
	struct arena arena; /* lives as long as the run */
	char **argv;	    /* as the program was called */
	struct invocation invocation;
	struct output output;
	struct config *config;
	struct db *db;
	enum db_mode db_mode;
	struct intake *intake;
	struct parser_client *parser;
	const char *actor; /* the login name: who did it, in the log of operations */
	int64_t now_ms;
};

/*
 * The whole program: reads the command line, runs the command, returns the exit code. run stands in
 * for the command's own function in a program that does the work of one command; else NULL.
 */
int cli_main(int argc, char **argv, enum exit_code (*run)(struct cli *cli));

/* ---------------------------------------------------------------- words of the command line */
const char *cli_option(const struct cli *cli, const char *name); /* NULL: not given */
bool cli_flag(const struct cli *cli, const char *name);
const char *cli_argument(const struct cli *cli, size_t index); /* NULL: not given */
/* 0 when not given. */
int64_t cli_number(const struct cli *cli, const char *option);
struct date cli_date(const struct cli *cli, const char *option);
/* --limit and --after. */
struct db_page cli_page(const struct cli *cli);

/* ---------------------------------------------------------------- what a command works with */
/* Each opens its thing once; EXIT_DONE, or the exit code after a message on stderr. */
/* --config, else $POSTROOM_CONFIG, else the default. */
const char *cli_config_path(const struct cli *cli);
MUST_CHECK enum exit_code cli_load_config(struct cli *cli);
/*
 * Reads need a database that is there. A write makes it when there is none yet, so that `import`
 * works before the daemon's first start.
 */
MUST_CHECK enum exit_code cli_open_db(struct cli *cli, enum db_mode mode);
/* 0: there is one; else errno of looking (ENOENT: none yet). The configuration is loaded. */
int cli_database_missing(const struct cli *cli);
/* Before the end only where the files under it go. */
void cli_close_db(struct cli *cli);
/* The database (for writing) and what decides on mail. */
MUST_CHECK enum exit_code cli_open_intake(struct cli *cli);
/* The same for reading alone: nothing is written, whatever the decision would be. */
MUST_CHECK enum exit_code cli_open_intake_reading(struct cli *cli);
MUST_CHECK enum exit_code cli_start_parser(struct cli *cli);

/* ---------------------------------------------------------------- ends */
/* Says the error on stderr; the code that its kind ends with. */
enum exit_code cli_fail(const struct error *err);
enum exit_code cli_not_found(const char *format, ...) PRINTF_LIKE(1, 2);
enum exit_code cli_usage(const char *format, ...) PRINTF_LIKE(1, 2);
/*
 * True when --yes is given or the person at the terminal answers yes; else says why not, and the
 * command ends with EXIT_FAILED without having done anything.
 */
bool cli_confirm(struct cli *cli, const char *question);

/* ---------------------------------------------------------------- values for JSON */
/* RFC 3339 in the organisation's zone; null for 0. */
json_t *cli_time(const struct cli *cli, int64_t instant_ms);
/* ISO date; null when not set. */
json_t *cli_date_json(struct date date);
/* Today in the organisation's zone. */
struct date cli_today(const struct cli *cli);

#endif
