/*
 * action.h - the lines of minutes that ask somebody to do something.
 */
#ifndef PARSER_ACTION_H
#define PARSER_ACTION_H

#include "parser/facts.h"
#include "parser/protocol.h"

/*
 * Appends an action for each line (or table cell) of text that begins with one of the prefixes:
 * `PREFIX [NAME: or @NAME] TEXT [(NAME)] [by, bis, voor or avant DATE]`. Bullets, numbers, check
 * boxes, '>' and cell borders in front are no part of it. Days count from facts->date; without one
 * only dates with a year are read. The same line twice is one action.
 */
void actions_read(struct span text, const struct parse_options *options, struct arena *arena,
	struct facts *facts);

#endif
