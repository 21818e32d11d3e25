/*
 * timestamp.h - dates and times as mail writes them: RFC 5322 and what real programs make of it
 * (two-digit years, no seconds, zones by name, ISO 8601, asctime), and the dates in forwarded
 * header blocks in the languages of our mail.
 */
#ifndef PARSER_TIMESTAMP_H
#define PARSER_TIMESTAMP_H

#include <stdbool.h>

#include "base/span.h"
#include "parser/facts.h"

/*
 * Reads a time. Where it names no zone, default_offset_minutes counts. False when day, month and
 * year can't all be found.
 */
bool timestamp_read(struct span text, int default_offset_minutes, struct facts_time *time);

#endif
