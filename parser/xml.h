/*
 * xml.h - a small XML document as a tree of elements. Size, depth and number of elements are
 * bounded.
 */
#ifndef PARSER_XML_H
#define PARSER_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/span.h"

struct xml_attribute {
	struct span name, value;
};

struct xml_element {
	struct span name; /* without the prefix of its namespace */
	struct span text; /* its own text, trimmed, clean UTF-8 */
	struct xml_attribute *attributes;
	size_t attribute_count;
	struct xml_element *parent, *first_child, *next;
};

/*
 * The root element. ERROR_INPUT when the document is not well-formed or has a document type,
 * ERROR_LIMIT when it is too large, too deep or has too many elements.
 */
MUST_CHECK bool xml_read(
	struct span bytes, struct arena *arena, struct xml_element **root, struct error *err);

/* The first element along a path of names ("A/B/C") below `element`; NULL when there is none. */
const struct xml_element *xml_find(const struct xml_element *element, const char *path);
/* The next sibling of the same name. */
const struct xml_element *xml_again(const struct xml_element *element);
/* The text at the path, empty when there is none. */
struct span xml_text(const struct xml_element *element, const char *path);
struct span xml_attribute(const struct xml_element *element, const char *name);

#endif
