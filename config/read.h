/*
 * read.h - from the tree of a document to a configuration, by the option table.
 */
#ifndef CONFIG_READ_H
#define CONFIG_READ_H

#include "config/reading.h"

/* Fills the defaults, then what the document says. ERROR_INPUT for the first fault. */
MUST_CHECK bool read_document(
	struct reading *reading, const struct node *document, struct error *err);

#endif
