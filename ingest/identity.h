/*
 * identity.h - which mail it is: the same for every delivery of one mail, on whatever way it came.
 *
 * SHA-256 over Message-ID, Date, From, To, Cc, Subject, lines of the header that are no fields, and
 * the body. Trace fields, Bcc and Authentication-Results differ between two deliveries and are left
 * out. Header fields are
 * unfolded and their white space collapsed (RFC 5322 section 2.2.3); line ends are LF and empty
 * lines at the end of the body don't count (as in DKIM's simple body, RFC 6376 section 3.4.3), so
 * that a copy by IMAP, from an mbox and from a Maildir agree.
 */
#ifndef INGEST_IDENTITY_H
#define INGEST_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/span.h"

/* Of a whole mail in memory. */
struct digest identity_of(struct span mail);
/*
 * Of a mail of which only the header block is known (it was too large). Differs from that of the
 * whole mail, and two large mails that differ in the body alone agree.
 */
struct digest identity_of_header(struct span header);

/* Of a mail that comes piece by piece; holds its header fields only. */
struct identity;
struct identity *identity_new(void);
void identity_add(struct identity *identity, struct span piece);
/* Frees it. Same as identity_of over all pieces together. */
struct digest identity_end(struct identity *identity);
/* Gives up without a result; NULL is legal. */
void identity_free(struct identity *identity);

#endif
