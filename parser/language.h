/*
 * language.h - the language of a text by its most frequent words.
 */
#ifndef PARSER_LANGUAGE_H
#define PARSER_LANGUAGE_H

#include "base/span.h"

/* "en", "de", "nl", "fr", "es" or "it"; the empty span when the words do not tell. */
struct span language_of(struct span text);

#endif
