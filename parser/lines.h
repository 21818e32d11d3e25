/*
 * lines.h - a text as its lines, and small questions about one line.
 */
#ifndef PARSER_LINES_H
#define PARSER_LINES_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/span.h"

struct lines {
	struct span *items; /* without the line end */
	size_t count;
};

struct lines lines_of(struct arena *arena, struct span text);
/* Lines from..to (exclusive) as one text, blank lines at both ends left out. */
struct span lines_join(struct arena *arena, const struct lines *lines, size_t from, size_t to);

/* Nothing but white space (U+00A0, U+200B and U+FEFF included). */
bool line_is_blank(struct span line);
/* White space as above off both ends. */
struct span line_trim(struct span line);
/* How many '>' stand at the front (spaces between them allowed), and what is behind them. */
size_t line_quote_depth(struct span line, struct span *content);
/* Without at most `depth` of its quote marks and the one space behind them. */
struct span line_unquote(struct span line, size_t depth);

#endif
