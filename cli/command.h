/*
 * command.h - the command table: every `postroom NOUN VERB` with its arguments, options, help and
 * examples. Parsing, --help, the manual and the shells' completion are made from it, and from
 * nothing else: adding a command is adding a row.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/exit.h"

/* What a word on the command line stands for: checked early where that is possible, and completed.
 */
enum value_type {
	VALUE_NONE, /* an option that takes no value */
	VALUE_TEXT,
	VALUE_NUMBER, /* 0 or more */
	VALUE_FILE,
	VALUE_FOLDER,
	VALUE_DATE,    /* 2026-11-21 */
	VALUE_DUE,     /* a date, or a tag as in an address: 2w, fri */
	VALUE_AMOUNT,  /* 1234.50 */
	VALUE_CONTACT, /* id, address, name or a part of the name */
	VALUE_COMPANY, /* id, name or a part of it, or domain */
	VALUE_USER,
	VALUE_MAILBOX,
	VALUE_MESSAGE, /* id or Message-ID */
	VALUE_ITEM,    /* of the unresolved queue: id or address */
	VALUE_TICKET,
	VALUE_TASK,
	VALUE_CASE,
	VALUE_DEAL,
	VALUE_PROJECT,
	VALUE_CHOICE, /* one of `choices` */
};

struct command_argument {
	const char *name; /* as help shows it: "CONTACT"; NULL ends the list */
	enum value_type type;
	bool optional, repeats; /* only the last one of a command */
	const char *choices;	/* VALUE_CHOICE: "sales|finance" */
};

struct command_option {
	const char *name;  /* without dashes; NULL ends the list */
	const char *value; /* as help shows it; NULL: takes none */
	enum value_type type;
	const char *help; /* one line, no full stop */
	const char *choices;
};

struct command_example {
	const char *line, *what; /* NULL ends the list */
};

/* For a command that has only one. Each is run by tests/e2e/test_examples.py. */
#define EXAMPLE(line, what)              \
	(const struct command_example[]) \
	{                                \
		{line, what},            \
		{                        \
			0                \
		}                        \
	}

enum command_flags {
	COMMAND_JSON = 1,    /* prints data: has --json */
	COMMAND_DRY_RUN = 2, /* changes something: has --dry-run */
	COMMAND_ASKS = 4,    /* has --yes and --no-input */
	COMMAND_PAGES = 8,   /* may be long: has --limit and --after */
	COMMAND_WORDS = 16,  /* a word like -this is an argument, no option */
};

struct cli;

struct command {
	const char *noun, *verb; /* verb NULL: the noun is the command */
	const char *summary;	 /* one line, no full stop */
	const char *description; /* paragraphs, an empty line between them; may be NULL */
	const struct command_argument *arguments;
	const struct command_option *options;
	const struct command_example *examples;
	unsigned flags;
	enum exit_code (*run)(struct cli *cli);
};

/* A noun's commands stand together, in the order in which help shows them. */
struct command_group {
	const char *noun, *summary;
	const struct command *commands; /* ended by a noun of NULL */
};

extern const struct command_group command_groups[]; /* ended by a noun of NULL */

/* Options that every command has, and those that come with a flag. */
extern const struct command_option command_global_options[];
/* Fills in the options that `flags` bring; at most COMMAND_COMMON_OPTIONS. */
#define COMMAND_COMMON_OPTIONS 6
size_t command_common_options(
	unsigned flags, const struct command_option *options[COMMAND_COMMON_OPTIONS]);

/* NULL when there is none. verb may be NULL. */
const struct command_group *command_group_find(const char *noun);
const struct command *command_find(const struct command_group *group, const char *verb);
/* The nearest name within two edits, NULL: nothing is near. */
const char *command_suggest_noun(const char *noun);
const char *command_suggest_verb(const struct command_group *group, const char *verb);

#endif
