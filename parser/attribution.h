/*
 * attribution.h - the line above a quote that says who wrote it and when.
 */
#ifndef PARSER_ATTRIBUTION_H
#define PARSER_ATTRIBUTION_H

#include <stddef.h>

#include "parser/lines.h"

/*
 * A line like "Am 3.11.2021 um 15:51 schrieb Anna <a@b.example>:" that begins at lines[at]; the
 * number of lines it takes (1 to 5), 0 when there is none. Many languages, by tables.
 */
size_t attribution_lines(const struct lines *lines, size_t at);

#endif
