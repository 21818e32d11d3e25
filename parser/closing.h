/*
 * closing.h - the words that close a letter, in many languages: tables only.
 */
#ifndef PARSER_CLOSING_H
#define PARSER_CLOSING_H

#include <stdbool.h>

#include "base/span.h"

/* The line begins with closing words; *rest is what stands behind them, without punctuation. */
bool closing_begins(struct span line, struct span *rest);
/* "Best regards", "Mit freundlichen Grüßen", …: a line of nothing else. */
bool closing_is_words(struct span line);
/* "Sent from my iPhone", "Von meinem Handy gesendet", … */
bool closing_is_device(struct span line);

#endif
