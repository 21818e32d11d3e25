/*
 * tree.h - any JSON value as indented "key: value" lines, for a person.
 */
#ifndef CLI_TREE_H
#define CLI_TREE_H

#include "cli/output.h"

/* Appends the value; nulls, empty lists and empty objects are left out. Borrows it. */
void tree_write(struct output *output, const json_t *value);

#endif
