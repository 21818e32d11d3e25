/*
 * scan.h - plain counting and cutting of raw bytes before a library sees them: whatever would make
 * one of them use memory or time out of proportion is found here, in one linear pass.
 */
#ifndef PARSER_SCAN_H
#define PARSER_SCAN_H

#include "base/arena.h"
#include "base/span.h"
#include "parser/defects.h"

/*
 * The body up to the boundary line that begins the first part too many (PARTS_MAX) or a field
 * of a part that is too long (PART_FIELD_BYTES_MAX). `header` may name a boundary too; a long
 * text around its parts is cut off.
 */
struct span scan_bounds(struct span body, struct span header, struct defects *defects);
/* The bytes up to the line end before the next line "--boundary"; all of them when there is none.
 */
struct span scan_to_boundary(struct span bytes, struct span boundary);
/* What stands behind "--" in a line that is followed by a Content- field; empty when none is. */
struct span scan_guess_boundary(struct span body);

/*
 * Markup up to the first tag that has too many attributes (MARKUP_GAPS_MAX), alone or with those
 * before it: libxml2 compares each with all others. All of it when no tag has.
 */
struct span scan_tags(struct span markup);

/* How often the byte stands in the line. */
size_t scan_count(struct span line, char byte);
/* Without the characters ( and ). */
struct span scan_without_parentheses(struct arena *arena, struct span line);
/* Without comments (RFC 5322 section 3.2.2), which outside of quotes count as a space. */
struct span scan_without_comments(struct arena *arena, struct span line);

#endif
