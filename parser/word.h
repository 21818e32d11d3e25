/*
 * word.h - encoded words in header fields (RFC 2047), as real mail has them: in any place, under
 * old charset names, with characters cut in two at their borders.
 */
#ifndef PARSER_WORD_H
#define PARSER_WORD_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/span.h"

/*
 * The line (UTF-8) with its encoded words as text. With keep_encoded they stay words, but in UTF-8
 * and whole: an address list must be split before a comma in a name shows.
 */
struct span words_decode(struct arena *arena, struct span line, bool keep_encoded);

#endif
