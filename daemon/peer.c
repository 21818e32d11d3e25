/*
 * peer.c - who is at the other end: which certificates are believed, and for whom they must be.
 */
#include "daemon/peer.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/digest.h"
#include "base/memory.h"
#include "daemon/host.h"

#define TLS_BUFFER_BYTES 131072

struct transport_trust {
	SSL_CTX *context;
	bool pinned;
	struct digest pin; /* SHA-256 of the SubjectPublicKeyInfo */
};

const char *peer_words(char text[256])
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
			span_is_empty(ca_file) ? "the system's store" : path, peer_words(text));
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

static bool check_pin(const struct transport_trust *trust, SSL *ssl, struct error *err)
{
	X509 *certificate = SSL_get1_peer_certificate(ssl);
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
	if (digest_equal(&digest, &trust->pin))
		return true;
	return error_set(err, ERROR_INPUT,
		"the server's key is not the pinned one (it is %s); somebody may be in between, "
		"or the key was changed: then change pinned_key",
		digest_hex(&digest, hex));
}

/* Who the certificate must be for. */
static void expect_host(SSL *ssl, const char *host)
{
	X509_VERIFY_PARAM *param = SSL_get0_param(ssl);

	X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (host_is_address(host)) {
		if (!X509_VERIFY_PARAM_set1_ip_asc(param, host))
			memory_exhausted();
	} else if (!X509_VERIFY_PARAM_set1_host(param, host, 0) ||
		   !SSL_set_tlsext_host_name(ssl, host)) {
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

struct ssl_st *peer_new(const struct transport_trust *trust, const char *host, int descriptor)
{
	SSL *ssl = SSL_new(trust->context);

	if (!ssl || !SSL_set_fd(ssl, descriptor))
		memory_exhausted();
	expect_host(ssl, host);
	return ssl;
}

bool peer_check(
	const struct transport_trust *trust, struct ssl_st *ssl, bool shook, struct error *err)
{
	long verified = SSL_get_verify_result(ssl);

	if (verified != X509_V_OK)
		return error_set(err, ERROR_INPUT, "the certificate is refused: %s; %s",
			X509_verify_cert_error_string(verified), certificate_advice(verified));
	return !shook || !trust->pinned || check_pin(trust, ssl, err);
}
