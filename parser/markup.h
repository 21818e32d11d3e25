/*
 * markup.h - the only door to libxml2: HTML and XML as a stream of elements and text. No entity of
 * a document is expanded, no DTD is read, nothing is ever fetched.
 */
#ifndef PARSER_MARKUP_H
#define PARSER_MARKUP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/span.h"

#define MARKUP_ATTRIBUTES_MAX 64 /* the others of an element are left out */

struct markup_attribute {
	struct span name, value;
};

/* Spans are valid during the call. Returning false ends the reading. */
struct markup_reader {
	void *user;
	/* depth: elements that are open around this one */
	bool (*begin)(void *user, struct span name, const struct markup_attribute *attributes,
		size_t attribute_count, size_t depth);
	bool (*end)(void *user, struct span name);
	bool (*text)(void *user, struct span text);
};

/* Once a process, before the sandbox closes: libxml2 sets up its tables. */
void markup_init(void);
void markup_done(void);

/*
 * Reads HTML (UTF-8) as browsers would: open elements that can't hold one another
 * are ended. Returns what stands behind the tag whose begin() said false; empty when everything was
 * read.
 */
struct span markup_read_html(struct span html, const struct markup_reader *reader);
/*
 * Reads XML in any encoding. Names have no prefix. ERROR_INPUT when it is not well-formed or has a
 * document type; a reader that said false sees no error: it knows.
 */
MUST_CHECK bool markup_read_xml(
	struct span xml, const struct markup_reader *reader, struct error *err);

#endif
