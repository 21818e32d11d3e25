#include "daemon/token_http.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "config/secret.h"
#include "daemon/token_answer.h"

#define CONNECT_MS	 15000L
#define HEADER_MAX_BYTES ((size_t)64 << 10)

struct exchange {
	struct exchange *next;
	CURL *curl;
	struct curl_slist *fields;
	struct buffer form, body;
	size_t header_bytes;
	int64_t answer_ms;
	bool too_large;
	bool plain, left; /* http, to the loopback alone; its name led elsewhere */
	void *owner;
	char why[CURL_ERROR_SIZE];
};

struct token_http {
	CURLM *multi;
	int64_t answer_ms;
	struct exchange *exchanges;
};

bool token_http_new(int64_t answer_ms, struct token_http **http, struct error *err)
{
	struct token_http *made;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return error_set(err, ERROR_BUG, "libcurl can't start");
	made = memory_alloc(sizeof *made);
	*made = (struct token_http){.multi = curl_multi_init(), .answer_ms = answer_ms};
	if (!made->multi)
		memory_exhausted();
	*http = made;
	return true;
}

static void exchange_free(struct token_http *http, struct exchange *exchange)
{
	struct exchange **at = &http->exchanges;

	while (*at && *at != exchange)
		at = &(*at)->next;
	if (*at)
		*at = exchange->next;
	curl_multi_remove_handle(http->multi, exchange->curl);
	curl_easy_cleanup(exchange->curl);
	curl_slist_free_all(exchange->fields);
	secret_done(&exchange->form);
	secret_done(&exchange->body);
	free(exchange);
}

void token_http_free(struct token_http *http)
{
	if (!http)
		return;
	while (http->exchanges)
		exchange_free(http, http->exchanges);
	curl_multi_cleanup(http->multi);
	free(http);
}

/* ---------------------------------------------------------------- what libcurl calls */

static size_t take_body(char *bytes, size_t one, size_t count, void *context)
{
	struct exchange *exchange = context;
	size_t size = one * count;

	if (exchange->body.size + size > TOKEN_ANSWER_MAX_BYTES) {
		exchange->too_large = true;
		return 0;
	}
	buffer_append(&exchange->body, (struct span){bytes, size});
	return size;
}

static size_t take_header(char *bytes, size_t one, size_t count, void *context)
{
	struct exchange *exchange = context;

	(void)bytes;
	exchange->header_bytes += one * count;
	if (exchange->header_bytes <= HEADER_MAX_BYTES)
		return one * count;
	exchange->too_large = true;
	return 0;
}

