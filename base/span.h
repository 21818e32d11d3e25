/*
 * span.h - a piece of somebody else's bytes: pointer and length, no terminator, never freed here.
 * All text from outside travels as a span.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
	const char *data;
	size_t size;
};

/* A span over a string literal. */
#define SPAN(literal) ((struct span){(literal), sizeof(literal) - 1})
/* The same where C wants a constant: in the initializer of a static table. */
#define SPAN_INIT(literal)                     \
	{                                      \
		(literal), sizeof(literal) - 1 \
	}
/* For printf's "%.*s". */
#define SPAN_ARG(span) (int)(span).size, ((span).data ? (span).data : "")

/* A span over a NUL-terminated string; NULL gives the empty span. */
static inline struct span span_from(const char *string)
{
	return (struct span){string, string ? strlen(string) : 0};
}

static inline bool span_is_empty(struct span span)
{
	return span.size == 0;
}

static inline bool span_equal(struct span a, struct span b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* ASCII letters compare without case (RFC 5322 field names, keywords, domains in A-label form). */
bool span_equal_fold(struct span a, struct span b);
static inline bool span_starts(struct span span, struct span prefix)
{
	return span.size >= prefix.size &&
	       (prefix.size == 0 || memcmp(span.data, prefix.data, prefix.size) == 0);
}

bool span_starts_fold(struct span span, struct span prefix);
bool span_ends(struct span span, struct span suffix);
bool span_ends_fold(struct span span, struct span suffix);
/* Order by bytes, shorter first when one is the beginning of the other: <0, 0, >0. */
int span_compare(struct span a, struct span b);

/* Index of the first occurrence, or -1. */
ptrdiff_t span_find(struct span span, struct span needle);
ptrdiff_t span_find_fold(struct span span, struct span needle);
ptrdiff_t span_find_byte(struct span span, char byte);
ptrdiff_t span_rfind_byte(struct span span, char byte);

/* Where `part`, which is not empty, lies in the very bytes of `span`; -1: it lies elsewhere. */
ptrdiff_t span_place(struct span span, struct span part);

/* The part [from, from + size), cut to what there is. */
static inline struct span span_part(struct span span, size_t from, size_t size)
{
	if (from > span.size)
		from = span.size;
	if (size > span.size - from)
		size = span.size - from;
	return (struct span){span.data ? span.data + from : NULL, size};
}

/* From `from` to the end. */
static inline struct span span_after(struct span span, size_t from)
{
	return span_part(span, from, span.size);
}

/* Without leading and trailing ASCII white space. */
struct span span_trim(struct span span);

/*
 * Takes the piece up to the next `separator` out of *rest into *piece and moves *rest behind the
 * separator. False when *rest is used up; "a,,b" gives "a", "", "b".
 */
bool span_next(struct span *rest, char separator, struct span *piece);
/* As span_next by lines; LF, CRLF and bare CR end a line, the line end is no part of *line. */
bool span_next_line(struct span *rest, struct span *line);

/* A whole span of decimal digits without sign; false when empty, not digits or above max. */
bool span_to_u64(struct span span, unsigned long long max, unsigned long long *value);

#endif
