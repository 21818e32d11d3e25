/*
 * header.h - the header fields of a message as facts: who, when, what about, which thread.
 */
#ifndef PARSER_HEADER_H
#define PARSER_HEADER_H

#include "base/arena.h"
#include "parser/defects.h"
#include "parser/facts.h"
#include "parser/field.h"

/* Fills everything of the facts that stands in the header, facts->fields and the trace included. */
void header_read(const struct field_block *block, struct arena *arena, struct defects *defects,
	struct facts *facts);

/* The part of it that a forwarded message is asked for. */
struct header_summary {
	struct facts_addresses from, to, cc;
	struct span subject, message_id, date_text;
	struct facts_time date;
};
void header_summary_read(const struct field_block *block, struct arena *arena,
	struct defects *defects, struct header_summary *summary);

#endif
