/*
 * text.h - Unicode text: validity, normal form, folding (utf8proc). Stored text is valid UTF-8 in
 * NFC without NUL.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/span.h"

bool text_is_utf8(struct span text);
/*
 * Takes the next code point out of *rest; -1 for bytes that are no UTF-8, of which at least one is
 * taken. False at the end.
 */
bool text_next(struct span *rest, int32_t *code_point);
/* Appends a code point as UTF-8; one that does not exist as U+FFFD. */
void text_append(struct buffer *out, int32_t code_point);
/*
 * Valid UTF-8 in NFC: bad sequences become U+FFFD, NUL goes. Returns the span itself, without a
 * copy, when nothing had to change.
 */
struct span text_clean(struct arena *arena, struct span text);
/*
 * The key under which names and words are compared and sorted by bytes: NFKC, case folded, white
 * space collapsed to one space and trimmed.
 */
struct span text_fold(struct arena *arena, struct span text);
/*
 * The key of a mail address: text_fold of the local part, domain lower-cased and in A-label form
 * (libidn2). Empty when it is no address (no @, nothing on one side of it).
 */
struct span text_fold_address(struct arena *arena, struct span address);
/* The domain of a folded address; empty when there is none. */
struct span text_address_domain(struct span address);
/*
 * Whether text begins with the prefix, capitals and small letters of all scripts being the same:
 * the bytes of text that it takes, 0: it does not. The prefix is not empty; both are UTF-8 in NFC.
 */
size_t text_starts_fold(struct span text, struct span prefix);
/* Where the needle stands in text, compared the same way; -1: nowhere. */
ptrdiff_t text_find_fold(struct span text, struct span needle);
/* The small ASCII letter below the accents of a Latin one (U+00C0 to U+024F); 0: none. */
char text_base_letter(int32_t code_point);
/*
 * The longest beginning of at most max_bytes that does not cut a code point.
 */
struct span text_cut(struct span text, size_t max_bytes);
/*
 * For a line of a terminal or a log: control characters (C0, DEL, C1), bidi controls and bad UTF-8
 * become visible \u{…} escapes; TAB and line ends become a space.
 */
void text_escape_line(struct buffer *out, struct span text);
/* Columns that the text takes on a terminal. */
size_t text_width(struct span text);

#endif
