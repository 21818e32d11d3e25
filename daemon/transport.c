#include "daemon/transport.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libetpan/mailstream.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/sandbox.h"
#include "daemon/host.h"
#include "daemon/imap_scan.h"
#include "daemon/peer.h"

#define STREAM_BUFFER_BYTES 8192 /* 64 KiB is no faster */
#define TICK_MS		    5000
#define ADDRESS_TIMEOUT_MS  10000 /* then the next address of the host has its turn */
#define USER_TIMEOUT_MS	    60000 /* unacknowledged bytes: the link is dead */
#define KEEPALIVE_IDLE_S    120
#define KEEPALIVE_EVERY_S   30
#define KEEPALIVE_COUNT	    4
#define SLOW_BYTES_PER_S    20000 /* of a link that is slow but works */

struct transport {
	const struct transport_trust *trust;
	char host[256];
	uint16_t port;
	int descriptor;
	SSL *ssl; /* NULL: plain */
	bool shook_hands;
	struct _mailstream *stream; /* ours until mailimap_connect */
	bool stream_open;
	/* of the command in hand: what it may take, since when (monotonic), what it brought */
	int64_t deadline_ms, began_at_ms, heard_at_ms;
	uint64_t came_bytes;
	struct imap_scan scan;
	transport_tick *tick;
	void *tick_context;
	int64_t ticked_at_ms;
	struct error failure;
};

/* Keeps the first failure: what follows it is only its echo. */
static void fail(struct transport *transport, const struct error *why)
{
	if (transport->failure.kind == ERROR_NONE)
		transport->failure = *why;
}

static void fail_text(struct transport *transport, enum error_kind kind, const char *text)
{
	struct error why;

	error_set(&why, kind, "%s", text);
	fail(transport, &why);
}

static void set_deadline(struct transport *transport, int64_t from_now_ms)
{
	transport->deadline_ms = from_now_ms;
	transport->began_at_ms = transport->heard_at_ms = clock_monotonic_ms();
	transport->came_bytes = 0;
}

static int64_t deadline_at_ms(const struct transport *transport)
{
	int64_t earned_ms = (int64_t)(transport->came_bytes * 1000 / SLOW_BYTES_PER_S);
	int64_t in_all = transport->began_at_ms + transport->deadline_ms + earned_ms;
	int64_t silent = transport->heard_at_ms + transport->deadline_ms;

	return in_all < silent ? in_all : silent;
}

static void note_bytes(struct transport *transport, size_t size)
{
	transport->came_bytes += size;
	transport->heard_at_ms = clock_monotonic_ms();
}

/* In time, and nobody told us to end. */
static bool may_go_on(struct transport *transport)
{
	int64_t now_ms = clock_monotonic_ms();
	struct error why;

	if (now_ms >= deadline_at_ms(transport)) {
		error_set(&why, ERROR_TEMPORARY, "the server did not answer within %g s",
			(double)transport->deadline_ms / 1000);
		fail(transport, &why);
		return false;
	}
	if (!transport->tick || now_ms - transport->ticked_at_ms < TICK_MS)
		return true;
	transport->ticked_at_ms = now_ms;
	if (transport->tick(transport->tick_context))
		return true;
	fail_text(transport, ERROR_TEMPORARY, "given up: we are told to end");
	return false;
}

/* Waits for the events, in slices, until the deadline. */
static bool wait_for(struct transport *transport, short events)
{
	while (may_go_on(transport)) {
		struct pollfd wait = {transport->descriptor, events, 0};
		int64_t left_ms = deadline_at_ms(transport) - clock_monotonic_ms();
		struct error why;
		int ready;

		if (left_ms > TICK_MS)
			left_ms = TICK_MS;
		ready = poll(&wait, 1, left_ms > 0 ? (int)left_ms : 0);
		if (ready > 0)
			return true;
		if (ready == 0 || errno == EINTR)
			continue;
		error_set_errno(&why, ERROR_TEMPORARY, errno, "waiting for the server");
		fail(transport, &why);
		break;
	}
	return false;
}

