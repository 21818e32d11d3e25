/*
 * read.h - from the tree of a document to a configuration, by the option table. Only load.c and
 * the checks use it.
 */
#ifndef CONFIG_READ_H
#define CONFIG_READ_H

#include "base/error.h"
#include "config/config.h"
#include "config/node.h"
#include "config/table.h"

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

/* Fills the defaults, then what the document says. ERROR_INPUT for the first fault. */
MUST_CHECK bool read_document(
	struct reading *reading, const struct node *document, struct error *err);

/* Sets ERROR_INPUT with "FILE:LINE:COLUMN: KEY PATH: " before the text; false. */
bool read_fault(struct reading *reading, const struct node *node, struct error *err,
	const char *format, ...) PRINTF_LIKE(4, 5);
/* The node that the field was read from; NULL when it has its default. */
const struct node *read_node(const struct reading *reading, const void *field);
/* As read_fault, at the field's node. The field must have been read. */
bool read_fault_at(struct reading *reading, const void *field, struct error *err,
	const char *format, ...) PRINTF_LIKE(4, 5);
/* The text in quotes for a message: cut, without control characters. In scratch. */
const char *read_quote(struct reading *reading, struct span text);

/* checks over the whole configuration, with the values that follow from others (check.c) */
MUST_CHECK bool check_config(struct reading *reading, struct error *err);
/* the part of it that is about mailboxes (check_mailbox.c) */
MUST_CHECK bool check_mailboxes(struct reading *reading, struct error *err);
/* "; did you mean 'anna'?" for an unknown user, or "". In scratch. */
const char *check_nearest_user(struct reading *reading, const char *name);
/* Every name must be a user's. */
MUST_CHECK bool check_users_exist(
	struct reading *reading, const struct config_strings *names, struct error *err);

#endif
