/*
 * base64.h - bytes as base64 text (RFC 4648 section 4), and back.
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/span.h"

/* Appends the bytes as base64 with padding, in one line. */
void base64_append(struct buffer *out, struct span bytes);
/*
 * Appends the bytes that the text stands for. Strict: padding must be there, nothing else than the
 * alphabet is allowed. False, and nothing appended, when it is no base64.
 */
bool base64_decode(struct buffer *out, struct span text);
/*
 * The well-formed front of text as mail has it: groups of four digits, white space anywhere.
 * Writes three bytes a group to out (text.size / 4 * 3 bytes of room) and returns how many; *taken
 * is where it stopped, behind the last whole group before padding or anything else.
 */
size_t base64_take(struct span text, char *out, size_t *taken);

#endif
