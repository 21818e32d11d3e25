/*
 * main.c - postroomd: the supervisor, which starts this same program again in a role.
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/privilege.h"
#include "config/load.h"
#include "daemon/check.h"
#include "daemon/feed.h"
#include "daemon/ledger.h"
#include "daemon/reader.h"
#include "daemon/supervisor.h"
#include "daemon/tokens.h"

#define EXIT_USAGE 2

struct arguments {
	const char *config, *role, *mailbox, *preview, *login;
	bool check, refresh_token;
};

static int run_reader(const struct arguments *arguments)
{
	return reader_main(arguments->mailbox ? arguments->mailbox : "");
}

static int run_ledger(const struct arguments *arguments UNUSED)
{
	return ledger_main();
}

static int run_feed(const struct arguments *arguments UNUSED)
{
	return feed_main();
}

static int run_tokens(const struct arguments *arguments UNUSED)
{
	return tokens_main();
}

static const struct role {
	const char *name;
	int (*run)(const struct arguments *arguments);
} roles[] = {
	{"ledger", run_ledger},
	{"reader", run_reader},
	{"feed", run_feed},
	{"tokens", run_tokens},
};

/* The supervisor says when to end; what a terminal sends to all at once is its business alone. */
static void ignore_signals(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};

	for (size_t i = 0; i < ARRAY_COUNT(numbers); i++)
		signal(numbers[i], SIG_IGN);
}

static int run_role(const struct arguments *arguments)
{
	for (size_t i = 0; i < ARRAY_COUNT(roles); i++) {
		if (strcmp(roles[i].name, arguments->role) != 0)
			continue;
		ignore_signals();
		log_open(arguments->role, arguments->mailbox, LOG_LEVEL_INFO);
		return roles[i].run(arguments);
	}
	fprintf(stderr, "postroomd: no role %s\n", arguments->role);
	return EXIT_USAGE;
}

static void print_help(FILE *out)
{
	fputs("usage: postroomd [--config FILE] [--check | --preview MAILBOX | --login MAILBOX]\n"
	      "Reads the mailboxes of the configuration into the record until SIGTERM.\n\n"
	      "  -c, --config FILE      instead of $POSTROOM_CONFIG or " CONFIG_DEFAULT_PATH "\n"
	      "      --check            check the configuration, log in to every mailbox, end\n"
	      "      --preview MAILBOX  count what a first start on it would read, end\n"
	      "      --login MAILBOX    get its first token from the OAuth provider, end\n"
	      "      --refresh-token    with --login: it comes on stdin, no device code\n"
	      "      --version          print the version, end\n"
	      "  -h, --help             print this, end\n\n"
	      "SIGHUP reads the configuration again.\n",
		out);
}

/* False: to end with *status. */
static bool read_arguments(int count, char **values, struct arguments *arguments, int *status)
{
	enum {
		OPT_CHECK = 256,
		OPT_PREVIEW,
		OPT_LOGIN,
		OPT_REFRESH_TOKEN,
		OPT_ROLE,
		OPT_MAILBOX,
		OPT_VERSION
	};
	static const struct option options[] = {
		{"config", required_argument, NULL, 'c'},
		{"check", no_argument, NULL, OPT_CHECK},
		{"preview", required_argument, NULL, OPT_PREVIEW},
		{"login", required_argument, NULL, OPT_LOGIN},
		{"refresh-token", no_argument, NULL, OPT_REFRESH_TOKEN},
		{"role", required_argument, NULL, OPT_ROLE},
		{"mailbox", required_argument, NULL, OPT_MAILBOX},
		{"version", no_argument, NULL, OPT_VERSION},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int option;

	*status = 0;
	while ((option = getopt_long(count, values, "c:h", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			arguments->config = optarg;
			break;
		case OPT_CHECK:
			arguments->check = true;
			break;
		case OPT_PREVIEW:
			arguments->preview = optarg;
			break;
		case OPT_LOGIN:
			arguments->login = optarg;
			break;
		case OPT_REFRESH_TOKEN:
			arguments->refresh_token = true;
			break;
		case OPT_ROLE:
			arguments->role = optarg;
			break;
		case OPT_MAILBOX:
			arguments->mailbox = optarg;
			break;
		case OPT_VERSION:
			puts("postroomd " POSTROOM_VERSION);
			return false;
		case 'h':
			print_help(stdout);
			return false;
		default:
			print_help(stderr);
			*status = EXIT_USAGE;
			return false;
		}
	}
	if (optind == count)
		return true;
	fprintf(stderr, "postroomd: unexpected argument %s\n", values[optind]);
	*status = EXIT_USAGE;
	return false;
}

int main(int count, char **values)
{
	struct arguments arguments = {.config = getenv("POSTROOM_CONFIG")};
	struct error err;
	int status;

	if (!read_arguments(count, values, &arguments, &status))
		return status;
	if (!privilege_no_dumps(&err)) {
		fprintf(stderr, "postroomd: %s\n", err.text);
		return EXIT_FAILURE;
	}
	if (!arguments.config || !arguments.config[0])
		arguments.config = CONFIG_DEFAULT_PATH;
	if (arguments.role)
		return run_role(&arguments);
	if (arguments.check)
		return check_main(arguments.config);
	if (arguments.preview)
		return preview_main(arguments.config, arguments.preview);
	if (arguments.login)
		return login_main(arguments.config, arguments.login, arguments.refresh_token);
	return supervisor_main(arguments.config);
}
