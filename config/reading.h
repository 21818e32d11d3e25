/*
 * reading.h - what reading and checking a configuration share: where each value came from, and
 * faults that name the place and the key.
 */
#ifndef CONFIG_READING_H
#define CONFIG_READING_H

#include "base/error.h"
#include "config/config.h"
#include "config/node.h"

/* Remembers which node a field was read from, so that later checks can say where it stands. */
struct mark {
	const void *field;
	const struct node *node;
	struct mark *next;
};

struct reading {
	const char *path; /* of the file */
	struct config *config;
	struct arena *scratch; /* as long as the nodes */
	struct mark *marks;    /* newest first */
};

void reading_mark(struct reading *reading, const void *field, const struct node *node);
/* The node that the field was read from; NULL when it has its default. */
const struct node *reading_node(const struct reading *reading, const void *field);

/* Sets ERROR_INPUT with "FILE:LINE:COLUMN: KEY PATH: " before the text; false. */
bool reading_fault(struct reading *reading, const struct node *node, struct error *err,
	const char *format, ...) PRINTF_LIKE(4, 5);
/* As reading_fault, at the key of a child and with the path of its mapping. */
bool reading_fault_key(struct reading *reading, const struct node *child, struct error *err,
	const char *format, ...) PRINTF_LIKE(4, 5);
/* As reading_fault, at the field's node. The field must have been read. */
bool reading_fault_at(struct reading *reading, const void *field, struct error *err,
	const char *format, ...) PRINTF_LIKE(4, 5);
/* The text in quotes for a message: cut, without control characters. In scratch. */
const char *reading_quote(struct reading *reading, struct span text);
/* "; did you mean 'anna'?", or "" for NULL. In scratch. */
const char *reading_hint(struct reading *reading, const char *nearest);

/* The node is one value, and not empty; `wanted` says what it should be. */
MUST_CHECK bool reading_want_scalar(
	struct reading *reading, const struct node *node, const char *wanted, struct error *err);

#endif
