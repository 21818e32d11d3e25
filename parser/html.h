/*
 * html.h - HTML as plain text that a person can read and that the readers of quotes, forwards and
 * actions understand: paragraphs, lists, cells, quotes as "> ". Nothing is ever fetched.
 */
#ifndef PARSER_HTML_H
#define PARSER_HTML_H

#include "base/arena.h"
#include "base/span.h"
#include "parser/defects.h"

/* `html` is UTF-8. The text has LF line ends and at most TEXT_BYTES_MAX. */
struct span html_text(struct arena *arena, struct span html, struct defects *defects);
/* The charset that a <meta> in the first bytes names; empty when none does. */
struct span html_charset(struct span html);

#endif
