#include "cli/exit.h"

static const enum exit_code of_kind[] = {
	[ERROR_NONE] = EXIT_DONE,
	[ERROR_INPUT] = EXIT_INPUT,
	[ERROR_LIMIT] = EXIT_INPUT,
	[ERROR_TEMPORARY] = EXIT_FAILED,
	[ERROR_BUSY] = EXIT_FAILED,
	[ERROR_AUTH] = EXIT_FAILED,
	[ERROR_CONFLICT] = EXIT_CONFLICT,
	[ERROR_STORAGE] = EXIT_FAILED,
	[ERROR_BUG] = EXIT_FAILED,
};

static const char *const meanings[EXIT_CODE_COUNT] = {
	[EXIT_DONE] = "Done.",
	[EXIT_FAILED] = "It failed; the message says why.",
	[EXIT_USAGE] = "The command line could not be understood, or a name means several things.",
	[EXIT_NOT_FOUND] = "There is no such message, contact, mailbox or other thing.",
	[EXIT_CONFLICT] =
		"Something changed in between or belongs to another; nothing was written.",
	[EXIT_INPUT] = "A file or a value is not valid.",
	[EXIT_FINDINGS] = "It ran and found something that should be mended.",
};

enum exit_code exit_of(enum error_kind kind)
{
	return of_kind[kind];
}

const char *exit_meaning(enum exit_code code)
{
	return meanings[code];
}
