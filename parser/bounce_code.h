/*
 * bounce_code.h - the numbers by which mail servers say why: SMTP reply codes (RFC 5321 section
 * 4.2) and enhanced status codes (RFC 3463).
 */
#ifndef PARSER_BOUNCE_CODE_H
#define PARSER_BOUNCE_CODE_H

#include "base/span.h"

struct bounce_code {
	struct span status; /* "5.1.1"; empty: none */
	struct span reply;  /* "550"; empty: none */
};

/*
 * The codes in a server's words, places in the text. Of several the first that names a cause: a
 * gateway puts "4.4.7 message expired" or "5.1.0 address error" before the words of the server
 * behind it, which know better.
 */
struct bounce_code bounce_code_find(struct span text);
/* Whether a status says no more than that something went wrong ("5.0.0"); empty counts too. */
bool bounce_code_is_general(struct span status);

#endif
