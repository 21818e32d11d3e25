/*
 * imap_challenge.h - why a server refuses an access token: the JSON that it sends as a challenge
 * of XOAUTH2 or OAUTHBEARER (RFC 7628 section 3.2.2) in words that a person can act on.
 */
#ifndef DAEMON_IMAP_CHALLENGE_H
#define DAEMON_IMAP_CHALLENGE_H

#include "base/buffer.h"
#include "base/span.h"

/* Appends the words; nothing when the challenge, in base64, is no such thing. */
void imap_challenge_words(struct span base64, struct buffer *out);

#endif
