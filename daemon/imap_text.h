/*
 * imap_text.h - text on its way to an IMAP server: quoted strings, folder names, UID sets. What
 * comes from outside the program never reaches a command but through here.
 */
#ifndef DAEMON_IMAP_TEXT_H
#define DAEMON_IMAP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/span.h"

/*
 * Appends the text as a quoted string (RFC 9051 section 4.3). False, and nothing appended, when it
 * holds what can't be quoted: NUL, CR, LF or bytes above 127.
 */
bool imap_text_quote(struct buffer *out, struct span text);
/*
 * Appends a folder's name, UTF-8 as a person writes it, in modified UTF-7 (RFC 3501 section 5.1.3)
 * and quoted. False when it is no valid UTF-8 or holds control characters.
 */
bool imap_text_folder(struct buffer *out, struct span name);
/* "3:7,9,12": of UIDs that rise. */
void imap_text_uids(struct buffer *out, const uint32_t *uids, size_t count);

#endif
