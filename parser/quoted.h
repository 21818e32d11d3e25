/*
 * quoted.h - the block of header lines that mail programs write above a forwarded or quoted mail:
 * "From: … Sent: … To: … Subject: …", in many languages, quoted or not.
 */
#ifndef PARSER_QUOTED_H
#define PARSER_QUOTED_H

#include "base/arena.h"
#include "parser/label.h"
#include "parser/lines.h"

struct quoted_block {
	size_t begin, end;		 /* lines; `end` is the first line behind the block */
	size_t depth;			 /* '>' marks in front of its lines */
	struct span values[LABEL_COUNT]; /* by kind, folded lines joined; empty data: absent */
};

/*
 * A block that begins exactly at lines[at]. It has a From and one more of date, subject and
 * recipients (at_least_kinds says how many kinds in all).
 */
bool quoted_block_at(struct arena *arena, const struct lines *lines, size_t at,
	size_t at_least_kinds, struct quoted_block *block);
/* The same out of one line that holds the whole block. */
bool quoted_block_inside(struct span line, struct quoted_block *block);

#endif
