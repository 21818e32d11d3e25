/*
 * output.h - what a command prints: one JSON value is the source of both forms, so that text and
 * --json can't tell different stories. Text is a table or "name: value" lines made from the
 * value's keys by a list of columns. Data goes to stdout, messages to stderr.
 *
 * All text from mail is escaped for a terminal (control characters, bidi controls) in text and in
 * JSON alike. Output is collected and written at once by output_flush, through a pager where stdout
 * is a terminal and it does not fit.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/buffer.h"
#include "base/error.h"

struct output {
	struct buffer text;
	bool json;
	bool terminal, colour; /* stdout is one; and colour is welcome */
	size_t columns, rows;  /* of the terminal; columns 0: any width */
	bool pager;
};

/* Looks at stdout, NO_COLOR and TERM. */
void output_init(struct output *output);
void output_done(struct output *output);
/* ERROR_STORAGE when stdout can't be written; a reader that went away (head) is no error. */
MUST_CHECK bool output_flush(struct output *output, struct error *err);

enum column_kind {
	COLUMN_TEXT,
	COLUMN_NUMBER, /* to the right */
	COLUMN_ID,     /* #12 */
	COLUMN_TIME,   /* RFC 3339 in JSON, 2026-11-21 10:00 in text */
	COLUMN_STATE,  /* coloured by what it says */
	COLUMN_FLAG,   /* true shows the title, false nothing */
	COLUMN_LIST,   /* an array of strings, joined by ", " */
	COLUMN_BLOCK,  /* several lines, indented; in records only */
};

struct column {
	const char *key;   /* "contact.name" goes down into an object */
	const char *title; /* in text */
	enum column_kind kind;
};

/* Steals the array. Text: a table, or `empty` on stderr when there is nothing. */
void output_rows(struct output *output, json_t *array, const struct column *columns,
	size_t column_count, const char *empty);
/* Steals the object. Text: a line for each column whose value is there. */
void output_record(
	struct output *output, json_t *object, const struct column *columns, size_t column_count);
/* JSON only: indented, or one compact line. Steals the value. */
void output_json(struct output *output, json_t *value, bool compact);
/* A heading of text; nothing with --json. */
void output_heading(struct output *output, const char *format, ...) PRINTF_LIKE(2, 3);
/* A line of text whose values are escaped; nothing with --json. */
void output_line(struct output *output, const char *format, ...) PRINTF_LIKE(2, 3);
/* Parts of a record that --json has in its object already: text only, borrow the array. */
void output_section(struct output *output, const char *heading, const json_t *array,
	const struct column *columns, size_t column_count);
/* Bytes as they are, except to a terminal, where lines are escaped. */
void output_raw(struct output *output, struct span bytes);

/* A message on stderr: "postroom: …", escaped. */
void message_print(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
