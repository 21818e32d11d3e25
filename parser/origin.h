/*
 * origin.h - who or what wrote a message: a person, an auto-responder, a server that could not
 * deliver, a mailing list, a bulk sender, a program.
 */
#ifndef PARSER_ORIGIN_H
#define PARSER_ORIGIN_H

#include "parser/facts.h"
#include "parser/mime.h"

/*
 * Decides facts->origin from header fields and structure, and fills facts->bounced for a bounce.
 * Needs the header fields and the text in the facts. A subject alone never decides.
 */
void origin_read(const struct mime_part *root, struct arena *arena, struct defects *defects,
	struct facts *facts);

#endif
