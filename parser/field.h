/*
 * field.h - the fields of one header block (RFC 5322 section 2.2) as they stand in the raw bytes,
 * forgiving what real mail has before, between and behind them.
 */
#ifndef PARSER_FIELD_H
#define PARSER_FIELD_H

#include "base/arena.h"
#include "base/span.h"
#include "parser/defects.h"

struct field {
	struct span name; /* without the colon */
	struct span raw;  /* behind the colon up to the line end, folds included */
};

struct field_block {
	struct field *items;
	size_t count;
	struct span
		body; /* behind the blank line; without one, from the first line that is no field */
};

/*
 * Finds the fields of a message. Junk lines and an mbox "From " line before the first field are
 * skipped. False when there is no field at all: then this is no mail. Points into `raw`.
 */
bool field_block_read(
	struct span raw, struct arena *arena, struct defects *defects, struct field_block *block);

/* The raw value of the first field of that name, the empty span when there is none. */
struct span field_first(const struct field_block *block, struct span name);
/* There is such a field, be it empty. */
bool field_exists(const struct field_block *block, struct span name);
/*
 * The value on one line (RFC 5322 section 2.2.3), trimmed, without NUL. Returns a part of `raw`
 * when nothing had to change.
 */
struct span field_unfold(struct arena *arena, struct span raw);
/* The first field of that name, unfolded. */
struct span field_value(const struct field_block *block, struct arena *arena, struct span name);

#endif
