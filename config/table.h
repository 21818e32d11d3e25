/*
 * table.h - the shape of the option table. One row says everything about a key; reading, the
 * example, `config show` and the manual walk the same rows, so that they cannot disagree.
 */
#ifndef CONFIG_TABLE_H
#define CONFIG_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/format.h"

enum option_type {
	OPTION_BOOLEAN,	  /* bool */
	OPTION_INTEGER,	  /* int, uint16_t or int64_t */
	OPTION_SIZE,	  /* int64_t, bytes */
	OPTION_DURATION,  /* int64_t, milliseconds */
	OPTION_DATE,	  /* struct date */
	OPTION_TIME,	  /* int hour and, at minute_offset, int minute */
	OPTION_CHARACTER, /* char */
	OPTION_TEXT,	  /* const char * */
	OPTION_TEXTS,	  /* struct config_strings */
	OPTION_DATES,	  /* struct date * and a count */
	OPTION_CHOICE,	  /* an enum; a word, or {WORD: argument} */
	OPTION_SECRET,	  /* struct config_secret */
	OPTION_GROUP,	  /* a mapping whose values lie in a struct inside ours */
	OPTION_LIST,	  /* a list of mappings: an array of structs and a count */
};

struct option;
struct config;

struct choice {
	const char *name;
	int value;
	const struct option *argument; /* NULL: the word alone */
	const char *form;	       /* with an argument: how it is written */
	const char *help;
};

/* The keys of one mapping. */
struct option_table {
	const struct option *options;
	size_t count;
	size_t item_size; /* of the struct, for lists */
	/* This key is meant when an item of a list is a text and no mapping. */
	const char *shorthand;
	/* Values that an item takes over from around it, before its own keys are read. */
	void (*inherit)(void *item, const struct config *config, int line);
};

struct option {
	const char *name;
	enum option_type type;
	size_t offset, size;  /* in the struct of the table; size of the field in bytes */
	size_t count_offset;  /* OPTION_DATES, OPTION_LIST: of the size_t count */
	size_t minute_offset; /* OPTION_TIME */
	/* OPTION_GROUP: of a bool that says whether it stands in the file; 0: nobody asks. */
	size_t present_offset;

	const char *value;	   /* default as it stands in a file; NULL: none */
	const char *const *values; /* default of OPTION_TEXTS, NULL at the end */
	const char *implied;	   /* words for a default that depends on other keys */
	const char *example; /* value in the example file ("" for groups and lists); NULL: the key
				is commented out there, with its sample or default */
	const char *sample;
	int64_t min, max;	     /* numbers, sizes and durations, both inclusive */
	const char *endless;	     /* word for 0, where 0 means no end */
	const char *const *built_in; /* OPTION_TEXTS: what is in the list anyway, NULL at the end */
	bool required;		     /* the key has to stand there */
	bool optional_group;	     /* OPTION_GROUP: its required keys only if it stands there */
	bool hidden;		     /* works like a password: `config show` does not print it */
	format_check *format;	  /* OPTION_TEXT, OPTION_TEXTS, OPTION_CHARACTER; NULL: any text */
	const char *const *words; /* OPTION_TEXT: the allowed ones, NULL at the end */
	const struct choice *choices;	  /* OPTION_CHOICE, until a NULL name */
	const struct option_table *table; /* OPTION_GROUP, OPTION_LIST */
	/* Says whether the key means something in this item, whose earlier keys are read. */
	bool (*applies)(const void *item);
	const char *applies_when; /* in words: "with auth: password" */
	const char *help;	  /* full sentences */
};

/* The whole file. */
extern const struct option_table option_table_file;
/* The keys of a secret. */
extern const struct option_table option_table_secret;

/* Where the value of the option lies in the struct. */
static inline void *option_field(const struct option *option, void *item)
{
	return (char *)item + option->offset;
}

static inline const void *option_field_const(const struct option *option, const void *item)
{
	return (const char *)item + option->offset;
}

/* OPTION_TIME: the minute. */
static inline int *option_minute(const struct option *option, void *item)
{
	return (int *)(void *)((char *)item + option->minute_offset);
}

/* OPTION_DATES, OPTION_LIST: the count of items. */
static inline size_t *option_count(const struct option *option, void *item)
{
	return (size_t *)(void *)((char *)item + option->count_offset);
}

#endif
