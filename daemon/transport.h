/*
 * transport.h - the connection to an IMAP server: TCP, TLS and the limits that libetpan lacks. One
 * of the two doors to libetpan (with imap.c): below it stands a mailstream driver of our own over
 * OpenSSL, because libetpan's verifies nothing and knows no deadline.
 */
#ifndef DAEMON_TRANSPORT_H
#define DAEMON_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/span.h"
#include "config/config.h"

/* What is trusted; made once, before the sandbox closes. */
struct transport_trust;

/*
 * ca_file empty: the system's store. pinned_key: SHA-256 of the server's SPKI in hex, checked in
 * addition to the certificate; empty: none. ERROR_INPUT when the file or the pin is no such thing.
 */
MUST_CHECK bool transport_trust_new(struct span ca_file, struct span pinned_key,
	struct transport_trust **trust, struct error *err);
void transport_trust_free(struct transport_trust *trust);

/* Called while a command waits, every few seconds; false gives the command up. */
typedef bool transport_tick(void *context);

struct transport;

/* The limits of one command, from now on. */
struct transport_limits {
	/*
	 * The server may be silent that long, and may take that long in all, longer only by the
	 * bytes that came at a slow link's rate: one that drips bytes gains nothing.
	 */
	int64_t deadline_ms;
	uint64_t max_bytes;	 /* all that the server may answer */
	uint64_t max_line_bytes; /* of it what is no literal: libetpan keeps it to the end */
	uint64_t max_literal;	 /* one literal */
	uint32_t max_untagged;	 /* untagged responses other than FETCH: libetpan keeps them all */
};

/*
 * Connects, and with TLS_IMPLICIT shakes hands; all within timeout_ms. TLS_STARTTLS begins in
 * plain. TLS_NONE connects to loopback addresses only, as resolved. ERROR_INPUT: the certificate or
 * the address is refused (the text says how to mend it); ERROR_TEMPORARY: the network.
 */
MUST_CHECK bool transport_open(const struct transport_trust *trust, struct span host, uint16_t port,
	enum server_tls tls, int64_t timeout_ms, struct transport **transport, struct error *err);
/*
 * The handshake after STARTTLS was answered, on the same connection. ERROR_INPUT when the server
 * sent more before it (RFC 9051 section 11.1: injected commands).
 */
MUST_CHECK bool transport_start_tls(
	struct transport *transport, int64_t timeout_ms, struct error *err);
bool transport_is_encrypted(const struct transport *transport);

void transport_set_tick(struct transport *transport, transport_tick *tick, void *context);
void transport_limit(struct transport *transport, const struct transport_limits *limits);

/*
 * The stream for mailimap_connect, which then owns it: mailstream_close ends the connection but
 * leaves the transport, which is freed last.
 */
struct _mailstream *transport_stream(struct transport *transport);
/* Nothing lies in any buffer: poll on transport_descriptor tells when more comes. */
bool transport_is_drained(const struct transport *transport);
int transport_descriptor(const struct transport *transport);

/* Why the connection failed; ERROR_NONE while it works. */
const struct error *transport_failure(const struct transport *transport);

/* Closes whatever is open. NULL is legal. */
void transport_free(struct transport *transport);

#endif