static bool is_loopback(const struct sockaddr *address)
{
	const struct sockaddr_in *v4 = (const void *)address;
	const struct sockaddr_in6 *v6 = (const void *)address;

	if (address->sa_family == AF_INET)
		return ntohl(v4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	return address->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

/* What "localhost" means is the resolver's to say: secrets in the clear stay on this machine. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct exchange *exchange = context;

	(void)purpose;
	exchange->left = exchange->plain && !is_loopback(&address->addr);
	if (exchange->left)
		return CURL_SOCKET_BAD;
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ---------------------------------------------------------------- posting */

/* One option after another; the first that is not taken counts. */
#define SET(exchange, failure, option, value)                                           \
	do {                                                                            \
		if (*(failure) == CURLE_OK)                                             \
			*(failure) = curl_easy_setopt((exchange)->curl, option, value); \
	} while (0)

static void set_limits(struct exchange *exchange, CURLcode *failure)
{
	SET(exchange, failure, CURLOPT_PROTOCOLS_STR, exchange->plain ? "http" : "https");
	SET(exchange, failure, CURLOPT_FOLLOWLOCATION, 0L);
	SET(exchange, failure, CURLOPT_PROXY, "");
	SET(exchange, failure, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	SET(exchange, failure, CURLOPT_NOSIGNAL, 1L);
	/* a name server that does not answer is not waited for by those who gave up */
	SET(exchange, failure, CURLOPT_QUICK_EXIT, 1L);
	SET(exchange, failure, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	SET(exchange, failure, CURLOPT_TIMEOUT_MS, (long)exchange->answer_ms);
	SET(exchange, failure, CURLOPT_FORBID_REUSE, 1L);
	SET(exchange, failure, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(exchange, failure, CURLOPT_HTTP09_ALLOWED, 0L);
	SET(exchange, failure, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	SET(exchange, failure, CURLOPT_OPENSOCKETDATA, exchange);
	SET(exchange, failure, CURLOPT_WRITEFUNCTION, take_body);
	SET(exchange, failure, CURLOPT_WRITEDATA, exchange);
	SET(exchange, failure, CURLOPT_HEADERFUNCTION, take_header);
	SET(exchange, failure, CURLOPT_HEADERDATA, exchange);
}

static void set_request(
	struct exchange *exchange, const struct token_request *request, CURLcode *failure)
{
	SET(exchange, failure, CURLOPT_ERRORBUFFER, exchange->why);
	SET(exchange, failure, CURLOPT_PRIVATE, exchange);
	SET(exchange, failure, CURLOPT_URL, request->url);
	SET(exchange, failure, CURLOPT_SSL_VERIFYPEER, 1L);
	SET(exchange, failure, CURLOPT_SSL_VERIFYHOST, 2L);
	SET(exchange, failure, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (request->ca_file)
		SET(exchange, failure, CURLOPT_CAINFO, request->ca_file);
	SET(exchange, failure, CURLOPT_USERAGENT, "postroom/" POSTROOM_VERSION);
	SET(exchange, failure, CURLOPT_HTTPHEADER, exchange->fields);
	if (request->user) {
		SET(exchange, failure, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		SET(exchange, failure, CURLOPT_USERNAME, request->user);
		SET(exchange, failure, CURLOPT_PASSWORD, request->password);
	}
	SET(exchange, failure, CURLOPT_POSTFIELDSIZE, (long)exchange->form.size);
	SET(exchange, failure, CURLOPT_POSTFIELDS, exchange->form.data);
}

bool token_http_post(
	struct token_http *http, const struct token_request *request, struct error *err)
{
	struct exchange *exchange = memory_alloc(sizeof *exchange);
	CURLcode failure = CURLE_OK;

	*exchange = (struct exchange){.curl = curl_easy_init(), .owner = request->owner};
	if (!exchange->curl)
		memory_exhausted();
	exchange->answer_ms = http->answer_ms;
	exchange->plain = span_starts_fold(span_from(request->url), SPAN("http://"));
	exchange->fields = curl_slist_append(NULL, "Accept: application/json");
	buffer_copy(&exchange->form, request->form);
	/* at once: growing would leave copies of tokens behind */
	buffer_reserve(&exchange->body, TOKEN_ANSWER_MAX_BYTES);
	exchange->next = http->exchanges;
	http->exchanges = exchange;
	set_limits(exchange, &failure);
	set_request(exchange, request, &failure);
	if (failure == CURLE_OK && curl_multi_add_handle(http->multi, exchange->curl) == CURLM_OK)
		return true;
	exchange_free(http, exchange);
	return error_set(
		err, ERROR_BUG, "libcurl does not take a request: %s", curl_easy_strerror(failure));
}

bool token_http_wait(struct token_http *http, int descriptor, int timeout_ms, struct error *err)
{
	struct curl_waitfd wait = {.fd = descriptor, .events = CURL_WAIT_POLLIN};
	int running;
	CURLMcode failure = curl_multi_perform(http->multi, &running);

	if (failure == CURLM_OK)
		failure = curl_multi_poll(
			http->multi, &wait, descriptor >= 0 ? 1 : 0, timeout_ms, NULL);
	if (failure == CURLM_OK)
		failure = curl_multi_perform(http->multi, &running);
	if (failure != CURLM_OK)
		return error_set(err, ERROR_BUG, "libcurl: %s", curl_multi_strerror(failure));
	return true;
}

/* ---------------------------------------------------------------- replies */

static const char *host_of(const struct exchange *exchange, char host[256])
{
	char *url = NULL;
	struct span rest, authority = SPAN("the token server");

	if (curl_easy_getinfo(exchange->curl, CURLINFO_EFFECTIVE_URL, &url) == CURLE_OK && url) {
		ptrdiff_t at = span_find(span_from(url), SPAN("://"));

		rest = span_after(span_from(url), at < 0 ? 0 : (size_t)at + 3);
		span_next(&rest, '/', &authority);
		rest = authority;
		span_next(&rest, '?', &authority);
	}
	snprintf(host, 256, "%.*s", SPAN_ARG(span_part(authority, 0, 255)));
	return host;
}

static void explain(struct exchange *exchange, CURLcode result, struct error *err)
{
	char host[256];

	host_of(exchange, host);
	if (exchange->too_large)
		error_write(err, ERROR_TEMPORARY, "%s: its answer is too large for a token server",
			host);
	else if (result == CURLE_OPERATION_TIMEDOUT)
		error_write(err, ERROR_TEMPORARY, "%s: no whole answer within %d seconds", host,
			(int)(exchange->answer_ms / 1000));
	else if (result == CURLE_PEER_FAILED_VERIFICATION)
		error_write(err, ERROR_TEMPORARY,
			"%s: its certificate is refused (%s): see ca_file, or somebody is in "
			"between",
			host, exchange->why);
	else if (result == CURLE_SSL_CACERT_BADFILE)
		error_write(err, ERROR_TEMPORARY,
			"%s: the certificates of ca_file can't be read (%s)", host, exchange->why);
	else if (exchange->left)
		error_write(err, ERROR_TEMPORARY,
			"%s: is not this machine; secrets go elsewhere by https only", host);
	else
		error_write(err, ERROR_TEMPORARY, "%s: %s", host,
			exchange->why[0] ? exchange->why : curl_easy_strerror(result));
}

bool token_http_next(struct token_http *http, struct token_reply *reply)
{
	struct exchange *exchange = NULL;
	CURLMsg *message;
	int left;

	do
		message = curl_multi_info_read(http->multi, &left);
	while (message && message->msg != CURLMSG_DONE);
	if (!message ||
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &exchange) != CURLE_OK)
		return false;
	*reply = (struct token_reply){
		.owner = exchange->owner, .done = message->data.result == CURLE_OK};
	curl_easy_getinfo(exchange->curl, CURLINFO_RESPONSE_CODE, &reply->status);
	if (reply->done) {
		reply->body = exchange->body;
		exchange->body = (struct buffer){0};
	} else {
		explain(exchange, message->data.result, &reply->error);
	}
	exchange_free(http, exchange);
	return true;
}

/* ---------------------------------------------------------------- forms */

void token_form_escape(struct buffer *out, struct span value)
{
	for (size_t i = 0; i < value.size; i++) {
		unsigned char byte = (unsigned char)value.data[i];
		bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
			     (byte >= 'a' && byte <= 'z') || byte == '-' || byte == '.' ||
			     byte == '_' || byte == '*';

		if (plain)
			buffer_append_byte(out, (char)byte);
		else
			buffer_format(out, "%%%02X", byte);
	}
}

void token_form_add(struct buffer *form, const char *key, struct span value)
{
	if (form->size > 0)
		buffer_append_byte(form, '&');
	buffer_append_string(form, key);
	buffer_append_byte(form, '=');
	token_form_escape(form, value);
}