/*
 * After an SSL_* or socket call that did not go through: true to try it again. `result` is what the
 * call returned, `events` what a plain socket waits for.
 */
static bool may_retry(struct transport *transport, int result, short events, const char *what)
{
	struct error why;
	char text[256];
	int saved_errno = errno;

	if (!transport->ssl) {
		if (saved_errno == EINTR)
			return true;
		if (saved_errno == EAGAIN || saved_errno == EWOULDBLOCK)
			return wait_for(transport, events);
		error_set_errno(&why, ERROR_TEMPORARY, saved_errno, "%s", what);
		fail(transport, &why);
		return false;
	}
	switch (SSL_get_error(transport->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		return wait_for(transport, POLLIN);
	case SSL_ERROR_WANT_WRITE:
		return wait_for(transport, POLLOUT);
	case SSL_ERROR_ZERO_RETURN:
		error_set(&why, ERROR_TEMPORARY, "the server closed the connection");
		break;
	case SSL_ERROR_SYSCALL:
		if (saved_errno == EINTR)
			return true;
		ERR_clear_error();
		error_set(&why, ERROR_TEMPORARY, "%s: %s", what,
			saved_errno ? strerror(saved_errno) : "the connection ended");
		break;
	default:
		/* the end without TLS's goodbye is the same to a person */
		if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING &&
			transport->shook_hands) {
			ERR_clear_error();
			error_set(&why, ERROR_TEMPORARY, "the server closed the connection");
			break;
		}
		error_set(&why, ERROR_TEMPORARY, "%s: %s", what, peer_words(text));
		break;
	}
	fail(transport, &why);
	return false;
}

/* The driver: what libetpan calls. EOF is -1: 0 inside a literal would make it spin for ever. */

static ssize_t driver_read(mailstream_low *low, void *buffer, size_t size)
{
	struct transport *transport = low->data;

	while (transport->failure.kind == ERROR_NONE && may_go_on(transport)) {
		struct error why;
		ssize_t got;

		errno = 0;
		if (transport->ssl)
			got = SSL_read(
				transport->ssl, buffer, size > INT32_MAX ? INT32_MAX : (int)size);
		else
			got = recv(transport->descriptor, buffer, size, 0);
		if (got > 0) {
			size_t usable;

			note_bytes(transport, (size_t)got);
			if (!imap_scan_bytes(&transport->scan, buffer, (size_t)got, &usable, &why))
				fail(transport, &why);
			return usable > 0 ? (ssize_t)usable : -1;
		}
		if (got == 0 && !transport->ssl) {
			fail_text(transport, ERROR_TEMPORARY, "the server closed the connection");
			break;
		}
		if (!may_retry(transport, (int)got, POLLIN, "reading from the server"))
			break;
	}
	return -1;
}

static ssize_t driver_write(mailstream_low *low, const void *buffer, size_t size)
{
	struct transport *transport = low->data;

	while (transport->failure.kind == ERROR_NONE) {
		ssize_t sent;

		errno = 0;
		if (transport->ssl)
			sent = SSL_write(
				transport->ssl, buffer, size > INT32_MAX ? INT32_MAX : (int)size);
		else
			sent = send(transport->descriptor, buffer, size, MSG_NOSIGNAL);
		if (sent > 0 || size == 0)
			return sent;
		if (!may_retry(transport, (int)sent, POLLOUT, "writing to the server"))
			break;
	}
	return -1;
}

static int driver_close(mailstream_low *low)
{
	struct transport *transport = low->data;

	transport->stream_open = false;
	if (transport->descriptor >= 0)
		close(transport->descriptor);
	transport->descriptor = -1;
	return 0;
}

static int driver_descriptor(mailstream_low *low)
{
	return ((struct transport *)low->data)->descriptor;
}

/* libetpan leaves the stream object itself to the driver; what is behind it is the transport's. */
static void driver_free(mailstream_low *low)
{
	free(low);
}

