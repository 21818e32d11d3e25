/*
 * project.h - how a project begins: by a template of the configuration, for a deal or by itself.
 */
#ifndef CLI_PROJECT_H
#define CLI_PROJECT_H

#include "cli/cli.h"
#include "store/deal.h"
#include "store/project.h"

struct project_start {
	const struct deal *deal; /* NULL: for none */
	const struct config_project
		*template; /* NULL: one without tasks, where `empty` allows it */
	bool empty;
	struct span name;
	int64_t owner_id;
	struct date begins; /* deadlines are counted from it */
};

/*
 * What --template names, else what the type of the deal says; template NULL: neither, or the deal
 * has a project already.
 */
MUST_CHECK enum exit_code project_start_of_deal(
	struct cli *cli, const struct deal *deal, struct project_start *start);
/* Makes the project with its tasks inside an operation; nothing without template. */
MUST_CHECK bool project_start(struct cli *cli, struct operation *operation,
	const struct project_start *start, struct error *err);
/* The template by its name, or the names that there are on stderr. */
MUST_CHECK enum exit_code project_template(
	struct cli *cli, const char *name, const struct config_project **template);

#endif
