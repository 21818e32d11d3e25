/*
 * facts_members.h - what facts are made of, as tables that writer and reader walk. For facts_wire.c
 * alone.
 */
#ifndef PARSER_FACTS_MEMBERS_H
#define PARSER_FACTS_MEMBERS_H

#include <stddef.h>
#include <stdint.h>

enum wire_type {
	WIRE_END,
	WIRE_SPAN,
	WIRE_BOOL,
	WIRE_ENUM, /* an int-sized enum of 0..max */
	WIRE_INT,  /* an int of min..max */
	WIRE_U32,
	WIRE_U64,
	WIRE_I64,
	WIRE_SURE, /* a double of 0..1 */
	WIRE_DIGEST,
	WIRE_DATE,
	WIRE_STRUCT,
	WIRE_LIST, /* a pointer at offset, its size_t count at count_offset */
	WIRE_LIKE, /* a span that mostly begins as the span at like_offset, which came before */
};

struct wire_member {
	enum wire_type type;
	size_t offset, count_offset, item_bytes, like_offset;
	int64_t min, max;
	const struct wire_member *members; /* of STRUCT and LIST */
};

/* Of struct facts; a WIRE_END is last, as in every table. */
extern const struct wire_member facts_members[];

#endif
