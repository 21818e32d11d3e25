/*
 * protocol.h - what goes in and out of a postroom-parser process: frames (base/frame.h) on its
 * descriptor 3, answered in order, one answer a request.
 */
#ifndef PARSER_PROTOCOL_H
#define PARSER_PROTOCOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"

/* Poppler's text extraction (Debian's poppler-utils), a program of its own; without it no text of a
 * PDF is read. */
#define PDF_PROGRAM "/usr/bin/pdftotext"

enum parser_frame {
	PARSER_REQUEST = 1, /* parse_options and the mail */
	PARSER_FACTS = 2,   /* facts_write */
	PARSER_FAILED = 3,  /* UTF-8 text: no facts could be read, and why */
};

enum parse_input {
	PARSE_MAIL,	 /* a whole message (RFC 5322), raw */
	PARSE_MAIL_ZSTD, /* the same as one zstd frame */
	PARSE_TEXT,	 /* a bare text body, for `parse --body` */
	PARSE_HTML,	 /* a bare HTML body */
};

struct parse_options {
	enum parse_input input;
	char tag_separator; /* usually '+' */
	struct span *action_prefixes;
	size_t action_prefix_count;
	struct span *own_domains; /* skipped when the original sender of a forward is sought */
	size_t own_domain_count;
	/*
	 * For the last try at a mail on which parsers died: PDF and XML that hang on it are not
	 * opened (defect "documents-not-read").
	 */
	bool without_documents;
};

/* The body of a PARSER_REQUEST frame. */
void protocol_write_request(
	const struct parse_options *options, struct span mail, struct buffer *out);
/* Points into `body` and the arena. ERROR_INPUT when it does not fit. */
MUST_CHECK bool protocol_read_request(struct span body, struct arena *arena,
	struct parse_options *options, struct span *mail, struct error *err);

#endif
