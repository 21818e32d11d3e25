/*
 * exit.h - what a command's end means to the shell that called it. The numbers are a contract.
 */
#ifndef CLI_EXIT_H
#define CLI_EXIT_H

#include "base/error.h"

enum exit_code {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_NOT_FOUND = 3,
	EXIT_CONFLICT = 4,
	EXIT_INPUT = 5,
	EXIT_FINDINGS = 6,
};
#define EXIT_CODE_COUNT 7

/* What a failure of this kind ends with. */
enum exit_code exit_of(enum error_kind kind);
/* One line for help and manual. */
const char *exit_meaning(enum exit_code code);

#endif
