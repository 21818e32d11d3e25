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
#include <openssl/x509v3.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/memory.h"
#include "daemon/host.h"
#include "daemon/imap_scan.h"

#define STREAM_BUFFER_BYTES 8192 /* 64 KiB is no faster */
#define TLS_BUFFER_BYTES    131072
#define TICK_MS		    5000
#define ADDRESS_TIMEOUT_MS  10000 /* then the next address of the host has its turn */
#define USER_TIMEOUT_MS	    60000 /* unacknowledged bytes: the link is dead */
#define KEEPALIVE_IDLE_S    120
#define KEEPALIVE_EVERY_S   30
#define KEEPALIVE_COUNT	    4

struct transport_trust {
	SSL_CTX *context;
	bool pinned;
	struct digest pin; /* SHA-256 of the SubjectPublicKeyInfo */
};

struct transport {
	const struct transport_trust *trust;
	char host[256];
	uint16_t port;
	int descriptor;
	SSL *ssl;		    /* NULL: plain */
	struct _mailstream *stream; /* ours until mailimap_connect */
	bool stream_open;
	int64_t deadline_at_ms; /* monotonic */
	struct imap_scan scan;
	transport_tick *tick;
	void *tick_context;
	int64_t ticked_at_ms;
	struct error failure;
};

/* The first error in OpenSSL's queue, in words. */
static const char *tls_words(char text[256])
{
	unsigned long code = ERR_get_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;

	snprintf(text, 256, "%s", reason ? reason : "no reason given");
	ERR_clear_error();
	return text;
}

bool transport_trust_new(struct span ca_file, struct span pinned_key,
	struct transport_trust **trust, struct error *err)
{
	struct transport_trust *made = memory_alloc(sizeof(*made));
	char path[4096], text[256];
	int ok;

