/*
 * invocation.h - a command line, read against the command table.
 */
#ifndef CLI_INVOCATION_H
#define CLI_INVOCATION_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "cli/command.h"

struct invocation_option {
	const struct command_option *option;
	const char *value; /* NULL: takes none */
};

struct invocation {
	const struct command_group *group; /* NULL: none was named */
	const struct command *command;	   /* NULL: none was named, or help on the noun is asked */
	bool help, version;
	const char *config; /* --config, NULL: not given */
	struct invocation_option *options;
	size_t option_count;
	const char **arguments;
	size_t argument_count;
};

/*
 * Reads argv. ERROR_INPUT, in words for the person who typed it, when it fits no command; what was
 * understood until then is filled in, so that the right help can be named. Nothing is looked up.
 */
MUST_CHECK bool invocation_read(int argc, char **argv, struct arena *arena,
	struct invocation *invocation, struct error *err);

/* NULL when it was not given; "" for an option without value. Given twice, the last one counts. */
const char *invocation_option(const struct invocation *invocation, const char *name);
/* NULL when there are not that many. */
const char *invocation_argument(const struct invocation *invocation, size_t index);

#endif
