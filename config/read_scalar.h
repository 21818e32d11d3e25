/*
 * read_scalar.h - nodes into single values and lists of them, with the bounds and the format of
 * their option. Each writes the option's field in item. ERROR_INPUT with place and key.
 */
#ifndef CONFIG_READ_SCALAR_H
#define CONFIG_READ_SCALAR_H

#include "config/reading.h"
#include "config/table.h"

typedef bool option_reader(struct reading *reading, const struct option *option,
	const struct node *node, void *item, struct error *err);

MUST_CHECK option_reader read_text;
MUST_CHECK option_reader read_texts;
MUST_CHECK option_reader read_character;
MUST_CHECK option_reader read_number; /* OPTION_INTEGER, OPTION_SIZE, OPTION_DURATION */
MUST_CHECK option_reader read_boolean;
MUST_CHECK option_reader read_date;
MUST_CHECK option_reader read_time;
MUST_CHECK option_reader read_dates;

#endif
