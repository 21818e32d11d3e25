/*
 * message.h - one mail, from raw bytes to facts.
 */
#ifndef PARSER_MESSAGE_H
#define PARSER_MESSAGE_H

#include "base/arena.h"
#include "base/error.h"
#include "parser/facts.h"
#include "parser/protocol.h"

/* Once a process, before the sandbox closes: libraries load their tables and charsets. */
void parse_init(void);
void parse_done(void);

/*
 * Reads a mail (or, as options->input says, a bare text or HTML body). Facts point into `raw` and
 * the arena. ERROR_INPUT when it is no mail: it has not one header field. ERROR_LIMIT above
 * MESSAGE_BYTES_MAX. Whatever else is wrong is a defect in the facts.
 */
MUST_CHECK bool parse_mail(struct span raw, const struct parse_options *options,
	struct arena *arena, struct facts *facts, struct error *err);

#endif
