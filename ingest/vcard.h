/*
 * vcard.h - content lines of vCards (RFC 6350 section 3.3, RFC 2426): unfolding, names, escapes.
 */
#ifndef INGEST_VCARD_H
#define INGEST_VCARD_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/span.h"

/* A longer one (a picture) is cut there. */
#define VCARD_MAX_LINE_BYTES (1u << 20)

struct vcard_reader {
	struct span rest;
	size_t line; /* number of the next physical line, from 1 */
	struct buffer unfolded;
};

struct vcard_property {
	struct span name; /* without the group; any case. Empty: the line has no colon */
	struct span parameters, value; /* as they stand */
	size_t line;
};

void vcard_open(struct vcard_reader *reader, struct span text);
void vcard_close(struct vcard_reader *reader);
/* The next line that is not empty; it is valid until the next call. False at the end. */
bool vcard_next(struct vcard_reader *reader, struct vcard_property *property);

/* The value of a parameter, without quotes; empty when it is not there. */
struct span vcard_parameter(const struct vcard_property *property, struct span name);
/* A text value without its escapes, in the arena. */
struct span vcard_text(struct arena *arena, struct span value);
/* Takes the piece up to the next separator that is not escaped out of *rest; as span_next. */
bool vcard_component(struct span *rest, char separator, struct span *piece);

/* Appends NAME:TEXT with escapes, folded at 75 bytes. Nothing when the text is empty. */
void vcard_append(struct buffer *out, const char *name, struct span text);
/* The same of several components. */
void vcard_append_parts(
	struct buffer *out, const char *name, const struct span *parts, size_t count);

#endif
