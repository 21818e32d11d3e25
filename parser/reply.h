/*
 * reply.h - what an author wrote now, apart from what he quotes and how he signs.
 */
#ifndef PARSER_REPLY_H
#define PARSER_REPLY_H

#include "base/arena.h"
#include "base/span.h"

struct reply {
	struct span text;      /* no quotes, no forwarded part, no signature */
	struct span signature; /* with its delimiter ("-- "), empty: none */
};

/* author: name and local part of From, which tell a bare name at the end from a sentence. */
void reply_read(struct span text, struct span author, struct arena *arena, struct reply *reply);
/* Takes a signature off the end of a text that quotes nothing. */
void reply_split_signature(
	struct span text, struct span author, struct arena *arena, struct reply *reply);

#endif
