/*
 * error.h - the one error type. It lives on the caller's stack; whatever can fail takes it last and
 * returns false. Not found is an answer, not an error.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>

#include "base/compiler.h"

/* A kind exists only where somebody acts differently on it. */
enum error_kind {
	ERROR_NONE,
	ERROR_INPUT,	 /* what came from outside is wrong: say so, keep it, go on */
	ERROR_LIMIT,	 /* a cap was reached: named, kept, go on */
	ERROR_TEMPORARY, /* try again later with a growing delay */
	ERROR_BUSY,	 /* somebody else holds the database or the lock: try again soon */
	ERROR_AUTH,	 /* refused credentials: read secrets again, then wait long */
	ERROR_CONFLICT,	 /* changed by somebody in between: the person decides */
	ERROR_STORAGE,	 /* disk or database failed: end the process, lose nothing */
	ERROR_BUG,	 /* cannot happen: end the process with a report */
};

struct error {
	enum error_kind kind;
	char text[480]; /* one line, UTF-8, no trailing full stop or newline */
};

/*
 * Sets kind and text and returns false, so that `return error_set(err, …)` is the way to fail.
 * error_set_errno adds ": " and the words of strerror(saved_errno), error_context puts "context: "
 * before the text and keeps the kind.
 *
 * Macros, so that the compiler sees the false: otherwise it warns of results that the caller never
 * reads after a failure.
 */
#define error_set(err, kind, ...) (error_write((err), (kind), __VA_ARGS__), error_false())
#define error_set_errno(err, kind, saved_errno, ...) \
	(error_write_errno((err), (kind), (saved_errno), __VA_ARGS__), error_false())
#define error_context(err, ...) (error_write_context((err), __VA_ARGS__), error_false())

void error_write(struct error *err, enum error_kind kind, const char *format, ...)
	PRINTF_LIKE(3, 4);
void error_write_errno(struct error *err, enum error_kind kind, int saved_errno, const char *format,
	...) PRINTF_LIKE(4, 5);
void error_write_context(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);
static inline bool error_false(void)
{
	return false;
}

/* The kind in lower case ("input", "temporary"), for logs and JSON. */
const char *error_kind_name(enum error_kind kind);

#endif
