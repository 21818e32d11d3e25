/*
 * help.h - --help, from the command table.
 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "base/buffer.h"
#include "cli/invocation.h"
#include "cli/output.h"

/* For the command, the noun, or the whole program, whichever was named. */
void help_write(struct output *output, const struct invocation *invocation);
/* The nouns, or the noun's commands, on stderr: for somebody who named none. */
void help_list_commands(const struct invocation *invocation);
/* "postroom contact show CONTACT [--json]" */
void help_synopsis(struct buffer *out, const struct command *command);

#endif