static void driver_cancel(mailstream_low *low)
{
	(void)low;
}

static mailstream_low_driver driver = {
	.mailstream_read = driver_read,
	.mailstream_write = driver_write,
	.mailstream_close = driver_close,
	.mailstream_get_fd = driver_descriptor,
	.mailstream_free = driver_free,
	.mailstream_cancel = driver_cancel,
};

static void set_socket_options(int descriptor)
{
	const struct {
		int level, name, value;
	} options[] = {
		{SOL_SOCKET, SO_KEEPALIVE, 1},
		{IPPROTO_TCP, TCP_NODELAY, 1},
		{IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S},
		{IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_EVERY_S},
		{IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_COUNT},
		{IPPROTO_TCP, TCP_USER_TIMEOUT, USER_TIMEOUT_MS},
	};

	/* They only shorten the wait for a dead link: a kernel without one of them serves too. */
	for (size_t i = 0; i < ARRAY_COUNT(options); i++)
		(void)setsockopt(descriptor, options[i].level, options[i].name, &options[i].value,
			sizeof(options[i].value));
}

static bool connect_address(
	struct transport *transport, const struct addrinfo *address, struct error *err)
{
	const struct transport before = *transport;
	socklen_t size = sizeof(int);
	int problem = 0;

	transport->descriptor =
		socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
	if (transport->descriptor < 0)
		return error_set_errno(err, ERROR_TEMPORARY, errno, "no socket");
	set_socket_options(transport->descriptor);
	if (deadline_at_ms(transport) - clock_monotonic_ms() > ADDRESS_TIMEOUT_MS)
		set_deadline(transport, ADDRESS_TIMEOUT_MS);
	if (connect(transport->descriptor, address->ai_addr, address->ai_addrlen) < 0) {
		if (errno != EINPROGRESS)
			problem = errno;
		else if (!wait_for(transport, POLLOUT))
			problem = ETIMEDOUT;
		else if (getsockopt(transport->descriptor, SOL_SOCKET, SO_ERROR, &problem, &size))
			problem = errno;
	}
	transport->deadline_ms = before.deadline_ms;
	transport->began_at_ms = before.began_at_ms;
	transport->heard_at_ms = before.heard_at_ms;
	if (!problem)
		return true;
	close(transport->descriptor);
	transport->descriptor = -1;
	return error_set_errno(err, ERROR_TEMPORARY, problem, "can't connect");
}

/*
 * The C library asks each name server twice, at most 3 seconds each, unless the administrator said
 * otherwise: that bounds getaddrinfo without a thread.
 */
static bool resolve(struct transport *transport, struct addrinfo **list, struct error *err)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	char port[8];
	int result;

	setenv("RES_OPTIONS", "timeout:3 attempts:2", 0);
	snprintf(port, sizeof(port), "%u", transport->port);
	result = getaddrinfo(transport->host, port, &hints, list);
	if (result == 0)
		return true;
	if (sandbox_is_outdated()) /* ends the reader; the next one may read the new file */
		return error_set(err, ERROR_STORAGE,
			"the resolver's configuration was replaced: started again to read it");
	return error_set(err,
		result == EAI_NONAME || result == EAI_FAIL ? ERROR_INPUT : ERROR_TEMPORARY,
		"no address is known for \"%s\": %s", transport->host,
		result == EAI_SYSTEM ? strerror(errno) : gai_strerror(result));
}

static bool connect_any(struct transport *transport, enum server_tls tls, struct error *err)
{
	struct addrinfo *list;
	bool connected = false;

	if (!resolve(transport, &list, err))
		return false;
	error_set(err, ERROR_TEMPORARY, "no address is known");
	for (struct addrinfo *address = list; address && !connected; address = address->ai_next) {
		if (tls == TLS_NONE && !host_is_loopback(address->ai_addr)) {
			error_set(err, ERROR_INPUT,
				"tls: none is allowed to this computer itself only; "
				"use tls: implicit or starttls");
			continue;
		}
		connected = connect_address(transport, address, err);
	}
	freeaddrinfo(list);
	return connected;
}

