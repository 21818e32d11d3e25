/*
 * disclaimer.h - what servers and lists put below a mail: notices of confidence, appeals to think
 * of the environment, how to leave a list. In many languages.
 */
#ifndef PARSER_DISCLAIMER_H
#define PARSER_DISCLAIMER_H

#include "parser/lines.h"

/* The line from which on only such notices stand; lines->count: there is none. */
size_t disclaimer_begin(const struct lines *lines);

#endif
