/*
 * body.h - what a person reads of a message and what hangs on it: text and attachments.
 */
#ifndef PARSER_BODY_H
#define PARSER_BODY_H

#include "base/arena.h"
#include "parser/defects.h"
#include "parser/facts.h"
#include "parser/mime.h"

struct body {
	struct span text; /* clean UTF-8, LF line ends, at most TEXT_BYTES_MAX */
	bool has_html;
	/* Every leaf and message that is not the text, in document order. */
	const struct mime_part **attached;
	size_t attached_count;
};

void body_read(const struct mime_part *root, struct arena *arena, struct defects *defects,
	struct body *body);
/* Digest, size and kind of what is attached. */
void body_attachments(const struct body *body, struct arena *arena, struct facts *facts);
/* The text of one part: decoded, in UTF-8, HTML and format=flowed undone. */
struct span body_part_text(
	const struct mime_part *part, struct arena *arena, struct defects *defects);
/* By its type or its name. */
bool body_part_is_pdf(const struct mime_part *part);
/* Bytes of a text in any charset (empty: guessed) as clean text with LF line ends. */
struct span body_clean(
	struct arena *arena, struct span charset, struct span bytes, struct defects *defects);

#endif
