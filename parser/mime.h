/*
 * mime.h - the only door to GMime: the tree of parts of a message, decoding of contents, and
 * structured header values. What leaves here are spans and own structs; no GMime object outlives a
 * call. GMime's known gaps are closed here (docs/decisions/006-parser.md).
 */
#ifndef PARSER_MIME_H
#define PARSER_MIME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/span.h"
#include "parser/defects.h"
#include "parser/facts.h"
#include "parser/field.h"

enum mime_kind { MIME_LEAF, MIME_MULTIPART, MIME_MESSAGE };
enum mime_disposition { MIME_NO_DISPOSITION, MIME_INLINE, MIME_ATTACHMENT };
enum mime_encoding { MIME_IDENTITY, MIME_BASE64, MIME_QUOTED_PRINTABLE, MIME_UUENCODE };

struct mime_part {
	enum mime_kind kind;
	struct mime_part *parent, *first_child, *next;
	struct span type;			     /* "text/plain", lower case */
	struct span charset;			     /* as written */
	struct span filename;			     /* decoded */
	struct span content_id;			     /* without angle brackets */
	struct span location;			     /* Content-Location */
	struct span report_type, method, smime_type; /* parameters of Content-Type */
	bool flowed, delsp;			     /* RFC 3676 */
	enum mime_disposition disposition;
	enum mime_encoding encoding;
	struct span raw;      /* the content as it stands; MIME_MESSAGE: the whole message inside */
	struct span *decoded; /* what mime_decode gave, for its next caller; no data: not yet */
	unsigned depth;
	struct mime_pdf *pdf; /* what was read of it where it is a PDF */
};

/* Filled by pdf_texts_read and invoices_read. */
struct mime_pdf {
	struct span text; /* laid out; empty: none */
	bool has_xml;	  /* an e-invoice lies in it */
};

/* Once a process, before and after everything else here. */
void mime_init(void);
void mime_done(void);

/*
 * The parts of a message with these fields. Never fails: where the structure can't be read, the
 * whole body is one text/plain part. Raw contents point into block->body.
 */
struct mime_part *mime_parts(
	const struct field_block *block, struct arena *arena, struct defects *defects);
/* An empty leaf. */
struct mime_part *mime_part_new(struct arena *arena);
/* The next part that does not lie inside `part`. */
static inline struct mime_part *mime_after(const struct mime_part *part)
{
	while (part && !part->next)
		part = part->parent;
	return part ? part->next : NULL;
}

/* The next part in document order; NULL behind the last. */
static inline struct mime_part *mime_next(const struct mime_part *part)
{
	return part->first_child ? part->first_child : mime_after(part);
}

/*
 * The content decoded (base64, quoted-printable, uuencode), once. Where nothing is to decode it is
 * part->raw itself.
 */
struct span mime_decode(const struct mime_part *part, struct arena *arena);
/* At most max_bytes of its beginning: of a large content no more is held. */
struct span mime_decode_start(const struct mime_part *part, size_t max_bytes, struct arena *arena);
struct span mime_decode_bytes(
	struct span encoded, enum mime_encoding encoding, struct arena *arena);

/* The content can be held decoded beside what was unpacked of this mail before. */
bool mime_has_room(const struct mime_part *part, const struct arena *arena);

/* SHA-256 and size of the decoded content; no copy of a large one is made. */
struct digest mime_digest(const struct mime_part *part, struct arena *arena, uint64_t *size_bytes);

/* An unstructured value (RFC 2047 decoded, raw 8-bit guessed), one line, clean UTF-8. */
struct span mime_text(struct arena *arena, struct span raw);
/*
 * An address list (RFC 5322 section 3.4), groups flattened. Appends to *list; GMime first, a
 * lenient reader where GMime sees less than there is.
 */
void mime_addresses(struct arena *arena, struct span raw, struct defects *defects,
	struct facts_addresses *list);

#endif