	/* OpenSSL writes without MSG_NOSIGNAL. */
	signal(SIGPIPE, SIG_IGN);
	*made = (struct transport_trust){.context = SSL_CTX_new(TLS_client_method())};
	if (!made->context)
		memory_exhausted();
	SSL_CTX_set_verify(made->context, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_min_proto_version(made->context, TLS1_2_VERSION);
	SSL_CTX_set_options(made->context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	SSL_CTX_set_mode(made->context, SSL_MODE_AUTO_RETRY | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	/* several records a read, instead of two reads a record */
	SSL_CTX_set_read_ahead(made->context, 1);
	SSL_CTX_set_default_read_buffer_len(made->context, TLS_BUFFER_BYTES);
	snprintf(path, sizeof(path), "%.*s", SPAN_ARG(ca_file));
	ok = span_is_empty(ca_file) ? SSL_CTX_set_default_verify_paths(made->context)
				    : SSL_CTX_load_verify_file(made->context, path);
	if (ok != 1) {
		transport_trust_free(made);
		return error_set(err, ERROR_INPUT, "no certificates in %s: %s",
			span_is_empty(ca_file) ? "the system's store" : path, tls_words(text));
	}
	made->pinned = !span_is_empty(pinned_key);
	if (made->pinned && !digest_from_hex(pinned_key, &made->pin)) {
		transport_trust_free(made);
		return error_set(err, ERROR_INPUT,
			"pinned_key is no SHA-256 in hex (64 digits): \"%.*s\"",
			SPAN_ARG(pinned_key));
	}
	*trust = made;
	return true;
}

void transport_trust_free(struct transport_trust *trust)
{
	if (!trust)
		return;
	SSL_CTX_free(trust->context);
	free(trust);
}

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

/* In time, and nobody told us to end. */
static bool may_go_on(struct transport *transport)
{
	int64_t now_ms = clock_monotonic_ms();

	if (now_ms >= transport->deadline_at_ms) {
		fail_text(transport, ERROR_TEMPORARY, "the server did not answer in time");
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
		int64_t left_ms = transport->deadline_at_ms - clock_monotonic_ms();
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
		error_set(&why, ERROR_TEMPORARY, "%s: %s", what, tls_words(text));
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
	int64_t whole_deadline_at_ms = transport->deadline_at_ms;
	int64_t own_deadline_at_ms = clock_monotonic_ms() + ADDRESS_TIMEOUT_MS;
	socklen_t size = sizeof(int);
	int problem = 0;

	transport->descriptor =
		socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
	if (transport->descriptor < 0)
		return error_set_errno(err, ERROR_TEMPORARY, errno, "no socket");
	set_socket_options(transport->descriptor);
	if (own_deadline_at_ms < whole_deadline_at_ms)
		transport->deadline_at_ms = own_deadline_at_ms;
	if (connect(transport->descriptor, address->ai_addr, address->ai_addrlen) < 0) {
		if (errno != EINPROGRESS)
			problem = errno;
		else if (!wait_for(transport, POLLOUT))
			problem = ETIMEDOUT;
		else if (getsockopt(transport->descriptor, SOL_SOCKET, SO_ERROR, &problem, &size))
			problem = errno;
	}
	transport->deadline_at_ms = whole_deadline_at_ms;
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

static bool check_pin(const struct transport *transport, struct error *err)
{
	X509 *certificate = SSL_get1_peer_certificate(transport->ssl);
	unsigned char *key = NULL;
	char hex[DIGEST_HEX_SIZE];
	struct digest digest;
	int size;

	if (!certificate)
		return error_set(err, ERROR_INPUT, "the server showed no certificate");
	size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &key);
	X509_free(certificate);
	if (size <= 0)
		return error_set(err, ERROR_INPUT, "the server's key can't be read");
	digest = digest_of((struct span){(const char *)key, (size_t)size});
	OPENSSL_free(key);
	if (digest_equal(&digest, &transport->trust->pin))
		return true;
	return error_set(err, ERROR_INPUT,
		"the server's key is not the pinned one (it is %s); somebody may be in between, "
		"or the key was changed: then change pinned_key",
		digest_hex(&digest, hex));
}

/* Who the certificate must be for. */
static void expect_host(struct transport *transport)
{
	X509_VERIFY_PARAM *param = SSL_get0_param(transport->ssl);

	X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (host_is_address(transport->host)) {
		if (!X509_VERIFY_PARAM_set1_ip_asc(param, transport->host))
			memory_exhausted();
	} else if (!X509_VERIFY_PARAM_set1_host(param, transport->host, 0) ||
		   !SSL_set_tlsext_host_name(transport->ssl, transport->host)) {
		memory_exhausted();
	}
}

/* What a person can do about it. */
static const char *certificate_advice(long verified)
{
	static const struct {
		long verified;
		const char *advice;
	} table[] = {
		{X509_V_ERR_HOSTNAME_MISMATCH, "set server.host to a name it is made for"},
		{X509_V_ERR_IP_ADDRESS_MISMATCH, "set server.host to a name it is made for"},
		{X509_V_ERR_CERT_HAS_EXPIRED, "the server's administrator must renew it"},
		{X509_V_ERR_CERT_NOT_YET_VALID, "check the clock of this computer"},
		{X509_V_ERR_CERT_REVOKED, "the server's administrator must replace it"},
	};

	for (size_t i = 0; i < ARRAY_COUNT(table); i++)
		if (table[i].verified == verified)
			return table[i].advice;
	return "if it is right, name the file of its CA in server.ca_file";
}

static bool handshake(struct transport *transport, struct error *err)
{
	long verified;
	int result;

	transport->ssl = SSL_new(transport->trust->context);
	if (!transport->ssl || !SSL_set_fd(transport->ssl, transport->descriptor))
		memory_exhausted();
	expect_host(transport);
	do {
		errno = 0;
		ERR_clear_error();
		result = SSL_connect(transport->ssl);
	} while (result != 1 && may_retry(transport, result, POLLIN, "TLS handshake"));
	verified = SSL_get_verify_result(transport->ssl);
	if (verified != X509_V_OK)
		return error_set(err, ERROR_INPUT, "the certificate is refused: %s; %s",
			X509_verify_cert_error_string(verified), certificate_advice(verified));
	if (result != 1) {
		*err = transport->failure;
		return false;
	}
	return !transport->trust->pinned || check_pin(transport, err);
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
	made->deadline_at_ms = clock_monotonic_ms() + timeout_ms;
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
	transport->deadline_at_ms = clock_monotonic_ms() + timeout_ms;
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
	transport->deadline_at_ms = clock_monotonic_ms() + limits->deadline_ms;
	imap_scan_limit(
		&transport->scan, limits->max_bytes, limits->max_literal, limits->max_untagged);
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

void transport_abort(struct transport *transport, const struct error *why)
{
	fail(transport, why);
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