static bool handshake(struct transport *transport, struct error *err)
{
	int result;

	transport->ssl = peer_new(transport->trust, transport->host, transport->descriptor);
	do {
		errno = 0;
		ERR_clear_error();
		result = SSL_connect(transport->ssl);
	} while (result != 1 && may_retry(transport, result, POLLIN, "TLS handshake"));
	if (!peer_check(transport->trust, transport->ssl, result == 1, err))
		return false;
	transport->shook_hands = result == 1;
	if (result != 1)
		*err = transport->failure;
	return result == 1;
}

static bool open_within(struct transport *transport, enum server_tls tls, struct error *err)
{
	if (!connect_any(transport, tls, err))
		return false;
	/* A refused address may have left a failure that the next one does not share. */
	transport->failure = (struct error){0};
	return tls != TLS_IMPLICIT || handshake(transport, err);
}

bool transport_open(const struct transport_trust *trust, struct span host, uint16_t port,
	enum server_tls tls, int64_t timeout_ms, struct transport **transport, struct error *err)
{
	struct transport *made = memory_alloc(sizeof(*made));
	mailstream_low *low;

	*made = (struct transport){.trust = trust, .port = port, .descriptor = -1};
	set_deadline(made, timeout_ms);
	snprintf(made->host, sizeof(made->host), "%.*s", SPAN_ARG(host));
	if (!open_within(made, tls, err)) {
		error_context(err, "%s:%u", made->host, port);
		transport_free(made);
		return false;
	}
	low = mailstream_low_new(made, &driver);
	made->stream = low ? mailstream_new(low, STREAM_BUFFER_BYTES) : NULL;
	if (!made->stream)
		memory_exhausted();
	made->stream_open = true;
	*transport = made;
	return true;
}

bool transport_start_tls(struct transport *transport, int64_t timeout_ms, struct error *err)
{
	if (transport->stream->read_buffer_len != 0)
		return error_set(err, ERROR_INPUT,
			"%s:%u: the server sent more behind its answer to STARTTLS: "
			"somebody may be in between",
			transport->host, transport->port);
	set_deadline(transport, timeout_ms);
	if (!handshake(transport, err))
		return error_context(err, "%s:%u", transport->host, transport->port);
	return true;
}

bool transport_is_encrypted(const struct transport *transport)
{
	return transport->ssl != NULL;
}

void transport_set_tick(struct transport *transport, transport_tick *tick, void *context)
{
	transport->tick = tick;
	transport->tick_context = context;
}

void transport_limit(struct transport *transport, const struct transport_limits *limits)
{
	set_deadline(transport, limits->deadline_ms);
	imap_scan_limit(&transport->scan, limits->max_bytes, limits->max_line_bytes,
		limits->max_literal, limits->max_untagged);
}

struct _mailstream *transport_stream(struct transport *transport)
{
	return transport->stream;
}

/*
 * Bytes may lie in OpenSSL's buffer that are no text (a session ticket): only reading tells. What
 * is wrong with the connection is told by the read that follows.
 */
static bool is_tls_drained(SSL *ssl)
{
	char byte;
	int got = SSL_peek(ssl, &byte, 1);
	bool waits = got <= 0 && SSL_get_error(ssl, got) == SSL_ERROR_WANT_READ;

	ERR_clear_error();
	return waits;
}

bool transport_is_drained(const struct transport *transport)
{
	return transport->stream->read_buffer_len == 0 &&
	       (!transport->ssl || is_tls_drained(transport->ssl));
}

int transport_descriptor(const struct transport *transport)
{
	return transport->descriptor;
}

const struct error *transport_failure(const struct transport *transport)
{
	return &transport->failure;
}

void transport_free(struct transport *transport)
{
	if (!transport)
		return;
	if (transport->stream_open)
		mailstream_close(transport->stream);
	else if (transport->descriptor >= 0)
		close(transport->descriptor);
	SSL_free(transport->ssl);
	free(transport);
}
