/*
 * flowed.h - text/plain; format=flowed (RFC 3676): lines that end in a space belong together.
 */
#ifndef PARSER_FLOWED_H
#define PARSER_FLOWED_H

#include "base/arena.h"
#include "base/span.h"

/* The text with its paragraphs on one line each, quote marks as "> ". LF line ends. */
struct span flowed_text(struct arena *arena, struct span text, bool delete_space);

#endif
