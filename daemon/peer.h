/*
 * peer.h - the server's certificate: what transport.c asks of OpenSSL before it believes that the
 * server is the one that was meant. transport_trust_new and _free of transport.h are here too.
 */
#ifndef DAEMON_PEER_H
#define DAEMON_PEER_H

#include <stdbool.h>

#include "base/error.h"
#include "daemon/transport.h"

struct ssl_st; /* SSL of OpenSSL */

/* A session that shakes hands with this host only; free it with SSL_free. */
struct ssl_st *peer_new(const struct transport_trust *trust, const char *host, int descriptor);
/*
 * After the handshake, also one that failed (`shook` false): ERROR_INPUT, with what a person can do
 * about it, when the certificate or the key is refused. True where it failed of something else.
 */
MUST_CHECK bool peer_check(
	const struct transport_trust *trust, struct ssl_st *ssl, bool shook, struct error *err);
/* The first error in OpenSSL's queue, in words; the queue is empty afterwards. */
const char *peer_words(char text[256]);

#endif
