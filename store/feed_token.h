/*
 * feed_token.h - the secret in a calendar address: 256 random bits as base64url (RFC 4648
 * section 5, no padding). The database knows its hash only.
 */
#ifndef STORE_FEED_TOKEN_H
#define STORE_FEED_TOKEN_H

#include "base/digest.h"
#include "base/span.h"

#define FEED_TOKEN_SIZE 44

void feed_token_new(char token[FEED_TOKEN_SIZE]);
struct digest feed_token_hash(struct span token);

#endif
