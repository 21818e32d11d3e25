/*
 * trace.h - what servers wrote into the header on the way: Received (RFC 5321 section 4.4),
 * Authentication-Results (RFC 8601), and the address of the envelope.
 */
#ifndef PARSER_TRACE_H
#define PARSER_TRACE_H

#include "base/arena.h"
#include "parser/facts.h"

/*
 * Reads facts->fields into facts->received, facts->authentication and facts->envelope_to. Addresses
 * of the envelope count only above the first Received field: below it anybody can have written
 * them.
 */
void trace_read(struct facts *facts, struct arena *arena);

#endif
