/*
 * charset.h - text in any charset as UTF-8 (iconv). All converters are opened once, before the
 * sandbox closes, and stay open: glibc loads a charset's module from a file when it is first used,
 * and unloads it with the last converter.
 */
#ifndef PARSER_CHARSET_H
#define PARSER_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/span.h"

/* Opens every charset of the table; call it once before sandbox_enter. */
void charset_open_all(void);
void charset_close_all(void);

/*
 * The name under which iconv knows what mail calls `label` ("gb2312" is written, gb18030 is
 * meant); NULL when nobody knows it. A static string.
 */
const char *charset_name(struct span label);
/* The label is known or says nothing ("unknown-8bit"). */
bool charset_is_unknown(struct span label);

/*
 * The bytes as UTF-8; what is no character becomes U+FFFD. An empty or unknown label is guessed:
 * UTF-8 when valid, else windows-1252. Returns `bytes` itself when they are UTF-8 already. *bad
 * becomes true when bytes had to be replaced. At most max_bytes come out.
 */
struct span charset_to_utf8(
	struct arena *arena, struct span label, struct span bytes, size_t max_bytes, bool *bad);

/* The names of the table, for the test that each of them works inside the sandbox. */
size_t charset_count(void);
const char *charset_at(size_t index);

#endif
