/*
 * label.h - the words that mail programs write around quoted and forwarded mail, in the
 * languages of label_table.h.
 */
#ifndef PARSER_LABEL_H
#define PARSER_LABEL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "parser/lines.h"

enum label_kind {
	LABEL_NONE,
	LABEL_FROM,
	LABEL_TO,
	LABEL_CC,
	LABEL_BCC,
	LABEL_DATE,
	LABEL_SUBJECT,
	LABEL_REPLY_TO,
	LABEL_OTHER, /* attachments, importance */
	LABEL_COUNT,
};

/* "*Von:* Anna": the kind of a header line inside a text, and what stands behind the colon. */
enum label_kind label_of(struct span line, struct span *value);
/*
 * The next label inside a line (Yahoo writes the whole block on one): its kind, where it begins and
 * where its value begins. LABEL_NONE when there is none.
 */
enum label_kind label_inside(struct span line, size_t from, size_t *begin, size_t *value);

/* "---------- Forwarded message ---------"; *rest is what stands behind it on the same line. */
bool label_is_forward_marker(struct span line, struct span *rest);
/* "-----Original Message-----": stands above replies and forwards alike. */
bool label_is_original_marker(struct span line);

enum label_prefix { PREFIX_NONE, PREFIX_REPLY, PREFIX_FORWARD };
/* What "Re:", "AW:", "Fwd:", "WG:" at the front of a subject say; *rest is the subject behind. */
enum label_prefix label_subject_prefix(struct span subject, struct span *rest);

/* The text behind dashes (- _ = * # and typographic ones) at its front, and how many they were. */
struct span label_skip_dashes(struct span text, size_t *count);
/* One of the stems stands in the line, without case. */
bool label_contains(struct span line, const struct span *stems, size_t count);

#endif
