/*
 * armor.h - text that OpenPGP signed in clear (RFC 4880 section 7).
 */
#ifndef PARSER_ARMOR_H
#define PARSER_ARMOR_H

#include "base/arena.h"
#include "base/span.h"

/* The text without the lines of the signature; the text itself when it has none. */
struct span armor_without(struct arena *arena, struct span text);

#endif
