/*
 * bounce_json.h - bounces that a sending service tells as JSON in the text of a mail (Amazon SES).
 */
#ifndef PARSER_BOUNCE_JSON_H
#define PARSER_BOUNCE_JSON_H

#include "parser/facts.h"

/* Fills facts->bounced from a notification in the text; false, and nothing is changed: none. */
bool bounce_json_read(struct span text, struct arena *arena, struct facts *facts);

#endif
