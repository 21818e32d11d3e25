/*
 * node.h - a YAML document as a tree that knows where each thing stands. load.c builds it, read.c
 * turns it into a configuration; it lives only between the two.
 */
#ifndef CONFIG_NODE_H
#define CONFIG_NODE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/span.h"

enum node_type { NODE_SCALAR, NODE_LIST, NODE_MAPPING };

struct node {
	enum node_type type;
	int line, column; /* from 1; column in characters */
	struct span text; /* of a scalar */
	bool quoted; /* a scalar in quotes, or a block: never a number, a truth value or null */

	struct span key; /* in a mapping */
	int key_line, key_column;
	int index; /* in a list */

	const struct node *parent; /* NULL: the document */
	struct node *children, *last, *next;
	size_t count; /* of children */
};

/* "mailboxes[0].server.port"; "" for the document. Lives as long as the arena. */
const char *node_path(struct arena *arena, const struct node *node);
/* The value of a key; NULL when the mapping has none. */
const struct node *node_child(const struct node *mapping, struct span key);
/* Nothing stands there: empty, ~ or null without quotes. */
bool node_is_null(const struct node *node);
/* Where a list is expected a single value is a list of one. */
const struct node *node_first_item(const struct node *node);
size_t node_item_count(const struct node *node);
/* "a list", for messages. */
const char *node_words(const struct node *node);

#endif
